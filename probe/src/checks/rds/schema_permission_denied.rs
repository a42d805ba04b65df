//! The user may not create objects in the schema: from PostgreSQL 15 on, not everybody may in `public`.

use super::heard;
use crate::{
    case::Case,
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-schema-permission-denied",
    classes: &["db-schema-permission-denied"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application's database user lacks a permission in the schema",
        ja: "データベースユーザーにスキーマの権限がありません",
    },
    explains: &[
        "ecs-container-exited",
        "alb-health-check-server-error",
        "ecs-tasks-failing-health-checks",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("the statement is allowed", "文の実行が許可される");
    let Some(heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };

    let name = heard.name.clone();
    Ok(vec![heard.finding(
        words!(
            "the user of the tasks may not do what it tries in the schema of {name}",
            "タスクのデータベースユーザーに、{name} のスキーマに対する権限がありません"
        ),
        vec![Fix {
            title: words!(
                "as the owner of the database, allow it",
                "データベースの所有者として権限を付与する"
            ),
            command: "GRANT USAGE, CREATE ON SCHEMA public TO <DB_USER>;".to_string(),
        }],
    )])
}
