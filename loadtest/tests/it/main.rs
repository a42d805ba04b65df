//! The real binary against a small service that can stall, fail, refuse, overbook, forget and hang.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cleanup;
mod files;
mod invocation;
mod ledger;
mod schedule;
mod server;
mod signals;
mod usage;
mod verdict;
