//! What carries our tag in services that are not asked one by one: keys, buckets, what stands in front in us-east-1,
//! and whatever was made by hand.

use aws_sdk_resourcegroupstagging::types::TagFilter;
use futures::future::try_join_all;
use tokio::join;

use super::{Found, Ours, holding};
use crate::{
    collect::{Clients, failure::unobserved},
    snapshot::{Holding, Kind, Mark, Observed, Unit},
};

/// Where CloudFront has its firewalls and certificates, whichever Region the service is in.
const EDGE: &str = "us-east-1";
/// What is asked of its own service, and so is not told twice: service and beginning of the resource in an ARN.
const ASKED: &[(&str, &str)] = &[
    ("cloudformation", "stack/"),
    ("ecs", "service/"),
    ("ecs", "cluster/"),
    // A revision is a record and cannot be billed.
    ("ecs", "task-definition/"),
    ("ecs", "task/"),
    ("elasticloadbalancing", "loadbalancer/"),
    ("elasticloadbalancing", "targetgroup/"),
    // They go with their load balancer.
    ("elasticloadbalancing", "listener"),
    ("rds", ""),
    // Of a network only what is billed or in the way is told; all else goes with the VPC.
    ("ec2", ""),
    ("ecr", "repository/"),
    ("secretsmanager", "secret:"),
    ("logs", "log-group:"),
    ("cloudwatch", "alarm:"),
    ("iam", "role/"),
];

pub(super) async fn found(clients: &Clients, ours: Ours<'_>) -> Vec<(Kind, Found)> {
    let edge = async {
        let clients = clients.at(Some(EDGE));
        arns(&clients, ours).await
    };
    let (here, edge) = join!(arns(clients, ours), edge);
    let all = here.and_then(|here| Ok((here, edge?)));
    let all: Observed<Vec<String>> = all.map(|(here, edge)| {
        let mut all = [here, edge].concat();
        all.sort();
        all.dedup();
        all
    });
    let keys = match &all {
        Ok(all) => keys(clients, all).await,
        Err(why) => Err(why.clone()),
    };
    let some = |of: Option<Kind>| {
        let all = all.as_ref().map_err(Clone::clone)?;
        let these = all.iter().filter(|arn| kind(arn) == of);
        Ok(these.map(|arn| shown(arn)).collect())
    };
    vec![
        (Kind::Key, keys),
        (Kind::Bucket, some(Some(Kind::Bucket))),
        (Kind::Firewall, some(Some(Kind::Firewall))),
        (Kind::Distribution, some(Some(Kind::Distribution))),
        (Kind::Tagged, some(Some(Kind::Tagged))),
    ]
}

/// The ARNs of what carries our tag in a Region. What was deleted lately may still be among them.
async fn arns(clients: &Clients, ours: Ours<'_>) -> Observed<Vec<String>> {
    let tag = TagFilter::builder()
        .key("Project")
        .values(ours.prefix)
        .build();
    let found: Vec<_> = clients
        .tagging
        .get_resources()
        .tag_filters(tag)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("tag:GetResources", &error))?;
    let found: Vec<aws_sdk_resourcegroupstagging::types::ResourceTagMapping> = found;
    let arns = found.iter().filter_map(|it| it.resource_arn());
    Ok(arns.map(ToOwned::to_owned).collect())
}

/// The kind that an ARN tells; `None` where its own service is asked.
fn kind(arn: &str) -> Option<Kind> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let (service, _, _, resource) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some(match service {
        "kms" => return None,
        "s3" => Kind::Bucket,
        "wafv2" => Kind::Firewall,
        "cloudfront" if resource.starts_with("distribution/") => Kind::Distribution,
        _ if ASKED
            .iter()
            .any(|(asked, begin)| *asked == service && resource.starts_with(begin)) =>
        {
            return None;
        }
        _ => Kind::Tagged,
    })
}

fn shown(arn: &str) -> Holding {
    let name = match kind(arn) {
        Some(Kind::Tagged) => arn,
        _ => arn.rsplit([':', '/']).next().unwrap_or(arn),
    };
    let billed = matches!(
        kind(arn),
        Some(Kind::Bucket | Kind::Firewall | Kind::Tagged)
    );
    Holding {
        name: name.to_owned(),
        id: arn.to_owned(),
        amounts: if billed {
            vec![(Unit::Unmeasured, 1.0)]
        } else {
            vec![]
        },
        marks: vec![],
    }
}

/// The keys among them. One that waits for its deletion is free.
async fn keys(clients: &Clients, arns: &[String]) -> Found {
    let keys = arns
        .iter()
        .filter(|arn| arn.contains(":kms:") && arn.contains(":key/"));
    let described = keys.map(|arn| async move {
        let answer = clients
            .kms
            .describe_key()
            .key_id(arn)
            .send()
            .await
            .map_err(|error| unobserved("kms:DescribeKey", &error))?;
        let about = answer.key_metadata();
        let state = about.and_then(|about| about.key_state());
        let state = state.map(|state| state.as_str().to_owned());
        let is_alive = state.as_deref() != Some("PendingDeletion");
        Ok(is_alive.then(|| Holding {
            amounts: vec![(Unit::Key, 1.0)],
            marks: state
                .filter(|state| state != "Enabled")
                .map(Mark::State)
                .into_iter()
                .collect(),
            ..holding(about.map(|about| about.key_id()))
        }))
    });
    Ok(try_join_all(described)
        .await?
        .into_iter()
        .flatten()
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_its_own_service_tells_is_not_told_twice() {
        let arn = |rest: &str| format!("arn:aws:{rest}");
        for (rest, expected) in [
            ("s3:::events-platform-logs", Some(Kind::Bucket)),
            (
                "wafv2:us-east-1:1:global/webacl/events/1",
                Some(Kind::Firewall),
            ),
            ("cloudfront::1:distribution/E1", Some(Kind::Distribution)),
            ("sns:ap-northeast-1:1:events-topic", Some(Kind::Tagged)),
            ("states:ap-northeast-1:1:stateMachine:x", Some(Kind::Tagged)),
            ("ec2:ap-northeast-1:1:natgateway/nat-1", None),
            ("rds:ap-northeast-1:1:db:events", None),
            ("ecs:ap-northeast-1:1:task-definition/events:1", None),
            ("kms:ap-northeast-1:1:key/1", None),
        ] {
            assert_eq!(kind(&arn(rest)), expected, "{rest}");
        }
    }
}
