//! ECR: whether the images that the task definition names exist.

use std::{collections::BTreeMap, sync::LazyLock};

use aws_sdk_ecr::types::ImageIdentifier;
use futures::future::join_all;
use regex::Regex;

use super::{Clients, ecs::Definition, failure::unobserved};
use crate::snapshot::{Image, Observed, Unobserved};

/// An image reference in a private ECR registry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) repository: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) digest: Option<&'a str>,
}

/// Registry host, repository with any slashes, then a tag or a digest.
static REFERENCE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(\d{12})\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9][a-z0-9._/-]*)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$",
    )
    .ok()
});

/// Reads an image reference; `None` where the registry is not a private ECR.
pub(super) fn parse(image: &str) -> Option<Reference<'_>> {
    let captures = REFERENCE.as_ref()?.captures(image)?;
    let part = |i| captures.get(i).map(|part| part.as_str());
    let (tag, digest) = (part(4), part(5));
    let tag = tag.or(if digest.is_none() {
        Some("latest")
    } else {
        None
    });
    Some(Reference {
        account: part(1)?,
        region: part(2)?,
        repository: part(3)?,
        tag,
        digest,
    })
}

pub(super) async fn images(
    clients: &Clients,
    definition: Result<&Definition, &Unobserved>,
) -> BTreeMap<String, Observed<Image>> {
    let Ok(definition) = definition else {
        return BTreeMap::new();
    };
    let references = definition
        .shown
        .containers
        .iter()
        .filter_map(|container| Some((container.image.clone(), parse(&container.image)?)));
    let observe = |(image, reference)| async move { (image, observe(clients, reference).await) };
    join_all(references.map(observe))
        .await
        .into_iter()
        .collect()
}

async fn observe(clients: &Clients, reference: Reference<'_>) -> Observed<Image> {
    const OPERATION: &str = "ecr:DescribeImages";
    if reference.region != clients.region {
        return Err(Unobserved {
            operation: OPERATION.into(),
            code: "OtherRegion".into(),
            message: format!("the image lies in {}", reference.region).into(),
        });
    }
    let id = ImageIdentifier::builder()
        .set_image_tag(reference.tag.map(ToOwned::to_owned))
        .set_image_digest(reference.digest.map(ToOwned::to_owned))
        .build();
    let call = clients
        .ecr
        .describe_images()
        .registry_id(reference.account)
        .repository_name(reference.repository)
        .image_ids(id);
    match call.send().await {
        Ok(_) => Ok(Image::Present {
            platforms: vec![],
            pushed_at: None,
            unread: None,
        }),
        Err(error) => match error.as_service_error() {
            Some(service) if service.is_image_not_found_exception() => Ok(Image::TagMissing),
            Some(service) if service.is_repository_not_found_exception() => {
                Ok(Image::RepositoryMissing)
            }
            _ => Err(unobserved(OPERATION, &error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_with_namespaces_tags_and_digests() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let host = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com";
        let by_digest = format!("{host}/team/web@{digest}");
        for (image, repository, tag, found_digest) in [
            (format!("{host}/events:v1"), "events", Some("v1"), None),
            (format!("{host}/team/web"), "team/web", Some("latest"), None),
            (by_digest, "team/web", None, Some(digest.as_str())),
        ] {
            let reference = parse(&image).unwrap();
            assert_eq!(
                (reference.account, reference.region),
                ("123456789012", "ap-northeast-1")
            );
            assert_eq!(
                (reference.repository, reference.tag, reference.digest),
                (repository, tag, found_digest)
            );
        }
        assert_eq!(parse("nginx:1.27"), None);
        assert_eq!(parse("localhost:5000/web:v1"), None);
    }
}
