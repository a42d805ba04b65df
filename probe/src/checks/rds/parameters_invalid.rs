//! Values of the parameter group keep PostgreSQL from starting.

use super::heard;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-parameters-invalid",
    classes: &["db-bad-parameters"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "values of the parameter group keep the database from starting",
        ja: "パラメータグループの値が原因で、データベースを起動できません",
    },
    explains: &[
        "rds-connection-refused",
        "service-database-unreachable",
        "ecs-container-exited",
        "alb-health-check-server-error",
        "alb-health-check-timeout",
        "alb-health-check-failed",
        "ecs-tasks-failing-health-checks",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    let (id, status, region) = (&database.id, &database.status, &case.target.region);
    let mut evidence = vec![];
    if status == "incompatible-parameters" {
        evidence.push(Evidence {
            source: "rds:DescribeDBInstances DBInstanceStatus",
            saw: Words::verbatim(status.clone()),
            expected: Words::verbatim("available"),
        });
    }
    let said = words!("PostgreSQL starts", "PostgreSQL が起動する");
    if let Some(heard) = heard(case, CHECK.classes, said)? {
        evidence.extend(heard.evidence);
    }
    if evidence.is_empty() {
        return Ok(vec![]);
    }
    let group = database
        .parameter_groups
        .keys()
        .next()
        .map_or("<PARAMETER_GROUP>", String::as_str);
    Ok(vec![Finding {
        subject: id.clone(),
        message: words!(
            "values in {group} do not fit the instance {id}",
            "{group} の値がインスタンス {id} に合っていません"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!("see which values were set", "設定された値を確認する"),
                command: format!(
                    "aws rds describe-db-parameters --db-parameter-group-name {group} --source user --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "take the wrong one back, then reboot",
                    "誤った値を元に戻し、再起動する"
                ),
                command: format!(
                    "aws rds reset-db-parameter-group --db-parameter-group-name {group} --parameters ParameterName=<PARAMETER>,ApplyMethod=pending-reboot --region {region}\naws rds reboot-db-instance --db-instance-identifier {id} --region {region}"
                ),
            },
        ],
    }])
}
