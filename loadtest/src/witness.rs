//! What AWS shows while the load runs: tasks, targets, scaling, alarms and metrics, on the time axis of the run.
//!
//! Only what changed is kept, with the time of the look before: so every moment is known to within two looks,
//! and a long run of nothing takes no room. What was not allowed or did not answer is a gap with a beginning and an end,
//! never an assumption.

use serde::{Deserialize, Serialize};

mod look;
mod measures;
mod notebook;
mod recording;
mod scaling;
mod subject;
mod tasks;

pub use look::Witness;
pub use measures::{Alarm, AlarmState, Direction, Measure, Metric};
pub use notebook::{Clock, Notebook};
pub use recording::{Origin, ReadError, Recording, write};
pub use scaling::{Activity, Policy, Range, Scheduled};
pub use subject::{Named, Subject};
pub use tasks::{Event, Targets, TaskSize, Tasks};

/// Every action of AWS that a witness needs, as IAM spells it; the role of `cloudformation/probe-role.yaml` has them.
pub const ACTIONS: [&str; 12] = [
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingActivities",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "cloudformation:DescribeStacks",
    "cloudwatch:DescribeAlarmHistory",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
];

/// Something that a look showed otherwise than the look before it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    /// When it was seen, in seconds after the beginning of the schedule; before it, it is negative.
    pub at_s: f64,
    /// When it was last looked for and not seen; nothing at the first look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_s: Option<f64>,
    /// What.
    #[serde(flatten)]
    pub seen: Seen,
}

/// What a look can show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "seen", rename_all = "snake_case")]
pub enum Seen {
    /// How many tasks the service has (ecs:DescribeServices).
    Tasks(Tasks),
    /// What the service says of itself (ecs:DescribeServices, events).
    Event(Event),
    /// How the targets of the load balancer do (elasticloadbalancing:DescribeTargetHealth).
    Targets(Targets),
    /// Between which counts scaling moves (application-autoscaling:DescribeScalableTargets).
    Range(Range),
    /// What scaling follows (application-autoscaling:DescribeScalingPolicies).
    Policy(Policy),
    /// What is planned (application-autoscaling:DescribeScheduledActions).
    Scheduled(Scheduled),
    /// What scaling did, or why it did not (application-autoscaling:DescribeScalingActivities).
    Activity(Activity),
    /// A state of an alarm (cloudwatch:DescribeAlarms, cloudwatch:DescribeAlarmHistory).
    Alarm(Alarm),
    /// A value of a metric (cloudwatch:GetMetricData).
    Metric(Metric),
    /// A look that gave nothing: from here on nothing is known of what it shows.
    Gap(Gap),
    /// The same look gives something again.
    Back {
        /// The call, such as `ecs:DescribeServices`.
        operation: String,
    },
    /// The last look; what is known of the state holds until then.
    End,
}

/// A look that gave nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The call, such as `ecs:DescribeServices`, which is also the name of the permission.
    pub operation: String,
    /// The code of the error, such as `AccessDeniedException`.
    pub code: String,
    /// What AWS said.
    pub message: String,
}

impl Gap {
    /// Whether it will stay: no permission comes by waiting.
    pub fn is_denied(&self) -> bool {
        self.code.contains("AccessDenied") || self.code.contains("NotAuthorized")
    }
}
