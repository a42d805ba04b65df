//! A running task is not among the targets: it does nothing.

use chrono::TimeDelta;

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "alb-target-not-registered",
    classes: &["target-not-registered"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a running task is not registered with the target group",
        ja: "実行中のタスクがターゲットグループに登録されていません",
    },
    explains: &["alb-no-healthy-targets"],
    find,
};

/// ECS registers a task when its containers run; until then its absence is no fault.
const REGISTERED_AFTER: TimeDelta = TimeDelta::minutes(3);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let region = &case.target.region;
    let groups = case.target_groups()?;
    let mut findings = vec![];
    for (arn, group) in groups {
        let is_ip = group.target_type.as_deref().is_none_or(|kind| kind == "ip");
        if !is_ip {
            continue; // targets are instances, not tasks
        }
        let Some(mapping) = service
            .load_balancers
            .iter()
            .find(|m| m.target_group == *arn)
        else {
            continue;
        };
        let lost: Vec<(&String, &str)> = case
            .tasks()?
            .iter()
            .filter(|(_, task)| task.last_status == "RUNNING" && task.desired_status == "RUNNING")
            .filter(|(_, task)| {
                task.started_at
                    .is_some_and(|at| case.taken_at - at > REGISTERED_AFTER)
            })
            .filter_map(|(id, task)| Some((id, task.private_ip.as_deref()?)))
            .filter(|(_, address)| group.targets.iter().all(|target| target.id != *address))
            .collect();
        let Some((task, address)) = lost.first() else {
            continue;
        };
        let (name, port, count) = (&group.name, mapping.port, lost.len());
        let known: Vec<String> = group
            .targets
            .iter()
            .map(|target| format!("{}:{}", target.id, target.port))
            .collect();
        findings.push(Finding {
            subject: name.clone(),
            message: words!(
                "{count} running tasks are not targets of {name}, so they get no request: {task} ({address}:{port})",
                "実行中のタスク {count} 件が {name} に登録されておらず、リクエストが届きません: {task} ({address}:{port})"
            ),
            evidence: vec![Evidence {
                source: "elasticloadbalancing:DescribeTargetHealth",
                saw: if known.is_empty() {
                    words!("no targets", "ターゲットがありません")
                } else {
                    Words::verbatim(known.join(", "))
                },
                expected: Words::verbatim(format!("{address}:{port}")),
            }],
            fix: vec![
                Fix {
                    title: words!(
                        "let ECS replace the tasks: it registers new ones",
                        "タスクを入れ替える (ECS が新しいタスクを登録する)"
                    ),
                    command: format!(
                        "aws ecs update-service --cluster {} --service {} --force-new-deployment --region {region}",
                        case.target.cluster, case.target.service
                    ),
                },
                Fix {
                    title: words!(
                        "or register the task by hand",
                        "または、手動でタスクを登録する"
                    ),
                    command: format!(
                        "aws elbv2 register-targets --target-group-arn {arn} --targets Id={address},Port={port} --region {region}"
                    ),
                },
            ],
        });
    }
    Ok(findings)
}
