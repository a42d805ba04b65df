//! The database has no standby: when its Availability Zone fails, it does until somebody restores it.
//!
//! A standby doubles the price, so the smallest burstable classes (`db.t*.micro`, `db.t*.small`) are taken at their
//! word: nobody chooses them for what must not fail.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-database-single-zone",
    Phrase {
        en: "the database has no standby in another Availability Zone",
        ja: "データベースにスタンバイがありません",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    let class = database.class.as_deref().unwrap_or_default();
    let is_small =
        class.starts_with("db.t") && (class.ends_with(".micro") || class.ends_with(".small"));
    let engine = database.engine.as_deref().unwrap_or_default();
    // Aurora keeps its storage in three zones and calls its standbys readers.
    if database.multi_az
        || class.is_empty()
        || is_small
        || engine.starts_with("aurora")
        || database.replica_of.is_some()
    {
        return Ok(vec![]);
    }
    let (id, region) = (&database.id, &case.target.region);
    Ok(vec![finding(
        id,
        words!(
            "the database {id} ({class}) has no standby: when its Availability Zone fails, it is away until it is restored",
            "データベース {id} ({class}) にスタンバイがありません。アベイラビリティーゾーンの障害時には、復元が終わるまで使えません"
        ),
        (
            "rds:DescribeDBInstances MultiAZ",
            Words::verbatim("false"),
            Words::verbatim("true"),
        ),
        vec![Fix {
            title: words!(
                "add a standby; writes may be slower while it is copied, and the price doubles",
                "スタンバイを追加する (同期中は書き込みが遅くなることがあり、料金は 2 倍になる)"
            ),
            command: format!(
                "aws rds modify-db-instance --db-instance-identifier {id} --multi-az --apply-immediately --region {region}"
            ),
        }],
    )])
}
