//! A service that runs on Spot only asks for a processor that Spot does not offer.

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
    id: "capacity-spot-architecture-unsupported",
    classes: &["fargate-spot-arm-unsupported"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "Fargate Spot does not offer the tasks' CPU architecture",
        ja: "タスクの CPU アーキテクチャが Fargate Spot でサポートされていません",
    },
    explains: &[
        "capacity-fargate-unavailable",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["fargate-spot-arm-unsupported"])?;
    let expected = words!("the task starts", "タスクが起動する");
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let (service, definition) = (case.service()?, case.task_definition()?);
    let architecture = definition.cpu_architecture.as_deref().unwrap_or("X86_64");
    let revision = revision_of(&definition.arn);
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let providers = service.capacity_providers.join(", ");
    Ok(vec![Finding {
        subject: definition.arn.clone(),
        message: words!(
            "{name} runs on {providers} only, which does not offer {architecture}, as {revision} asks for",
            "{name} は {providers} だけを使いますが、{revision} が指定する {architecture} はそこでサポートされていません"
        ),
        evidence: vec![
            told,
            Evidence {
                source: "ecs:DescribeTaskDefinition runtimePlatform.cpuArchitecture",
                saw: Words::verbatim(architecture),
                expected: Words::verbatim("X86_64"),
            },
            Evidence {
                source: "ecs:DescribeServices capacityProviderStrategy",
                saw: Words::verbatim(providers.clone()),
                expected: Words::verbatim("FARGATE"),
            },
        ],
        fix: vec![Fix {
            title: words!(
                "run on demand, where every architecture is offered",
                "すべてのアーキテクチャに対応する、オンデマンドの Fargate で動かす"
            ),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {name} --capacity-provider-strategy capacityProvider=FARGATE,base=1,weight=1 --force-new-deployment --region {region}"
            ),
        }],
    }])
}
