//! Whether packets arrive: the way from one end to the other, hop by hop, and the way of the answers back.
//!
//! Pure: configuration in, verdicts out. Every hop is judged, also behind one that refuses, so that two independent
//! faults on one way are both seen. A hop that was not seen is never taken for an open one, and one that
//! configuration cannot judge (a peering connection, a transit gateway, a NAT instance) is neither open nor closed.

mod acl;
mod database;
mod front;
mod group;
mod internet;
mod map;
mod need;
mod place;
mod policy;
mod refusal;
mod repair;
mod reroute;
mod route;
mod start;
mod telling;
mod walk;

pub use database::to_database;
pub use front::{from_clients, to_tasks};
pub use group::{lets_in, lets_out};
pub use need::{Need, needs};
pub use place::{End, Place};
pub use refusal::{Closed, Denied, EndpointFault, Refusal};
pub use repair::Repair;
pub use route::Target;
pub use start::at_start;

use crate::snapshot::Unobserved;

/// A way that packets take, with the verdict of each hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Where it leads.
    pub goal: Goal,
    /// The subnet in which it begins, or ends where clients begin it.
    pub subnet: String,
    /// The VPC endpoint that it goes through.
    pub endpoint: Option<String>,
    /// The hops, in order; those of the answers are last.
    pub hops: Vec<Hop>,
}

/// What a path is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    /// From the tasks to the database.
    Database {
        /// Identifier of the instance.
        id: String,
        /// Port at which it listens.
        port: i32,
    },
    /// From a load balancer to the tasks.
    Tasks {
        /// Name of the load balancer.
        balancer: String,
        /// Port of the container.
        port: i32,
    },
    /// From clients to a load balancer.
    Listener {
        /// Name of the load balancer.
        balancer: String,
        /// Port of the listener.
        port: i32,
    },
    /// From a starting task to what it is made of.
    Start(Need),
}

impl std::fmt::Display for Goal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database { id, port } => write!(f, "task → {id}:{port}"),
            Self::Tasks { balancer, port } => write!(f, "{balancer} → task:{port}"),
            Self::Listener { balancer, port } => write!(f, "client → {balancer}:{port}"),
            Self::Start(need) => write!(f, "task → {need}"),
        }
    }
}

/// One station of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What kind of station it is.
    pub kind: Kind,
    /// Its id.
    pub at: String,
    /// Whether it lets the packets pass.
    pub passage: Passage,
}

/// What decides at a hop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Security groups of the sender.
    GroupOut,
    /// Security groups of the receiver.
    GroupIn,
    /// A network ACL.
    Acl,
    /// A route table.
    Route,
    /// A NAT gateway.
    Nat,
    /// A VPC endpoint.
    Endpoint,
}

/// Whether a hop lets packets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passage {
    /// It does.
    Open,
    /// It does not.
    Refused(Refusal),
    /// It cannot be judged by configuration.
    Unjudged,
    /// Its configuration was not seen.
    Unseen(Unobserved),
}

impl Path {
    /// Why it is closed, by every hop that refuses.
    pub fn refusals(&self) -> impl Iterator<Item = &Refusal> {
        self.hops.iter().filter_map(|hop| match &hop.passage {
            Passage::Refused(refusal) => Some(refusal),
            _ => None,
        })
    }

    /// The first hop that refuses.
    pub fn refusing(&self) -> Option<&Hop> {
        self.hops
            .iter()
            .find(|hop| matches!(hop.passage, Passage::Refused(_)))
    }

    /// Whether no hop refuses.
    pub fn is_open(&self) -> bool {
        self.refusing().is_none()
    }
}

/// Of several ways of which packets take any, the one with the fewest refusals.
fn best(paths: Vec<Path>) -> Option<Path> {
    paths.into_iter().min_by_key(|path| path.refusals().count())
}
