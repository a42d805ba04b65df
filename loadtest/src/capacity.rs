//! How much load the service bears.

pub mod fit;
