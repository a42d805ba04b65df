//! The service registers a container or port with the load balancer that the task definition does not have.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    remedy,
    snapshot::{LoadBalancerMapping, Observed},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-load-balancer-mapping-wrong",
    classes: &["lb-container-mapping-mismatch"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the service registers a container port that the task definition does not have",
        ja: "サービスが登録するコンテナポートが、タスク定義に存在しません",
    },
    explains: &[
        "network-target-port-closed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    if service.load_balancers.is_empty() {
        return Ok(vec![]);
    }
    let definition = case.task_definition()?;
    let revision = revision_of(&definition.arn);
    let opened = |mapping: &LoadBalancerMapping| {
        let mut containers = definition.containers.iter();
        containers
            .find(|one| one.name == mapping.container)
            .map(|one| &one.ports)
    };
    let wrong = service
        .load_balancers
        .iter()
        .find(|mapping| opened(mapping).is_none_or(|ports| !ports.contains(&mapping.port)));
    let Some(wrong) = wrong else {
        return Ok(vec![]);
    };
    let LoadBalancerMapping {
        target_group,
        container,
        port,
    } = wrong;
    let ports =
        opened(wrong).map(|ports| ports.iter().map(ToString::to_string).collect::<Vec<_>>());
    let there: Vec<String> = definition
        .containers
        .iter()
        .flat_map(|one| {
            one.ports
                .iter()
                .map(move |port| format!("{}:{port}", one.name))
        })
        .collect();
    let mut evidence = vec![
        Evidence {
            source: "ecs:DescribeServices loadBalancers[]",
            saw: Words::verbatim(format!("{container}:{port}")),
            expected: words!(
                "a container port of {revision}",
                "{revision} にあるコンテナポート"
            ),
        },
        Evidence {
            source: "ecs:DescribeTaskDefinition portMappings[].containerPort",
            saw: Words::verbatim(if there.is_empty() {
                "none".to_owned()
            } else {
                there.join(", ")
            }),
            expected: Words::verbatim(format!("{container}:{port}")),
        },
    ];
    let said = told(case, &["lb-container-mapping-mismatch"])?;
    let expected = words!("tasks are launched", "タスクが起動される");
    evidence.extend(proof(&said, expected));
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let mut fix: Vec<Fix> = remedy::go_back(case).into_iter().collect();
    let only = |list: &[String]| match list {
        [one] => Some(one.clone()),
        _ => None,
    };
    let right = match &ports {
        Some(ports) => only(ports).map(|port| (container.clone(), port)),
        None => only(&there).and_then(|there| {
            let (container, port) = there.rsplit_once(':')?;
            Some((container.to_owned(), port.to_owned()))
        }),
    };
    let (container_right, port_right) = right.unwrap_or(("<CONTAINER>".into(), "<PORT>".into()));
    fix.push(Fix {
        title: words!(
            "or register what the task definition has (the load balancer's and the tasks' security groups must let that port through)",
            "または、タスク定義にあるポートを登録する (ロードバランサーとタスクのセキュリティグループでもそのポートを許可する)"
        ),
        command: format!(
            "aws ecs update-service --cluster {cluster} --service {name} --load-balancers targetGroupArn={target_group},containerName={container_right},containerPort={port_right} --region {region}"
        ),
    });
    Ok(vec![Finding {
        subject: name.clone(),
        message: match ports {
            None => words!(
                "{name} registers the container {container} with its target group, but {revision} has no such container",
                "{name} はコンテナ {container} をターゲットグループに登録しますが、{revision} にそのコンテナがありません"
            ),
            Some(_) => words!(
                "{name} registers port {port} of {container} with its target group, but {revision} does not open that port",
                "{name} は {container} のポート {port} をターゲットグループに登録しますが、{revision} でそのポートが公開されていません"
            ),
        },
        evidence,
        fix,
    }])
}
