//! What a task is given before its containers start, as its task definition names it: images, secrets, parameters
//! and a place for its logs; and what of it the execution role needs a permission for.

mod keys;
mod needs;

use crate::{
    case::{Case, Said},
    snapshot::{
        ContainerDefinition, Image, LogGroup, Observed, Parameter, SecretReference, TaskDefinition,
        Unobserved,
    },
};

pub use keys::{KeyUse, keys_in_use};
pub use needs::{Need, image_needs, log_needs, parameter_needs, secret_needs};

/// An image in a private registry of ECR.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EcrImage<'a> {
    /// Account of the registry.
    pub account: &'a str,
    /// Region of the registry.
    pub region: &'a str,
    /// Repository, with its namespace.
    pub repository: &'a str,
}

/// Reads an image reference; `None` where the registry is not a private ECR.
pub fn ecr_image(image: &str) -> Option<EcrImage<'_>> {
    let (host, path) = image.split_once('/')?;
    let (account, rest) = host.split_once(".dkr.ecr")?;
    let region = rest
        .trim_start_matches("-fips")
        .strip_prefix('.')?
        .split('.')
        .next()?;
    let repository = path.split(['@', ':']).next()?;
    Some(EcrImage {
        account,
        region,
        repository,
    })
}

/// Partition and account that the task definition belongs to, from its ARN.
pub fn home(definition: &TaskDefinition) -> (&str, &str) {
    let mut parts = definition.arn.split(':');
    (
        parts.nth(1).unwrap_or("aws"),
        parts.nth(2).unwrap_or_default(),
    )
}

/// Containers and variables that read a value: `service/DB_USER, service/DB_PASSWORD`.
pub fn places<'a>(
    users: impl Iterator<Item = (&'a ContainerDefinition, &'a SecretReference)>,
) -> String {
    let places: Vec<String> = users
        .map(|(container, reference)| format!("{}/{}", container.name, reference.name))
        .collect();
    places.join(", ")
}

/// Those of one secret.
pub fn readers<'a>(
    definition: &'a TaskDefinition,
    arn: &str,
) -> Vec<(&'a ContainerDefinition, &'a SecretReference)> {
    definition
        .secrets()
        .filter(|(_, reference)| reference.secret_arn().as_deref() == Some(arn))
        .collect()
}

/// ARNs and names of what the task definition names and AWS does not have: IAM denies it before anybody looks.
pub fn missing(case: &Case<'_>) -> Vec<String> {
    let secrets = case.missing_secrets().cloned();
    let parameters = case
        .parameters
        .iter()
        .filter(|(_, parameter)| matches!(parameter, Ok(Parameter::Missing)))
        .map(|(name, _)| name.clone());
    let groups = case
        .log_groups
        .iter()
        .filter(|(_, group)| matches!(group, Ok(LogGroup::Missing)))
        .map(|(name, _)| name.clone());
    let images = case
        .images
        .iter()
        .filter(|(_, image)| matches!(image, Ok(Image::RepositoryMissing)))
        .filter_map(|(image, _)| ecr_image(image))
        .map(|image| format!("repository/{}", image.repository));
    secrets
        .chain(parameters)
        .chain(groups)
        .chain(images)
        .collect()
}

/// Why something is not known that this snapshot should have.
pub fn not_read(operation: &str, name: &str) -> Unobserved {
    Unobserved {
        operation: operation.into(),
        code: "NotCollected".into(),
        message: format!("{name} was not asked for").into(),
    }
}

/// The images that the task definition names, with what ECR says of them; `None` for other registries.
pub fn images<'a>(
    case: &Case<'a>,
    definition: &'a TaskDefinition,
) -> impl Iterator<Item = (&'a ContainerDefinition, Option<&'a Observed<Image>>)> {
    let snapshot: &'a crate::snapshot::Snapshot = case;
    let seen = move |container: &'a ContainerDefinition| snapshot.images.get(&container.image);
    definition
        .containers
        .iter()
        .map(move |container| (container, seen(container)))
}

/// The container that a message is about: the one whose image or repository it names, else the only or first one
/// whose image ECR did not confirm.
pub fn container_of<'a>(
    case: &Case<'a>,
    definition: &'a TaskDefinition,
    said: &Said<'_>,
) -> Option<&'a ContainerDefinition> {
    let mut containers = definition.containers.iter();
    let path = |image: &'a str| image.split(['@']).next().unwrap_or(image);
    containers
        .find(|container| said.text.contains(path(&container.image)))
        .or_else(|| {
            let unconfirmed =
                |(container, seen): (&'a ContainerDefinition, Option<&Observed<Image>>)| {
                    (!matches!(seen, Some(Ok(Image::Present { .. })))).then_some(container)
                };
            images(case, definition).find_map(unconfirmed)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_private_registries_are_read() {
        let image = |account, region, repository| {
            Some(EcrImage {
                account,
                region,
                repository,
            })
        };
        for (reference, read) in [
            (
                "1.dkr.ecr.eu-west-1.amazonaws.com/web:v1",
                image("1", "eu-west-1", "web"),
            ),
            (
                "1.dkr.ecr-fips.us-east-1.amazonaws.com/a/b@sha256:00",
                image("1", "us-east-1", "a/b"),
            ),
            (
                "1.dkr.ecr.cn-north-1.amazonaws.com.cn/web",
                image("1", "cn-north-1", "web"),
            ),
            ("public.ecr.aws/nginx/nginx:1", None),
            ("nginx", None),
        ] {
            assert_eq!(ecr_image(reference), read, "{reference}");
        }
    }
}
