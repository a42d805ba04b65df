//! The default route leads to a NAT device that does not forward: packets go nowhere, and no task starts.

use std::collections::BTreeSet;

use super::{NOT_STARTING, findings};
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    network::{Kind, Passage, Path, Refusal, Repair, Target, at_start},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-nat-not-forwarding",
    classes: &["nat-not-forwarding"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the default route of the tasks leads to a NAT device that does not forward",
        ja: "タスクのデフォルトルートの先にある NAT が通信を転送していません",
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
    let repair = Repair(case);
    let kinds = &[Kind::Nat, Kind::Route];
    let found = findings(case, CHECK.id, &paths, kinds, NOT_STARTING, |refused| {
        let goals = refused.goals();
        // Never the subnet of the NAT gateway: a private subnet must not become public.
        let subnets: BTreeSet<&str> = refused.paths.iter().map(|p| p.subnet.as_str()).collect();
        let tables: BTreeSet<String> = subnets
            .into_iter()
            .filter_map(|s| repair.table_of(s))
            .collect();
        let device = match refused.first.0 {
            Refusal::NatUnavailable { nat, .. }
            | Refusal::NatPrivate { nat, .. }
            | Refusal::NatUnrouted { nat, .. } => nat.clone(),
            Refusal::Blackhole { target, .. } => target.clone(),
            _ => return None,
        };
        let message = words!(
            "the tasks' way out leads to {device}, which does not forward, so that no task reaches {goals} when it starts",
            "タスクの外向きのルートの先にある {device} が通信を転送できず、起動時に {goals} に接続できません"
        );
        Some((device, message, repair.way_out(&tables, true)))
    })?;
    match found.is_empty() {
        true => instances(case, &paths),
        false => Ok(found),
    }
}

/// Whether a NAT instance forwards, only the tasks can tell.
fn instances(case: &Case<'_>, paths: &[Path]) -> Observed<Vec<Finding>> {
    let tables = case.route_tables()?;
    let on_the_way: BTreeSet<&str> = paths
        .iter()
        .flat_map(|path| &path.hops)
        .filter(|hop| hop.kind == Kind::Route && hop.passage == Passage::Unjudged)
        .map(|hop| hop.at.as_str())
        .collect();
    let route = tables
        .iter()
        .filter(|(id, _)| on_the_way.contains(id.as_str()))
        .flat_map(|(id, table)| table.routes.iter().map(move |route| (id, route)))
        .find(|(_, route)| {
            route.destination == "0.0.0.0/0"
                && matches!(Target::of(&route.target), Target::Instance(_))
        });
    let Some((table, route)) = route else {
        return Ok(vec![]);
    };
    let said = case.said(NOT_STARTING)?;
    let Some(proof) = proof(&said, words!("an answer", "応答がある")) else {
        return Ok(vec![]);
    };
    let (device, region) = (&route.target, &case.target.region);
    let attribute = match device.starts_with("i-") {
        true => format!("aws ec2 modify-instance-attribute --instance-id {device}"),
        false => {
            format!("aws ec2 modify-network-interface-attribute --network-interface-id {device}")
        }
    };
    let mut fix = vec![Fix {
        title: words!(
            "let the NAT instance forward packets that are not its own",
            "NAT インスタンスの送信元/送信先チェックを無効にする"
        ),
        command: format!("{attribute} --no-source-dest-check --region {region}"),
    }];
    fix.extend(Repair(case).way_out(&BTreeSet::from([table.clone()]), true));
    Ok(vec![Finding {
        subject: device.clone(),
        message: words!(
            "the default route of {table} leads to the NAT instance {device}, and starting tasks get no answer through it",
            "{table} のデフォルトルートは NAT インスタンス {device} に向いていますが、起動するタスクは応答を得られません"
        ),
        evidence: vec![
            Evidence {
                source: "ec2:DescribeRouteTables Routes",
                saw: crate::words::Words::verbatim(format!("{table}: 0.0.0.0/0 → {device}")),
                expected: words!("a device that forwards", "転送できる NAT"),
            },
            proof,
        ],
        fix,
    }])
}
