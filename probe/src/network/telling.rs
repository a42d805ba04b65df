//! Tells what was seen at a hop that refuses, and what was expected there.

use super::refusal::{Closed, Denied, EndpointFault, Refusal};
use crate::{
    check::Evidence,
    snapshot::{Rule, Snapshot},
    words,
    words::Words,
};

impl Refusal {
    /// What AWS's API shows at this hop, with Reachability Analyzer's word for it.
    pub fn evidence(&self, snapshot: &Snapshot) -> Evidence {
        let mut evidence = match self {
            Self::GroupOut(closed) => group(snapshot, closed, true),
            Self::GroupIn(closed) => group(snapshot, closed, false),
            Self::Acl(denied) => acl(denied),
            Self::Endpoint { id, fault } => endpoint(id, fault),
            Self::NatUnavailable { .. } | Self::NatPrivate { .. } | Self::NatUnrouted { .. } => {
                nat(self)
            }
            Self::NoPublicAddress { table, gateway, .. } => Evidence {
                source: "ecs:DescribeServices assignPublicIp",
                saw: words!(
                    "DISABLED, and {table} leads to {gateway}",
                    "DISABLED で、{table} のデフォルトルートは {gateway}"
                ),
                expected: words!(
                    "ENABLED, or a route to a NAT gateway",
                    "ENABLED、または NAT ゲートウェイへのルート"
                ),
            },
            Self::NoRoute { .. }
            | Self::Misrouted { .. }
            | Self::Blackhole { .. }
            | Self::LayersUnrouted { .. } => route(self),
        };
        if let Some(alias) = self.alias() {
            evidence.saw.en.push_str(&format!(" ({alias})"));
            evidence.saw.ja.push_str(&format!(" ({alias})"));
        }
        evidence
    }
}

fn group(snapshot: &Snapshot, closed: &Closed, egress: bool) -> Evidence {
    let (ids, port) = (closed.groups.join(", "), closed.port);
    let peer = closed.peer();
    let found: Vec<String> = snapshot
        .groups(&closed.groups)
        .into_iter()
        .flatten()
        .flat_map(|group| {
            if egress {
                &group.egress
            } else {
                &group.ingress
            }
        })
        .map(|rule| describe(rule, if egress { "to" } else { "from" }))
        .collect();
    let list = found.join(", ");
    Evidence {
        source: match egress {
            true => "ec2:DescribeSecurityGroups IpPermissionsEgress",
            false => "ec2:DescribeSecurityGroups IpPermissions",
        },
        saw: match (found.is_empty(), egress) {
            (true, true) => words!(
                "{ids} has no egress rule",
                "{ids} にアウトバウンドルールがありません"
            ),
            (true, false) => words!(
                "{ids} has no ingress rule",
                "{ids} にインバウンドルールがありません"
            ),
            (false, _) => Words::verbatim(format!("{ids}: {list}")),
        },
        expected: match egress {
            true => words!("TCP {port} to {peer}", "{peer} への TCP {port}"),
            false => words!("TCP {port} from {peer}", "{peer} からの TCP {port}"),
        },
    }
}

/// A rule of a security group in a few words.
fn describe(rule: &Rule, direction: &str) -> String {
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
    let protocol = if rule.protocol == "-1" {
        "any"
    } else {
        &rule.protocol
    };
    format!("{protocol} {ports} {direction} {}", peers.join(" "))
}

fn acl(denied: &Denied) -> Evidence {
    let (acl, rule, place) = (&denied.acl, denied.rule, &denied.place);
    let ports = match denied.ports {
        (from, to) if from == to => from.to_string(),
        (from, to) => format!("{from}-{to}"),
    };
    let rule = match rule {
        super::acl::LAST => "*".to_owned(),
        number => number.to_string(),
    };
    let subnet = &denied.subnet;
    Evidence {
        source: "ec2:DescribeNetworkAcls Entries",
        saw: match denied.egress {
            true => words!(
                "{acl} of {subnet}: rule {rule} denies outbound TCP {ports} to {place}",
                "{subnet} の {acl}: ルール {rule} が {place} へのアウトバウンド TCP {ports} を拒否"
            ),
            false => words!(
                "{acl} of {subnet}: rule {rule} denies inbound TCP {ports} from {place}",
                "{subnet} の {acl}: ルール {rule} が {place} からのインバウンド TCP {ports} を拒否"
            ),
        },
        expected: words!("allow", "許可"),
    }
}

