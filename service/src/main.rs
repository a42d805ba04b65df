//! service.
fn main() {}
