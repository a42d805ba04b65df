//! What is known once the load is over, beside the evidence; it is the last line of the NDJSON file.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::events::What;
use crate::generator::Health;
use crate::judge::Verdict;
use crate::ledger::{Acknowledged, Verified};

/// What is known once the load is over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Aftermath {
    /// Requests sent.
    pub sent: u64,
    /// Requests made beside those of the schedule: to look, to prepare, to verify, to clean up.
    #[serde(default)]
    pub beside: u64,
    /// When the load was, by the clock of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
    /// Slots of the schedule that nobody was free to send.
    pub unsent: u64,
    /// Why the run ended before its schedule, if it did.
    pub stopped: Option<What>,
    /// How the generator fared.
    pub health: Health,
    /// How much the service acknowledged.
    pub acknowledged: Acknowledged,
    /// What of it the service shows.
    pub verified: Verified,
    /// What became of the events of the run.
    pub cleaned: Cleaned,
    /// What was judged of all that at the time; who reads it may judge again.
    pub verdict: Option<Verdict>,
}

/// When the load was, by the clock of the machine as it was at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// When the schedule began.
    pub began_at: DateTime<Utc>,
    /// When all was done, the clean-up included.
    pub ended_at: DateTime<Utc>,
}

/// What became of the events of the run afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cleaned {
    /// So many were deleted, and none is left.
    Deleted(u64),
    /// Some may be left, for this reason.
    Left(String),
}
