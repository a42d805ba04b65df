//! loadtest.
fn main() {}
