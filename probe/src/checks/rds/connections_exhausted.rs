//! Every connection of the server is taken: new ones are refused.

use super::{DATABASE_SYMPTOMS, heard, release};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-connections-exhausted",
    classes: &["db-connections-exhausted"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database has no connection left",
        ja: "データベースの接続数が上限に達しています",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("a free connection", "空きのある接続数");
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    let (name, region) = (heard.name.clone(), &case.target.region);
    let limit = heard.database.and_then(|database| {
        database
            .parameters
            .as_ref()?
            .as_ref()
            .ok()?
            .get("max_connections")
            .cloned()
    });
    let used = heard.database.and_then(|database| {
        database
            .metrics
            .as_ref()?
            .as_ref()
            .ok()?
            .get("DatabaseConnections")
            .copied()
    });
    if let (Some(used), Some(limit)) = (used, &limit) {
        heard.evidence.push(Evidence {
            source: "cloudwatch:GetMetricData DatabaseConnections",
            saw: words!("{used} of {limit}", "{limit} 中 {used}"),
            expected: words!("well under {limit}", "{limit} を十分に下回る"),
        });
    }
    heard.evidence.extend(needed(case, limit.as_deref()));
    Ok(vec![heard.finding(
        words!(
            "all connections of {name} are in use, so new ones are refused",
            "{name} の接続がすべて使用中のため、新しい接続が拒否されています"
        ),
        vec![
            release(words!(
                "make the pool of a task smaller, so that tasks × maximumPercent × pool stays under the limit, and deploy",
                "「タスク数 × maximumPercent × プールサイズ」が上限を下回るようにプールを小さくし、デプロイする"
            )),
            Fix {
                title: words!("or raise the limit, if the instance has the memory (a reboot applies it)", "メモリに余裕があれば上限を引き上げる (再起動で反映)"),
                command: format!(
                    "aws rds modify-db-parameter-group --db-parameter-group-name {} --parameters ParameterName=max_connections,ParameterValue=<MORE>,ApplyMethod=pending-reboot --region {region}",
                    case.database.as_ref().ok().and_then(Option::as_ref)
                        .and_then(|database| database.parameter_groups.keys().next())
                        .map_or("<PARAMETER_GROUP>", String::as_str)
                ),
            },
        ],
    )])
}

/// What the service may open while a deployment runs old and new tasks side by side.
fn needed(case: &Case<'_>, limit: Option<&str>) -> Option<Evidence> {
    let service = case.service.as_ref().ok()?;
    let definition = case.task_definition.as_ref().ok()?;
    let pool: u32 = definition
        .containers
        .iter()
        .filter_map(|container| container.database.as_ref()?.pool)
        .sum();
    let limit = limit?;
    if pool == 0 {
        return None;
    }
    let percent = service
        .deployment_configuration
        .maximum_percent
        .unwrap_or(200);
    let tasks = i64::from(service.desired) * i64::from(percent) / 100;
    let total = tasks * i64::from(pool);
    Some(Evidence {
        source: "ecs:DescribeServices deploymentConfiguration",
        saw: words!(
            "{tasks} tasks during a deployment × {pool} connections = {total}",
            "デプロイ中のタスク {tasks} × 接続 {pool} = {total}"
        ),
        expected: words!("less than {limit}", "{limit} 未満"),
    })
}
