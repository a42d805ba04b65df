//! What RDS plans for a database instance: maintenance, the end of its certificates and of the support of its version.

use chrono::{DateTime, Utc};

use super::{Observed, Text};

/// What lies ahead of a database instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Upkeep {
    /// Maintenance that waits for its time or for a person.
    pub maintenance: Observed<Vec<Maintenance>>,
    /// Until when the authority that signed its certificate is valid; `None` where RDS does not list it.
    pub authority_valid_until: Observed<Option<DateTime<Utc>>>,
    /// Until when its major version is supported; `None` where RDS does not tell.
    pub support: Observed<Option<Support>>,
}

/// Something that RDS will do to an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Maintenance {
    /// For example `system-update` or `db-upgrade`.
    pub action: String,
    /// RDS's words on it.
    pub description: Option<Text>,
    /// When it is done, as far as that is known: the next maintenance window that counts.
    pub applied_at: Option<DateTime<Utc>>,
    /// After which moment it is done whether or not a person agreed.
    pub forced_after: Option<DateTime<Utc>>,
    /// Whether a person has agreed to it, for example `next-maintenance`.
    pub agreed: Option<String>,
}

/// The support of a major version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Support {
    /// Last moment of standard support.
    pub standard_until: DateTime<Utc>,
    /// Last moment of extended support, which is billed by vCPU and hour; `None` where there is none.
    pub extended_until: Option<DateTime<Utc>>,
}
