//! Commands that give packets another way. `probe` only prints them.

use std::collections::BTreeSet;

use super::{map::Map, refusal::Refusal, repair::Repair, route::Target};
use crate::{check::Fix, snapshot::Snapshot, words};

impl Repair<'_> {
    /// Gives the tasks' subnets the way to the internet that these refusals miss.
    pub fn ways_out(self, refusals: &[&Refusal]) -> Vec<Fix> {
        let is_public = self.0.service.as_ref().is_ok_and(|s| s.assign_public_ip);
        let (mut missing, mut lost, mut fixes) = (BTreeSet::new(), BTreeSet::new(), vec![]);
        for refusal in refusals {
            match refusal {
                Refusal::NoPublicAddress { .. } => fixes.extend(self.public_address()),
                Refusal::Blackhole { table, target, .. }
                    if matches!(Target::of(target), Target::Internet(_)) =>
                {
                    fixes.extend(self.internet_gateway(table, true));
                }
                Refusal::Blackhole { table, .. } => drop(lost.insert(table.clone())),
                Refusal::NoRoute { table, .. } if is_public => {
                    fixes.extend(self.internet_gateway(table, false));
                }
                Refusal::NoRoute { table, .. } => drop(missing.insert(table.clone())),
                _ => {}
            }
        }
        fixes.extend(self.way_out(&missing, false));
        fixes.extend(self.way_out(&lost, true));
        fixes
    }

    /// In a public subnet a task needs a public address of its own.
    fn public_address(self) -> Vec<Fix> {
        let (cluster, name, region) = (
            &self.0.target.cluster,
            &self.0.target.service,
            &self.0.target.region,
        );
        let service = self.0.service.as_ref().ok();
        let list = |ids: Option<&Vec<String>>| ids.map(|ids| ids.join(",")).unwrap_or_default();
        let subnets = list(service.map(|service| &service.subnets));
        let groups = list(service.map(|service| &service.security_groups));
        vec![Fix {
            title: words!(
                "give the tasks public addresses; ECS replaces them one after the other",
                "タスクにパブリック IP を割り当てる (ECS がタスクを順に入れ替える)"
            ),
            command: format!(
                "aws ecs update-service --cluster {cluster} --service {name} --network-configuration 'awsvpcConfiguration={{subnets=[{subnets}],securityGroups=[{groups}],assignPublicIp=ENABLED}}' --region {region}"
            ),
        }]
    }

    /// Gives route tables a way to the internet: by a NAT gateway that works, else by a new one.
    pub fn way_out(self, tables: &BTreeSet<String>, replaces: bool) -> Vec<Fix> {
        let Some(first) = tables.first() else {
            return vec![];
        };
        let region = &self.0.target.region;
        let verb = if replaces {
            "replace-route"
        } else {
            "create-route"
        };
        let routes = |nat: &str| {
            let route = |table: &String| {
                format!(
                    "aws ec2 {verb} --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id {nat} --region {region}"
                )
            };
            tables.iter().map(route).collect::<Vec<_>>().join("\n")
        };
        if let Some(nat) = working_nat(self.0, first) {
            let lasting = |(i, table): (usize, &String)| {
                let n = i + 1;
                format!(
                    "DefaultRoute{n}:\n  Type: AWS::EC2::Route\n  Properties:\n    RouteTableId: {table}\n    DestinationCidrBlock: 0.0.0.0/0\n    NatGatewayId: {nat}"
                )
            };
            return vec![
                Fix {
                    title: words!(
                        "lead the tasks' subnets to the NAT gateway {nat}",
                        "タスクのサブネットから NAT ゲートウェイ {nat} へのルートを設定する"
                    ),
                    command: routes(nat),
                },
                Fix {
                    title: words!(
                        "the same in CloudFormation, so that it stays",
                        "CloudFormation で恒久的に設定する"
                    ),
                    command: tables
                        .iter()
                        .enumerate()
                        .map(lasting)
                        .collect::<Vec<_>>()
                        .join("\n"),
                },
            ];
        }
        match public_subnet(self.0, first) {
            Some(subnet) => vec![Fix {
                title: words!(
                    "make a NAT gateway and lead the tasks' subnets to it; it takes about two minutes, and costs by the hour",
                    "NAT ゲートウェイを作成してルートを設定する (約 2 分かかり、時間単位の料金が発生する)"
                ),
                command: format!(
                    "address=$(aws ec2 allocate-address --domain vpc --query AllocationId --output text --region {region})\nnat=$(aws ec2 create-nat-gateway --subnet-id {subnet} --allocation-id $address --query NatGateway.NatGatewayId --output text --region {region})\naws ec2 wait nat-gateway-available --nat-gateway-ids $nat --region {region}\n{}",
                    routes("$nat")
                ),
            }],
            None => vec![Fix {
                title: words!(
                    "see which ways the VPC has: it has no public subnet for a NAT gateway",
                    "VPC のルートを確認する (NAT ゲートウェイを置けるパブリックサブネットがない)"
                ),
                command: format!(
                    "aws ec2 describe-route-tables --route-table-ids {first} --region {region}"
                ),
            }],
        }
    }

    /// Leads a subnet to the internet gateway of its VPC.
    pub fn internet_gateway(self, table: &str, replaces: bool) -> Vec<Fix> {
        let region = &self.0.target.region;
        let verb = if replaces {
            "replace-route"
        } else {
            "create-route"
        };
        match gateway(self.0, table) {
            Some(gateway) => vec![Fix {
                title: words!(
                    "lead this subnet to the internet gateway",
                    "このサブネットからインターネットゲートウェイへのルートを設定する"
                ),
                command: format!(
                    "aws ec2 {verb} --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --gateway-id {gateway} --region {region}"
                ),
            }],
            None => {
                let vpc = self.vpc_of(table);
                vec![Fix {
                    title: words!(
                        "find the VPC's internet gateway, and route 0.0.0.0/0 of {table} to it",
                        "VPC のインターネットゲートウェイを確認し、{table} の 0.0.0.0/0 をそこへ向ける"
                    ),
                    command: format!(
                        "gateway=$(aws ec2 describe-internet-gateways --filters Name=attachment.vpc-id,Values={vpc} --query 'InternetGateways[0].InternetGatewayId' --output text --region {region})\naws ec2 {verb} --route-table-id {table} --destination-cidr-block 0.0.0.0/0 --gateway-id $gateway --region {region}"
                    ),
                }]
            }
        }
    }

    /// The route table of a subnet.
    pub fn table_of(self, subnet: &str) -> Option<String> {
        let table = Map(self.0).table(subnet).ok();
        table.map(|(id, _)| id.to_owned())
    }

    /// The VPC of a route table.
    pub fn vpc_of(self, table: &str) -> String {
        let tables = self.0.route_tables.as_ref().ok();
        tables
            .and_then(|tables| tables.get(table))
            .map(|table| table.vpc.clone())
            .unwrap_or_default()
    }
}

