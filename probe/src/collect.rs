//! Looks at the running stack and writes down what it saw. Read-only: it calls Describe, List, Get and Simulate; the one
//! exception is `failover`.
//!
//! Collecting cannot fail: a call that is denied, throttled or does not answer becomes an
//! [`Unobserved`](crate::snapshot::Unobserved) in the snapshot, and so does everything that depended on it.

mod alarms;
mod alone;
mod clients;
mod cloudwatch;
mod database;
mod ec2;
mod ecr;
mod ecs;
mod elbv2;
mod everything;
mod examine;
mod failover;
mod failure;
mod iam;
mod inventory;
mod kms;
mod logs;
mod performance;
mod permissions;
mod policy;
mod profiles;
mod rds;
mod release;
mod scaling;
mod secret_shape;
mod secrets;
mod services;
mod ssm;
mod stacks;
mod status;
mod supply;
mod surroundings;
mod whole;

use std::collections::{BTreeMap, BTreeSet};

pub use alone::{history, log_sources, targets, tasks};
pub use clients::{Clients, Connection};
pub use database::database;
pub use everything::collect;
pub use examine::{Api, Examination, Identity, examine};
pub use failover::{database_events, database_place, force_failover, new_events};
pub use inventory::{inventory, stack_of};
pub use logs::{
    LogPage, LogSource, LogWindow, QueryCall, log_page, query_answer, start_query, stop_query,
};
pub use performance::performance;
pub use profiles::{UnknownProfile, unknown_profile};
pub use services::{find_by_stack, find_services};
pub use status::status;

use crate::snapshot::{Observed, Service, Task};

/// Every AWS action that a diagnosis and most other commands call; a test holds it against the sources.
pub const ACTIONS: &[&str] = &[
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingActivities",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "ec2:DescribeNatGateways",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:GetManagedPrefixListEntries",
    "ecr:BatchGetImage",
    "ecr:DescribeImages",
    "ecs:DescribeServiceDeployments",
    "ecs:DescribeServiceRevisions",
    "ecs:DescribeServices",
    "ecs:DescribeTaskDefinition",
    "ecs:DescribeTasks",
    "ecs:ListClusters",
    "ecs:ListServiceDeployments",
    "ecs:ListServices",
    "ecs:ListTasks",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancerAttributes",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroupAttributes",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "iam:GetRole",
    "iam:GetRolePolicy",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:SimulatePrincipalPolicy",
    "kms:DescribeKey",
    "kms:GetKeyPolicy",
    "logs:DescribeLogGroups",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "rds:DescribeDBInstances",
    "rds:DescribeDBParameters",
    "rds:DescribeEvents",
    "secretsmanager:DescribeSecret",
    "ssm:DescribeParameters",
];

/// Actions that a diagnosis does without: `db`, `cost`, `cleanup` and `logs --insights` call them.
pub const MORE_ACTIONS: &[&str] = &[
    "ec2:DescribeAddresses",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ecr:DescribeRepositories",
    "ecs:DescribeClusters",
    "elasticloadbalancing:DescribeTags",
    "iam:ListRoles",
    "logs:GetQueryResults",
    "logs:StartQuery",
    "logs:StopQuery",
    "rds:DescribeCertificates",
    "rds:DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBMajorEngineVersions",
    "rds:DescribeDBSnapshots",
    "rds:DescribeDBSubnetGroups",
    "rds:DescribePendingMaintenanceActions",
    "secretsmanager:ListSecrets",
    "tag:GetResources",
];

/// Actions that `probe` calls only when it is told to, and the flag that tells it.
pub const OPTIONAL_ACTIONS: &[(&str, &str)] =
    &[("secretsmanager:GetSecretValue", "--check-secret-keys")];

/// What `probe doctor` calls and no policy has to allow: AWS answers it to everybody who is logged in.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub const UNGUARDED_ACTIONS: &[&str] = &["sts:GetCallerIdentity"];

/// The one action that changes something, and the flag without which it is never called. `cloudformation/probe-role.yaml`
/// does not allow it.
pub const ACTING: (&str, &str) = ("rds:RebootDBInstance", "--yes-force-failover");

/// What collecting may and should do beyond the usual.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether values of secrets are looked at.
    pub secret_values: SecretValues,
    /// The stack to look at where the service does not name its own.
    pub stack: Option<String>,
}

/// Whether values of secrets are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretValues {
    /// They are not read.
    Unread,
    /// They are read, and the names of their JSON keys are kept.
    KeyNames,
}

/// Tasks by id.
pub type Tasks = BTreeMap<String, Task>;
/// Target groups by ARN.
pub type TargetGroups = BTreeMap<String, crate::snapshot::TargetGroup>;

/// ARNs of the target groups that the service names.
fn target_groups_of(service: &Observed<Service>) -> Observed<BTreeSet<String>> {
    let service = service.as_ref().map_err(Clone::clone)?;
    let mappings = service.load_balancers.iter();
    Ok(mappings
        .map(|mapping| mapping.target_group.clone())
        .collect())
}
