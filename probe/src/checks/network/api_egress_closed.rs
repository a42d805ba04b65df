//! The tasks' security group lets no HTTPS out: image, secrets and log are out of reach, and no task starts.

use super::{NOT_STARTING, findings, list};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    network::{Closed, Kind, Refusal, Repair, at_start},
    remedy::joined,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-api-egress-closed",
    classes: &["task-egress-sg-blocked"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the tasks' security group does not let HTTPS out to what a starting task needs",
        ja: "タスクのセキュリティグループが、起動に必要な HTTPS 通信を許可していません",
    },
    explains: &[
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let paths = at_start(case)?;
    let kinds = &[Kind::GroupOut];
    findings(case, CHECK.id, &paths, kinds, NOT_STARTING, |refused| {
        let closed: Vec<&Closed> = refused
            .refusals
            .iter()
            .filter_map(|refusal| match refusal {
                Refusal::GroupOut(closed) => Some(closed),
                _ => None,
            })
            .collect();
        let first = closed.first()?;
        // A way to everywhere is one to the addresses of S3 too.
        let everywhere = closed.iter().find(|closed| closed.peer() == "0.0.0.0/0");
        let wanted: Vec<&Closed> = everywhere.map_or_else(|| closed.clone(), |all| vec![all]);
        let peers = list(wanted.iter().map(|closed| closed.peer().to_owned()));
        let (group, goals) = (first.groups.join(", "), refused.goals());
        let message = words!(
            "{group} of the tasks has no egress rule for TCP 443 to {peers}, so that no task reaches {goals} when it starts",
            "タスクの {group} に {peers} への TCP 443 を許可するアウトバウンドルールがなく、起動時に {goals} に接続できません"
        );
        let fix = joined(
            wanted
                .iter()
                .flat_map(|closed| Repair(case).group(closed, true)),
        );
        Some((group, message, fix))
    })
}
