//! Network ACLs: stateless, and of the rules that match, the one with the lowest number decides.

use std::net::IpAddr;

use ipnet::IpNet;

use super::place::{Place, is_everything, is_public, range};
use crate::snapshot::AclEntry;

/// The rule that denies what no other allows.
pub(super) const LAST: i32 = 32767;

/// Whether TCP to or from all these ports passes; else the number of the rule that denies.
pub(super) fn decide(entries: &[AclEntry], ports: (i32, i32), place: &Place) -> Result<(), i32> {
    let mut entries: Vec<&AclEntry> = entries
        .iter()
        .filter(|entry| ["-1", "6", "tcp"].contains(&entry.protocol.as_str()))
        .collect();
    entries.sort_by_key(|entry| entry.number);
    for port in pieces(&entries, ports) {
        let matching: Vec<&AclEntry> = entries
            .iter()
            .filter(|entry| entry.from_port.is_none_or(|from| from <= port))
            .filter(|entry| entry.to_port.is_none_or(|to| port <= to))
            .copied()
            .collect();
        match place {
            Place::Every(wanted) => {
                for address in addresses(&matching, *wanted) {
                    first(&matching, address)?;
                }
            }
            Place::One(wanted) => any(&matching, &[*wanted])?,
            Place::List(_, Some(ranges)) => any(&matching, ranges)?,
            Place::List(_, None) | Place::Internet | Place::Unknown => anywhere(&matching)?,
        }
    }
    Ok(())
}

