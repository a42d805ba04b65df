//! The host port of a container is taken on every instance. Only the EC2 launch type knows this fault.

use super::{failing_revision, told};
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Severity},
    evidence::{revision_of, serving},
    remedy,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-host-port-in-use",
    classes: &["host-port-in-use"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the host port of a container is in use",
        ja: "コンテナのホストポートがすでに使われています",
    },
    explains: &[
        "capacity-ec2-placement-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["host-port-in-use"])?;
    if said.is_empty() {
        return Ok(vec![]);
    }
    let expected = words!("the port is free", "ポートが空いている");
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    let arn = failing_revision(case)?;
    let revision = revision_of(&arn);
    let container = serving(case).unwrap_or_default();
    if let Ok(definition) = case.task_definition() {
        evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition networkMode",
            saw: Words::verbatim(definition.network_mode.as_deref().unwrap_or("bridge")),
            expected: words!(
                "awsvpc, where each task has an address of its own, or a host port of 0",
                "タスクごとにアドレスを持つ awsvpc、またはホストポート 0"
            ),
        });
    }
    // An event says that a port is in use without its number; the container's own reason names it.
    let is_number = |text: &&str| text.parse::<u16>().is_ok();
    let port = said
        .iter()
        .find_map(|said| said.reading.object.as_deref().filter(is_number))
        .unwrap_or_default();
    let selected = remedy::container(container);
    Ok(vec![Finding {
        subject: arn.clone(),
        message: words!(
            "a container of {revision} does not start, because its host port {port} is taken on the instance",
            "{revision} のコンテナが起動しません。ホストポート {port} がインスタンス上ですでに使われています"
        ),
        evidence,
        fix: vec![remedy::edit(
            case,
            &arn,
            &format!("({selected} | .portMappings[].hostPort) = 0"),
            words!(
                "let ECS choose the host port (the load balancer follows it)",
                "ホストポートを ECS に選ばせる (ロードバランサーは自動で追随する)"
            ),
        )],
    }])
}
