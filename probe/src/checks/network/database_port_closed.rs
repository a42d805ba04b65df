//! The database's security group does not let the tasks in: connections time out, silently.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    network::{Peer, lets_in},
    snapshot::{Observed, Unobserved},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "network-database-port-closed",
    classes: &["db-sg-ingress-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the database's security group does not let the tasks in",
        ja: "データベースのセキュリティグループがタスクからの接続を許可していません",
    },
    explains: &[
        "service-database-unreachable",
        "ecs-container-exited",
        "alb-health-check-server-error",
        "alb-health-check-timeout",
        "alb-health-check-failed",
        "ecs-tasks-failing-health-checks",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(database) = case.database()? else {
        return Ok(vec![]);
    };
    let service = case.service()?;
    if service.security_groups.is_empty() {
        return Err(Unobserved {
            operation: "ecs:DescribeServices".into(),
            code: "NotAwsvpc".into(),
            message:
                "the service names no security groups, so its network is not that of its tasks"
                    .into(),
        });
    }
    let groups = case.groups(&database.security_groups)?;
    let by_group = Peer {
        groups: &service.security_groups,
        cidrs: &[],
    };
    if lets_in(&groups, database.port, by_group)? {
        return Ok(vec![]);
    }
    let subnets = case.subnets()?;
    let cidrs: Vec<String> = service
        .subnets
        .iter()
        .filter_map(|id| subnets.get(id))
        .map(|subnet| subnet.cidr.clone())
        .collect();
    if lets_in(
        &groups,
        database.port,
        Peer {
            cidrs: &cidrs,
            ..by_group
        },
    )? {
        return Ok(vec![]);
    }

    let (id, port, region) = (&database.id, database.port, &case.target.region);
    let database_group = database
        .security_groups
        .first()
        .cloned()
        .unwrap_or_default();
    let task_group = service.security_groups.first().cloned().unwrap_or_default();
    let rules: Vec<String> = groups
        .iter()
        .flat_map(|group| &group.ingress)
        .map(describe)
        .collect();
    let saw = if rules.is_empty() {
        words!(
            "{database_group} has no ingress rule",
            "{database_group} にインバウンドルールがありません"
        )
    } else {
        Words::verbatim(format!("{database_group}: {}", rules.join(", ")))
    };
    Ok(vec![Finding {
        subject: database_group.clone(),
        message: words!(
            "{database_group} of the database {id} has no ingress rule for TCP {port} from the tasks' security group {task_group}",
            "データベース {id} の {database_group} に、タスクのセキュリティグループ {task_group} から TCP {port} を許可するインバウンドルールがありません"
        ),
        evidence: vec![Evidence {
            source: "ec2:DescribeSecurityGroups IpPermissions",
            saw,
            expected: words!(
                "TCP {port} from {task_group}",
                "{task_group} からの TCP {port}"
            ),
        }],
        fix: vec![
            Fix {
                title: words!("let the tasks in", "タスクからの接続を許可する"),
                command: format!(
                    "aws ec2 authorize-security-group-ingress --group-id {database_group} --protocol tcp --port {port} --source-group {task_group} --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "the same in CloudFormation, so that it stays",
                    "CloudFormation で恒久的に設定する"
                ),
                command: format!(
                    "DatabaseFromTasks:\n  Type: AWS::EC2::SecurityGroupIngress\n  Properties:\n    GroupId: {database_group}\n    IpProtocol: tcp\n    FromPort: {port}\n    ToPort: {port}\n    SourceSecurityGroupId: {task_group}\n    Description: PostgreSQL from the tasks"
                ),
            },
        ],
    }])
}

fn describe(rule: &crate::snapshot::Rule) -> String {
    let ports = match (rule.from_port, rule.to_port) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from}-{to}"),
        _ => "all".into(),
    };
    let peers: Vec<&str> = rule
        .groups
        .iter()
        .chain(&rule.cidrs)
        .chain(&rule.prefix_lists)
        .map(String::as_str)
        .collect();
    format!("{} {ports} from {}", rule.protocol, peers.join(" "))
}
