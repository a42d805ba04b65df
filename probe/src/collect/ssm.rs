//! Parameter Store: whether the parameters that the task definition names exist. Their values are never read.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ssm::types::{ParameterMetadata, ParameterStringFilter};
use futures::future::{join_all, try_join_all};

use super::{Clients, clients::region_of, ecs::Definition, failure::unobserved, kms};
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
    let mut by_region: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for reference in references(&definition.shown) {
        let region = region_of(reference).unwrap_or(&clients.region);
        by_region.entry(region).or_default().insert(reference);
    }
    let seen = |(region, references)| of_region(clients, region, references);
    let seen = join_all(by_region.into_iter().map(seen)).await;
    seen.into_iter().flatten().collect()
}

async fn of_region(
    clients: &Clients,
    region: &str,
    references: BTreeSet<&str>,
) -> Vec<(String, Observed<Parameter>)> {
    let named = |key: &str, reference: &str| kms::named(clients, key, reference);
    let clients = clients.at(Some(region));
    let known = known(&clients, &references).await;
    let seen = |reference: &str| {
        let known = known.as_ref().map_err(Clone::clone)?;
        Ok(
            match candidates(reference).find_map(|name| known.get(&name)) {
                Some(Parameter::Encrypted { key }) => Parameter::Encrypted {
                    key: named(key, reference),
                },
                Some(other) => other.clone(),
                None => Parameter::Missing,
            },
        )
    };
    references
        .into_iter()
        .map(|reference| (reference.to_owned(), seen(reference)))
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
async fn known(
    clients: &Clients,
    references: &BTreeSet<&str>,
) -> Observed<BTreeMap<String, Parameter>> {
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
    }
}
