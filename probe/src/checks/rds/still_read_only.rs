//! After a failover the pool still holds connections to the former writer, which is read-only now.

use super::{heard, rds_event};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    remedy::start_again,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-still-read-only",
    classes: &["db-readonly-after-failover"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application writes to a database that is read-only",
        ja: "アプリケーションが読み取り専用のデータベースに書き込んでいます",
    },
    explains: &[
        "alb-health-check-server-error",
        "ecs-tasks-failing-health-checks",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("a writer", "書き込み可能な接続");
    let Some(mut heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };
    if heard
        .database
        .is_some_and(|database| database.replica_of.is_some())
    {
        return Ok(vec![]); // it never was a writer: that fault has a check of its own
    }
    heard.evidence.extend(rds_event(case, &["failover"]));
    let name = heard.name.clone();
    Ok(vec![heard.finding(
        words!(
            "tasks hold connections to a server of {name} that became read-only, usually by a failover",
            "タスクが、読み取り専用になった {name} のサーバーへの接続を保持しています (多くはフェイルオーバーが原因)"
        ),
        vec![start_again(case, words!("replace the tasks: new ones resolve the endpoint again", "タスクを入れ替える (新しいタスクはエンドポイントを引き直す)"))],
    )])
}
