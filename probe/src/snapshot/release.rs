//! The release that was rolled back: what its tasks were to be made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Image, LogGroup, Observed, Parameter, Secret, Snapshot, TaskDefinition};

/// What the newest deployment was to bring before it was rolled back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Its task definition.
    pub task_definition: Observed<TaskDefinition>,
    /// The secrets that it names, by ARN.
    #[serde(default)]
    pub secrets: BTreeMap<String, Observed<Secret>>,
    /// The parameters that it names, by ARN or name as it stands there.
    #[serde(default)]
    pub parameters: BTreeMap<String, Observed<Parameter>>,
    /// The images in ECR that it names, by reference.
    #[serde(default)]
    pub images: BTreeMap<String, Observed<Image>>,
    /// The log groups that it names, by name.
    #[serde(default)]
    pub log_groups: BTreeMap<String, Observed<LogGroup>>,
}

impl Snapshot {
    /// The task definition that was rolled back, where it was seen.
    pub fn release_definition(&self) -> Option<&TaskDefinition> {
        self.release.as_ref()?.task_definition.as_ref().ok()
    }

    /// The same stack, seen from the release that was rolled back: its task definition, and what that names, in the
    /// place of the present one's.
    pub fn as_released(&self) -> Option<Self> {
        let definition = self.release_definition()?.clone();
        let mut seen = self.clone();
        let release = seen.release.take()?;
        seen.task_definition = Ok(definition);
        seen.secrets = release.secrets;
        seen.parameters = release.parameters;
        seen.images = release.images;
        seen.log_groups = release.log_groups;
        Some(seen)
    }
}
