//! What a task is made of: the task definition and its containers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{SecretReference, Text};

/// A revision of a task definition, as `ecs:DescribeTaskDefinition` shows it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// For example `awsvpc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_mode: Option<String>,
    /// For example `LINUX`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<String>,
    /// `X86_64` or `ARM64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<String>,
    /// Ephemeral storage of the task in GiB, where it is set (Fargate gives 20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage_gib: Option<i32>,
    /// Volumes that containers mount.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volumes: Vec<Volume>,
    /// When the revision was registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered_at: Option<DateTime<Utc>>,
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
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
    /// Hard limit of its memory in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<i32>,
    /// Soft limit of its memory in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<i32>,
    /// CPU units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<i32>,
    /// What replaces the image's entry point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry_point: Vec<Text>,
    /// What replaces the image's command.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<Text>,
    /// The user it runs as, where it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The container health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health_check: Option<ContainerHealthCheck>,
    /// Containers that must reach a condition before this one starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<Dependency>,
    /// Seconds that it may take to reach its dependencies' conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_timeout_seconds: Option<i32>,
    /// Seconds between SIGTERM and SIGKILL (30 where it is not set).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_timeout_seconds: Option<i32>,
    /// Volumes that it mounts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mount_points: Vec<MountPoint>,
    /// Whether its root file system is read-only.
    #[serde(default)]
    pub readonly_root: bool,
    /// ARN of the secret with the registry's credentials.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registry_credentials: Option<String>,
    /// Names of environment variables whose plain value looks like a credential. The values are not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plain_credentials: Vec<String>,
    /// What the plain environment says of the database, without user and password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseSettings>,
}

/// The container health check of a task definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerHealthCheck {
    /// `CMD` or `CMD-SHELL` and what follows.
    pub command: Vec<Text>,
    /// Seconds between two checks.
    pub interval_seconds: i32,
    /// Seconds until a check has failed.
    pub timeout_seconds: i32,
    /// Failures in a row that make the container unhealthy.
    pub retries: i32,
    /// Seconds after the start during which failures do not count.
    pub start_period_seconds: i32,
}

/// A container that must reach a condition before another starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// Name of the container that is waited for.
    pub container: String,
    /// `START`, `COMPLETE`, `SUCCESS` or `HEALTHY`.
    pub condition: String,
}

/// A volume of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// Name of the volume.
    pub name: String,
    /// Id of the EFS file system, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file_system: Option<String>,
}

/// Where a container mounts a volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountPoint {
    /// Name of the volume.
    pub volume: String,
    /// Path in the container.
    pub path: String,
}

/// What the plain environment of a container says of the database.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DatabaseSettings {
    /// The variable that names the host, for example `DB_HOST` or `DATABASE_URL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// Host name, as it stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Port, as it stands there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<String>,
    /// Name of the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How TLS is asked for, for example `require` or `disable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssl_mode: Option<String>,
    /// Most connections that one task opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool: Option<u32>,
}

/// The log configuration of a container.
#[derive(Debug, Clone, PartialEq, Default, Eq, Serialize, Deserialize)]
pub struct LogConfiguration {
    /// For example `awslogs`.
    pub driver: String,
    /// CloudWatch Logs group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Prefix of the streams: `prefix/container/task-id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_prefix: Option<String>,
    /// Region of the group, where it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Whether the driver creates the group (`awslogs-create-group`).
    #[serde(default)]
    pub creates_group: bool,
    /// `blocking` or `non-blocking`, where it is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}
