//! Application Auto Scaling: the range in which it moves the service, and what it did last.

use aws_sdk_applicationautoscaling::types::{
    ScalableDimension, ScalableTarget, ScalingActivity, ServiceNamespace,
};

use super::{Clients, ecs::time, failure::unobserved};
use crate::snapshot::{Activity, Observed, Scaling, Subject};

/// How Application Auto Scaling names a service.
fn resource(target: &Subject) -> String {
    let name = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    format!(
        "service/{}/{}",
        name(&target.cluster),
        name(&target.service)
    )
}

/// What it did last: it lists the newest first, so that the first page is all that is wanted.
pub(super) async fn last_activity(
    clients: &Clients,
    target: &Subject,
) -> Observed<Option<Activity>> {
    let answer = clients
        .scaling
        .describe_scaling_activities()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(resource(target))
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .max_results(1)
        .send()
        .await
        .map_err(|error| unobserved("application-autoscaling:DescribeScalingActivities", &error))?;
    let activity = |activity: &ScalingActivity| {
        Some(Activity {
            at: time(Some(activity.start_time()))?,
            status: activity.status_code().as_str().to_owned(),
            description: activity.description().into(),
            cause: activity.cause().into(),
        })
    };
    Ok(answer.scaling_activities().first().and_then(activity))
}

pub(super) async fn scaling(clients: &Clients, target: &Subject) -> Observed<Option<Scaling>> {
    let targets: Vec<ScalableTarget> = clients
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_ids(resource(target))
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
