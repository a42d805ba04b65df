//! AWS takes Spot capacity back, and with it tasks of the service.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::stopped,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "capacity-spot-interrupted",
    classes: &["spot-interruption"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "AWS interrupts the tasks' Spot capacity",
        ja: "AWS が Spot の容量を回収し、タスクが中断されています",
    },
    explains: &[
        "capacity-fargate-unavailable",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |_, end| end.is(CHECK.classes))? else {
        return Ok(vec![]);
    };
    let service = case.service()?;
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let (running, desired) = (service.running, service.desired);
    let provider = failed.newest.1.capacity_provider.as_deref();
    let provider = provider.unwrap_or("FARGATE_SPOT").to_owned();
    let evidence = vec![
        failed.evidence,
        Evidence {
            source: "ecs:DescribeTasks capacityProviderName",
            saw: Words::verbatim(provider),
            expected: words!(
                "FARGATE for the tasks that must not go",
                "停止してはならないタスクは FARGATE"
            ),
        },
        Evidence {
            source: "ecs:DescribeServices runningCount",
            saw: words!("{running} running", "実行中 {running}"),
            expected: words!("{desired} running", "実行中 {desired}"),
        },
    ];
    let base = desired.max(1);
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "AWS took the Spot capacity of tasks of {name} back; {running} of {desired} tasks run",
            "AWS が {name} のタスクの Spot 容量を回収しました。現在 {desired} 件中 {running} 件が動作しています"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "run the wanted tasks on demand, and only further ones on Spot",
                    "必要数のタスクはオンデマンドで動かし、それを超える分だけを Spot にする"
                ),
                command: format!(
                    "aws ecs update-service --cluster {cluster} --service {name} --capacity-provider-strategy capacityProvider=FARGATE,base={base},weight=0 capacityProvider=FARGATE_SPOT,weight=1 --force-new-deployment --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "and in the template, in place of LaunchType",
                    "テンプレートでは LaunchType の代わりに指定する"
                ),
                command: format!(
                    "CapacityProviderStrategy:\n  - CapacityProvider: FARGATE\n    Base: {base}\n    Weight: 0\n  - CapacityProvider: FARGATE_SPOT\n    Weight: 1"
                ),
            },
        ],
    }])
}
