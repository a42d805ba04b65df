//! Exercises, lessons, queries and runbooks are embedded: a new file in their folders is a change of the program.

fn main() {
    println!("cargo::rerun-if-changed=queries");
    println!("cargo::rerun-if-changed=scenarios");
    println!("cargo::rerun-if-changed=lessons");
    println!("cargo::rerun-if-changed=../runbooks");
}
