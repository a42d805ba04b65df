//! Nobody reaches the load balancer: its security group or its subnets keep clients out.

use super::refused;
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    network::{Goal, Kind, Refusal, Repair, from_clients},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-client-port-closed",
    classes: &[],
    severity: Severity::Critical,
    fault: Phrase {
        en: "clients cannot reach the load balancer",
        ja: "クライアントがロードバランサーに到達できません",
    },
    explains: &[],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let paths = from_clients(case)?;
    let mut findings = vec![];
    for refused in refused(CHECK.id, &paths, &[Kind::GroupIn, Kind::Route])? {
        let (Some(refusal), Some(Goal::Listener { balancer, port })) =
            (refused.refusals.first(), refused.paths.first().map(|path| &path.goal))
        else {
            continue;
        };
        let (subject, message, fix) = match refusal {
            Refusal::GroupIn(closed) => {
                let (group, place) = (closed.groups.join(", "), &closed.place);
                let message = words!(
                    "{group} of the load balancer {balancer} has no ingress rule for TCP {port} from {place}",
                    "ロードバランサー {balancer} の {group} に、{place} から TCP {port} を許可するインバウンドルールがありません"
                );
                (group, message, Repair(case).group(closed, false))
            }
            Refusal::NoRoute { table, .. } | Refusal::Blackhole { table, .. } => {
                let subnets = refused.subnets();
                let message = words!(
                    "the load balancer {balancer} faces the internet, but {subnets} has no route to an internet gateway",
                    "ロードバランサー {balancer} はインターネット向けですが、サブネット {subnets} にインターネットゲートウェイへのルートがありません"
                );
                let table_has_default = matches!(refusal, Refusal::Blackhole { .. });
                let fix = Repair(case).internet_gateway(table, table_has_default);
                (balancer.clone(), message, fix)
            }
            _ => continue,
        };
        findings.push(Finding {
            subject,
            message,
            evidence: refused.evidence(case, &[]),
            fix,
        });
    }
    Ok(findings)
}
