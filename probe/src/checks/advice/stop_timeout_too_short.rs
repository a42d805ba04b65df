//! The task is killed sooner than the load balancer lets requests finish.
//!
//! ECS drains a target before it sends SIGTERM, but does not always wait for the end of it: when a Spot instance is
//! taken back, or the task is stopped for its health, what is left of a request has the stop timeout only.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-stop-timeout-too-short",
    Phrase {
        en: "a task is killed sooner than its requests may finish",
        ja: "処理中のリクエストより先にタスクが強制終了されることがあります",
    },
    find,
);

/// What ECS gives a container that names no stop timeout.
const DEFAULT_SECONDS: i32 = 30;
/// The longest stop timeout of Fargate.
const LONGEST_SECONDS: i32 = 120;

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let (service, definition, groups) = (
        case.service()?,
        case.task_definition()?,
        case.target_groups()?,
    );
    let region = &case.target.region;
    let mut findings = vec![];
    for mapping in &service.load_balancers {
        let container = definition
            .containers
            .iter()
            .find(|container| container.name == mapping.container);
        let group = groups.get(&mapping.target_group);
        let (Some(container), Some(group)) = (container, group) else {
            continue;
        };
        let Some(drain) = group.deregistration_delay_seconds else {
            continue;
        };
        let stop = container.stop_timeout_seconds.unwrap_or(DEFAULT_SECONDS);
        if stop >= drain {
            continue;
        }
        let (name, target_group, arn) = (&container.name, &group.name, &mapping.target_group);
        let mut fix = vec![Fix {
            title: words!(
                "drain no longer than the program may take to stop, where no request needs more",
                "それより長いリクエストがなければ、登録解除の遅延を停止タイムアウト以下にする"
            ),
            command: format!(
                "aws elbv2 modify-target-group-attributes --target-group-arn {arn} --attributes Key=deregistration_delay.timeout_seconds,Value={stop} --region {region}"
            ),
        }];
        if stop < LONGEST_SECONDS {
            let longer = drain.min(LONGEST_SECONDS);
            fix.push(Fix {
                title: words!(
                    "or give the program longer to stop (Fargate allows {LONGEST_SECONDS} s)",
                    "または停止タイムアウトを延ばす (Fargate の上限は {LONGEST_SECONDS} 秒)"
                ),
                command: format!(
                    "ContainerDefinitions:\n  - Name: {name}\n    StopTimeout: {longer}"
                ),
            });
        }
        findings.push(finding(
            &definition.arn,
            words!(
                "{name} is killed {stop} s after SIGTERM, but {target_group} lets requests take {drain} s to finish: a stop that does not wait for the drain cuts them off",
                "{name} は SIGTERM の {stop} 秒後に強制終了されますが、{target_group} はリクエストの完了を {drain} 秒待ちます。登録解除を待たない停止では、処理中のリクエストが切断されます"
            ),
            (
                "ecs:DescribeTaskDefinition stopTimeout, elasticloadbalancing:DescribeTargetGroupAttributes",
                Words::verbatim(format!(
                    "stopTimeout {stop}, deregistration_delay.timeout_seconds {drain}"
                )),
                words!("stopTimeout of {drain} or more", "stopTimeout が {drain} 以上"),
            ),
            fix,
        ));
    }
    Ok(findings)
}
