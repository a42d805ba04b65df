//! A subnet of the service lies in an Availability Zone in which Fargate does not run tasks.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    reading::{Place, classify},
    snapshot::{Event, Observed},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "network-subnet-zone-unsupported",
    classes: &["subnet-az-unsupported"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a subnet of the service is in an Availability Zone that Fargate does not support",
        ja: "サービスのサブネットが Fargate 未対応のアベイラビリティーゾーンにあります",
    },
    explains: &[
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "alb-no-healthy-targets",
    ],
    find,
};

/// How long tasks may have been away from a zone by chance.
const PLACED: TimeDelta = TimeDelta::hours(1);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let said = case.said(CHECK.classes)?;
    // ECS itself only says "Internal error". Once is a mishap; again and again, with a zone in which nothing runs, is not.
    let internal: Vec<&Event> = service
        .events
        .iter()
        .filter(|event| {
            event.at > case.taken_at - PLACED
                && service.steady_at().is_none_or(|steady| event.at > steady)
                && classify(&event.message, Some(Place::ServiceEvent)).fault() == CHECK.class()
        })
        .collect();
    let internal = internal.first().filter(|_| internal.len() > 1);
    if said.is_empty() && internal.is_none() {
        return Ok(vec![]);
    }
    let subnets = case.subnets()?;
    let used: BTreeSet<&str> = case
        .tasks()?
        .values()
        .filter(|task| task.started_at.is_some() && task.stopped_at.is_none())
        .filter_map(|task| task.availability_zone.as_deref())
        .collect();
    let (idle, rest): (Vec<&String>, Vec<&String>) = service.subnets.iter().partition(|id| {
        subnets
            .get(*id)
            .is_some_and(|subnet| !used.contains(subnet.availability_zone.as_str()))
    });
    let join = |ids: &[&String]| {
        ids.iter()
            .map(|id| id.as_str())
            .collect::<Vec<_>>()
            .join(",")
    };
    let (without, with) = (join(&idle), join(&rest));
    if idle.is_empty() {
        return Ok(vec![]);
    }
    let zones: BTreeSet<&str> = idle
        .iter()
        .filter_map(|id| Some(subnets.get(*id)?.availability_zone.as_str()))
        .collect();
    let zones = zones.into_iter().collect::<Vec<_>>().join(", ");
    let mut evidence: Vec<Evidence> = internal
        .map(|event| Evidence {
            source: "ecs:DescribeServices events",
            saw: Words::verbatim(event.message.to_string()),
            expected: words!("the task is placed", "タスクが配置される"),
        })
        .into_iter()
        .collect();
    if internal.is_none() {
        evidence.extend(proof(
            &said,
            words!("the task is placed", "タスクが配置される"),
        ));
    }
    evidence.push(Evidence {
        source: "ecs:DescribeTasks availabilityZone",
        saw: words!(
            "no task runs in {zones} ({without})",
            "{zones} ({without}) で動作中のタスクなし"
        ),
        expected: words!("tasks in every zone", "すべてのゾーンでタスクが動作"),
    });
    let (cluster, name, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let groups = service.security_groups.join(",");
    let public = if service.assign_public_ip {
        "ENABLED"
    } else {
        "DISABLED"
    };
    let fix = match with.is_empty() {
        true => Fix {
            title: words!(
                "find subnets in other zones of the VPC",
                "VPC の別のゾーンにあるサブネットを確認する"
            ),
            command: format!(
                "aws ec2 describe-subnets --query 'Subnets[].[SubnetId,VpcId,AvailabilityZone,AvailabilityZoneId]' --output table --region {region}"
            ),
        },
        false => Fix {
            title: words!(
                "leave the subnets in {zones} out; add one in a supported zone to stay in two zones",
                "{zones} のサブネットを外す (2 ゾーン構成を保つには、対応ゾーンのサブネットを追加する)"
            ),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {name} --network-configuration 'awsvpcConfiguration={{subnets=[{with}],securityGroups=[{groups}],assignPublicIp={public}}}' --region {region}"
            ),
        },
    };
    Ok(vec![Finding {
        subject: without.clone(),
        message: words!(
            "ECS cannot place tasks in {without}: Fargate does not seem to run in {zones}",
            "{without} にタスクを配置できません ({zones} は Fargate 未対応とみられます)"
        ),
        evidence,
        fix: vec![fix],
    }])
}
