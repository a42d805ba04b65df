//! What of a deployment is in the account, asked of each service itself and not of CloudFormation.
//!
//! Ours is what carries the stacks' tag `Project`, or a name that CloudFormation made of a stack's name.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Observed;

/// Everything that was found of a deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct Inventory {
    /// When it was looked for.
    pub taken_at: DateTime<Utc>,
    /// Region that was looked in.
    pub region: String,
    /// First part of the stacks' names.
    pub prefix: String,
    /// What was found, by kind; a kind that was not seen says why.
    pub found: BTreeMap<Kind, Observed<Vec<Holding>>>,
}

/// A kind of thing, in the order in which they are taken down and checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it; a renderer has the words")]
pub enum Kind {
    Stack,
    Service,
    Cluster,
    LoadBalancer,
    TargetGroup,
    Database,
    SubnetGroup,
    DatabaseSnapshot,
    KeptBackup,
    NatGateway,
    Address,
    Endpoint,
    Interface,
    Vpc,
    Repository,
    Secret,
    WaitingSecret,
    Key,
    LogGroup,
    Bucket,
    Alarm,
    Firewall,
    Distribution,
    Role,
    Tagged,
}

impl Kind {
    /// All of them, in their order.
    pub const ALL: [Self; 25] = [
        Self::Stack,
        Self::Service,
        Self::Cluster,
        Self::LoadBalancer,
        Self::TargetGroup,
        Self::Database,
        Self::SubnetGroup,
        Self::DatabaseSnapshot,
        Self::KeptBackup,
        Self::NatGateway,
        Self::Address,
        Self::Endpoint,
        Self::Interface,
        Self::Vpc,
        Self::Repository,
        Self::Secret,
        Self::WaitingSecret,
        Self::Key,
        Self::LogGroup,
        Self::Bucket,
        Self::Alarm,
        Self::Firewall,
        Self::Distribution,
        Self::Role,
        Self::Tagged,
    ];
}

/// One thing that is there.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Holding {
    /// What a person knows it by.
    pub name: String,
    /// What a command needs to name it.
    pub id: String,
    /// What AWS measures of it to bill it.
    pub amounts: Vec<(Unit, f64)>,
    /// What else has to be known of it.
    pub marks: Vec<Mark>,
}

/// What AWS bills by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// vCPUs of tasks on Fargate.
    Vcpu(Fargate),
    /// GB of memory of tasks on Fargate.
    Memory(Fargate),
    /// Application Load Balancers, without their capacity units.
    LoadBalancer,
    /// NAT gateways, without what goes through them.
    NatGateway,
    /// Interface endpoints, each counted once a zone.
    EndpointZone,
    /// Public IPv4 addresses, used or not.
    PublicAddress,
    /// Database instances of a class, a standby counted as one more.
    Database(String),
    /// GB of storage of databases, of a kind such as `gp3`, once a zone.
    DatabaseStorage(String),
    /// vCPUs of databases whose version is in extended support.
    ExtendedSupport,
    /// GB of snapshots and kept backups.
    Snapshot,
    /// Secrets.
    Secret,
    /// Keys of one's own.
    Key,
    /// GB of images.
    Image,
    /// GB of stored logs.
    StoredLogs,
    /// Metrics that alarms watch.
    Alarm,
    /// Something whose size no call tells that is made here.
    Unmeasured,
}

/// Which sort of Fargate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fargate {
    /// On ARM rather than x86.
    pub arm: bool,
    /// On spare capacity.
    pub spot: bool,
}

/// What has to be known of a thing beside its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// Its state in AWS's word, where that is not the usual one.
    State(String),
    /// Deletion is refused until a protection is turned off.
    Protected,
    /// An address that nothing uses.
    Idle,
    /// Logs that are never deleted.
    KeptForEver,
    /// A database that RDS keeps alive after the standard support of its version.
    SupportEnded(DateTime<Utc>),
    /// The database has a standby.
    Standby,
    /// It runs so many tasks.
    Tasks(i32),
    /// It is gone for good at this moment.
    DeletedAt(DateTime<Utc>),
    /// An address, a size, a name that helps a person to recognise it.
    Detail(String),
}
