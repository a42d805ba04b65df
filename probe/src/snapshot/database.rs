//! The RDS side.

use serde::{Deserialize, Serialize};

/// A database instance, as `rds:DescribeDBInstances` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Database {
    /// Instance identifier.
    pub id: String,
    /// For example `available`.
    pub status: String,
    /// Host name of its endpoint; `None` while it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Port at which it listens.
    pub port: i32,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// How it was found to be this service's database, in words.
    pub matched_by: String,
}
