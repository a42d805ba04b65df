//! ECS: the service, its deployments, its task definition and its tasks.

mod deployments;
mod environment;
mod older_tasks;
mod service;
mod task_definition;
mod tasks;

use aws_smithy_types::DateTime as SdkTime;
use chrono::{DateTime, Utc};

pub(super) use deployments::{described_deployments, service_deployments};
pub(super) use older_tasks::older_tasks;
pub(super) use service::{service, services};
pub(super) use task_definition::task_definition;
pub(super) use tasks::tasks;

use crate::snapshot::TaskDefinition;

/// A task definition as it may be kept, with the environment values for as long as collecting lasts.
pub(super) struct Definition {
    pub(super) shown: TaskDefinition,
    /// Name and value of each plain variable: only compared with host names, never kept.
    pub(super) environment: Vec<(String, String)>,
}

pub(super) fn time(at: Option<&SdkTime>) -> Option<DateTime<Utc>> {
    let at = at?;
    DateTime::from_timestamp(at.secs(), at.subsec_nanos())
}

fn string(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}