/// One port of each piece of a range that the rules' borders cut it into: all ports of a piece are treated alike.
fn pieces(entries: &[&AclEntry], (from, to): (i32, i32)) -> Vec<i32> {
    let begins = entries.iter().filter_map(|entry| entry.from_port);
    let ends = entries.iter().filter_map(|entry| Some(entry.to_port? + 1));
    let mut ports: Vec<i32> = begins
        .chain(ends)
        .filter(|port| from < *port && *port <= to)
        .chain([from])
        .collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

/// One address of each piece of a range that the rules' borders cut it into.
fn addresses(entries: &[&AclEntry], wanted: IpNet) -> Vec<IpAddr> {
    let inside = entries
        .iter()
        .filter_map(|entry| range(&entry.cidr))
        .filter(|range| wanted.contains(range));
    let mut addresses = vec![wanted.network()];
    for range in inside {
        addresses.push(range.network());
        addresses.extend(next(range.broadcast()).filter(|address| wanted.contains(address)));
    }
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

fn next(address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(address) => Some(IpAddr::V4(u32::from(address).checked_add(1)?.into())),
        IpAddr::V6(address) => Some(IpAddr::V6(u128::from(address).checked_add(1)?.into())),
    }
}

fn first(entries: &[&AclEntry], address: IpAddr) -> Result<(), i32> {
    let deciding = entries
        .iter()
        .find(|entry| range(&entry.cidr).is_some_and(|range| range.contains(&address)));
    match deciding {
        Some(entry) if entry.allow => Ok(()),
        Some(entry) => Err(entry.number),
        None => Err(LAST),
    }
}

/// Whether any address of the ranges passes.
fn any(entries: &[&AclEntry], ranges: &[IpNet]) -> Result<(), i32> {
    let mut denied = LAST;
    for address in ranges.iter().flat_map(|wanted| addresses(entries, *wanted)) {
        match first(entries, address) {
            Ok(()) => return Ok(()),
            Err(number) => denied = denied.min(number),
        }
    }
    Err(denied)
}

/// Whether some public address passes: rules for a few of them block or allow those on purpose.
fn anywhere(entries: &[&AclEntry]) -> Result<(), i32> {
    for entry in entries {
        match range(&entry.cidr) {
            Some(range) if is_everything(&range) && !entry.allow => return Err(entry.number),
            Some(range) if entry.allow && is_public(&range) => return Ok(()),
            _ => {}
        }
    }
    Err(LAST)
}

/// A number for a rule that shall decide before another one; `None` where none is free.
pub(super) fn free_number(entries: &[AclEntry], before: i32) -> Option<i32> {
    let is_free = |number: &i32| !entries.iter().any(|entry| entry.number == *number);
    // The last rule leaves all room: a round number behind the others keeps the list readable.
    let highest = entries
        .iter()
        .map(|entry| entry.number)
        .filter(|number| *number < LAST)
        .max()
        .unwrap_or(0);
    let round = (highest / 10 + 1) * 10;
    if before == LAST && round < LAST {
        return Some(round.max(100));
    }
    (1..before).rev().find(is_free)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn entry(
        number: i32,
        allow: bool,
        cidr: &str,
        ports: Option<(i32, i32)>,
    ) -> AclEntry {
        AclEntry {
            number,
            allow,
            protocol: if ports.is_some() { "6" } else { "-1" }.into(),
            cidr: cidr.into(),
            from_port: ports.map(|ports| ports.0),
            to_port: ports.map(|ports| ports.1),
        }
    }

    #[test]
    fn the_first_matching_number_decides() {
        let subnet = Place::every("10.0.11.0/24");
        let all = entry(100, true, "0.0.0.0/0", None);
        let last = entry(LAST, false, "0.0.0.0/0", None);
        let allow = |number, cidr, ports| entry(number, true, cidr, Some(ports));
        let deny = |number, cidr, ports| entry(number, false, cidr, Some(ports));
        let ephemeral = (1024, 65535);
        for (entries, ports, expected) in [
            (vec![all.clone(), last.clone()], (443, 443), Ok(())),
            (vec![last.clone()], (443, 443), Err(LAST)),
            (vec![], (443, 443), Err(LAST)),
            (
                vec![all.clone(), deny(90, "0.0.0.0/0", (443, 443))],
                (443, 443),
                Err(90),
            ),
            (
                vec![all.clone(), deny(110, "0.0.0.0/0", (443, 443))],
                (443, 443),
                Ok(()),
            ),
            (
                vec![all.clone(), deny(90, "0.0.0.0/0", (80, 80))],
                (443, 443),
                Ok(()),
            ),
            (
                vec![all.clone(), deny(90, "10.0.11.5/32", (443, 443))],
                (443, 443),
                Err(90),
            ),
            (
                vec![all.clone(), deny(90, "10.0.12.0/24", (443, 443))],
                (443, 443),
                Ok(()),
            ),
            (
                vec![allow(100, "10.0.0.0/16", (1024, 65535)), last.clone()],
                ephemeral,
                Ok(()),
            ),
            (
                vec![allow(100, "10.0.0.0/16", (32768, 65535)), last.clone()],
                ephemeral,
                Err(LAST),
            ),
            (
                vec![allow(100, "10.0.0.0/16", (32768, 65535)), last.clone()],
                (32768, 60999),
                Ok(()),
            ),
            (
                vec![all.clone(), deny(90, "10.0.0.0/8", (5000, 5001))],
                ephemeral,
                Err(90),
            ),
            (
                vec![
                    allow(10, "10.0.11.0/25", (443, 443)),
                    allow(20, "10.0.11.128/25", (443, 443)),
                ],
                (443, 443),
                Ok(()),
            ),
            (
                vec![allow(10, "10.0.11.0/25", (443, 443)), last.clone()],
                (443, 443),
                Err(LAST),
            ),
            (
                vec![entry(10, true, "::/0", None), last],
                (443, 443),
                Err(LAST),
            ),
        ] {
            assert_eq!(
                decide(&entries, ports, &subnet),
                expected,
                "{entries:?} {ports:?}"
            );
        }
        let udp = AclEntry {
            protocol: "17".into(),
            ..all
        };
        assert_eq!(decide(&[udp], (443, 443), &subnet), Err(LAST));
    }

    #[test]
    fn rules_for_a_few_public_addresses_do_not_close_the_internet() {
        let all = entry(100, true, "0.0.0.0/0", None);
        let block = entry(50, false, "198.51.100.0/24", None);
        assert_eq!(decide(&[block, all], (443, 443), &Place::Internet), Ok(()));
        let none = entry(50, false, "0.0.0.0/0", None);
        let some = entry(60, true, "52.0.0.0/8", None);
        assert_eq!(
            decide(&[none, some.clone()], (443, 443), &Place::Internet),
            Err(50)
        );
        assert_eq!(decide(&[some], (443, 443), &Place::Internet), Ok(()));
        let private = entry(60, true, "10.0.0.0/8", None);
        assert_eq!(decide(&[private], (443, 443), &Place::Internet), Err(LAST));
    }

    #[test]
    fn one_unknown_address_passes_where_any_does() {
        let one = entry(100, true, "10.0.21.0/28", None);
        let place = Place::one("10.0.21.0/24");
        assert_eq!(decide(&[one], (5432, 5432), &place), Ok(()));
        assert_eq!(decide(&[], (5432, 5432), &place), Err(LAST));
    }

    #[test]
    fn a_new_rule_gets_a_number_that_is_free_and_decides() {
        let at = |numbers: &[i32]| -> Vec<AclEntry> {
            numbers
                .iter()
                .map(|n| entry(*n, true, "0.0.0.0/0", None))
                .collect()
        };
        assert_eq!(free_number(&at(&[LAST]), LAST), Some(100));
        assert_eq!(free_number(&at(&[100, 120, LAST]), LAST), Some(130));
        assert_eq!(free_number(&at(&[90, 100, LAST]), 90), Some(89));
        assert_eq!(free_number(&at(&[89, 90, 100]), 90), Some(88));
        assert_eq!(free_number(&at(&[1, 100]), 1), None);
        assert_eq!(free_number(&at(&[32766, LAST]), LAST), Some(32765));
    }
}
