//! Security groups: stateful, and what no rule allows is dropped.

use std::collections::BTreeMap;

use super::place::{Cover, End, Place, range};
use crate::snapshot::{Observed, Rule, SecurityGroup, Unobserved};

/// The entries of the prefix lists, as far as they were seen.
type Lists = Observed<BTreeMap<String, Vec<String>>>;

/// Whether any of the groups lets TCP to `port` in from `peer`. Rules of several groups add up.
///
/// # Errors
/// When the only rule that could decide names a prefix list whose entries are not known.
pub fn lets_in(
    groups: &[&SecurityGroup],
    port: i32,
    peer: &End<'_>,
    lists: &Lists,
) -> Observed<bool> {
    decide(
        groups.iter().flat_map(|group| &group.ingress),
        port,
        peer,
        lists,
    )
}

/// Whether any of the groups lets TCP to `port` out to `peer`.
///
/// # Errors
/// As [`lets_in`].
pub fn lets_out(
    groups: &[&SecurityGroup],
    port: i32,
    peer: &End<'_>,
    lists: &Lists,
) -> Observed<bool> {
    decide(
        groups.iter().flat_map(|group| &group.egress),
        port,
        peer,
        lists,
    )
}

/// Whether any client can come in: somebody on the internet, or, to an internal load balancer, anybody at all.
/// Who exactly may is a decision of its owner and no fault.
pub(super) fn admits_clients(groups: &[&SecurityGroup], port: i32, is_public: bool) -> bool {
    let anybody = |rule: &Rule| {
        let cidrs: Vec<_> = rule.cidrs.iter().filter_map(|cidr| range(cidr)).collect();
        match is_public {
            true => Place::Internet.covered_by(&cidrs) != Cover::None,
            false => Place::Unknown.covered_by(&cidrs) != Cover::None || !rule.groups.is_empty(),
        }
    };
    groups
        .iter()
        .flat_map(|group| &group.ingress)
        .filter(|rule| covers_port(rule, port))
        .any(|rule| anybody(rule) || !rule.prefix_lists.is_empty())
}

