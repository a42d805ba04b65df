//! The tasks' security group lets nothing out to the database: connections time out, silently.

use super::{DATABASE_AWAY, DATABASE_SYMPTOMS, database_paths, refused};
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
    let mut findings = vec![];
    for refused in refused(CHECK.id, &paths, &[Kind::GroupOut])? {
        let (Some(Refusal::GroupOut(closed)), Some(Goal::Database { id, port })) =
            (refused.refusals.first(), refused.paths.first().map(|path| &path.goal))
        else {
            continue;
        };
        let (group, peer) = (closed.groups.join(", "), closed.peer());
        findings.push(Finding {
            subject: group.clone(),
            message: words!(
                "{group} of the tasks has no egress rule for TCP {port} to {peer} of the database {id}",
                "タスクの {group} に、データベース {id} の {peer} への TCP {port} を許可するアウトバウンドルールがありません"
            ),
            evidence: refused.evidence(case, DATABASE_AWAY),
            fix: Repair(case).group(closed, true),
        });
    }
    Ok(findings)
}
