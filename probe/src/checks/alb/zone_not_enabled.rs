//! Tasks run in an Availability Zone in which the load balancer is not enabled: they get no request.

use std::collections::BTreeSet;

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    snapshot::{Observed, Task},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "alb-zone-not-enabled",
    classes: &["lb-az-not-enabled"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the load balancer is not enabled in an Availability Zone of the tasks",
        ja: "タスクのアベイラビリティーゾーンでロードバランサーが有効になっていません",
    },
    explains: &[
        "ecs-tasks-failing-health-checks",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let region = &case.target.region;
    if service.load_balancers.is_empty() {
        return Ok(vec![]);
    }
    let subnets = case.subnets()?;
    // While ECS cannot place tasks in some zone, one without tasks may be it: there, nobody waits for a request.
    let all_placed = case.suspected(&["subnet-az-unsupported"]).next().is_none();
    let is_placed = |zone: &String| {
        let runs = |task: &Task| {
            task.stopped_at.is_none() && task.availability_zone.as_ref() == Some(zone)
        };
        all_placed
            || case
                .tasks
                .as_ref()
                .is_ok_and(|tasks| tasks.values().any(runs))
    };
    let zones: BTreeSet<&String> = service
        .subnets
        .iter()
        .filter_map(|id| Some(&subnets.get(id)?.availability_zone))
        .filter(|zone| is_placed(zone))
        .collect();
    let mut findings = vec![];
    for (arn, balancer) in case.load_balancers()? {
        let missing: Vec<&str> = zones
            .iter()
            .filter(|zone| !balancer.zones.is_empty() && !balancer.zones.contains(zone))
            .map(|zone| zone.as_str())
            .collect();
        if missing.is_empty() {
            continue;
        }
        let (name, missing) = (&balancer.name, missing.join(", "));
        let subnets = balancer.subnets.join(" ");
        findings.push(Finding {
            subject: name.clone(),
            message: words!(
                "{name} is not enabled in {missing}, where tasks of the service run: they get no request",
                "{name} が {missing} で有効になっていないため、そこで動くタスクにリクエストが届きません"
            ),
            evidence: vec![Evidence {
                source: "elasticloadbalancing:DescribeLoadBalancers AvailabilityZones",
                saw: Words::verbatim(balancer.zones.join(", ")),
                expected: words!("{missing} as well", "{missing} も含まれる"),
            }],
            fix: vec![Fix {
                title: words!(
                    "enable the zone: add a subnet of {missing} to the load balancer's own",
                    "{missing} のサブネットをロードバランサーに追加する"
                ),
                command: format!(
                    "aws elbv2 set-subnets --load-balancer-arn {arn} --subnets {subnets} <SUBNET_IN_{}> --region {region}",
                    missing.replace([',', ' ', '-'], "_").to_uppercase()
                ),
            }],
        });
    }
    Ok(findings)
}
