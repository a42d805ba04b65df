//! The ECS service and its deployments.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Text;

/// An ECS service, as `ecs:DescribeServices` shows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Service {
    /// ARN of the service.
    pub arn: String,
    /// `ACTIVE`, `DRAINING` or `INACTIVE`.
    pub status: String,
    /// How many tasks should run.
    pub desired: i32,
    /// How many tasks ECS counts as running.
    pub running: i32,
    /// How many tasks are being started.
    pub pending: i32,
    /// ARN of the task definition of the primary deployment.
    pub task_definition: String,
    /// Deployments, the primary one first.
    pub deployments: Vec<Deployment>,
    /// Which container port is registered with which target group.
    pub load_balancers: Vec<LoadBalancerMapping>,
    /// Subnets of the tasks.
    pub subnets: Vec<String>,
    /// Security groups of the tasks.
    pub security_groups: Vec<String>,
    /// Seconds after a task's start during which ECS ignores failed health checks.
    pub grace_period_seconds: i32,
    /// The service's events, newest first (AWS keeps 100).
    pub events: Vec<Event>,
    /// For example `FARGATE`; `None` where a capacity provider strategy decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub launch_type: Option<String>,
    /// Names in the capacity provider strategy, for example `FARGATE_SPOT`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capacity_providers: Vec<String>,
    /// For example `1.4.0` or `LATEST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_version: Option<String>,
    /// Whether tasks get a public IPv4 address.
    #[serde(default)]
    pub assign_public_ip: bool,
    /// How deployments replace tasks.
    #[serde(default)]
    pub deployment_configuration: DeploymentConfiguration,
    /// The CloudFormation stack that made it, from its tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
}

impl Service {
    /// The deployment that ECS is rolling out or has rolled out last.
    pub fn primary(&self) -> Option<&Deployment> {
        self.deployments
            .iter()
            .find(|deployment| deployment.status == "PRIMARY")
    }

    /// When ECS last said that the service is steady.
    pub fn steady_at(&self) -> Option<DateTime<Utc>> {
        let steady = |event: &&Event| event.message.contains("has reached a steady state");
        self.events
            .iter()
            .filter(steady)
            .map(|event| event.at)
            .max()
    }
}

/// One deployment of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// For example `ecs-svc/1234567890123456789`; tasks name it in `startedBy`.
    pub id: String,
    /// `PRIMARY`, `ACTIVE` or `INACTIVE`.
    pub status: String,
    /// ARN of its task definition.
    pub task_definition: String,
    /// How many tasks it should run.
    pub desired: i32,
    /// How many of its tasks run.
    pub running: i32,
    /// How many of its tasks failed to start or to become healthy.
    pub failed: i32,
    /// `COMPLETED`, `IN_PROGRESS` or `FAILED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout_state: Option<String>,
    /// ECS's words on the rollout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollout_reason: Option<Text>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
}

/// How deployments replace tasks, as `deploymentConfiguration` of the service says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DeploymentConfiguration {
    /// `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`; `None` where ECS names none, which is `ROLLING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<String>,
    /// How many percent of the desired tasks must stay healthy meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_healthy_percent: Option<i32>,
    /// How many percent of the desired tasks may run meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_percent: Option<i32>,
    /// Whether the circuit breaker ends a deployment whose tasks fail.
    #[serde(default)]
    pub circuit_breaker: bool,
    /// Whether the circuit breaker goes back to the last completed deployment.
    #[serde(default)]
    pub rollback: bool,
    /// Names of the CloudWatch alarms that end a deployment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
}

/// A service deployment, as `ecs:DescribeServiceDeployments` shows it: ECS keeps them when the deployment is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceDeployment {
    /// For example `SUCCESSFUL`, `IN_PROGRESS` or `ROLLBACK_SUCCESSFUL`.
    pub status: String,
    /// ECS's words on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<Text>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<DateTime<Utc>>,
    /// ARN of the task definition that was to be deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<String>,
    /// Why and when ECS went back to the revision before, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_reason: Option<Text>,
}

/// Which container port is registered with which target group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancerMapping {
    /// ARN of the target group.
    pub target_group: String,
    /// Name of the container.
    pub container: String,
    /// Port of the container.
    pub port: i32,
}

/// A service event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When ECS wrote it.
    pub at: DateTime<Utc>,
    /// ECS's words.
    pub message: Text,
}