fn decide<'a>(
    rules: impl Iterator<Item = &'a Rule>,
    port: i32,
    peer: &End<'_>,
    lists: &Lists,
) -> Observed<bool> {
    let matching: Vec<&Rule> = rules.filter(|rule| covers_port(rule, port)).collect();
    let by_group = matching
        .iter()
        .any(|rule| rule.groups.iter().any(|group| peer.groups.contains(group)));
    let named: Vec<&String> = matching.iter().flat_map(|r| &r.prefix_lists).collect();
    let by_name = matches!(&peer.place, Place::List(id, _) if named.contains(&id));
    if by_group || by_name {
        return Ok(true);
    }
    let entries = |list: &String| lists.as_ref().ok()?.get(list);
    let open: Vec<_> = matching
        .iter()
        .flat_map(|rule| &rule.cidrs)
        .chain(named.iter().filter_map(|list| entries(list)).flatten())
        .filter_map(|cidr| range(cidr))
        .collect();
    match peer.place.covered_by(&open) {
        Cover::All => return Ok(true),
        Cover::Part if peer.place.is_one() => return Ok(true),
        Cover::Part | Cover::None => {}
    }
    match named.iter().find(|list| entries(list).is_none()) {
        None => Ok(false),
        Some(list) => Err(match lists {
            Err(unobserved) => unobserved.clone(),
            Ok(_) => Unobserved {
                operation: "ec2:GetManagedPrefixListEntries".into(),
                code: "NotFound".into(),
                message: format!("a rule for port {port} names the prefix list {list}, whose entries were not returned").into(),
            },
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

    fn by_list(list: &str) -> Rule {
        Rule {
            prefix_lists: vec![list.into()],
            ..rule("tcp", Some((5432, 5432)))
        }
    }

    fn by_cidr(cidr: &str) -> Rule {
        Rule {
            cidrs: vec![cidr.into()],
            ..rule("tcp", Some((5432, 5432)))
        }
    }

    fn by_group(rule: Rule) -> Rule {
        Rule {
            groups: vec!["sg-task".into()],
            ..rule
        }
    }

    #[test]
    fn a_port_is_open_by_group_by_range_or_by_a_rule_for_everything() {
        let groups = ["sg-task".to_owned()];
        let peer = End {
            groups: &groups,
            place: Place::every("10.0.11.0/24"),
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
            (vec![by_cidr("10.0.12.0/24")], false),
            (vec![by_cidr("10.0.11.0/25")], false),
            (
                vec![by_cidr("10.0.11.0/25"), by_cidr("10.0.11.128/25")],
                true,
            ),
            (vec![by_cidr("10.0.11.7/32")], false),
            (vec![by_cidr("::/0")], false),
        ] {
            let database = group(rules.clone());
            let lists = Ok(BTreeMap::new());
            assert_eq!(
                lets_in(&[&database], 5432, &peer, &lists),
                Ok(open),
                "{rules:?}"
            );
        }
    }

    #[test]
    fn an_end_in_the_same_group_needs_a_rule_that_names_the_group() {
        let own = ["sg-db".to_owned()];
        let peer = End {
            groups: &own,
            place: Place::Unknown,
        };
        let own_rule = Rule {
            groups: vec!["sg-db".into()],
            ..rule("-1", None)
        };
        let lists = Ok(BTreeMap::new());
        assert_eq!(lets_in(&[&group(vec![])], 5432, &peer, &lists), Ok(false));
        assert_eq!(
            lets_in(&[&group(vec![own_rule])], 5432, &peer, &lists),
            Ok(true)
        );
    }

    #[test]
    fn a_prefix_list_decides_by_its_entries_and_leaves_it_undecided_without() {
        let peer = End {
            groups: &[],
            place: Place::every("10.0.11.0/24"),
        };
        let entries = |cidr: &str| -> Lists {
            Ok(BTreeMap::from([("pl-1".to_owned(), vec![cidr.to_owned()])]))
        };
        let database = group(vec![by_list("pl-1")]);
        let ask = |lists: &Lists| lets_in(&[&database], 5432, &peer, lists);
        assert_eq!(ask(&entries("10.0.0.0/16")), Ok(true));
        assert_eq!(ask(&entries("10.9.0.0/16")), Ok(false));
        assert_eq!(ask(&Ok(BTreeMap::new())).unwrap_err().code, "NotFound");
        let denied = Unobserved {
            operation: "x:Y".into(),
            code: "AccessDenied".into(),
            message: "".into(),
        };
        assert_eq!(ask(&Err(denied.clone())), Err(denied.clone()));
        let other = group(vec![by_list("pl-1"), by_cidr("10.0.11.0/24")]);
        assert_eq!(
            lets_in(&[&other], 5432, &peer, &Err(denied.clone())),
            Ok(true)
        );
        let s3 = End {
            groups: &[],
            place: Place::List("pl-1".into(), None),
        };
        assert_eq!(lets_in(&[&database], 5432, &s3, &Err(denied)), Ok(true));
    }

    #[test]
    fn clients_come_in_by_any_range_of_their_kind() {
        let admits = |rule: Rule, public| admits_clients(&[&group(vec![rule])], 5432, public);
        assert!(admits(by_cidr("0.0.0.0/0"), true));
        assert!(
            admits(by_cidr("203.0.113.0/24"), true),
            "an office may be alone"
        );
        assert!(admits(by_list("pl-1"), true));
        assert!(!admits(by_cidr("10.0.0.0/8"), true));
        assert!(admits(by_cidr("10.0.0.0/8"), false));
        assert!(admits(by_group(rule("tcp", None)), false));
        assert!(!admits(by_group(rule("tcp", None)), true));
        assert!(!admits(rule("tcp", None), false));
    }
}
