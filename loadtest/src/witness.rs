//! What AWS shows while the load runs: tasks, targets, scaling, alarms and metrics, on the time axis of the run.
//!
//! Only what changed is kept, with the time of the look before: so every moment is known to within two looks,
//! and a long run of nothing takes no room. What was not allowed or did not answer is a gap with a beginning and an end,
//! never an assumption.

use serde::{Deserialize, Serialize};

mod look;
mod notebook;
mod recording;
mod subject;

pub use look::Witness;
pub use notebook::{Clock, Notebook};
pub use recording::{Origin, ReadError, Recording, write};
pub use subject::{Named, Subject};

/// Every action of AWS that a witness needs, as IAM spells it; the role of `cloudformation/probe-role.yaml` has them.
pub const ACTIONS: [&str; 11] = [
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingActivities",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "cloudformation:DescribeStacks",
    "cloudwatch:DescribeAlarmHistory",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "ecs:DescribeServices",
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

/// How many tasks the service has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tasks {
    /// How many it should have.
    pub desired: u32,
    /// How many run.
    pub running: u32,
    /// How many are being started.
    pub pending: u32,
    /// Whether a deployment is under way.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deploying: bool,
}

/// What the service says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When ECS says that it happened.
    pub of_s: f64,
    /// In the words of ECS.
    pub message: String,
}

/// How the targets of the load balancer do, in all target groups of the service together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// Those that get requests.
    pub healthy: u32,
    /// Those whose checks do not succeed yet.
    pub initial: u32,
    /// Those whose checks fail.
    pub unhealthy: u32,
    /// Those that finish what they have.
    pub draining: u32,
}

/// Between which counts scaling moves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The fewest tasks.
    pub min: u32,
    /// The most tasks.
    pub max: u32,
    /// Policies add no tasks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub out_suspended: bool,
    /// Policies take no tasks away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_suspended: bool,
    /// Scheduled actions do nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub schedules_suspended: bool,
}

/// What scaling follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// The metric as AWS names it, such as `ECSServiceAverageCPUUtilization`.
    pub metric: String,
    /// The value that it keeps the metric at.
    pub target: f64,
    /// How long after a scale-out the next one waits, in seconds.
    pub out_cooldown_s: f64,
    /// How long after a scale-in the next one waits, in seconds.
    pub in_cooldown_s: f64,
}

impl Policy {
    /// Whether it follows the CPU of the tasks.
    pub fn follows_cpu(&self) -> bool {
        self.metric.starts_with("ECSServiceAverageCPUUtilization")
    }

    /// How often its metric has a value, in seconds.
    pub fn resolution_s(&self) -> f64 {
        if self.metric.ends_with("HighResolution") {
            20.0
        } else {
            60.0
        }
    }
}

/// A planned change of the range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheduled {
    /// Its name.
    pub name: String,
    /// When, as `at(…)`, `cron(…)` or `rate(…)`.
    pub schedule: String,
    /// The fewest tasks from then on.
    pub min: Option<u32>,
    /// The most tasks from then on.
    pub max: Option<u32>,
}

/// Something that scaling did, or did not do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Its id; a later sighting of the same says how it went on.
    pub id: String,
    /// When AWS says that it began.
    pub from_s: f64,
    /// How it stands, such as `Successful`.
    pub status: String,
    /// What it does, such as `Setting desired count to 4.`.
    pub description: String,
    /// Why it did nothing, as AWS codes it, such as `AlreadyAtMaxCapacity`; empty where it did something.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_scaled: Vec<String>,
}

/// A state that an alarm took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Its name.
    pub name: String,
    /// When CloudWatch says that it took the state.
    pub since_s: f64,
    /// The state.
    pub state: AlarmState,
    /// What it makes scaling do; nothing for alarms of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scales: Option<Direction>,
}

/// The states of an alarm, as CloudWatch names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// Its metric is where it should be.
    Ok,
    /// It is not.
    Alarm,
    /// Too few values to say.
    InsufficientData,
}

/// Which way scaling goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More tasks.
    Out,
    /// Fewer tasks.
    In,
}

/// A value of a metric over a time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What was measured.
    pub of: Measure,
    /// When the time begins.
    pub from_s: f64,
    /// How long it is.
    pub period_s: f64,
    /// The value, in the unit of the measure.
    pub value: f64,
}

/// What CloudWatch measures.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// CPU of the tasks, in percent of what they reserved, on average.
    Cpu,
    /// Memory of the tasks, in percent, on average.
    Memory,
    /// Requests that the load balancer passed on.
    Requests,
    /// Answers 5xx of the load balancer itself.
    BalancerFaults,
    /// Answers 5xx of the tasks.
    TaskFaults,
    /// 99th percentile of the tasks' time to answer, in seconds.
    ResponseP99,
    /// Connections that the load balancer refused.
    Rejected,
    /// The highest use of load balancer capacity units.
    PeakLcus,
    /// Connections of the database, at most.
    DatabaseConnections,
    /// CPU of the database, in percent.
    DatabaseCpu,
    /// Time of a read of the database's disk, in seconds.
    DatabaseRead,
    /// Time of a write of the database's disk, in seconds.
    DatabaseWrite,
    /// What is left of the database's CPU credits.
    DatabaseCredits,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Cpu,
        Self::Memory,
        Self::Requests,
        Self::BalancerFaults,
        Self::TaskFaults,
        Self::ResponseP99,
        Self::Rejected,
        Self::PeakLcus,
        Self::DatabaseConnections,
        Self::DatabaseCpu,
        Self::DatabaseRead,
        Self::DatabaseWrite,
        Self::DatabaseCredits,
    ];
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
