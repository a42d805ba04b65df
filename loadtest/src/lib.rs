//! A load test that says how available the event service is, and how sure it is.
//!
//! goose runs the users; four thin layers decide everything that matters:
//!
//! ```text
//! plan ──▶ pacer ──▶ personas ──▶ call ──▶ record ─┐
//!         (when)     (what)      (how)   (evidence) ├──▶ judge ──▶ report ──▶ text | html | …
//!                        └──────▶ ledger ──────────┘   (pure)     (views)
//! ```
//!
//! A run may be shared by workers on several machines: each fills its slots of the one schedule and writes its evidence down
//! (`work`), and what they wrote is added up and judged as if one had done it all (`merge`).
//!
//! Invariants:
//! - Latency counts from the moment the schedule intended, never from the moment a user was free.
//! - Only `judge` decides, and it is pure; a report shows, it does not decide.
//! - Nothing that goose measures reaches a verdict: it counts from the send and knows no response time beyond the headers.
//! - What a run creates carries its run id, and only what carries it is ever deleted.

pub mod aftermath;
pub mod aws;
pub mod baseline;
pub mod call;
pub mod capacity;
pub mod clean;
pub mod cli;
pub mod clock;
pub mod command;
pub mod drive;
pub mod endpoint;
pub mod events;
pub mod faults;
pub mod forecast;
pub mod generator;
pub mod judge;
pub mod lang;
pub mod ledger;
pub mod manifest;
pub mod merge;
pub mod order;
pub mod outcome;
pub mod overwrite;
pub mod pacer;
pub mod part;
pub mod personas;
pub mod plan;
pub mod preflight;
pub mod progress;
pub mod publish;
pub mod recommend;
pub mod record;
pub mod report;
pub mod results;
pub mod run;
pub mod scaling;
pub mod stop;
pub mod stopwatch;
pub mod target;
pub mod timeline;
pub mod usage;
pub mod watch;
pub mod witness;
pub mod work;
