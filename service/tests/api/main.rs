//! Tests of the service as its clients see it, on a real PostgreSQL (`service/tests/with-postgres cargo test`).
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in its helpers"
)]

mod bad_input;
mod client;
mod crowd;
mod embedded;
mod events;
mod outage;
mod pages;
mod participants;
mod process;
mod proxy;
mod start;
