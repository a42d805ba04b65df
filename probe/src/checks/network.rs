//! Faults of the network: routes, network ACLs, security groups, endpoints.
//!
//! Every refusal on the service's paths belongs to exactly one check, so that a fault is named once, with all the
//! paths that it closes.

use std::collections::{BTreeMap, BTreeSet};

use super::DATABASE_SYMPTOMS;
use crate::{
    case::{Case, proof},
    check::{Evidence, Finding, Fix},
    network::{EndpointFault, Goal, Kind, Need, Passage, Path, Refusal, Target, to_database},
    snapshot::Observed,
    words,
    words::Words,
};

catalogue! {
    acl_blocked,
    api_egress_closed,
    client_port_closed,
    database_egress_closed,
    database_port_closed,
    database_unroutable,
    endpoint_unusable,
    interface_not_provisioned,
    layer_download_blocked,
    nat_not_forwarding,
    no_route_to_aws,
    no_route_to_internet,
    subnet_zone_unsupported,
    target_port_closed,
}

/// What messages say when a task cannot be started because of the network.
const NOT_STARTING: &[&str] = &[
    "no-route-to-aws-api",
    "no-route-to-logs",
    "no-route-to-internet",
    "registry-unreachable",
    "vpc-endpoint-misconfigured",
    "ecr-layer-download-failed",
    "nat-not-forwarding",
    "nacl-blocked",
    "task-egress-sg-blocked",
];

/// What messages say when the database does not answer.
const DATABASE_AWAY: &[&str] = &[
    "db-sg-ingress-missing",
    "db-unreachable-network",
    "db-connect-timeout-unspecified",
    "nacl-blocked",
    "task-egress-sg-blocked",
];

/// Refusals that one repair mends, with the paths that they close.
struct Refused<'p> {
    first: (&'p Refusal, &'p Goal),
    refusals: Vec<&'p Refusal>,
    paths: Vec<&'p Path>,
    all: &'p [Path],
}

/// The refusals that belong to a check.
///
/// # Errors
/// When there are none, but a hop at which the check looks was not seen.
fn refused<'p>(id: &str, paths: &'p [Path], kinds: &[Kind]) -> Observed<Vec<Refused<'p>>> {
    let mut found: BTreeMap<String, Refused<'p>> = BTreeMap::new();
    for path in paths {
        for refusal in path.refusals() {
            if check_of(path, refusal, paths) != id {
                continue;
            }
            let refused = found
                .entry(mends(path, refusal))
                .or_insert_with(|| Refused {
                    first: (refusal, &path.goal),
                    refusals: vec![],
                    paths: vec![],
                    all: paths,
                });
            if !refused.refusals.contains(&refusal) {
                refused.refusals.push(refusal);
            }
            if !refused.paths.contains(&path) {
                refused.paths.push(path);
            }
        }
    }
    let hops = paths.iter().flat_map(|path| &path.hops);
    for hop in hops.filter(|hop| found.is_empty() && kinds.contains(&hop.kind)) {
        if let Passage::Unseen(unobserved) = &hop.passage {
            return Err(unobserved.clone());
        }
    }
    Ok(found.into_values().collect())
}

/// Subject, message and repair.
type Told = (String, Words, Vec<Fix>);

/// The findings of a check: what it tells of the refusals that belong to it, with their proof.
///
/// # Errors
/// As [`refused`].
fn findings(
    case: &Case<'_>,
    id: &str,
    paths: &[Path],
    kinds: &[Kind],
    classes: &[&str],
    tell: impl Fn(&Refused<'_>) -> Option<Told>,
) -> Observed<Vec<Finding>> {
    let finding = |refused: Refused<'_>| {
        let (subject, message, fix) = tell(&refused)?;
        Some(Finding {
            subject,
            message,
            evidence: refused.evidence(case, classes),
            fix,
        })
    };
    let refused = refused(id, paths, kinds)?;
    Ok(refused.into_iter().filter_map(finding).collect())
}

/// What has to be repaired: refusals with the same answer are one fault, also in several subnets.
fn mends(path: &Path, refusal: &Refusal) -> String {
    match refusal {
        Refusal::GroupOut(closed) if matches!(path.goal, Goal::Start(_)) => closed.groups.join(","),
        Refusal::GroupOut(closed) | Refusal::GroupIn(closed) => {
            let (groups, port, peer) = (closed.groups.join(","), closed.port, closed.peer());
            format!("{groups} {port} {peer}")
        }
        Refusal::Acl(denied) => denied.acl.clone(),
        Refusal::NatUnavailable { nat, .. }
        | Refusal::NatPrivate { nat, .. }
        | Refusal::NatUnrouted { nat, .. } => nat.clone(),
        Refusal::Endpoint { .. } => "endpoints".into(),
        Refusal::NoRoute { .. }
        | Refusal::Misrouted { .. }
        | Refusal::Blackhole { .. }
        | Refusal::NoPublicAddress { .. }
        | Refusal::LayersUnrouted { .. } => "routes".into(),
    }
}

