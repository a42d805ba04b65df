//! Nobody reaches the load balancer: its security group or its subnets keep clients out.

use super::findings;
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
    let kinds = &[Kind::GroupIn, Kind::Route];
    findings(case, CHECK.id, &paths, kinds, &[], |refused| {
        let (refusal, Goal::Listener { balancer, port }) = refused.first else {
            return None;
        };
        match refusal {
            Refusal::GroupIn(closed) => {
                let (group, place) = (closed.groups.join(", "), &closed.place);
                let message = words!(
                    "{group} of the load balancer {balancer} has no ingress rule for TCP {port} from {place}",
                    "ロードバランサー {balancer} の {group} に、{place} から TCP {port} を許可するインバウンドルールがありません"
                );
                Some((group, message, Repair(case).group(closed, false)))
            }
            Refusal::NoRoute { table, .. } | Refusal::Blackhole { table, .. } => {
                let subnets = refused.subnets();
                let message = words!(
                    "the load balancer {balancer} faces the internet, but {subnets} has no route to an internet gateway",
                    "ロードバランサー {balancer} はインターネット向けですが、サブネット {subnets} にインターネットゲートウェイへのルートがありません"
                );
                let table_has_default = matches!(refusal, Refusal::Blackhole { .. });
                let fix = Repair(case).internet_gateway(table, table_has_default);
                Some((balancer.clone(), message, fix))
            }
            _ => None,
        }
    })
}
