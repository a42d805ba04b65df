//! The RDS side.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Event, Observed};

/// A database instance, as `rds:DescribeDBInstances` shows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// For example `postgres`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// For example `16.4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_version: Option<String>,
    /// For example `db.t4g.micro`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Its VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// Subnets of its subnet group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnets: Vec<String>,
    /// Whether its name resolves to a public address outside of the VPC.
    #[serde(default)]
    pub publicly_accessible: bool,
    /// Whether it has a standby in another Availability Zone.
    #[serde(default)]
    pub multi_az: bool,
    /// Storage in GiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_gib: Option<i32>,
    /// Name of the database that was made with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The instance that it replicates, where it is a read replica.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_of: Option<String>,
    /// Whether IAM database authentication is on.
    #[serde(default)]
    pub iam_authentication: bool,
    /// For example `rds-ca-rsa2048-g1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_authority: Option<String>,
    /// Until when the server's certificate is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_valid_until: Option<DateTime<Utc>>,
    /// Parameter groups with their apply status, for example `pending-reboot`.
    #[serde(default)]
    pub parameter_groups: BTreeMap<String, String>,
    /// Parameters that matter (`max_connections`, `rds.force_ssl` and some limits of time), as far as they have a value.
    #[serde(default)]
    pub parameters: Option<Observed<BTreeMap<String, String>>>,
    /// RDS events of the last day, newest first.
    #[serde(default)]
    pub events: Option<Observed<Vec<Event>>>,
    /// Newest values of its metrics by CloudWatch's names, for example `DatabaseConnections`.
    #[serde(default)]
    pub metrics: Option<Observed<BTreeMap<String, f64>>>,
    /// How it is kept; `None` in an older snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keeping: Option<Keeping>,
}

/// How an instance is kept: no fault of the service hangs on it, and whoever looks after the database needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Keeping {
    /// Its ARN.
    pub arn: String,
    /// Its Availability Zone.
    pub zone: Option<String>,
    /// That of its standby.
    pub standby_zone: Option<String>,
    /// For example `gp3`.
    pub storage_type: Option<String>,
    /// GiB up to which RDS lets its storage grow by itself; `None` where it does not.
    pub max_storage_gib: Option<i32>,
    /// Days for which backups are kept; 0 where there are none.
    pub backup_days: i32,
    /// Whether RDS refuses to delete it.
    pub deletion_protection: bool,
    /// For example `sat:18:00-sat:19:00`, in UTC.
    pub maintenance_window: Option<String>,
    /// `open-source-rds-extended-support`, or with `-disabled`: whether it is kept alive, and billed, after its version
    /// has left standard support.
    pub lifecycle_support: Option<String>,
    /// What was ordered and not yet done, as RDS names it, for example `DBInstanceClass db.t4g.small`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending_changes: Vec<String>,
}
