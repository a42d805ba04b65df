//! What stands where the ARN of a target group belongs is none.

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-target-group-arn-invalid",
    classes: &["target-group-arn-invalid"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "the service names a target group that does not exist",
        ja: "サービスに指定したターゲットグループの ARN が正しくありません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["target-group-arn-invalid"])?;
    let expected = words!("the target group exists", "ターゲットグループが存在する");
    let Some(newest) = said.first() else {
        return Ok(vec![]);
    };
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    let (name, region) = (&case.target.service, &case.target.region);
    let mut mapped = vec![];
    if let Ok(service) = case.service() {
        mapped.extend(
            service
                .load_balancers
                .iter()
                .map(|one| one.target_group.as_str()),
        );
        evidence.push(Evidence {
            source: "ecs:DescribeServices loadBalancers[].targetGroupArn",
            saw: Words::verbatim(mapped.join(", ")),
            expected: words!("what the service uses now", "サービスが現在使っている値"),
        });
    }
    let (en, ja) = match newest.reading.object.as_deref() {
        Some(given) => (given.to_owned(), format!("{given} ")),
        None => ("what it is given".into(), "指定された値".into()),
    };
    Ok(vec![Finding {
        subject: name.clone(),
        message: Words {
            en: format!(
                "ECS refuses the change of {name}: {en} is not the ARN of a target group in {region}"
            ),
            ja: format!(
                "{ja}は {region} のターゲットグループの ARN ではないため、ECS が {name} の変更を受け付けません"
            ),
        },
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "find the whole ARN (arn:…:targetgroup/name/id, not the name, and not that of the load balancer)",
                    "完全な ARN を調べる (arn:…:targetgroup/名前/ID。名前だけやロードバランサーの ARN ではない)"
                ),
                command: format!(
                    "aws elbv2 describe-target-groups --query 'TargetGroups[].[TargetGroupName,TargetGroupArn]' --output table --region {region}"
                ),
            },
            Fix {
                title: words!("and name it in the template", "テンプレートで指定する"),
                command: "LoadBalancers:\n  - TargetGroupArn: !Ref TargetGroup # in another stack: !ImportValue, of its Ref\n    ContainerName: <CONTAINER>\n    ContainerPort: <PORT>".into(),
            },
        ],
    }])
}
