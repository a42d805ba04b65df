//! Tests of the service as its clients see it, on a real PostgreSQL (`service/tests/with-postgres cargo test`).
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in its helpers"
)]

mod bad_bodies;
mod bad_requests;
mod browser;
mod calendar;
mod calendars;
mod client;
mod cluster;
mod commands;
mod company;
mod crash;
mod crowd;
mod editing;
mod embedded;
mod events;
mod faults;
mod filters;
mod forms;
mod haproxy;
mod history;
mod idempotency;
mod identity;
mod image;
mod key_server;
mod known_people;
mod large_bodies;
mod limits;
mod lists;
mod load;
mod logs;
mod lost_answers;
mod metrics;
mod outage;
mod outbox;
mod outbox_faults;
mod outbox_gathering;
mod outbox_outages;
mod outbox_upkeep;
mod overview;
mod pages;
mod participants;
mod past;
mod permissions;
mod process;
mod production;
mod proxy;
mod race;
mod receiver;
mod rolling;
mod search;
mod shutdown;
mod signer;
mod slow;
mod spreadsheets;
mod start;
mod stats;
mod together;
mod tokens;
mod versions;
mod waitlist;
mod zone;
