//! No way leads from the tasks' subnets to the APIs of AWS, so that no task starts.

use super::{NOT_STARTING, findings};
use crate::{
    case::{Case, proof},
    check::{Check, Finding, Severity},
    network::{Hop, Kind, Passage, Path, Repair, Target, at_start},
    remedy::{joined, start_again},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-no-route-to-aws",
    classes: &["no-route-to-aws-api", "no-route-to-logs"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "tasks have no way to the AWS APIs that they need to start",
        ja: "タスクの起動に必要な AWS API への経路がありません",
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
    let kinds = &[Kind::Route, Kind::Nat, Kind::Endpoint];
    let found = findings(case, CHECK.id, &paths, kinds, NOT_STARTING, |refused| {
        let (goals, subnets) = (refused.goals(), refused.subnets());
        let message = words!(
            "tasks in {subnets} have no way to {goals}, which they need to start",
            "{subnets} のタスクから、起動に必要な {goals} への経路がありません"
        );
        Some((
            subnets,
            message,
            joined(Repair(case).ways_out(&refused.refusals)),
        ))
    })?;
    match found.is_empty() {
        true => Ok(unexplained(case, &paths)?.into_iter().collect()),
        false => Ok(found),
    }
}

/// What the tasks say although configuration shows a way: a firewall, a DNS server, another network.
fn unexplained(case: &Case<'_>, paths: &[Path]) -> Observed<Option<Finding>> {
    if paths.iter().any(|path| !path.is_open()) {
        return Ok(None); // another check says why
    }
    let said = case.said(CHECK.classes)?;
    let Some(newest) = said.first() else {
        return Ok(None);
    };
    let started_since = case
        .tasks()?
        .values()
        .any(|task| task.started_at.is_some_and(|started| started > newest.at));
    let by_instance = |hop: &Hop| hop.kind == Kind::Route && hop.passage == Passage::Unjudged;
    let tables = case.route_tables()?;
    let leads_to_instance = paths.iter().flat_map(|path| &path.hops).any(|hop| {
        let routes = tables.get(&hop.at).map(|table| &table.routes);
        by_instance(hop)
            && routes.into_iter().flatten().any(|route| {
                route.destination == "0.0.0.0/0"
                    && matches!(Target::of(&route.target), Target::Instance(_))
            })
    });
    if started_since || leads_to_instance {
        return Ok(None);
    }
    let service = &case.target.service;
    let Some(proof) = proof(&said, words!("an answer", "応答がある")) else {
        return Ok(None);
    };
    Ok(Some(Finding {
        subject: service.clone(),
        message: words!(
            "starting tasks of {service} get no answer from AWS, although routes, network ACLs and security groups let them through: look for a firewall or a DNS server on the way",
            "ルート、ネットワーク ACL、セキュリティグループでは許可されていますが、{service} の起動中のタスクは AWS から応答を得られません。経路上のファイアウォールや DNS を確認してください"
        ),
        evidence: vec![proof],
        fix: vec![start_again(
            case,
            words!(
                "if the way was mended just now, start new tasks",
                "経路を直した直後であれば、新しいタスクを起動する"
            ),
        )],
    }))
}
