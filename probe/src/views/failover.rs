//! `probe db failover-test`: how long users were without data while the standby took over.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::Said;
use crate::{outage::Outage, snapshot::Subject, words::Lang};

/// What a failover cost.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FailoverView {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was asked.
    pub target: Subject,
    /// Instance identifier.
    pub database: String,
    /// What was asked: the service's answer needs the database.
    pub url: String,
    /// Milliseconds from one question to the next: as exact as the figures are.
    pub every_ms: u64,
    /// When RDS took the order.
    pub ordered_at: DateTime<Utc>,
    /// `complete`, `interrupted` (Ctrl-C) or `limit` (the time was up before RDS had finished and the service was calm).
    pub ended: String,
    /// What was measured.
    pub outage: Outage,
    /// Zone of the instance before.
    pub zone_before: Option<String>,
    /// Zone of the instance after.
    pub zone_after: Option<String>,
    /// What RDS said of it meanwhile, oldest first.
    pub events: Vec<Said>,
    /// The language it is written in.
    #[serde(skip)]
    pub lang: Option<Lang>,
}
