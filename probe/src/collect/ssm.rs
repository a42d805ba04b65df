//! Parameter Store: whether the parameters that the task definition names exist. Their values are never read.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssm::types::{ParameterMetadata, ParameterStringFilter};
use futures::future::try_join_all;

use super::{Clients, ecs::Definition, failure::unobserved};
use crate::snapshot::{Observed, Parameter, TaskDefinition, Unobserved};

const OPERATION: &str = "ssm:DescribeParameters";
/// DescribeParameters takes 50 names in a filter.
const NAMES: usize = 50;

/// The references to Parameter Store: ARNs and bare names.
pub(super) fn references(definition: &TaskDefinition) -> impl Iterator<Item = &str> {
    definition
        .secrets()
        .map(|(_, secret)| secret.value_from.as_str())
        .filter(|value_from| !value_from.is_empty())
        .filter(|value_from| match value_from.strip_prefix("arn:") {
            Some(rest) => rest.split(':').nth(1) == Some("ssm"),
            None => true,
        })
}

/// ARN of the parameter that a reference names.
pub(super) fn arn(reference: &str, definition: &TaskDefinition) -> Option<String> {
    if reference.starts_with("arn:") {
        return Some(reference.to_owned());
    }
    let parts: Vec<&str> = definition.arn.split(':').collect();
    let [_, partition, _, region, account, ..] = parts[..] else {
        return None;
    };
    let name = reference.trim_start_matches('/');
    Some(format!(
        "arn:{partition}:ssm:{region}:{account}:parameter/{name}"
    ))
}

/// The parameters, by ARN or name as the task definition has it.
pub(super) async fn parameters(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
) -> BTreeMap<String, Observed<Parameter>> {
    let Ok(definition) = definition else {
        return BTreeMap::new();
    };
    let references: BTreeSet<&str> = references(&definition.shown).collect();
    let (near, far): (Vec<&str>, Vec<&str>) = references
        .into_iter()
        .partition(|reference| region_of(reference).is_none_or(|region| region == clients.region));
    let elsewhere = |reference: &str| {
        let unobserved = Unobserved {
            operation: OPERATION.into(),
            code: "OtherRegion".into(),
            message: format!("{reference} lies in another Region").into(),
        };
        (reference.to_owned(), Err(unobserved))
    };
    let known = known(clients, &near).await;
    let seen = |reference: &str| {
        let found = known.as_ref().map_err(Clone::clone).map(|known| {
            candidates(reference)
                .find_map(|name| known.get(&name))
                .map_or(Parameter::Missing, Clone::clone)
        });
        (reference.to_owned(), found)
    };
    near.iter()
        .map(|reference| seen(reference))
        .chain(far.into_iter().map(elsewhere))
        .collect()
}

/// Forgets keys that turned out to be managed by AWS.
pub(super) fn keep_keys(
    parameters: &mut BTreeMap<String, Observed<Parameter>>,
    is_customers: impl Fn(&str) -> bool,
) {
    for parameter in parameters.values_mut().flatten() {
        if matches!(parameter, Parameter::Encrypted { key } if !is_customers(key)) {
            *parameter = Parameter::Present;
        }
    }
}

fn region_of(reference: &str) -> Option<&str> {
    reference.strip_prefix("arn:")?.split(':').nth(2)
}

/// The names that a reference may mean: an ARN does not tell `db` from `/db`.
fn candidates(reference: &str) -> impl Iterator<Item = String> {
    let name = match reference.split_once(":parameter/") {
        Some((_, name)) => name,
        None => return [Some(reference.to_owned()), None].into_iter().flatten(),
    };
    [Some(name.to_owned()), Some(format!("/{name}"))]
        .into_iter()
        .flatten()
}

/// Those of the parameters that exist, by name.
async fn known(clients: &Clients, references: &[&str]) -> Observed<BTreeMap<String, Parameter>> {
    let wanted: Vec<String> = references.iter().copied().flat_map(candidates).collect();
    let ask = |names: &[String]| {
        let filter = ParameterStringFilter::builder()
            .key("Name")
            .option("Equals")
            .set_values(Some(names.to_vec()))
            .build();
        async move {
            let filter = filter.map_err(|_| Unobserved {
                operation: OPERATION.into(),
                code: "InvalidFilter".into(),
                message: "no filter by name".into(),
            })?;
            let call = clients.ssm.describe_parameters().parameter_filters(filter);
            let mut pages = call.into_paginator().send();
            let mut found = vec![];
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| unobserved(OPERATION, &error))?;
                let known = page.parameters().iter();
                found.extend(
                    known.filter_map(|known| Some((known.name()?.to_owned(), shown(known)))),
                );
            }
            Ok::<_, Unobserved>(found)
        }
    };
    let found = try_join_all(wanted.chunks(NAMES).map(ask)).await?;
    Ok(found.into_iter().flatten().collect())
}

/// AWS's own key is open to everyone in the account.
fn shown(parameter: &ParameterMetadata) -> Parameter {
    let key = parameter.key_id().filter(|key| !key.contains("alias/aws/"));
    match key {
        Some(key) => Parameter::Encrypted {
            key: key.to_owned(),
        },
        None => Parameter::Present,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{ContainerDefinition, SecretReference};

    #[test]
    fn references_to_parameters_are_told_from_those_to_secrets() {
        let reference = |value_from: &str| SecretReference {
            name: "X".into(),
            value_from: value_from.into(),
        };
        let parameter = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/app/db";
        let definition = TaskDefinition {
            arn: "arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:1".into(),
            containers: vec![ContainerDefinition {
                secrets: vec![
                    reference(parameter),
                    reference("/app/port"),
                    reference("arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:db"),
                ],
                ..Default::default()
            }],
            ..Default::default()
        };
        let found: Vec<&str> = references(&definition).collect();
        assert_eq!(found, [parameter, "/app/port"]);
        let named = arn("/app/db", &definition);
        assert_eq!(named.as_deref(), Some(parameter));
        assert_eq!(
            candidates(parameter).collect::<Vec<_>>(),
            ["app/db", "/app/db"]
        );
        assert_eq!(candidates("db").collect::<Vec<_>>(), ["db"]);
        assert_eq!(region_of(parameter), Some("ap-northeast-1"));
    }
}
