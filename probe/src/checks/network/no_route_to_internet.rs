//! No way leads from the tasks' subnets to a registry on the internet.

use super::{NOT_STARTING, Refused, refused, ways_out};
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    network::{Kind, at_start},
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
    let finding = |refused: Refused<'_>| {
        let (goals, subnets) = (refused.goals(), refused.subnets());
        Finding {
            subject: subnets.clone(),
            message: words!(
                "tasks in {subnets} have no way to the internet, from where {goals} serves their image",
                "{subnets} のタスクにインターネットへの経路がなく、{goals} からイメージを取得できません"
            ),
            evidence: refused.evidence(case, NOT_STARTING),
            fix: ways_out(case, &refused),
        }
    };
    let refused = refused(CHECK.id, &paths, &[Kind::Route, Kind::Nat])?;
    Ok(refused.into_iter().map(finding).collect())
}
