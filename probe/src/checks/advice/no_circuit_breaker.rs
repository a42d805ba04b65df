//! Without the circuit breaker a deployment whose tasks fail tries for ever, and nothing goes back.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{Observed, Subject},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = advice(
    "advice-no-circuit-breaker",
    Phrase {
        en: "failing deployments are not rolled back by themselves",
        ja: "失敗したデプロイが自動でロールバックされません",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let configuration = &case.service()?.deployment_configuration;
    let (enable, rollback) = (configuration.circuit_breaker, configuration.rollback);
    // ECS has a circuit breaker for rolling updates only: deployments that shift traffic end by alarms and hooks.
    let rolling = !matches!(&configuration.strategy, Some(strategy) if strategy != "ROLLING");
    // Services that CodeDeploy or something else deploys have no deployments of ECS, and no circuit breaker.
    if !rolling || case.service()?.primary().is_none() || (enable && rollback) {
        return Ok(vec![]);
    }
    let Subject {
        region,
        cluster,
        service,
    } = &case.target;
    // What is not named here goes back to its default.
    let kept = [
        ("maximumPercent", configuration.maximum_percent),
        (
            "minimumHealthyPercent",
            configuration.minimum_healthy_percent,
        ),
    ];
    let kept: String = kept
        .iter()
        .filter_map(|(name, value)| Some(format!(",{name}={}", (*value)?)))
        .collect();
    Ok(vec![finding(
        service,
        match enable {
            false => words!(
                "{service} has no deployment circuit breaker: a deployment whose tasks fail starts new ones for ever",
                "{service} のデプロイサーキットブレーカーが無効です。タスクの起動に失敗するデプロイが、いつまでも再試行を続けます"
            ),
            true => words!(
                "the deployment circuit breaker of {service} ends a failing deployment, but does not roll back",
                "{service} のデプロイサーキットブレーカーは失敗したデプロイを止めますが、ロールバックはしません"
            ),
        },
        (
            "ecs:DescribeServices deploymentConfiguration.deploymentCircuitBreaker",
            words!(
                "enable {enable}, rollback {rollback}",
                "enable {enable}、rollback {rollback}"
            ),
            words!("both true", "どちらも true"),
        ),
        vec![Fix {
            title: words!(
                "switch it on; tasks that run are not touched",
                "有効にする (動作中のタスクに影響はない)"
            ),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {service} --deployment-configuration 'deploymentCircuitBreaker={{enable=true,rollback=true}}{kept}' --region {region}"
            ),
        }],
    )])
}
