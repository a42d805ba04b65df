//! The application was given a read replica and wants to write.

use super::{heard, release};
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-endpoint-is-replica",
    classes: &["db-endpoint-is-replica"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application writes to a read replica",
        ja: "アプリケーションがリードレプリカに書き込んでいます",
    },
    explains: &[
        "rds-still-read-only",
        "alb-health-check-server-error",
        "ecs-tasks-failing-health-checks",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!(
        "the endpoint of the primary instance",
        "プライマリインスタンスのエンドポイント"
    );
    let classes = ["db-endpoint-is-replica", "db-readonly-after-failover"];
    let Some(mut heard) = heard(case, &classes, expected.clone())? else {
        return Ok(vec![]);
    };
    let source = heard
        .database
        .and_then(|database| database.replica_of.clone());
    if source.is_none() && heard.newest.reading.fault() != CHECK.class() {
        return Ok(vec![]); // not known to be a replica: a failover makes the same error
    }
    let primary = source.unwrap_or_else(|| "<PRIMARY_INSTANCE>".into());
    let (name, region) = (heard.name.clone(), &case.target.region);
    heard.evidence.push(Evidence {
        source: "rds:DescribeDBInstances ReadReplicaSourceDBInstanceIdentifier",
        saw: Words::verbatim(primary.clone()),
        expected,
    });
    Ok(vec![heard.finding(
        words!(
            "the tasks write to {name}, a read replica of {primary}",
            "タスクが {primary} のリードレプリカ {name} に書き込んでいます"
        ),
        vec![
            Fix {
                title: words!("find the endpoint of the primary instance", "プライマリインスタンスのエンドポイントを確認する"),
                command: format!("aws rds describe-db-instances --db-instance-identifier {primary} --query 'DBInstances[0].Endpoint.Address' --output text --region {region}"),
            },
            release(words!("set DB_HOST to it and deploy", "DB_HOST をそのエンドポイントに変更してデプロイする")),
        ],
    )])
}