fn nat(refusal: &Refusal) -> Evidence {
    match refusal {
        Refusal::NatUnrouted { nat, subnet, table } => Evidence {
            source: "ec2:DescribeRouteTables Routes",
            saw: words!(
                "{table} of {subnet}, in which {nat} stands, has no route to an internet gateway",
                "{nat} のあるサブネット {subnet} の {table} に、インターネットゲートウェイへのルートなし"
            ),
            expected: Words::verbatim("0.0.0.0/0 → igw-…"),
        },
        Refusal::NatPrivate { nat, .. } => Evidence {
            source: "ec2:DescribeNatGateways ConnectivityType",
            saw: Words::verbatim(format!("{nat}: private")),
            expected: Words::verbatim("public"),
        },
        Refusal::NatUnavailable {
            nat,
            state,
            failure,
            ..
        } => {
            let why = failure.as_deref().map(|why| format!(": {why}"));
            let why = why.unwrap_or_default();
            Evidence {
                source: "ec2:DescribeNatGateways State",
                saw: Words::verbatim(format!("{nat}: {state}{why}")),
                expected: Words::verbatim("available"),
            }
        }
        other => route(other),
    }
}

fn route(refusal: &Refusal) -> Evidence {
    let (saw, expected) = match refusal {
        Refusal::Blackhole {
            table,
            destination,
            target,
        } => (
            Words::verbatim(format!("{table}: {destination} → {target}, blackhole")),
            Words::verbatim("active"),
        ),
        Refusal::Misrouted {
            table,
            destination,
            target,
        } => (
            Words::verbatim(format!("{table}: {destination} → {target}")),
            Words::verbatim(format!("{destination} → local")),
        ),
        Refusal::LayersUnrouted {
            table,
            endpoint: Some(id),
        } => (
            words!(
                "{table} does not lead to {id}",
                "{table} に {id} へのルートなし"
            ),
            words!(
                "a route to the gateway endpoint of S3",
                "S3 のゲートウェイエンドポイントへのルート"
            ),
        ),
        Refusal::LayersUnrouted { table, .. } => (
            words!(
                "{table} leads to no endpoint of S3",
                "{table} に S3 のエンドポイントへのルートなし"
            ),
            words!(
                "a route to a gateway endpoint of S3",
                "S3 のゲートウェイエンドポイントへのルート"
            ),
        ),
        Refusal::NoRoute {
            table,
            subnet,
            destination,
        } => (
            words!(
                "{table} of {subnet} has no route to {destination}",
                "{subnet} の {table} に {destination} へのルートなし"
            ),
            words!(
                "an active route to {destination}",
                "{destination} への有効なルート"
            ),
        ),
        _ => (Words::verbatim(""), Words::verbatim("")),
    };
    Evidence {
        source: "ec2:DescribeRouteTables Routes",
        saw,
        expected,
    }
}

fn endpoint(id: &str, fault: &EndpointFault) -> Evidence {
    match fault {
        EndpointFault::State(state) => Evidence {
            source: "ec2:DescribeVpcEndpoints State",
            saw: Words::verbatim(format!("{id}: {state}")),
            expected: Words::verbatim("available"),
        },
        EndpointFault::PrivateDns => Evidence {
            source: "ec2:DescribeVpcEndpoints PrivateDnsEnabled",
            saw: Words::verbatim(format!("{id}: false")),
            expected: Words::verbatim("true"),
        },
        EndpointFault::VpcDns(vpc) => Evidence {
            source: "ec2:DescribeVpcAttribute",
            saw: words!(
                "{vpc}: enableDnsSupport or enableDnsHostnames is false, so {id} has no private name",
                "{vpc}: enableDnsSupport または enableDnsHostnames が false のため、{id} のプライベート DNS 名が使えない"
            ),
            expected: Words::verbatim("true"),
        },
        EndpointFault::NoInterface => Evidence {
            source: "ec2:DescribeVpcEndpoints SubnetIds",
            saw: words!("{id} is in no subnet", "{id} はどのサブネットにもない"),
            expected: words!(
                "a subnet in each zone of the tasks",
                "タスクの各ゾーンのサブネット"
            ),
        },
        EndpointFault::Policy { action, resource } => Evidence {
            source: "ec2:DescribeVpcEndpoints PolicyDocument",
            saw: words!(
                "{id} does not allow {action} on {resource}",
                "{id} は {resource} への {action} を許可していない"
            ),
            expected: words!("allowed", "許可"),
        },
    }
}
