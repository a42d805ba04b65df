//! The real binary against a small service that can stall, fail, refuse, overbook, forget and hang.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aws;
mod capacity;
mod cleanup;
mod door;
mod endpoint;
mod faults;
mod files;
mod invocation;
mod killed;
mod lab;
mod ledger;
mod mutant;
mod plan;
mod real;
mod recommend;
mod report;
mod schedule;
mod server;
mod signals;
mod starved;
mod usage;
mod verdict;
mod wire;
mod witness;
mod work;
