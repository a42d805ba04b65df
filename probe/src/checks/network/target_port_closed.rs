//! The load balancer cannot reach the tasks' port: health checks and requests time out.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    network::{Peer, lets_in, lets_out},
    snapshot::{Observed, Unobserved},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "network-target-port-closed",
    classes: &["health-check-timeout"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the security groups do not let the load balancer reach the tasks",
        ja: "ロードバランサーからタスクへの通信をセキュリティグループが許可していません",
    },
    explains: &[
        "alb-health-check-timeout",
        "ecs-tasks-failing-health-checks",
        "alb-no-healthy-targets",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    if service.load_balancers.is_empty() {
        return Ok(vec![]);
    }
    if service.security_groups.is_empty() {
        return Err(Unobserved {
            operation: "ecs:DescribeServices".into(),
            code: "NotAwsvpc".into(),
            message:
                "the service names no security groups, so its network is not that of its tasks"
                    .into(),
        });
    }
    let target_groups = case.target_groups()?;
    let load_balancers = case.load_balancers()?;
    let subnets = case.subnets()?;
    let cidrs_of = |ids: &[String]| -> Vec<String> {
        ids.iter()
            .filter_map(|id| subnets.get(id))
            .map(|subnet| subnet.cidr.clone())
            .collect()
    };
    let task_cidrs = cidrs_of(&service.subnets);
    let task_groups = case.groups(&service.security_groups)?;
    let region = &case.target.region;
    let mut findings = vec![];
    for mapping in &service.load_balancers {
        let Some(group) = target_groups.get(&mapping.target_group) else {
            continue;
        };
        for balancer in group
            .load_balancers
            .iter()
            .filter_map(|arn| load_balancers.get(arn))
        {
            if balancer.security_groups.is_empty() {
                continue; // a Network Load Balancer may have none
            }
            let port = mapping.port;
            let balancer_cidrs = cidrs_of(&balancer.subnets);
            let balancer_groups = case.groups(&balancer.security_groups)?;
            let from = Peer {
                groups: &balancer.security_groups,
                cidrs: &balancer_cidrs,
            };
            let to = Peer {
                groups: &service.security_groups,
                cidrs: &task_cidrs,
            };
            let (name, theirs, ours) = (
                &balancer.name,
                &balancer.security_groups[0],
                &service.security_groups[0],
            );
            if !lets_in(&task_groups, port, from)? {
                findings.push(Finding {
                    subject: ours.clone(),
                    message: words!(
                        "{ours} of the tasks has no ingress rule for TCP {port} from {theirs} of the load balancer {name}",
                        "タスクの {ours} に、ロードバランサー {name} の {theirs} から TCP {port} を許可するインバウンドルールがありません"
                    ),
                    evidence: vec![Evidence {
                        source: "ec2:DescribeSecurityGroups IpPermissions",
                        saw: words!("{ours}: no rule for TCP {port} from {theirs}", "{ours}: {theirs} からの TCP {port} を許可するルールなし"),
                        expected: words!("TCP {port} from {theirs}", "{theirs} からの TCP {port}"),
                    }],
                    fix: vec![Fix {
                        title: words!("let the load balancer in", "ロードバランサーからの通信を許可する"),
                        command: format!(
                            "aws ec2 authorize-security-group-ingress --group-id {ours} --protocol tcp --port {port} --source-group {theirs} --region {region}"
                        ),
                    }],
                });
            }
            if !lets_out(&balancer_groups, port, to)? {
                findings.push(Finding {
                    subject: theirs.clone(),
                    message: words!(
                        "{theirs} of the load balancer {name} has no egress rule for TCP {port} to {ours} of the tasks",
                        "ロードバランサー {name} の {theirs} に、タスクの {ours} への TCP {port} を許可するアウトバウンドルールがありません"
                    ),
                    evidence: vec![Evidence {
                        source: "ec2:DescribeSecurityGroups IpPermissionsEgress",
                        saw: words!("{theirs}: no rule for TCP {port} to {ours}", "{theirs}: {ours} への TCP {port} を許可するルールなし"),
                        expected: words!("TCP {port} to {ours}", "{ours} への TCP {port}"),
                    }],
                    fix: vec![Fix {
                        title: words!("let the load balancer out to the tasks", "ロードバランサーからタスクへの通信を許可する"),
                        command: format!(
                            "aws ec2 authorize-security-group-egress --group-id {theirs} --ip-permissions 'IpProtocol=tcp,FromPort={port},ToPort={port},UserIdGroupPairs=[{{GroupId={ours}}}]' --region {region}"
                        ),
                    }],
                });
            }
        }
    }
    Ok(findings)
}
