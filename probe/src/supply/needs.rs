//! What the execution role must be allowed to do for what a task is given.

use std::collections::BTreeSet;

use super::{ecr_image, home, missing};
use crate::{
    case::Case,
    snapshot::{LogGroup, Parameter, TaskDefinition},
};

/// One thing that the execution role must be allowed to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// For example `secretsmanager:GetSecretValue`.
    pub action: &'static str,
    /// ARN, or `*`.
    pub resource: String,
}

impl Need {
    /// Whether an answer on this resource answers it: on the whole ARN of a secret that is named by a part, on a
    /// stream of a log group.
    pub fn is_on(&self, resource: &str) -> bool {
        let Some(rest) = resource.strip_prefix(self.resource.trim_end_matches(":*")) else {
            return false;
        };
        match self.resource.ends_with(":*") {
            true => [":*", ""].contains(&rest) || rest.starts_with(":log-stream:"),
            false => {
                rest.is_empty()
                    || rest.len() == 7
                        && rest.starts_with('-')
                        && self.resource.contains(":secret:")
            }
        }
    }
}

/// What pulling the images needs, where a private ECR holds them. (`ecr:BatchCheckLayerAvailability`, which AWS's
/// policies add, is for pushing: a pull works without it.)
pub fn image_needs(definition: &TaskDefinition) -> Vec<Need> {
    let images: BTreeSet<(&str, &str, &str)> = definition
        .containers
        .iter()
        .filter_map(|container| ecr_image(&container.image))
        .map(|image| (image.region, image.account, image.repository))
        .collect();
    let mut needs = vec![];
    if !images.is_empty() {
        needs.push(Need {
            action: "ecr:GetAuthorizationToken",
            resource: "*".into(),
        });
    }
    let partition = home(definition).0;
    for (region, account, repository) in images {
        for action in ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] {
            let resource =
                format!("arn:{partition}:ecr:{region}:{account}:repository/{repository}");
            needs.push(Need { action, resource });
        }
    }
    needs
}

/// What reading the secrets needs, as far as they are there.
pub fn secret_needs(case: &Case<'_>, definition: &TaskDefinition) -> Vec<Need> {
    let arns: BTreeSet<String> = definition
        .secrets()
        .filter_map(|(_, reference)| reference.secret_arn())
        .collect();
    let missing = missing(case);
    let need = |resource| Need {
        action: "secretsmanager:GetSecretValue",
        resource,
    };
    arns.into_iter()
        .filter(|arn| !missing.contains(arn))
        .map(need)
        .collect()
}

/// What reading the parameters needs, as far as they are there.
pub fn parameter_needs(case: &Case<'_>, definition: &TaskDefinition) -> Vec<Need> {
    let names: BTreeSet<&str> = definition
        .secrets()
        .filter_map(|(_, reference)| reference.parameter())
        .collect();
    let (partition, account) = home(definition);
    let there = |name: &&str| !matches!(case.parameters.get(*name), Some(Ok(Parameter::Missing)));
    let need = |name: &str| Need {
        action: "ssm:GetParameters",
        resource: match name.starts_with("arn:") {
            true => name.to_owned(),
            false => format!(
                "arn:{partition}:ssm:{}:{account}:parameter/{}",
                case.target.region,
                name.trim_start_matches('/')
            ),
        },
    };
    names.into_iter().filter(there).map(need).collect()
}

/// What writing the logs with `awslogs` needs, as far as the groups are there.
pub fn log_needs(case: &Case<'_>, definition: &TaskDefinition) -> Vec<Need> {
    let (partition, account) = home(definition);
    let mut needs: Vec<Need> = vec![];
    let logs = definition
        .containers
        .iter()
        .filter_map(|container| container.log.as_ref());
    for log in logs.filter(|log| log.driver == "awslogs") {
        let Some(group) = &log.group else { continue };
        let is_missing = matches!(case.log_groups.get(group), Some(Ok(LogGroup::Missing)));
        if is_missing && !log.creates_group {
            continue;
        }
        let region = log.region.as_ref().unwrap_or(&case.target.region);
        let mut actions = vec!["logs:CreateLogStream", "logs:PutLogEvents"];
        if log.creates_group {
            actions.insert(0, "logs:CreateLogGroup");
        }
        for action in actions {
            let resource = format!("arn:{partition}:logs:{region}:{account}:log-group:{group}:*");
            let need = Need { action, resource };
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
    }
    needs
}
