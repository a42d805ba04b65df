//! The database's security group does not let the tasks in: connections time out, silently.

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
    id: "network-database-port-closed",
    classes: &["db-sg-ingress-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database's security group does not let the tasks in",
        ja: "データベースのセキュリティグループがタスクからの接続を許可していません",
    },
    explains: DATABASE_SYMPTOMS,
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let paths = database_paths(case)?;
    let kinds = &[Kind::GroupIn];
    findings(case, CHECK.id, &paths, kinds, DATABASE_AWAY, |refused| {
        let (Refusal::GroupIn(closed), Goal::Database { id, port }) = refused.first else {
            return None;
        };
        let (group, peer) = (closed.groups.join(", "), closed.peer());
        let message = words!(
            "{group} of the database {id} has no ingress rule for TCP {port} from {peer} of the tasks",
            "データベース {id} の {group} に、タスクの {peer} から TCP {port} を許可するインバウンドルールがありません"
        );
        Some((group, message, Repair(case).group(closed, false)))
    })
}
