//! The ALB side: load balancers, target groups and the health of their targets.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Observed, Text, Unobserved};

/// A load balancer, as `elasticloadbalancing:DescribeLoadBalancers` shows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Name of the load balancer.
    pub name: String,
    /// Public or internal DNS name.
    pub dns_name: String,
    /// `active`, `provisioning`, `active_impaired` or `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Its security groups.
    pub security_groups: Vec<String>,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// `internet-facing` or `internal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// Availability Zones in which it is enabled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    /// Seconds after which it closes an idle connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_timeout_seconds: Option<i32>,
    /// Its own errors by CloudWatch's names, in each minute of the last quarter of an hour that had some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Observed<BTreeMap<String, Minutes>>>,
    /// Its listeners; `None` where they were not seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listeners: Option<Vec<Listener>>,
    /// The calls for its attributes, listeners and rules that did not answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unobserved>,
}

/// Sums of a metric by the minute that each begins.
type Minutes = BTreeMap<DateTime<Utc>, f64>;

impl LoadBalancer {
    /// Its listeners.
    ///
    /// # Errors
    /// Why they or their rules were not seen.
    pub fn listeners(&self) -> Observed<&[Listener]> {
        let actions = ["DescribeListeners", "DescribeRules"];
        self.listeners.as_deref().ok_or_else(|| {
            let why = self.unseen.iter().find(|unseen| {
                actions
                    .iter()
                    .any(|action| unseen.operation.ends_with(action))
            });
            why.cloned().unwrap_or_else(super::without)
        })
    }
}

/// A listener of a load balancer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// Port at which it listens.
    pub port: i32,
    /// `HTTP` or `HTTPS`.
    pub protocol: String,
    /// ARNs of the target groups that its default action and its rules forward to.
    pub target_groups: Vec<String>,
}

/// A target group with its targets.
#[derive(Debug, Clone, PartialEq, Default, Eq, Serialize, Deserialize)]
pub struct TargetGroup {
    /// Name of the target group.
    pub name: String,
    /// Its VPC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vpc: Option<String>,
    /// How it asks its targets for their health.
    pub health_check: HealthCheck,
    /// ARNs of the load balancers that send to it.
    pub load_balancers: Vec<String>,
    /// Its targets.
    pub targets: Vec<Target>,
    /// `ip` or `instance`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_type: Option<String>,
    /// Port that targets are registered at where they name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<i32>,
    /// Seconds that a leaving target may finish its requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deregistration_delay_seconds: Option<i32>,
    /// The calls for its attributes that did not answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unseen: Vec<Unobserved>,
}

/// The health check of a target group.
#[derive(Debug, Clone, PartialEq, Default, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
    /// Whether it is on.
    #[serde(default = "on")]
    pub enabled: bool,
    /// Path that is asked.
    pub path: String,
    /// `traffic-port`, or a port number.
    pub port: String,
    /// Status codes that count as healthy, for example `200` or `200-299`.
    pub matcher: String,
    /// Seconds between two checks.
    pub interval_seconds: i32,
    /// Seconds until a check has failed.
    pub timeout_seconds: i32,
    /// Successes in a row that make a target healthy.
    pub healthy_threshold: i32,
    /// Failures in a row that make a target unhealthy.
    pub unhealthy_threshold: i32,
}

fn on() -> bool {
    true
}

/// A target and its health.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// IP address of the task.
    pub id: String,
    /// Port at which it is registered.
    pub port: i32,
    /// `healthy`, `unhealthy`, `initial`, `draining`, `unused` or `unavailable`.
    pub state: String,
    /// For example `Target.Timeout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The load balancer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
}
