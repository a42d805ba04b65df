//! The connections of the database: too many, or evidence for what else fails.

use std::ops::Range;

use super::{Evidence, Failure, Named, found};
use crate::scaling::Case;
use crate::witness::Measure;

/// The most connections that the database had within some seconds of the run, if they were seen.
pub(super) fn most_connections(case: &Case<'_>, within: Range<f64>) -> Option<Evidence> {
    let peak = case
        .timeline
        .metric(Measure::DatabaseConnections)
        .map(|(_, value)| value)
        .filter(|value| within.contains(&value.from_s))
        .max_by(|one, other| one.value.total_cmp(&other.value))?;
    Some(Evidence::new(
        peak.from_s,
        "cloudwatch:GetMetricData",
        format!("DatabaseConnections {:.0}", peak.value),
    ))
}

pub(super) fn too_many_connections(case: &Case<'_>) -> Option<Named> {
    let connections = case.expected?.connections?;
    let (at, tasks) = case
        .timeline
        .tasks()
        .find(|(_, tasks)| tasks.running * connections.pool > connections.most)?;
    let mut evidence = vec![Evidence::new(
        at.at_s,
        "ecs:DescribeServices",
        format!(
            "running {} × pool {} = {} > max_connections {}",
            tasks.running,
            connections.pool,
            tasks.running * connections.pool,
            connections.most
        ),
    )];
    evidence.extend(most_connections(case, f64::NEG_INFINITY..f64::INFINITY));
    found(Failure::TooManyConnections, evidence)
}
