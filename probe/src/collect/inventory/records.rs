//! What holds data or words: images, secrets, logs, alarms, and the roles that were made with them.

use aws_sdk_cloudwatchlogs::types::LogGroup;
use aws_sdk_ecr::types::{ImageDetail, Repository};
use aws_sdk_secretsmanager::types::{Filter, FilterNameStringType, SecretListEntry};
use futures::future::try_join_all;
use tokio::join;

use super::{Found, Ours, holding};
use crate::{
    collect::{Clients, ecs::time, failure::unobserved},
    snapshot::{Holding, Kind, Mark, Observed, Unit},
};

const GB: f64 = 1e9;

pub(super) async fn found(clients: &Clients, ours: Ours<'_>) -> Vec<(Kind, Found)> {
    let (repositories, secrets, groups, alarms, roles) = join!(
        repositories(clients, ours),
        secrets(clients, ours),
        log_groups(clients, ours),
        alarms(clients, ours),
        roles(clients, ours),
    );
    let secret = |deleted: bool| {
        let secrets = secrets.as_ref().map_err(Clone::clone)?;
        let some = secrets
            .iter()
            .filter(|it| it.deleted_date().is_some() == deleted);
        Ok(some.map(of_secret).collect())
    };
    vec![
        (Kind::Repository, repositories),
        (Kind::Secret, secret(false)),
        (Kind::WaitingSecret, secret(true)),
        (Kind::LogGroup, groups),
        (Kind::Alarm, alarms),
        (Kind::Role, roles),
    ]
}

async fn repositories(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<Repository> = clients
        .ecr
        .describe_repositories()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("ecr:DescribeRepositories", &error))?;
    let names = all.iter().filter_map(|it| it.repository_name());
    let shown = names
        .filter(|name| ours.named(name))
        .map(|name| async move {
            let images: Vec<ImageDetail> = clients
                .ecr
                .describe_images()
                .repository_name(name)
                .into_paginator()
                .items()
                .send()
                .try_collect()
                .await
                .map_err(|error| unobserved("ecr:DescribeImages", &error))?;
            let bytes: i64 = images
                .iter()
                .filter_map(|it| it.image_size_in_bytes())
                .sum();
            let size = bytes as f64 / GB;
            let detail = format!("{} × image, {size:.2} GB", images.len());
            Ok(Holding {
                amounts: vec![(Unit::Image, size)],
                marks: vec![Mark::Detail(detail)],
                ..holding(Some(name))
            })
        });
    try_join_all(shown).await
}

/// Those that wait for their deletion are free, but their names are taken and they can be restored.
async fn secrets(clients: &Clients, ours: Ours<'_>) -> Observed<Vec<SecretListEntry>> {
    let filter =
        |key: FilterNameStringType, value: &str| Filter::builder().key(key).values(value).build();
    let mut pages = clients
        .secrets
        .list_secrets()
        .include_planned_deletion(true)
        .filters(filter(FilterNameStringType::TagKey, "Project"))
        .filters(filter(FilterNameStringType::TagValue, ours.prefix))
        .into_paginator()
        .send();
    let mut all: Vec<SecretListEntry> = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unobserved("secretsmanager:ListSecrets", &error))?;
        all.extend(page.secret_list.unwrap_or_default());
    }
    // The filters take beginnings of words, in whichever tag.
    let is_ours = |secret: &SecretListEntry| {
        ours.tagged(secret.tags().iter().map(|tag| (tag.key(), tag.value())))
    };
    Ok(all.into_iter().filter(is_ours).collect())
}

fn of_secret(secret: &SecretListEntry) -> Holding {
    let deleted = time(secret.deleted_date());
    Holding {
        name: secret.name().unwrap_or_default().to_owned(),
        amounts: if deleted.is_none() {
            vec![(Unit::Secret, 1.0)]
        } else {
            vec![]
        },
        marks: deleted.map(Mark::DeletedAt).into_iter().collect(),
        ..holding(secret.arn())
    }
}

/// Also those that RDS and Container Insights make by themselves, outside of every stack.
async fn log_groups(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<LogGroup> = clients
        .logs
        .describe_log_groups()
        .log_group_name_pattern(format!("{}-", ours.prefix))
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("logs:DescribeLogGroups", &error))?;
    let is_ours = |group: &&LogGroup| {
        let name = group.log_group_name().unwrap_or_default();
        name.split('/').any(|part| ours.named(part))
    };
    let shown = |group: &LogGroup| {
        let size = group.stored_bytes().unwrap_or_default() as f64 / GB;
        let ever = group
            .retention_in_days()
            .is_none()
            .then_some(Mark::KeptForEver);
        Holding {
            amounts: vec![(Unit::StoredLogs, size)],
            marks: ever.into_iter().collect(),
            ..holding(group.log_group_name())
        }
    };
    Ok(all.iter().filter(is_ours).map(shown).collect())
}

async fn alarms(clients: &Clients, ours: Ours<'_>) -> Found {
    let mut pages = clients
        .cloudwatch
        .describe_alarms()
        .alarm_name_prefix(format!("{}-", ours.prefix))
        .into_paginator()
        .send();
    let mut found = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unobserved("cloudwatch:DescribeAlarms", &error))?;
        found.extend(page.metric_alarms().iter().map(|alarm| {
            Holding {
                // Each metric that it computes with is billed.
                amounts: vec![(
                    Unit::Alarm,
                    alarm
                        .metrics()
                        .iter()
                        .filter(|it| it.metric_stat().is_some())
                        .count()
                        .max(1) as f64,
                )],
                ..holding(alarm.alarm_name())
            }
        }));
    }
    Ok(found)
}

async fn roles(clients: &Clients, ours: Ours<'_>) -> Found {
    let all: Vec<aws_sdk_iam::types::Role> = clients
        .iam
        .list_roles()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("iam:ListRoles", &error))?;
    let names = all.iter().map(|role| role.role_name());
    Ok(names
        .filter(|name| ours.named(name))
        .map(|name| holding(Some(name)))
        .collect())
}