/// The one check that reports a refusal.
fn check_of(path: &Path, refusal: &Refusal, paths: &[Path]) -> &'static str {
    let is_gateway = |fault: &EndpointFault| {
        matches!(fault, EndpointFault::Policy { action, .. } if action == "s3:GetObject")
            || matches!(fault, EndpointFault::State(_))
    };
    match (&path.goal, refusal) {
        (_, Refusal::Acl(_)) => "network-acl-blocked",
        (
            _,
            Refusal::NatUnavailable { .. }
            | Refusal::NatPrivate { .. }
            | Refusal::NatUnrouted { .. },
        ) => "network-nat-not-forwarding",
        (Goal::Database { .. }, Refusal::GroupOut(_)) => "network-database-egress-closed",
        (Goal::Database { .. }, Refusal::GroupIn(_)) => "network-database-port-closed",
        (Goal::Database { .. }, _) => "network-database-unroutable",
        (Goal::Tasks { .. }, _) => "network-target-port-closed",
        (Goal::Listener { .. }, _) => "network-client-port-closed",
        (Goal::Start(_), Refusal::GroupOut(_)) => "network-api-egress-closed",
        (Goal::Start(_), Refusal::LayersUnrouted { .. }) => "network-layer-download-blocked",
        (Goal::Start(need), Refusal::Endpoint { fault, .. })
            if need.is_layers() && is_gateway(fault) =>
        {
            "network-layer-download-blocked"
        }
        (Goal::Start(_), Refusal::GroupIn(_) | Refusal::Endpoint { .. }) => {
            "network-endpoint-unusable"
        }
        (Goal::Start(_), Refusal::Blackhole { destination, .. })
            if destination.starts_with("pl-") =>
        {
            "network-layer-download-blocked"
        }
        (Goal::Start(_), Refusal::Blackhole { target, .. })
            if matches!(Target::of(target), Target::Nat(_) | Target::Instance(_)) =>
        {
            "network-nat-not-forwarding"
        }
        (Goal::Start(need), _) => {
            let shares = |other: &Path| {
                matches!(&other.goal, Goal::Start(Need::Aws { .. }))
                    && other.refusals().any(|theirs| theirs == refusal)
            };
            match need {
                Need::Registry(_) if !paths.iter().any(shares) => "network-no-route-to-internet",
                Need::Registry(_) | Need::Aws { .. } => "network-no-route-to-aws",
            }
        }
    }
}

impl Refused<'_> {
    /// What the API shows, which paths are closed, and what is being said of it.
    fn evidence(&self, case: &Case<'_>, classes: &[&str]) -> Vec<Evidence> {
        const SHOWN: usize = 4;
        let mut evidence: Vec<Evidence> = vec![];
        for shown in self.refusals.iter().map(|refusal| refusal.evidence(case)) {
            if evidence.len() < SHOWN && !evidence.contains(&shown) {
                evidence.push(shown);
            }
        }
        let goals: BTreeSet<&Goal> = self.paths.iter().map(|path| &path.goal).collect();
        let closed: BTreeSet<&str> = self.paths.iter().map(|p| p.subnet.as_str()).collect();
        let is_open =
            |path: &&Path| goals.contains(&path.goal) && !closed.contains(path.subnet.as_str());
        let open = list(self.all.iter().filter(is_open).map(|p| p.subnet.clone()));
        let (goals, closed) = (list(goals.iter().map(ToString::to_string)), self.subnets());
        evidence.push(Evidence {
            source: "ecs:DescribeServices networkConfiguration",
            saw: match open.is_empty() {
                true => words!("closed: {goals} ({closed})", "不通: {goals} ({closed})"),
                false => words!(
                    "closed: {goals} in {closed} only; {open} works",
                    "不通: {goals} ({closed} のみ。{open} は通信可能)"
                ),
            },
            expected: words!("open in every subnet", "すべてのサブネットで通信可能"),
        });
        let said = case.said(classes).unwrap_or_default();
        evidence.extend(proof(&said, words!("an answer", "応答がある")));
        evidence
    }

    /// What the paths lead to, for a sentence.
    fn goals(&self) -> String {
        let name = |path: &&Path| match &path.goal {
            Goal::Start(need) => need.to_string(),
            goal => goal.to_string(),
        };
        list(self.paths.iter().map(name))
    }

    /// The subnets in which the paths begin.
    fn subnets(&self) -> String {
        list(self.paths.iter().map(|path| path.subnet.clone()))
    }
}

/// Each name once, in order, for a sentence.
fn list(names: impl Iterator<Item = String>) -> String {
    let names: BTreeSet<String> = names.collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}

/// The paths to the database, with an eye on whether somebody misses it.
fn database_paths(case: &Case<'_>) -> Observed<Vec<Path>> {
    let is_missed = case.said(DATABASE_AWAY).is_ok_and(|said| !said.is_empty());
    to_database(case, is_missed)
}
