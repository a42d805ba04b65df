//! The instance has no storage left: it stops writing, and soon it stops.

use super::rds_event;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-storage-full",
    classes: &[],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database has run out of storage",
        ja: "データベースのストレージがいっぱいです",
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

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    if database.status != "storage-full" {
        return Ok(vec![]);
    }
    let (id, region) = (&database.id, &case.target.region);
    let size = database.storage_gib.unwrap_or(20);
    // RDS grows storage by at least 10 %: <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html>.
    let more = size + (size / 2).max(10);
    let mut evidence = vec![Evidence {
        source: "rds:DescribeDBInstances DBInstanceStatus",
        saw: words!("storage-full ({size} GiB)", "storage-full ({size} GiB)"),
        expected: Words::verbatim("available"),
    }];
    evidence.extend(rds_event(case, &["storage"]));
    Ok(vec![Finding {
        subject: id.clone(),
        message: words!(
            "the {size} GiB of {id} are used up, so it accepts no writes",
            "{id} のストレージ {size} GiB を使い切ったため、書き込みができません"
        ),
        evidence,
        fix: vec![Fix {
            title: words!(
                "give it more, and let it grow by itself from now on",
                "ストレージを増やし、今後は自動で拡張させる"
            ),
            command: format!(
                "aws rds modify-db-instance --db-instance-identifier {id} --allocated-storage {more} --max-allocated-storage {} --apply-immediately --region {region}",
                more * 2
            ),
        }],
    }])
}
