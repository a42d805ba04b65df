//! What the execution role may do of what it needs: as IAM simulates it, else as its policy documents read.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum};
use futures::future::try_join_all;

use super::{Clients, ecr, ecs::Definition, failure::unobserved, secrets::Secrets, ssm};
use crate::{
    permission::decide,
    snapshot::{Observed, Permission, Policy, Role, TaskDefinition, Unobserved, View},
};

/// What pulling an image from a repository needs.
/// <https://docs.aws.amazon.com/AmazonECR/latest/userguide/ECR_on_ECS.html>
const PULL: [&str; 3] = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
];

/// Actions on each of some resources.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Need {
    actions: Vec<&'static str>,
    resources: BTreeSet<String>,
    /// The service that uses a key for the role: policies may name it.
    via: Option<String>,
}

impl Need {
    fn context(&self) -> Option<(&str, &str)> {
        Some(("kms:ViaService", self.via.as_deref()?))
    }
}

/// Everything that ECS does with the execution role before and while a task of this definition runs.
///
/// Of the keys it takes the ARNs, by the service that decrypts with them.
pub(super) fn needed(
    definition: &TaskDefinition,
    secrets: &Secrets,
    keys: BTreeMap<String, BTreeSet<String>>,
) -> Vec<Need> {
    let images = definition
        .containers
        .iter()
        .filter_map(|container| ecr::parse(&container.image));
    let repositories: BTreeSet<String> = images.map(|image| image.repository_arn()).collect();
    let registry = (!repositories.is_empty()).then(|| "*".to_owned());
    let parameters = ssm::references(definition).filter_map(|name| ssm::arn(name, definition));
    let streams = logs(
        definition,
        |log| log.stream_prefix.is_some(),
        |container, log| {
            let prefix = log.stream_prefix.as_deref().unwrap_or_default();
            format!("{prefix}/{container}/task")
        },
    );
    let groups = logs(definition, |log| log.creates_group, |_, _| String::new());
    let needs = [
        (
            vec!["ecr:GetAuthorizationToken"],
            registry.into_iter().collect(),
        ),
        (PULL.to_vec(), repositories),
        (vec!["secretsmanager:GetSecretValue"], secrets.full_arns()),
        (vec!["ssm:GetParameters"], parameters.collect()),
        (vec!["logs:CreateLogStream", "logs:PutLogEvents"], streams),
        (vec!["logs:CreateLogGroup"], groups),
    ];
    let needs = needs.into_iter().map(|(actions, resources)| Need {
        actions,
        resources,
        via: None,
    });
    let of_keys = keys.into_iter().map(|(via, resources)| Need {
        actions: vec!["kms:Decrypt"],
        resources,
        via: Some(via),
    });
    needs
        .chain(of_keys)
        .filter(|need| !need.resources.is_empty())
        .collect()
}

/// ARNs of log streams, as IAM names them when it judges a call of the log driver.
fn logs(
    definition: &TaskDefinition,
    wanted: impl Fn(&crate::snapshot::LogConfiguration) -> bool,
    stream: impl Fn(&str, &crate::snapshot::LogConfiguration) -> String,
) -> BTreeSet<String> {
    let mut arns = BTreeSet::new();
    for container in &definition.containers {
        let log = container.log.as_ref().filter(|log| log.driver == "awslogs");
        let Some(log) = log.filter(|log| wanted(log)) else {
            continue;
        };
        if let ([_, partition, _, region, account, ..], Some(group)) = (
            &definition.arn.split(':').collect::<Vec<_>>()[..],
            &log.group,
        ) {
            let region = log.region.as_deref().unwrap_or(region);
            let stream = stream(&container.name, log);
            arns.insert(format!(
                "arn:{partition}:logs:{region}:{account}:log-group:{group}:log-stream:{stream}"
            ));
        }
    }
    arns
}

/// Asks IAM; `Ok` and empty where there is no execution role or it needs nothing.
pub(super) async fn simulated(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
    needs: &[Need],
) -> Observed<Vec<Permission>> {
    let definition = definition.map_err(Clone::clone)?;
    let Some(role) = &definition.shown.execution_role else {
        return Ok(vec![]);
    };
    let simulate = |need: &Need| {
        let actions = need.actions.iter().map(|action| (*action).to_owned());
        let entry = |(key, value): (&str, &str)| {
            ContextEntry::builder()
                .context_key_name(key)
                .context_key_values(value)
                .context_key_type(ContextKeyTypeEnum::String)
                .build()
        };
        let known = need.context().map(entry);
        let pages = clients
            .iam
            .simulate_principal_policy()
            .policy_source_arn(role)
            .set_action_names(Some(actions.collect()))
            .set_resource_arns(Some(need.resources.iter().cloned().collect()))
            .set_context_entries(known.map(|entry| vec![entry]))
            .into_paginator()
            .items()
            .send();
        async move {
            pages
                .try_collect()
                .await
                .map_err(|error| unobserved("iam:SimulatePrincipalPolicy", &error))
        }
    };
    let results: Vec<Vec<_>> = try_join_all(needs.iter().map(simulate)).await?;
    let permission = |result: aws_sdk_iam::types::EvaluationResult| Permission {
        action: result.eval_action_name().to_owned(),
        resource: result.eval_resource_name().unwrap_or("*").to_owned(),
        decision: result.eval_decision().as_str().to_owned(),
        view: View::Simulated,
    };
    Ok(results.into_iter().flatten().map(permission).collect())
}

