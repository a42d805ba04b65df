//! The instance is short of memory: logins fail at random, and queries are slow.

use super::heard;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "rds-memory-low",
    classes: &["db-low-memory"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the database instance is short of memory",
        ja: "データベースインスタンスのメモリが不足しています",
    },
    explains: &[
        "rds-iam-login-denied",
        "rds-iam-role-blocks-password",
        "rds-restarted",
    ],
    find,
};

/// Less free memory than this, and PostgreSQL fails to fork.
const LOW_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    let (id, region) = (&database.id, &case.target.region);
    let mut evidence = vec![];
    let free = database
        .metrics
        .as_ref()
        .and_then(|metrics| metrics.as_ref().ok()?.get("FreeableMemory"))
        .filter(|free| **free < LOW_BYTES);
    if let Some(free) = free {
        let mib = (free / 1024.0 / 1024.0).round();
        evidence.push(Evidence {
            source: "cloudwatch:GetMetricData FreeableMemory",
            saw: Words::verbatim(format!("{mib} MiB")),
            expected: words!("64 MiB and more", "64 MiB 以上"),
        });
    }
    let said = words!("logins succeed", "ログインに成功する");
    if let Some(heard) = heard(case, CHECK.classes, said)? {
        evidence.extend(heard.evidence);
    }
    if evidence.is_empty() {
        // Memory that could not be read may be short.
        return match &database.metrics {
            Some(Err(why)) => Err(why.clone()),
            _ => Ok(vec![]),
        };
    }
    let class = database.class.as_deref().unwrap_or("?");
    Ok(vec![Finding {
        subject: id.clone(),
        message: words!(
            "{id} ({class}) has almost no free memory",
            "{id} ({class}) の空きメモリがほとんどありません"
        ),
        evidence,
        fix: vec![Fix {
            title: words!(
                "take a larger instance class, with a short outage (and the same in DbInstanceClass of the data stack)",
                "より大きいインスタンスクラスに変更する (短時間停止する。data スタックの DbInstanceClass も合わせる)"
            ),
            command: format!(
                "aws rds modify-db-instance --db-instance-identifier {id} --db-instance-class <LARGER_CLASS> --apply-immediately --region {region}"
            ),
        }],
    }])
}
