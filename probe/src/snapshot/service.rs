//! The ECS side: service, deployments, task definition, tasks and their logs.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Text;

/// An ECS service, as `ecs:DescribeServices` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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

/// A revision of a task definition, as `ecs:DescribeTaskDefinition` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskDefinition {
    /// ARN with the revision.
    pub arn: String,
    /// CPU units of the task, for example `256`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<String>,
    /// Memory of the task in MiB, for example `512`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// The role with which ECS pulls the image, reads the secrets and writes the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_role: Option<String>,
    /// The role of the application itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_role: Option<String>,
    /// The containers.
    pub containers: Vec<ContainerDefinition>,
}

impl TaskDefinition {
    /// Every secret reference of every container.
    pub fn secrets(&self) -> impl Iterator<Item = (&ContainerDefinition, &SecretReference)> {
        self.containers.iter().flat_map(|container| {
            container
                .secrets
                .iter()
                .map(move |secret| (container, secret))
        })
    }
}

/// A container of a task definition. Values of environment variables are never kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContainerDefinition {
    /// Name of the container.
    pub name: String,
    /// Image reference.
    pub image: String,
    /// Whether its end stops the task.
    pub essential: bool,
    /// Container ports.
    pub ports: Vec<i32>,
    /// Names of the environment variables.
    pub environment: Vec<String>,
    /// Secrets injected at start.
    pub secrets: Vec<SecretReference>,
    /// Where its output goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogConfiguration>,
}

/// An environment variable that ECS fills from Secrets Manager or Parameter Store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretReference {
    /// Name of the environment variable.
    pub name: String,
    /// ARN, for Secrets Manager with `:json-key:version-stage:version-id` behind it where given.
    pub value_from: String,
}

impl SecretReference {
    /// The ARN of the secret itself: `arn:aws:secretsmanager:region:account:secret:name`; `None` for other stores.
    pub fn secret_arn(&self) -> Option<String> {
        let parts: Vec<&str> = self.value_from.split(':').collect();
        (parts.len() >= 7 && parts[2] == "secretsmanager").then(|| parts[..7].join(":"))
    }

    /// The JSON key that is read, where one is named.
    pub fn json_key(&self) -> Option<&str> {
        self.secret_arn()?;
        self.value_from
            .split(':')
            .nth(7)
            .filter(|key| !key.is_empty())
    }
}

/// The log configuration of a container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogConfiguration {
    /// For example `awslogs`.
    pub driver: String,
    /// CloudWatch Logs group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Prefix of the streams: `prefix/container/task-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_prefix: Option<String>,
}

/// A task, as `ecs:DescribeTasks` shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// ARN of its task definition.
    pub task_definition: String,
    /// For example `RUNNING` or `STOPPED`.
    pub last_status: String,
    /// What ECS wants it to be.
    pub desired_status: String,
    /// `HEALTHY`, `UNHEALTHY` or `UNKNOWN`: the container health checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// The deployment that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
    /// Availability Zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_zone: Option<String>,
    /// Private IPv4 address of its network interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private_ip: Option<String>,
    /// When the task was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<DateTime<Utc>>,
    /// When its containers had started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    /// When ECS began to stop it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopping_at: Option<DateTime<Utc>>,
    /// When it had stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<DateTime<Utc>>,
    /// For example `EssentialContainerExited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_code: Option<String>,
    /// ECS's words on why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_reason: Option<Text>,
    /// Its containers, by name.
    pub containers: BTreeMap<String, Container>,
}

impl Task {
    /// Whether the words on its end contain this text.
    pub fn says(&self, text: &str) -> bool {
        let reasons = self
            .containers
            .values()
            .filter_map(|container| container.reason.as_deref());
        self.stopped_reason
            .as_deref()
            .into_iter()
            .chain(reasons)
            .any(|reason| reason.contains(text))
    }
}

/// A container of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// For example `RUNNING`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_status: Option<String>,
    /// Exit code, where it has exited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// The agent's words on why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// The event's own time.
    pub at: DateTime<Utc>,
    /// The line.
    pub message: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_reference_is_read_into_arn_and_key() {
        let reference = |value_from: &str| SecretReference {
            name: "X".into(),
            value_from: value_from.into(),
        };
        let arn = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db-AbCdEf";
        for (value_from, secret, key) in [
            (arn.to_owned(), Some(arn), None),
            (format!("{arn}:password::"), Some(arn), Some("password")),
            (format!("{arn}:::"), Some(arn), None),
            (
                "arn:aws:ssm:ap-northeast-1:123456789012:parameter/db".to_owned(),
                None,
                None,
            ),
            ("plain-name".to_owned(), None, None),
        ] {
            let reference = reference(&value_from);
            assert_eq!(reference.secret_arn().as_deref(), secret, "{value_from}");
            assert_eq!(reference.json_key(), key, "{value_from}");
        }
    }
}
