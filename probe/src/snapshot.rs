//! What was seen of the stack at one moment, and what could not be seen.
//!
//! Plain serde values that know nothing of AWS's SDK: a support bundle, a test fixture and an exercise are the same file.

mod database;
mod inventory;
mod load_balancer;
mod log_event;
mod network;
mod performance;
mod query_answer;
mod release;
mod role;
mod secret_reference;
mod service;
mod sight;
mod stack;
mod supply;
mod task;
mod task_definition;
mod text;
mod upkeep;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use database::{Database, Keeping};
pub use inventory::{Fargate, Holding, Inventory, Kind, Mark, Unit};
pub use load_balancer::{HealthCheck, Listener, LoadBalancer, Target, TargetGroup};
pub use log_event::LogEvent;
pub use network::{
    AclEntry, Endpoint, NatGateway, NetworkAcl, Route, RouteTable, Rule, SecurityGroup, Subnet, Vpc,
};
pub use performance::{AnswerTimes, Performance, Series};
pub use query_answer::QueryAnswer;
pub use release::Release;
pub use role::{Permission, Policy, Role, Statement, Test, View};
pub use secret_reference::SecretReference;
pub use service::{
    Deployment, DeploymentConfiguration, Event, LoadBalancerMapping, Service, ServiceDeployment,
};
pub use sight::{Activity, Alarm, Sight, Traffic};
pub use stack::{Scaling, Stack};
pub use supply::{Image, Key, LogGroup, Parameter, Secret, SecretShape};
pub use task::{Container, LogLine, Task};
pub use task_definition::{
    ContainerDefinition, ContainerHealthCheck, DatabaseSettings, Dependency, LogConfiguration,
    MountPoint, TaskDefinition, Volume,
};
pub use text::Text;
pub use upkeep::{Maintenance, Support, Upkeep};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Subject {
    /// AWS Region, for example `ap-northeast-1`.
    pub region: String,
    /// Name of the ECS cluster.
    pub cluster: String,
    /// Name of the ECS service.
    pub service: String,
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident: $kind:ty;)*) => {
        /// Everything that was seen of one ECS service and what it depends on.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub struct Snapshot {
            /// Version of this format: 1.
            pub version: u32,
            /// When the snapshot was taken; the only clock of the diagnosis.
            pub taken_at: DateTime<Utc>,
            /// Which service it shows.
            pub target: Subject,
            /// The secrets that the task definition names, by ARN.
            #[serde(default)]
            pub secrets: BTreeMap<String, Observed<Secret>>,
            /// The parameters that the task definition names, by ARN or name as it stands there.
            #[serde(default)]
            pub parameters: BTreeMap<String, Observed<Parameter>>,
            /// The customer managed keys of those secrets and parameters, by ARN, id or alias as those name them.
            #[serde(default)]
            pub keys: BTreeMap<String, Observed<Key>>,
            /// The keys' own policies, by the same names.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub key_policies: BTreeMap<String, Observed<Policy>>,
            /// The images in ECR that the task definition names, by reference.
            #[serde(default)]
            pub images: BTreeMap<String, Observed<Image>>,
            /// The log groups that the task definition names, by name.
            #[serde(default)]
            pub log_groups: BTreeMap<String, Observed<LogGroup>>,
            /// The log groups whose lines could not be read, by name; those of the others are in `logs`.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub unread_logs: BTreeMap<String, Unobserved>,
            /// What the newest deployment was to bring, where it was rolled back.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub release: Option<Release>,
            /// The execution role and the task role, by ARN.
            #[serde(default)]
            pub roles: BTreeMap<String, Observed<Role>>,
            /// What could not be seen of the database's VPC, where that is another than the tasks'; the sections of
            /// the network hold the rest.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub unread_network: Vec<Unobserved>,
            $($(#[$doc])* #[serde(default = "not_collected")] pub $name: Observed<$kind>,)*
        }

        impl Snapshot {
            /// A snapshot without a section: who looks at a part of a service fills in that part.
            pub fn empty(target: Subject, taken_at: DateTime<Utc>) -> Self {
                Self {
                    version: 1,
                    taken_at,
                    target,
                    secrets: BTreeMap::new(),
                    parameters: BTreeMap::new(),
                    keys: BTreeMap::new(),
                    key_policies: BTreeMap::new(),
                    images: BTreeMap::new(),
                    log_groups: BTreeMap::new(),
                    unread_logs: BTreeMap::new(),
                    release: None,
                    roles: BTreeMap::new(),
                    unread_network: vec![],
                    $($name: not_collected(),)*
                }
            }
        }

        /// What a check may look at. A missing section ends the check with what is unknown, by `?`.
        impl Snapshot {
            $($(#[$doc])*
            ///
            /// # Errors
            /// What could not be seen of it.
            pub fn $name(&self) -> Observed<&$kind> {
                self.$name.as_ref().map_err(Clone::clone)
            })*
        }
    };
}

sections! {
    /// The ECS service itself.
    service: Service;
    /// Its newest service deployments, newest first: they remember what was rolled back.
    service_deployments: Vec<ServiceDeployment>;
    /// The task definition of the service's primary deployment.
    task_definition: TaskDefinition;
    /// Running and recently stopped tasks (ECS forgets stopped ones after about an hour), by task id.
    tasks: BTreeMap<String, Task>;
    /// Tasks that stopped in the last day and that ECS has forgotten, from the log group of the platform stack;
    /// none where there is no such group.
    older_tasks: BTreeMap<String, Task>;
    /// The service's target groups with the health of their targets, by ARN.
    target_groups: BTreeMap<String, TargetGroup>;
    /// The load balancers in front of the target groups, by ARN.
    load_balancers: BTreeMap<String, LoadBalancer>;
    /// The VPCs of tasks, load balancers and database, by id.
    vpcs: BTreeMap<String, Vpc>;
    /// The subnets of those VPCs, by id.
    subnets: BTreeMap<String, Subnet>;
    /// Their route tables, by id.
    route_tables: BTreeMap<String, RouteTable>;
    /// Their network ACLs, by id.
    network_acls: BTreeMap<String, NetworkAcl>;
    /// Their NAT gateways, by id.
    nat_gateways: BTreeMap<String, NatGateway>;
    /// Their VPC endpoints, by id.
    endpoints: BTreeMap<String, Endpoint>;
    /// The security groups of tasks, load balancers, database and endpoints, by id.
    security_groups: BTreeMap<String, SecurityGroup>;
    /// The ranges of the prefix lists that those groups' rules and the routes name, by id.
    prefix_lists: BTreeMap<String, Vec<String>>;
    /// The database that the service uses; `None` where it uses none that RDS knows.
    database: Option<Database>;
    /// What the execution role may do, as IAM simulates it.
    permissions: Vec<Permission>;
    /// The last log lines of the tasks, oldest first, by task id.
    logs: BTreeMap<String, Vec<LogLine>>;
    /// The range in which Application Auto Scaling moves the service; `None` where it does not.
    scaling: Option<Scaling>;
    /// The CloudFormation stack that made the service; `None` where none did.
    stack: Option<Stack>;
}

/// A section that an older snapshot does not have.
pub(crate) fn not_collected<T>() -> Observed<T> {
    Err(without())
}

fn without() -> Unobserved {
    Unobserved {
        operation: "snapshot".into(),
        code: "NotCollected".into(),
        message: "this snapshot was taken without it".into(),
    }
}

impl Snapshot {
    /// The security groups of the given ids.
    ///
    /// # Errors
    /// When the groups were not seen, or one of the ids is not among those seen.
    pub fn groups(&self, ids: &[String]) -> Observed<Vec<&SecurityGroup>> {
        let known = self.security_groups()?;
        let group = |id: &String| {
            known.get(id).ok_or_else(|| Unobserved {
                operation: "ec2:DescribeSecurityGroups".into(),
                code: "NotFound".into(),
                message: format!("security group {id} was not returned").into(),
            })
        };
        ids.iter().map(group).collect()
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
}
