//! ECR: whether the images that the task definition names exist.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use aws_sdk_ecr::types::ImageIdentifier;
use futures::{future::join_all, join};
use regex::Regex;
use serde::Deserialize;

use super::{
    Clients,
    ecs::{Definition, time},
    failure::unobserved,
};
use crate::snapshot::{Image, Observed, Unobserved};

/// Forms of manifests that are understood, the indexes too.
const MANIFESTS: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// An image reference in a private ECR registry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) repository: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) digest: Option<&'a str>,
}

impl Reference<'_> {
    /// ARN of the repository.
    pub(super) fn repository_arn(&self) -> String {
        let partition = match self.region {
            region if region.starts_with("cn-") => "aws-cn",
            region if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let (region, account, repository) = (self.region, self.account, self.repository);
        format!("arn:{partition}:ecr:{region}:{account}:repository/{repository}")
    }
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
    let id = || {
        ImageIdentifier::builder()
            .set_image_tag(reference.tag.map(ToOwned::to_owned))
            .set_image_digest(reference.digest.map(ToOwned::to_owned))
            .build()
    };
    let clients = clients.at(Some(reference.region));
    let describe = clients
        .ecr
        .describe_images()
        .registry_id(reference.account)
        .repository_name(reference.repository)
        .image_ids(id());
    let manifest = clients
        .ecr
        .batch_get_image()
        .registry_id(reference.account)
        .repository_name(reference.repository)
        .image_ids(id())
        .set_accepted_media_types(Some(MANIFESTS.map(ToOwned::to_owned).to_vec()));
    let (described, manifest) = join!(describe.send(), manifest.send());
    let described = match described {
        Ok(described) => described,
        Err(error) => {
            return match error.as_service_error() {
                Some(service) if service.is_image_not_found_exception() => Ok(Image::TagMissing),
                Some(service) if service.is_repository_not_found_exception() => {
                    Ok(Image::RepositoryMissing)
                }
                _ => Err(unobserved("ecr:DescribeImages", &error)),
            };
        }
    };
    let (platforms, unread) = match manifest {
        Ok(answer) => {
            let manifest = answer
                .images()
                .first()
                .and_then(|image| image.image_manifest());
            (platforms(manifest.unwrap_or_default()), None)
        }
        Err(error) => (vec![], Some(unobserved("ecr:BatchGetImage", &error))),
    };
    let details = described.image_details().first();
    Ok(Image::Present {
        platforms,
        pushed_at: details.and_then(|details| time(details.image_pushed_at())),
        unread,
    })
}

/// An image index names the platform of each of its manifests; a single manifest names none.
#[derive(Deserialize)]
struct Index {
    #[serde(default)]
    manifests: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    platform: Option<Platform>,
}

#[derive(Deserialize)]
struct Platform {
    os: String,
    architecture: String,
}

/// Platforms of an image index, without the attestations that builders put beside the images.
fn platforms(manifest: &str) -> Vec<String> {
    let Ok(index) = serde_json::from_str::<Index>(manifest) else {
        return vec![];
    };
    let platforms = index
        .manifests
        .into_iter()
        .filter_map(|entry| entry.platform);
    let shown: BTreeSet<String> = platforms
        .map(|platform| format!("{}/{}", platform.os, platform.architecture))
        .filter(|platform| platform != "unknown/unknown")
        .collect();
    shown.into_iter().collect()
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

    #[test]
    fn platforms_of_an_index_are_read_without_attestations() {
        let entry = |os: &str, architecture: &str| serde_json::json!({ "digest": "sha256:0", "platform": { "os": os, "architecture": architecture } });
        let index = serde_json::json!({
            "schemaVersion": 2,
            "manifests": [entry("linux", "arm64"), entry("linux", "amd64"), entry("unknown", "unknown"), {}]
        });
        assert_eq!(
            platforms(&index.to_string()),
            ["linux/amd64", "linux/arm64"]
        );
        let single = r#"{"schemaVersion": 2, "config": {"digest": "sha256:0"}, "layers": []}"#;
        assert!(platforms(single).is_empty());
        assert!(platforms("").is_empty());
    }
}
