//! Commands that open what refuses, with the ids of the snapshot. `probe` only prints them.

use super::{
    acl::free_number,
    refusal::{Closed, Denied},
};
use crate::{check::Fix, snapshot::Snapshot, words};

/// Makes commands for one snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Repair<'a>(pub &'a Snapshot);

impl Closed {
    /// The other end as a rule names it: its security group, else its addresses.
    pub fn peer(&self) -> &str {
        self.peers.first().unwrap_or(&self.place)
    }

    fn permission(&self) -> String {
        let port = self.port;
        let peer = self.peer();
        let peer = match peer.split('-').next() {
            Some("sg") => format!("UserIdGroupPairs=[{{GroupId={peer}}}]"),
            Some("pl") => format!("PrefixListIds=[{{PrefixListId={peer}}}]"),
            _ => format!("IpRanges=[{{CidrIp={peer}}}]"),
        };
        format!("'IpProtocol=tcp,FromPort={port},ToPort={port},{peer}'")
    }

    fn property(&self, egress: bool) -> String {
        let peer = self.peer();
        match (peer.split('-').next(), egress) {
            (Some("sg"), true) => format!("DestinationSecurityGroupId: {peer}"),
            (Some("sg"), false) => format!("SourceSecurityGroupId: {peer}"),
            (Some("pl"), true) => format!("DestinationPrefixListId: {peer}"),
            (Some("pl"), false) => format!("SourcePrefixListId: {peer}"),
            _ => format!("CidrIp: {peer}"),
        }
    }
}

impl Repair<'_> {
    /// Adds the rule that security groups lack.
    pub fn group(self, closed: &Closed, egress: bool) -> Vec<Fix> {
        let region = &self.0.target.region;
        let (port, group) = (closed.port, closed.groups.first().map_or("", |g| g));
        let (verb, kind, name) = match egress {
            true => (
                "authorize-security-group-egress",
                "SecurityGroupEgress",
                "Egress",
            ),
            false => (
                "authorize-security-group-ingress",
                "SecurityGroupIngress",
                "Ingress",
            ),
        };
        let peer = closed.peer();
        let arguments = match (egress, peer.starts_with("sg-"), peer.contains('/')) {
            (false, true, _) => format!("--protocol tcp --port {port} --source-group {peer}"),
            (false, _, true) => format!("--protocol tcp --port {port} --cidr {peer}"),
            _ => format!("--ip-permissions {}", closed.permission()),
        };
        let property = closed.property(egress);
        vec![
            Fix {
                title: match egress {
                    true => words!(
                        "let the connection out",
                        "通信を許可するアウトバウンドルールを追加する"
                    ),
                    false => words!(
                        "let the connection in",
                        "通信を許可するインバウンドルールを追加する"
                    ),
                },
                command: format!("aws ec2 {verb} --group-id {group} {arguments} --region {region}"),
            },
            Fix {
                title: words!(
                    "the same in CloudFormation, so that it stays",
                    "CloudFormation で恒久的に設定する"
                ),
                command: format!(
                    "{name}{port}:\n  Type: AWS::EC2::{kind}\n  Properties:\n    GroupId: {group}\n    IpProtocol: tcp\n    FromPort: {port}\n    ToPort: {port}\n    {property}"
                ),
            },
        ]
    }

    /// Adds the rules that a network ACL lacks, before those that deny.
    pub fn acl(self, denied: &[&Denied]) -> Vec<Fix> {
        let region = &self.0.target.region;
        let mut commands: Vec<String> = vec![];
        let mut done = vec![];
        let mut acls = self.0.network_acls.clone().unwrap_or_default();
        for denied in denied {
            let (direction, ports, place) = (denied.egress, denied.ports, &denied.place);
            if done.contains(&(&denied.acl, direction, ports, place)) {
                continue;
            }
            done.push((&denied.acl, direction, ports, place));
            let (id, rule) = (&denied.acl, denied.rule);
            let Some(acl) = acls.get_mut(id) else {
                continue;
            };
            let entries = if direction {
                &mut acl.egress
            } else {
                &mut acl.ingress
            };
            let flag = if direction { "--egress" } else { "--ingress" };
            let (from, to) = ports;
            match free_number(entries, rule) {
                Some(number) => {
                    commands.push(format!(
                        "aws ec2 create-network-acl-entry --network-acl-id {id} {flag} --rule-number {number} --protocol tcp --port-range From={from},To={to} --cidr-block {place} --rule-action allow --region {region}"
                    ));
                    entries.push(crate::snapshot::AclEntry {
                        number,
                        allow: true,
                        protocol: "6".into(),
                        cidr: place.clone(),
                        from_port: Some(from),
                        to_port: Some(to),
                    });
                }
                None => commands.push(format!(
                    "aws ec2 delete-network-acl-entry --network-acl-id {id} {flag} --rule-number {rule} --region {region}"
                )),
            }
        }
        vec![Fix {
            title: words!(
                "allow exactly these connections and their answers, before the rule that denies",
                "拒否しているルールより小さい番号で、この通信と応答だけを許可する"
            ),
            command: commands.join("\n"),
        }]
    }
}
