//! RDS says that the instance is not up.

use super::rds_event;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-not-available",
    classes: &[],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database instance is not available",
        ja: "データベースインスタンスが利用できない状態です",
    },
    explains: &[
        "rds-connection-refused",
        "rds-restarted",
        "service-database-unreachable",
        "ecs-container-exited",
        "alb-health-check-server-error",
        "alb-health-check-timeout",
        "alb-health-check-failed",
        "ecs-tasks-failing-health-checks",
    ],
    find,
};

/// States in which an instance does not answer:
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>.
const DOWN: &[&str] = &[
    "creating",
    "deleting",
    "failed",
    "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable",
    "incompatible-network",
    "incompatible-option-group",
    "incompatible-restore",
    "insufficient-capacity",
    "rebooting",
    "renaming",
    "resetting-master-credentials",
    "restore-error",
    "starting",
    "stopped",
    "stopping",
    "upgrading",
];

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    let (id, status, region) = (&database.id, &database.status, &case.target.region);
    if !DOWN.contains(&status.as_str()) {
        return Ok(vec![]);
    }
    let fix = match status.as_str() {
        "stopped" => Fix {
            title: words!(
                "start it; it answers after some minutes",
                "インスタンスを起動する (数分後に接続できる)"
            ),
            command: format!(
                "aws rds start-db-instance --db-instance-identifier {id} --region {region}"
            ),
        },
        "starting"
        | "rebooting"
        | "creating"
        | "upgrading"
        | "renaming"
        | "resetting-master-credentials" => Fix {
            title: words!("wait until it is available", "available になるまで待つ"),
            command: format!(
                "aws rds wait db-instance-available --db-instance-identifier {id} --region {region}"
            ),
        },
        _ => Fix {
            title: words!("see what happened to it", "発生した事象を確認する"),
            command: format!(
                "aws rds describe-events --source-type db-instance --source-identifier {id} --duration 1440 --region {region}"
            ),
        },
    };
    let mut evidence = vec![Evidence {
        source: "rds:DescribeDBInstances DBInstanceStatus",
        saw: Words::verbatim(status.clone()),
        expected: Words::verbatim("available"),
    }];
    evidence.extend(rds_event(
        case,
        &["stop", "shutdown", "restart", "failure", "incompatible"],
    ));
    Ok(vec![Finding {
        subject: id.clone(),
        message: words!(
            "the database {id} is {status}, so the tasks cannot connect",
            "データベース {id} が {status} のため、タスクが接続できません"
        ),
        evidence,
        fix: vec![fix],
    }])
}
