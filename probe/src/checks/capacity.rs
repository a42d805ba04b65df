//! Faults of what AWS has to give: quotas, capacity, placement.

use crate::{
    case::{Case, Said},
    reading::Place,
    snapshot::Observed,
};

catalogue! {
    ec2_placement_failed,
    ecs_throttled,
    fargate_quota,
    fargate_unavailable,
    spot_architecture_unsupported,
    spot_interrupted,
}

/// What AWS itself says of one of these classes. An application may run into quotas and throttling of its own.
fn told<'a, 'c>(case: &'c Case<'a>, classes: &[&str]) -> Observed<Vec<&'c Said<'a>>> {
    let mut said = case.said(classes)?;
    said.retain(|said| said.place != Place::AppLog);
    Ok(said)
}
