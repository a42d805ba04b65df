//! What `probe status` looks at: how the service is at one moment, not what it is made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Database, Observed, Scaling, Service, Snapshot, Subject, TargetGroup, Text};

/// How a service is at one moment. What could not be seen says why.
#[derive(Debug, Clone, PartialEq)]
pub struct Sight {
    /// When it was looked at.
    pub taken_at: DateTime<Utc>,
    /// Which service.
    pub target: Subject,
    /// The service with its deployments and events.
    pub service: Observed<Service>,
    /// Its target groups with the health of their targets, by ARN.
    pub target_groups: Observed<BTreeMap<String, TargetGroup>>,
    /// The alarms on it, its load balancer and its database.
    pub alarms: Observed<Vec<Alarm>>,
    /// The range in which Application Auto Scaling moves it; `None` where it does not.
    pub scaling: Observed<Option<Scaling>>,
    /// What Application Auto Scaling did last; `None` where it never did anything.
    pub activity: Observed<Option<Activity>>,
    /// The database that it uses; `None` where it uses none that RDS knows.
    pub database: Observed<Option<Database>>,
    /// Its requests of the last hour; `None` where no load balancer counts them.
    pub traffic: Observed<Option<Traffic>>,
}

/// What a recording has of it: no alarms, no metrics, and nothing of what Application Auto Scaling did.
impl From<Snapshot> for Sight {
    fn from(snapshot: Snapshot) -> Self {
        Self {
            taken_at: snapshot.taken_at,
            target: snapshot.target,
            service: snapshot.service,
            target_groups: snapshot.target_groups,
            alarms: Ok(vec![]),
            scaling: snapshot.scaling,
            activity: Ok(None),
            database: snapshot.database,
            traffic: Ok(None),
        }
    }
}

/// An alarm of CloudWatch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`.
    pub state: String,
    /// Since when it is in that state.
    pub since: Option<DateTime<Utc>>,
    /// CloudWatch's words on the state.
    pub reason: Option<Text>,
    /// Whether it belongs to a policy that tracks a target: it moves the number of tasks, and nobody has to come.
    pub scales: bool,
}

/// Something that Application Auto Scaling did, or did not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// When it began.
    pub at: DateTime<Utc>,
    /// For example `Successful`, `InProgress` or `Failed`.
    pub status: String,
    /// What was to be done.
    pub description: Text,
    /// Why.
    pub cause: Text,
}

/// Requests that a load balancer counted in a window of time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Traffic {
    /// Length of the window in seconds.
    pub seconds: i64,
    /// Requests for which the load balancer chose a task.
    pub sent: f64,
    /// Requests that it answered with 5xx before it had chosen one, for example because there was none.
    pub unsent: f64,
    /// Requests that a task answered with 5xx.
    pub failed_by_task: f64,
    /// Requests that the load balancer answered with 5xx, those that it never sent to a task included.
    pub failed_by_balancer: f64,
}
