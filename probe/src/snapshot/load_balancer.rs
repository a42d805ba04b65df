//! The ALB side: load balancers, target groups and the health of their targets.

use serde::{Deserialize, Serialize};

use super::Text;

/// A load balancer, as `elasticloadbalancing:DescribeLoadBalancers` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// A target group with its targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// The health check of a target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthCheck {
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
