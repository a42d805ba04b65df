//! The account may run no more on Fargate.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "capacity-fargate-quota",
    classes: &["fargate-quota"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the account has reached its Fargate quota",
        ja: "アカウントの Fargate のクォータに達しています",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

/// The quota of vCPUs that tasks on demand share in a Region; that of Spot is another.
const ON_DEMAND: &str = "L-3032A538";
const SPOT: &str = "L-36FBB829";

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["fargate-quota"])?;
    let expected = words!("room for another task", "タスクを追加できる余裕がある");
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let service = case.service()?;
    let (name, region, cluster) = (
        &case.target.service,
        &case.target.region,
        &case.target.cluster,
    );
    let (running, desired) = (service.running, service.desired);
    let mut evidence = vec![told];
    if let Ok(definition) = case.task_definition() {
        let cpu = definition.cpu.as_deref().unwrap_or("?");
        evidence.push(Evidence {
            source: "ecs:DescribeServices desiredCount",
            saw: words!(
                "{running} of {desired} tasks run, each with {cpu} CPU units (1024 are one vCPU)",
                "{desired} 件中 {running} 件が動作中。1 件あたり {cpu} CPU ユニット (1024 が 1 vCPU)"
            ),
            expected: words!("{desired} running", "実行中 {desired}"),
        });
    }
    let spot = service
        .capacity_providers
        .iter()
        .any(|one| one == "FARGATE_SPOT");
    let code = if spot { SPOT } else { ON_DEMAND };
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "ECS cannot start tasks of {name}, because the account has reached its Fargate quota in {region}",
            "{region} での Fargate のクォータに達しているため、{name} のタスクを起動できません"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "see the quota, and raise it (small steps are granted within minutes, others take a support case)",
                    "クォータを確認し、引き上げを申請する (小さな引き上げは数分で承認され、大きい場合はサポートの審査が入る)"
                ),
                command: format!(
                    "aws service-quotas get-service-quota --service-code fargate --quota-code {code} --query Quota.Value --region {region} && aws service-quotas request-service-quota-increase --service-code fargate --quota-code {code} --desired-value <NEW_VALUE> --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "meanwhile ask for no more tasks than run (let another service of the account shrink, if it may)",
                    "それまでは、動作中の数に必要数を合わせる (縮小できるサービスがほかにあれば、そちらを縮小する)"
                ),
                command: format!(
                    "aws ecs update-service --cluster {cluster} --service {name} --desired-count {running} --region {region}"
                ),
            },
        ],
    }])
}
