//! No way leads from the tasks' subnets to a registry on the internet.

use super::{NOT_STARTING, findings};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    network::{Kind, Repair, at_start},
    remedy::joined,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-no-route-to-internet",
    classes: &["no-route-to-internet", "registry-unreachable"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "tasks have no way to the registry of their image",
        ja: "イメージのレジストリへの経路がありません",
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
    let kinds = &[Kind::Route, Kind::Nat];
    findings(case, CHECK.id, &paths, kinds, NOT_STARTING, |refused| {
        let (goals, subnets) = (refused.goals(), refused.subnets());
        let message = words!(
            "tasks in {subnets} have no way to the internet, from where {goals} serves their image",
            "{subnets} のタスクにインターネットへの経路がなく、{goals} からイメージを取得できません"
        );
        Some((
            subnets,
            message,
            joined(Repair(case).ways_out(&refused.refusals)),
        ))
    })
}
