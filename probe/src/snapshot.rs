//! What was seen of the stack at one moment, and what could not be seen.
//!
//! Plain serde values that know nothing of AWS's SDK: a support bundle, a test fixture and an exercise are the same file.

mod database;
mod load_balancer;
mod network;
mod role;
mod service;
mod text;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use database::Database;
pub use load_balancer::{HealthCheck, LoadBalancer, Target, TargetGroup};
pub use network::{Rule, SecurityGroup, Subnet};
pub use role::{Image, Permission, Secret};
pub use service::{
    Container, ContainerDefinition, Deployment, Event, LoadBalancerMapping, LogConfiguration,
    LogLine, SecretReference, Service, Task, TaskDefinition,
};
pub use text::Text;

/// A part of the stack, or why it is not known.
pub type Observed<T> = Result<T, Unobserved>;

/// A call that did not answer, and what it said instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{operation}: {code}: {message}")]
pub struct Unobserved {
    /// The call as IAM spells its action, for example `ecs:DescribeServices`.
    pub operation: String,
    /// The error code of AWS, or `Timeout`, `ConnectionFailed`, `NotFound`.
    pub code: String,
    /// The error's own words.
    pub message: Text,
}

impl Unobserved {
    /// Whether IAM refused the call, so that naming the missing action helps.
    pub fn is_denied(&self) -> bool {
        [
            "AccessDenied",
            "AccessDeniedException",
            "UnauthorizedOperation",
            "AuthorizationError",
        ]
        .contains(&self.code.as_str())
    }
}

/// Which service was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// AWS Region, for example `ap-northeast-1`.
    pub region: String,
    /// Name of the ECS cluster.
    pub cluster: String,
    /// Name of the ECS service.
    pub service: String,
}

/// Everything that was seen of one ECS service and what it depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Version of this format: 1.
    pub version: u32,
    /// When the snapshot was taken; the only clock of the diagnosis.
    pub taken_at: DateTime<Utc>,
    /// Which service it shows.
    pub target: Subject,
    /// The ECS service itself.
    pub service: Observed<Service>,
    /// The task definition of the service's primary deployment.
    pub task_definition: Observed<TaskDefinition>,
    /// Running and recently stopped tasks (ECS forgets stopped ones after about an hour), by task id.
    pub tasks: Observed<BTreeMap<String, Task>>,
    /// The service's target groups with the health of their targets, by ARN.
    pub target_groups: Observed<BTreeMap<String, TargetGroup>>,
    /// The load balancers in front of the target groups, by ARN.
    pub load_balancers: Observed<BTreeMap<String, LoadBalancer>>,
    /// The subnets of the tasks and the load balancers, by id.
    pub subnets: Observed<BTreeMap<String, Subnet>>,
    /// The security groups of tasks, load balancers and database, by id.
    pub security_groups: Observed<BTreeMap<String, SecurityGroup>>,
    /// The database that the service uses; `None` where it uses none that RDS knows.
    pub database: Observed<Option<Database>>,
    /// What the execution role may do, as IAM simulates it.
    pub permissions: Observed<Vec<Permission>>,
    /// The secrets that the task definition names, by ARN.
    pub secrets: BTreeMap<String, Observed<Secret>>,
    /// The images in ECR that the task definition names, by reference.
    pub images: BTreeMap<String, Observed<Image>>,
    /// The last log lines of the tasks, oldest first, by task id.
    pub logs: Observed<BTreeMap<String, Vec<LogLine>>>,
}

/// What a check may look at. A missing part ends the check with what is unknown, by `?`.
impl Snapshot {
    /// The ECS service.
    ///
    /// # Errors
    /// What could not be seen; likewise for the other sections.
    pub fn service(&self) -> Observed<&Service> {
        self.service.as_ref().map_err(Clone::clone)
    }

    /// The task definition of the primary deployment.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn task_definition(&self) -> Observed<&TaskDefinition> {
        self.task_definition.as_ref().map_err(Clone::clone)
    }

    /// Running and recently stopped tasks, by id.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn tasks(&self) -> Observed<&BTreeMap<String, Task>> {
        self.tasks.as_ref().map_err(Clone::clone)
    }

    /// The service's target groups, by ARN.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn target_groups(&self) -> Observed<&BTreeMap<String, TargetGroup>> {
        self.target_groups.as_ref().map_err(Clone::clone)
    }

    /// The load balancers, by ARN.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn load_balancers(&self) -> Observed<&BTreeMap<String, LoadBalancer>> {
        self.load_balancers.as_ref().map_err(Clone::clone)
    }

    /// The subnets of the tasks and the load balancers, by id.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn subnets(&self) -> Observed<&BTreeMap<String, Subnet>> {
        self.subnets.as_ref().map_err(Clone::clone)
    }

    /// The security groups of the given ids.
    ///
    /// # Errors
    /// See [`Snapshot::service`]; also when one of the ids is not among those seen.
    pub fn security_groups(&self, ids: &[String]) -> Observed<Vec<&SecurityGroup>> {
        let known = self.security_groups.as_ref().map_err(Clone::clone)?;
        let group = |id: &String| {
            known.get(id).ok_or_else(|| Unobserved {
                operation: "ec2:DescribeSecurityGroups".into(),
                code: "NotFound".into(),
                message: format!("security group {id} was not returned").into(),
            })
        };
        ids.iter().map(group).collect()
    }

    /// The database that the service uses.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn database(&self) -> Observed<Option<&Database>> {
        self.database
            .as_ref()
            .map(Option::as_ref)
            .map_err(Clone::clone)
    }

    /// What the execution role may do.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn permissions(&self) -> Observed<&[Permission]> {
        self.permissions.as_deref().map_err(Clone::clone)
    }

    /// ARNs of the secrets that the task definition names and that do not exist or are about to be deleted.
    pub fn missing_secrets(&self) -> impl Iterator<Item = &String> {
        self.secrets
            .iter()
            .filter(|(_, secret)| {
                matches!(
                    secret,
                    Ok(Secret::Missing
                        | Secret::Present {
                            deleted_at: Some(_),
                            ..
                        })
                )
            })
            .map(|(arn, _)| arn)
    }

    /// The last log lines, oldest first, by task id.
    ///
    /// # Errors
    /// See [`Snapshot::service`].
    pub fn logs(&self) -> Observed<&BTreeMap<String, Vec<LogLine>>> {
        self.logs.as_ref().map_err(Clone::clone)
    }
}
