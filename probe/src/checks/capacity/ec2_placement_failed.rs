//! No container instance of the cluster can take the task. Only the EC2 launch type knows this fault.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "capacity-ec2-placement-failed",
    classes: &["ec2-placement-failure"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "no container instance of the cluster can take the task",
        ja: "タスクを配置できるコンテナインスタンスがクラスターにありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["ec2-placement-failure"])?;
    let expected = words!(
        "a container instance that meets the task's requirements",
        "タスクの要件を満たすコンテナインスタンスがある"
    );
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let service = case.service()?;
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let mut evidence = vec![told];
    evidence.push(Evidence {
        source: "ecs:DescribeServices launchType",
        saw: Words::verbatim(match &service.launch_type {
            Some(kind) => kind.clone(),
            None => service.capacity_providers.join(", "),
        }),
        expected: words!(
            "an instance with room, or FARGATE",
            "空きのあるインスタンス、または FARGATE"
        ),
    });
    let mut needs = Words::verbatim(name.clone());
    if let Ok(definition) = case.task_definition() {
        let sum = |own: Option<&str>, of: fn(&crate::snapshot::ContainerDefinition) -> i32| {
            own.map_or_else(
                || {
                    definition
                        .containers
                        .iter()
                        .map(of)
                        .sum::<i32>()
                        .to_string()
                },
                ToOwned::to_owned,
            )
        };
        let cpu = sum(definition.cpu.as_deref(), |one| one.cpu.unwrap_or(0));
        let memory = sum(definition.memory.as_deref(), |one| {
            one.memory_reservation.or(one.memory).unwrap_or(0)
        });
        let revision = revision_of(&definition.arn);
        needs = words!(
            "{revision} ({cpu} CPU units, {memory} MiB)",
            "{revision} ({cpu} CPU ユニット、{memory} MiB)"
        );
    }
    Ok(vec![Finding {
        subject: cluster.clone(),
        message: Words {
            en: format!(
                "no container instance of {cluster} can take a task of {}",
                needs.en
            ),
            ja: format!(
                "{cluster} に、{} のタスクを配置できるコンテナインスタンスがありません",
                needs.ja
            ),
        },
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "see what the instances have left",
                    "インスタンスの残りリソースを確認する"
                ),
                command: format!(
                    "aws ecs describe-container-instances --cluster {cluster} --container-instances $(aws ecs list-container-instances --cluster {cluster} --query containerInstanceArns --output text --region {region}) --query 'containerInstances[].[ec2InstanceId,status,agentConnected,remainingResources]' --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "add an instance to the cluster's Auto Scaling group",
                    "クラスターの Auto Scaling グループにインスタンスを追加する"
                ),
                command: format!(
                    "aws autoscaling set-desired-capacity --auto-scaling-group-name <GROUP> --desired-capacity <ONE_MORE> --region {region}"
                ),
            },
        ],
    }])
}
