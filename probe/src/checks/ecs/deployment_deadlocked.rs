//! The deployment may neither stop a task nor start one: its percentages leave no room.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::{DeploymentConfiguration, Observed},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-deployment-deadlocked",
    classes: &["deployment-config-deadlock"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the deployment may neither stop nor start a task",
        ja: "デプロイ設定により、タスクの停止も起動もできません",
    },
    explains: &["ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let DeploymentConfiguration {
        minimum_healthy_percent: Some(minimum),
        maximum_percent: Some(maximum),
        ..
    } = service.deployment_configuration
    else {
        return Ok(vec![]);
    };
    let desired = service.desired;
    let (least, most) = room(desired, minimum, maximum);
    if desired == 0 || least < desired || most > desired {
        return Ok(vec![]);
    }
    let mut evidence = vec![Evidence {
        source: "ecs:DescribeServices deploymentConfiguration",
        saw: words!(
            "minimumHealthyPercent {minimum} and maximumPercent {maximum} of {desired} tasks: no fewer than {least}, no more than {most}",
            "必要数 {desired} に対し minimumHealthyPercent {minimum}、maximumPercent {maximum}: 下限 {least}、上限 {most}"
        ),
        expected: words!(
            "one task less or one more than {desired}",
            "{desired} より 1 つ少ないか多いタスクが許される"
        ),
    }];
    let said = told(case, &["deployment-config-deadlock"])?;
    let expected = words!("tasks are replaced", "タスクが入れ替わる");
    evidence.extend(proof(&said, expected));
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let breaker = breaker(&service.deployment_configuration);
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "deployments of {name} cannot replace any task: of {desired} tasks none may stop before another starts, and none may start before another stops",
            "{name} のデプロイではタスクを入れ替えられません。必要数 {desired} に対し、先に停止することも先に起動することも許されていません"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "let a deployment start new tasks before the old ones stop: the one that waits goes on by itself",
                    "古いタスクを止める前に新しいタスクを起動できるようにする。待機中のデプロイは自動で再開する"
                ),
                command: format!(
                    "aws ecs update-service --cluster {cluster} --service {name} --deployment-configuration '{breaker}maximumPercent=200,minimumHealthyPercent=100' --region {region}"
                ),
            },
            Fix {
                title: words!("and in the template", "テンプレートにも反映する"),
                command:
                    "DeploymentConfiguration:\n  MinimumHealthyPercent: 100\n  MaximumPercent: 200"
                        .into(),
            },
        ],
    }])
}

/// What the call would forget if it were not said again.
fn breaker(configuration: &DeploymentConfiguration) -> String {
    let DeploymentConfiguration {
        circuit_breaker,
        rollback,
        ..
    } = configuration;
    if *circuit_breaker {
        format!("deploymentCircuitBreaker={{enable=true,rollback={rollback}}},")
    } else {
        String::new()
    }
}

/// How few and how many tasks may run during a deployment: ECS rounds the minimum up and the maximum down.
fn room(desired: i32, minimum: i32, maximum: i32) -> (i32, i32) {
    let percent = |percent: i32| i64::from(desired) * i64::from(percent);
    let narrow = |count: i64| i32::try_from(count).unwrap_or(i32::MAX);
    (
        narrow((percent(minimum) + 99) / 100),
        narrow(percent(maximum) / 100),
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_minimum_is_rounded_up_and_the_maximum_down() {
        for (desired, minimum, maximum, room) in [
            (1, 50, 150, (1, 1)), // no room although the percentages look generous
            (2, 50, 150, (1, 3)),
            (1, 100, 200, (1, 2)),
            (3, 67, 100, (3, 3)),
            (3, 66, 133, (2, 3)),
            (0, 100, 100, (0, 0)),
        ] {
            assert_eq!(
                super::room(desired, minimum, maximum),
                room,
                "{desired} {minimum} {maximum}"
            );
        }
    }
}
