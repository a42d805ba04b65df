//! `probe` finds out why an ECS Fargate service behind an ALB with RDS does not work.
//!
//! ```text
//! target ── collect ──▶ Snapshot ── diagnose ──▶ Diagnosis ── report ──▶ Report v1 ── render ──▶ text
//!  (the only async, AWS code)   (pure, total, deterministic)           (formats, never decides)
//! ```
//!
//! Invariants:
//! - AWS SDK types end in [`collect`]; nothing in it changes anything in AWS. What breaks something is
//!   [`lesson::local_aws`] alone, and it speaks to this machine only.
//! - AWS SDK types end in [`collect`]; nothing in it changes anything in AWS, but the one call that takes a
//!   [`consent::Consent`].
//! - A [`snapshot::Snapshot`] is a value: it can be saved, sent to a colleague and diagnosed offline.
//! - What could not be seen is a value too ([`snapshot::Unobserved`]) and never counts as healthy.
//! - Checks and diagnosis read no clock, no environment and no network: `taken_at` is their only time.
//! - Secret values never enter a snapshot, and every text that came from AWS is scrubbed ([`snapshot::Text`]).

pub mod apart;
pub mod case;
pub mod check;
pub mod checks;
pub mod cli;
pub mod collect;
pub mod commands;
pub mod consent;
pub mod diagnose;
pub mod evidence;
pub mod execution_role;
pub mod follow;
pub mod insights;
pub mod lesson;
pub mod network;
pub mod outage;
pub mod permission;
pub mod prices;
pub mod reading;
pub mod remedy;
pub mod render;
pub mod report;
pub mod runbook;
pub mod scenario;
pub mod slo;
pub mod smoke;
pub mod snapshot;
pub mod supply;
pub mod target;
pub mod views;
pub mod wait;
pub mod words;