/// A NAT gateway in the table's VPC that forwards.
fn working_nat<'a>(snapshot: &'a Snapshot, table: &str) -> Option<&'a String> {
    let vpc = &snapshot.route_tables.as_ref().ok()?.get(table)?.vpc;
    let map = Map(snapshot);
    let gateways = snapshot.nat_gateways.as_ref().ok()?;
    let works = |gateway: &crate::snapshot::NatGateway| {
        let Some(subnet) = &gateway.subnet else {
            return false;
        };
        gateway.state == "available"
            && gateway.connectivity != "private"
            && map.subnet(subnet).is_ok_and(|subnet| subnet.vpc == *vpc)
            && map
                .table(subnet)
                .is_ok_and(|(_, table)| leads_out(table).is_some())
    };
    gateways
        .iter()
        .find(|(_, gateway)| works(gateway))
        .map(|(id, _)| id)
}

/// A subnet of the table's VPC that has a route to an internet gateway.
fn public_subnet<'a>(snapshot: &'a Snapshot, table: &str) -> Option<&'a String> {
    let vpc = &snapshot.route_tables.as_ref().ok()?.get(table)?.vpc;
    let map = Map(snapshot);
    let subnets = snapshot.subnets.as_ref().ok()?;
    subnets
        .iter()
        .filter(|(_, subnet)| subnet.vpc == *vpc)
        .find(|(id, _)| {
            map.table(id)
                .is_ok_and(|(_, table)| leads_out(table).is_some())
        })
        .map(|(id, _)| id)
}

fn gateway<'a>(snapshot: &'a Snapshot, table: &str) -> Option<&'a str> {
    let tables = snapshot.route_tables.as_ref().ok()?;
    let vpc = &tables.get(table)?.vpc;
    let mut here = tables.values().filter(|table| table.vpc == *vpc);
    here.find_map(leads_out)
}

/// The internet gateway that a table leads to.
fn leads_out(table: &crate::snapshot::RouteTable) -> Option<&str> {
    table
        .routes
        .iter()
        .find_map(|route| match Target::of(&route.target) {
            Target::Internet(gateway) if route.state == "active" => Some(gateway),
            _ => None,
        })
}
