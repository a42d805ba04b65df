//! Application Auto Scaling: the range in which it moves the service.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalableTarget, ServiceNamespace};

use super::{Clients, failure::unobserved};
use crate::snapshot::{Observed, Scaling, Subject};

pub(super) async fn scaling(clients: &Clients, target: &Subject) -> Observed<Option<Scaling>> {
    let name = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let id = format!(
        "service/{}/{}",
        name(&target.cluster),
        name(&target.service)
    );
    let targets: Vec<ScalableTarget> = clients
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_ids(id)
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .map_err(|error| unobserved("application-autoscaling:DescribeScalableTargets", &error))?;
    Ok(targets.first().map(shown))
}

fn shown(target: &ScalableTarget) -> Scaling {
    let state = target.suspended_state();
    let suspended = [
        (
            "dynamic scaling in",
            state.and_then(|state| state.dynamic_scaling_in_suspended()),
        ),
        (
            "dynamic scaling out",
            state.and_then(|state| state.dynamic_scaling_out_suspended()),
        ),
        (
            "scheduled scaling",
            state.and_then(|state| state.scheduled_scaling_suspended()),
        ),
    ];
    Scaling {
        min: target.min_capacity(),
        max: target.max_capacity(),
        suspended: suspended
            .into_iter()
            .filter(|(_, is)| *is == Some(true))
            .map(|(what, _)| what.to_owned())
            .collect(),
    }
}