/// The simulation's answer, or where it was refused that of the policy documents.
///
/// A role that does not exist has no permissions to speak of: that it is missing says it all. Where the documents
/// leave something open and deny nothing, it stays unknown.
pub(super) fn permissions(
    simulated: Observed<Vec<Permission>>,
    execution_role: Option<&Observed<Role>>,
    needs: &[Need],
) -> Observed<Vec<Permission>> {
    let refused = match (simulated, execution_role) {
        (_, Some(Ok(Role::Missing))) => return Ok(vec![]),
        (Ok(permissions), _) => return Ok(permissions),
        (Err(refused), _) => refused,
    };
    let Some(Ok(Role::Present {
        policies, unread, ..
    })) = execution_role
    else {
        return Err(refused);
    };
    let decided: Vec<Option<Permission>> = needs
        .iter()
        .flat_map(|need| by_documents(policies, unread, need))
        .collect();
    let is_open = decided.iter().any(Option::is_none);
    let known: Vec<Permission> = decided.into_iter().flatten().collect();
    if is_open && known.iter().all(Permission::is_allowed) {
        return Err(refused);
    }
    Ok(known)
}

/// One answer for each action on each resource; `None` where the documents do not say.
fn by_documents(
    policies: &BTreeMap<String, Policy>,
    unread: &BTreeMap<String, Unobserved>,
    need: &Need,
) -> Vec<Option<Permission>> {
    let decide = |action: &str, resource: &String| {
        let context = need.context();
        let decision = decide(policies.values(), action, resource, context.as_slice());
        let decision = match unread.is_empty() {
            true => decision,
            false => decision.of_a_part(),
        };
        Some(Permission {
            action: action.to_owned(),
            resource: resource.clone(),
            decision: decision.as_str()?.to_owned(),
            view: View::Documents,
        })
    };
    let each = |action: &&'static str| {
        let action = *action;
        need.resources
            .iter()
            .map(move |resource| decide(action, resource))
    };
    need.actions.iter().flat_map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::Statement;

    const PARAMETER: &str = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/db";

    fn role(action: &str, conditions: &[&str]) -> Observed<Role> {
        let statement = Statement {
            allow: true,
            actions: vec![action.into()],
            not_actions: vec![],
            resources: vec!["*".into()],
            not_resources: vec![],
            principals: vec![],
            conditions: conditions.iter().map(|key| (*key).into()).collect(),
            tests: vec![],
        };
        let policy = Policy {
            statements: vec![statement],
        };
        Ok(Role::Present {
            created_at: None,
            trust: Policy::default(),
            policies: [("p".to_owned(), policy)].into(),
            unread: BTreeMap::new(),
        })
    }

    fn needs() -> [Need; 1] {
        [Need {
            actions: vec!["ssm:GetParameters"],
            resources: [PARAMETER.to_owned()].into(),
            via: None,
        }]
    }

    fn refused() -> Observed<Vec<Permission>> {
        Err(Unobserved {
            operation: "iam:SimulatePrincipalPolicy".into(),
            code: "AccessDenied".into(),
            message: "no".into(),
        })
    }

    #[test]
    fn documents_decide_where_the_simulation_is_refused() {
        for (action, decision) in [("ssm:Get*", "allowed"), ("s3:*", "implicitDeny")] {
            let role = role(action, &[]);
            let [permission] = &permissions(refused(), Some(&role), &needs()).unwrap()[..] else {
                panic!("one action on one resource");
            };
            assert_eq!(permission.decision, decision);
            assert_eq!(permission.view, View::Documents);
        }
    }

    #[test]
    fn what_the_documents_leave_open_stays_unknown() {
        let role = role("ssm:*", &["aws:SourceVpc"]);
        assert_eq!(permissions(refused(), Some(&role), &needs()), refused());
        assert_eq!(permissions(refused(), None, &needs()), refused());
    }

    #[test]
    fn of_a_part_of_the_documents_a_denial_alone_stands() {
        for (allow, known) in [(true, None), (false, Some("explicitDeny"))] {
            let mut role = role("ssm:*", &[]);
            if let Ok(Role::Present {
                policies, unread, ..
            }) = &mut role
            {
                policies.get_mut("p").unwrap().statements[0].allow = allow;
                unread.insert("q".to_owned(), refused().unwrap_err());
            }
            let found = permissions(refused(), Some(&role), &needs());
            let found = found
                .iter()
                .flatten()
                .next()
                .map(|found| found.decision.as_str());
            assert_eq!(found, known);
        }
    }

    #[test]
    fn a_missing_role_has_no_permissions_to_judge() {
        assert_eq!(
            permissions(refused(), Some(&Ok(Role::Missing)), &needs()),
            Ok(vec![])
        );
    }
}
