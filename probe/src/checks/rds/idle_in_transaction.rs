//! The server ended sessions that left a transaction open.

use super::heard;
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    remedy::start_again,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "rds-idle-in-transaction",
    classes: &["db-idle-in-transaction"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the database ends sessions that leave a transaction open",
        ja: "トランザクションを開いたままのセッションを、データベースが切断しています",
    },
    explains: &[],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let expected = words!("transactions that end", "終了するトランザクション");
    let Some(heard) = heard(case, CHECK.classes, expected)? else {
        return Ok(vec![]);
    };

    let name = heard.name.clone();
    Ok(vec![heard.finding(
        words!(
            "{name} ends sessions of the tasks that are idle in a transaction",
            "{name} が、トランザクション中にアイドル状態のタスクのセッションを切断しています"
        ),
        vec![start_again(case, words!("replace the tasks, then find the code that keeps a transaction open while it waits for something else", "タスクを入れ替え、ほかの処理を待つ間トランザクションを開いたままにしているコードを直す"))],
    )])
}
