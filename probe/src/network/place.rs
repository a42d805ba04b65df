//! The ends of a connection, as rules see them, and how much of them a set of ranges covers.

use std::net::IpAddr;

use ipnet::IpNet;

/// One end of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End<'a> {
    /// Its security groups; empty outside of the VPC.
    pub groups: &'a [String],
    /// Its addresses.
    pub place: Place,
}

/// The addresses of an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Each address of the range may be used, so all must be let through.
    Every(IpNet),
    /// One address of the range, not known which.
    One(IpNet),
    /// One of the addresses of a service with a prefix list; its ranges where they are known.
    List(String, Option<Vec<IpNet>>),
    /// Some public address.
    Internet,
    /// Not known at all.
    Unknown,
}

/// How much of a place is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cover {
    All,
    Part,
    None,
}

impl Place {
    /// Every address of a subnet's range.
    pub fn every(cidr: &str) -> Self {
        range(cidr).map_or(Self::Unknown, Self::Every)
    }

    /// Some address in a subnet's range.
    pub fn one(cidr: &str) -> Self {
        range(cidr).map_or(Self::Unknown, Self::One)
    }

    /// How a rule names it: a range, or a prefix list.
    pub fn name(&self) -> String {
        match self {
            Self::Every(range) | Self::One(range) => range.to_string(),
            Self::List(id, _) => id.clone(),
            Self::Internet | Self::Unknown => "0.0.0.0/0".into(),
        }
    }

    /// How much of it the ranges cover together.
    pub(super) fn covered_by(&self, ranges: &[IpNet]) -> Cover {
        let ranges = IpNet::aggregate(&ranges.to_vec());
        let holds = |wanted: &IpNet| ranges.iter().any(|range| range.contains(wanted));
        let touches = |wanted: &IpNet| ranges.iter().any(|range| wanted.contains(range));
        match self {
            Self::Every(wanted) | Self::One(wanted) if holds(wanted) => Cover::All,
            Self::Every(wanted) | Self::One(wanted) if touches(wanted) => Cover::Part,
            Self::List(_, Some(wanted)) if wanted.iter().all(holds) => Cover::All,
            Self::List(_, Some(wanted)) if wanted.iter().any(|w| holds(w) || touches(w)) => {
                Cover::Part
            }
            Self::List(_, None) | Self::Internet if ranges.iter().any(is_everything) => Cover::All,
            Self::List(_, None) | Self::Internet if ranges.iter().any(is_public) => Cover::Part,
            Self::Unknown if ranges.iter().any(|range| !range.addr().is_loopback()) => Cover::Part,
            _ => Cover::None,
        }
    }

    /// Whether letting a part of it through is enough to say that it may pass.
    pub(super) fn is_one(&self) -> bool {
        !matches!(self, Self::Every(_))
    }
}

/// A range, or a single address as a range.
pub(super) fn range(text: &str) -> Option<IpNet> {
    text.parse::<IpNet>()
        .map(|range| range.trunc())
        .ok()
        .or_else(|| Some(text.parse::<IpAddr>().ok()?.into()))
}

/// `0.0.0.0/0`.
pub(super) fn is_everything(range: &IpNet) -> bool {
    matches!(range, IpNet::V4(range) if range.prefix_len() == 0)
}

/// Whether an IPv4 range has public addresses.
pub(super) fn is_public(range: &IpNet) -> bool {
    let inside = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
    ];
    let is_inside = |outer: &&str| outer.parse::<IpNet>().is_ok_and(|o| o.contains(range));
    matches!(range, IpNet::V4(_)) && !inside.iter().any(is_inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(place: &Place, ranges: &[&str]) -> Cover {
        let ranges: Vec<IpNet> = ranges.iter().map(|text| range(text).unwrap()).collect();
        place.covered_by(&ranges)
    }

    #[test]
    fn a_place_is_covered_by_ranges_together() {
        let list = |ranges: &[&str]| {
            let ranges = ranges.iter().map(|text| range(text).unwrap()).collect();
            Place::List("pl-1".into(), Some(ranges))
        };
        for (place, ranges, expected) in [
            (
                Place::every("10.0.11.0/24"),
                &["10.0.0.0/16"][..],
                Cover::All,
            ),
            (
                Place::every("10.0.11.0/24"),
                &["10.0.11.0/25", "10.0.11.128/25"],
                Cover::All,
            ),
            (Place::every("10.0.11.0/24"), &["10.0.11.7"], Cover::Part),
            (Place::every("10.0.11.0/24"), &["10.0.12.0/24"], Cover::None),
            (Place::every("10.0.11.0/24"), &["::/0"], Cover::None),
            (Place::every("2001:db8::/64"), &["::/0"], Cover::All),
            (Place::every("2001:db8::/64"), &["0.0.0.0/0"], Cover::None),
            (Place::Internet, &["0.0.0.0/0"], Cover::All),
            (Place::Internet, &["0.0.0.0/1", "128.0.0.0/1"], Cover::All),
            (Place::Internet, &["52.0.0.0/8"], Cover::Part),
            (
                Place::Internet,
                &["10.0.0.0/8", "127.0.0.1/32"],
                Cover::None,
            ),
            (
                list(&["52.219.0.0/16", "3.5.0.0/16"]),
                &["52.219.0.0/16"],
                Cover::Part,
            ),
            (list(&["52.219.0.0/16"]), &["52.0.0.0/8"], Cover::All),
            (list(&["52.219.0.0/16"]), &["10.0.0.0/8"], Cover::None),
            (Place::Unknown, &["127.0.0.1/32"], Cover::None),
            (Place::Unknown, &["10.0.0.0/8"], Cover::Part),
        ] {
            assert_eq!(covered(&place, ranges), expected, "{place:?} {ranges:?}");
        }
    }
}
