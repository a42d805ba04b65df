//! Whether security groups let traffic through. Pure: rules in, answer out.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::snapshot::{Observed, Rule, SecurityGroup, Unobserved};

/// The other end of a connection as a security group sees it.
#[derive(Debug, Clone, Copy)]
pub struct Peer<'a> {
    /// Its security groups.
    pub groups: &'a [String],
    /// The ranges that it takes its addresses from; all of them must be let through.
    pub cidrs: &'a [String],
}

/// Whether any of the groups lets TCP to `port` in from `peer`. Rules of several groups add up.
///
/// # Errors
/// When the only rule that could decide names a prefix list, whose entries are not known.
pub fn lets_in(groups: &[&SecurityGroup], port: i32, peer: Peer<'_>) -> Observed<bool> {
    decide(groups.iter().flat_map(|group| &group.ingress), port, peer)
}

/// Whether any of the groups lets TCP to `port` out to `peer`.
///
/// # Errors
/// As [`lets_in`].
pub fn lets_out(groups: &[&SecurityGroup], port: i32, peer: Peer<'_>) -> Observed<bool> {
    decide(groups.iter().flat_map(|group| &group.egress), port, peer)
}

fn decide<'a>(rules: impl Iterator<Item = &'a Rule>, port: i32, peer: Peer<'_>) -> Observed<bool> {
    let matching: Vec<&Rule> = rules.filter(|rule| covers_port(rule, port)).collect();
    let by_group = matching
        .iter()
        .any(|rule| rule.groups.iter().any(|group| peer.groups.contains(group)));
    let open: Vec<&String> = matching.iter().flat_map(|rule| &rule.cidrs).collect();
    let by_cidr = !peer.cidrs.is_empty()
        && peer
            .cidrs
            .iter()
            .all(|cidr| open.iter().any(|range| contains(range, cidr)));
    if by_group || by_cidr {
        return Ok(true);
    }
    match matching.iter().flat_map(|rule| &rule.prefix_lists).next() {
        None => Ok(false),
        Some(list) => Err(Unobserved {
            operation: "ec2:GetManagedPrefixListEntries".into(),
            code: "NotCollected".into(),
            message: format!(
                "a rule for port {port} names the prefix list {list}, whose entries are not known"
            )
            .into(),
        }),
    }
}

fn covers_port(rule: &Rule, port: i32) -> bool {
    match rule.protocol.as_str() {
        "-1" => true,
        "tcp" | "6" => {
            rule.from_port.is_none_or(|from| from <= port)
                && rule.to_port.is_none_or(|to| port <= to)
        }
        _ => false,
    }
}

/// Whether the range `outer` holds all of `inner`, which is a range or a single address.
fn contains(outer: &str, inner: &str) -> bool {
    let parse = |text: &str| {
        text.parse::<IpNet>()
            .ok()
            .or_else(|| Some(text.parse::<IpAddr>().ok()?.into()))
    };
    matches!((parse(outer), parse(inner)), (Some(outer), Some(inner)) if outer.contains(&inner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(ingress: Vec<Rule>) -> SecurityGroup {
        SecurityGroup {
            id: "sg-db".into(),
            name: "db".into(),
            ingress,
            egress: vec![],
        }
    }

    fn rule(protocol: &str, ports: Option<(i32, i32)>) -> Rule {
        Rule {
            protocol: protocol.into(),
            from_port: ports.map(|ports| ports.0),
            to_port: ports.map(|ports| ports.1),
            cidrs: vec![],
            groups: vec![],
            prefix_lists: vec![],
        }
    }

    #[test]
    fn a_port_is_open_by_group_by_range_or_by_a_rule_for_everything() {
        let by_group = |rule: Rule| Rule {
            groups: vec!["sg-task".into()],
            ..rule
        };
        let by_cidr = |cidr: &str| Rule {
            cidrs: vec![cidr.into()],
            ..rule("tcp", Some((5432, 5432)))
        };
        let peer_groups = ["sg-task".to_owned()];
        let peer_cidrs = ["10.0.11.0/24".to_owned(), "10.0.12.0/24".to_owned()];
        let peer = Peer {
            groups: &peer_groups,
            cidrs: &peer_cidrs,
        };
        for (rules, open) in [
            (vec![], false),
            (vec![by_group(rule("tcp", Some((5432, 5432))))], true),
            (vec![by_group(rule("tcp", Some((1024, 65535))))], true),
            (vec![by_group(rule("-1", None))], true),
            (vec![by_group(rule("udp", Some((5432, 5432))))], false),
            (vec![by_group(rule("tcp", Some((5433, 5433))))], false),
            (vec![rule("tcp", Some((5432, 5432)))], false),
            (vec![by_cidr("10.0.0.0/16")], true),
            (vec![by_cidr("0.0.0.0/0")], true),
            (vec![by_cidr("10.0.11.0/24")], false),
            (vec![by_cidr("10.0.11.0/24"), by_cidr("10.0.12.0/24")], true),
            (vec![by_cidr("10.0.11.7/32")], false),
            (vec![by_cidr("::/0")], false),
        ] {
            let database = group(rules.clone());
            assert_eq!(lets_in(&[&database], 5432, peer), Ok(open), "{rules:?}");
        }
    }

    #[test]
    fn a_prefix_list_leaves_it_undecided_unless_another_rule_opens_the_port() {
        let list = Rule {
            prefix_lists: vec!["pl-1".into()],
            ..rule("tcp", Some((5432, 5432)))
        };
        let peer_groups = ["sg-task".to_owned()];
        let peer = Peer {
            groups: &peer_groups,
            cidrs: &[],
        };
        assert!(lets_in(&[&group(vec![list.clone()])], 5432, peer).is_err());
        let open = Rule {
            groups: vec!["sg-task".into()],
            ..rule("tcp", Some((5432, 5432)))
        };
        assert_eq!(lets_in(&[&group(vec![list, open])], 5432, peer), Ok(true));
    }
}
