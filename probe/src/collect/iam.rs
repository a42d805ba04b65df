//! IAM: the roles of the task definition, with what they may do and who may assume them.

use std::collections::{BTreeMap, BTreeSet};

use futures::{future::join_all, join};

use super::{
    Clients,
    ecs::{Definition, time},
    failure::unobserved,
    policy::read,
};
use crate::snapshot::{Observed, Policy, Role, Unobserved};

/// Execution role and task role, by ARN.
pub(super) async fn roles(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
) -> BTreeMap<String, Observed<Role>> {
    let Ok(definition) = definition else {
        return BTreeMap::new();
    };
    let of_execution = definition.shown.execution_role.as_ref();
    let of_task = definition.shown.task_role.as_ref();
    let arns: BTreeSet<&String> = of_execution.into_iter().chain(of_task).collect();
    let observe = |arn: &String| {
        let arn = arn.clone();
        async move {
            let seen = role(clients, &arn).await;
            (arn, seen)
        }
    };
    join_all(arns.into_iter().map(observe))
        .await
        .into_iter()
        .collect()
}

async fn role(clients: &Clients, arn: &str) -> Observed<Role> {
    const OPERATION: &str = "iam:GetRole";
    let name = arn.rsplit('/').next().unwrap_or(arn);
    let about = async {
        match clients.iam.get_role().role_name(name).send().await {
            Ok(answer) => Ok(answer.role),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_no_such_entity_exception()) =>
            {
                Ok(None)
            }
            Err(error) => Err(unobserved(OPERATION, &error)),
        }
    };
    let (about, inline, attached) = join!(about, inline(clients, name), attached(clients, name));
    let Some(about) = about? else {
        return Ok(Role::Missing);
    };
    let trust = about.assume_role_policy_document().unwrap_or_default();
    let (mut policies, mut unread) = (BTreeMap::new(), BTreeMap::new());
    for (name, document) in inline?.into_iter().chain(attached?) {
        match document {
            Ok(policy) => drop(policies.insert(name, policy)),
            Err(why) => drop(unread.insert(name, why)),
        }
    }
    Ok(Role::Present {
        created_at: time(Some(about.create_date())),
        trust: read(OPERATION, trust)?,
        policies,
        unread,
    })
}

/// The policies of a role, by name, each read or not on its own.
type Documents = Vec<(String, Observed<Policy>)>;

/// The policies that stand in the role itself.
async fn inline(clients: &Clients, role: &str) -> Observed<Documents> {
    const OPERATION: &str = "iam:GetRolePolicy";
    let listed = clients.iam.list_role_policies().role_name(role);
    let mut pages = listed.into_paginator().items().send();
    let mut names: Vec<String> = vec![];
    while let Some(name) = pages.next().await {
        names.push(name.map_err(|error| unobserved("iam:ListRolePolicies", &error))?);
    }
    let document = |name: String| {
        let call = clients
            .iam
            .get_role_policy()
            .role_name(role)
            .policy_name(&name);
        async move {
            let document = match call.send().await {
                Ok(answer) => read(OPERATION, answer.policy_document()),
                Err(error) => Err(unobserved(OPERATION, &error)),
            };
            (name, document)
        }
    };
    Ok(join_all(names.into_iter().map(document)).await)
}

/// The managed policies that are attached to the role.
async fn attached(clients: &Clients, role: &str) -> Observed<Documents> {
    let listed = clients.iam.list_attached_role_policies().role_name(role);
    let mut pages = listed.into_paginator().items().send();
    let mut policies = vec![];
    while let Some(policy) = pages.next().await {
        let policy = policy.map_err(|error| unobserved("iam:ListAttachedRolePolicies", &error))?;
        if let (Some(name), Some(arn)) = (policy.policy_name, policy.policy_arn) {
            policies.push((name, arn));
        }
    }
    let document =
        |(name, arn): (String, String)| async move { (name, managed(clients, &arn).await) };
    Ok(join_all(policies.into_iter().map(document)).await)
}

/// The version of a managed policy that is in force.
async fn managed(clients: &Clients, arn: &str) -> Observed<Policy> {
    const OPERATION: &str = "iam:GetPolicyVersion";
    let about = clients.iam.get_policy().policy_arn(arn).send().await;
    let about = about.map_err(|error| unobserved("iam:GetPolicy", &error))?;
    let version = about
        .policy()
        .and_then(|policy| policy.default_version_id());
    let answer = clients
        .iam
        .get_policy_version()
        .policy_arn(arn)
        .version_id(version.unwrap_or_default())
        .send()
        .await
        .map_err(|error| unobserved(OPERATION, &error))?;
    let document = answer
        .policy_version()
        .and_then(|version| version.document());
    read(OPERATION, document.unwrap_or_default())
}
