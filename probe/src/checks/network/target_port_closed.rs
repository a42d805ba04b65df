//! The load balancer cannot reach the tasks' port: health checks and requests time out.

use super::findings;
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    network::{Goal, Kind, Refusal, Repair, to_tasks},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-target-port-closed",
    classes: &["health-check-timeout"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the security groups do not let the load balancer reach the tasks",
        ja: "ロードバランサーからタスクへの通信をセキュリティグループが許可していません",
    },
    explains: &[
        "alb-health-check-timeout",
        "ecs-tasks-failing-health-checks",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let paths = to_tasks(case)?;
    let kinds = &[Kind::GroupOut, Kind::GroupIn, Kind::Route];
    findings(case, CHECK.id, &paths, kinds, CHECK.classes, |refused| {
        let (refusal, Goal::Tasks { balancer, port }) = refused.first else {
            return None;
        };
        Some(match refusal {
            Refusal::GroupIn(closed) => {
                let (ours, theirs) = (closed.groups.join(", "), closed.peer());
                let message = words!(
                    "{ours} of the tasks has no ingress rule for TCP {port} from {theirs} of the load balancer {balancer}",
                    "タスクの {ours} に、ロードバランサー {balancer} の {theirs} から TCP {port} を許可するインバウンドルールがありません"
                );
                (ours, message, Repair(case).group(closed, false))
            }
            Refusal::GroupOut(closed) => {
                let (theirs, ours) = (closed.groups.join(", "), closed.peer());
                let message = words!(
                    "{theirs} of the load balancer {balancer} has no egress rule for TCP {port} to {ours} of the tasks",
                    "ロードバランサー {balancer} の {theirs} に、タスクの {ours} への TCP {port} を許可するアウトバウンドルールがありません"
                );
                (theirs, message, Repair(case).group(closed, true))
            }
            _ => {
                let subnets = refused.subnets();
                let message = words!(
                    "no route leads from the load balancer {balancer} to the tasks in {subnets}",
                    "ロードバランサー {balancer} から {subnets} のタスクへのルートがありません"
                );
                (balancer.clone(), message, vec![])
            }
        })
    })
}
