//! The tasks' security group lets nothing out to the database: connections time out, silently.

use super::{DATABASE_AWAY, DATABASE_SYMPTOMS, database_paths, findings};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    network::{Goal, Kind, Refusal, Repair},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-database-egress-closed",
    classes: &["task-egress-sg-blocked"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the tasks' security group does not let connections out to the database",
        ja: "タスクのセキュリティグループがデータベースへの通信を許可していません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let paths = database_paths(case)?;
    let kinds = &[Kind::GroupOut];
    findings(case, CHECK.id, &paths, kinds, DATABASE_AWAY, |refused| {
        let (Refusal::GroupOut(closed), Goal::Database { id, port }) = refused.first else {
            return None;
        };
        let (group, peer) = (closed.groups.join(", "), closed.peer());
        let message = words!(
            "{group} of the tasks has no egress rule for TCP {port} to {peer} of the database {id}",
            "タスクの {group} に、データベース {id} の {peer} への TCP {port} を許可するアウトバウンドルールがありません"
        );
        Some((group, message, Repair(case).group(closed, true)))
    })
}
