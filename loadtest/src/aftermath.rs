//! What is known once the load is over, beside the evidence; it is the last line of the NDJSON file.

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

/// What became of the events of the run afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cleaned {
    /// So many were deleted, and none is left.
    Deleted(u64),
    /// Some may be left, for this reason.
    Left(String),
}
