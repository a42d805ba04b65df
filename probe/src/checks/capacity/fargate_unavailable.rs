//! Fargate has no room in the zones of the service at this time.

use std::collections::BTreeSet;

use super::told;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    remedy,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "capacity-fargate-unavailable",
    classes: &["fargate-capacity-unavailable"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "Fargate has no capacity for the tasks at this time",
        ja: "Fargate の空き容量が一時的に不足しています",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["fargate-capacity-unavailable"])?;
    let expected = words!("room for another task", "タスクを追加できる余裕がある");
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let service = case.service()?;
    let mut evidence = vec![told];
    if let Ok(subnets) = case.subnets() {
        let zones: BTreeSet<&str> = service
            .subnets
            .iter()
            .filter_map(|id| Some(subnets.get(id)?.availability_zone.as_str()))
            .collect();
        let (count, zones) = (
            zones.len(),
            zones.into_iter().collect::<Vec<_>>().join(", "),
        );
        evidence.push(Evidence {
            source: "ec2:DescribeSubnets AvailabilityZone",
            saw: words!("{count} zones: {zones}", "{count} ゾーン: {zones}"),
            expected: words!(
                "as many zones as the Region has",
                "リージョンにあるゾーンをできるだけ多く使う"
            ),
        });
    }
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let only_spot = !service.capacity_providers.is_empty()
        && service
            .capacity_providers
            .iter()
            .all(|one| one == "FARGATE_SPOT");
    let mut fix = vec![];
    if only_spot {
        fix.push(Fix {
            title: words!(
                "let a part of the tasks run on demand",
                "一部のタスクをオンデマンドの Fargate で動かす"
            ),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {name} --capacity-provider-strategy capacityProvider=FARGATE,base=1,weight=1 capacityProvider=FARGATE_SPOT,weight=1 --force-new-deployment --region {region}"
            ),
        });
    }
    fix.push(Fix {
        title: words!(
            "add a subnet in another zone to NetworkConfiguration (ECS goes on trying by itself; this one knows them all)",
            "NetworkConfiguration に別のゾーンのサブネットを加える (ECS は自動で再試行する。次のコマンドで VPC のサブネットを確認)"
        ),
        command: match vpc_of(case) {
            Some(vpc) => format!("aws ec2 describe-subnets --filters Name=vpc-id,Values={vpc} --query 'Subnets[].[SubnetId,AvailabilityZone,AvailableIpAddressCount]' --output table --region {region}"),
            None => format!("aws ec2 describe-subnets --query 'Subnets[].[SubnetId,AvailabilityZone,VpcId,AvailableIpAddressCount]' --output table --region {region}"),
        },
    });
    fix.push(remedy::start_again(
        case,
        words!("try again at once", "すぐに起動を試み直す"),
    ));
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "Fargate has no capacity for tasks of {name} at this time in {region}",
            "{region} の Fargate に、{name} のタスクを起動する空き容量がありません"
        ),
        evidence,
        fix,
    }])
}

/// The VPC in which the tasks run.
fn vpc_of(case: &Case<'_>) -> Option<String> {
    let subnet = case.service().ok()?.subnets.first()?;
    case.subnets()
        .ok()?
        .get(subnet)
        .map(|subnet| subnet.vpc.clone())
}
