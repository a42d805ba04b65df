//! Application Auto Scaling: between which counts, by what, what is planned, and what was done.

use aws_sdk_applicationautoscaling::types::{ScalableDimension, ScalingPolicy, ServiceNamespace};

use super::{Notebook, Witness, gap};
use crate::witness::{Activity, Gap, Policy, Range, Scheduled, Seen};

const RANGE: &str = "application-autoscaling:DescribeScalableTargets";
const POLICIES: &str = "application-autoscaling:DescribeScalingPolicies";
const SCHEDULES: &str = "application-autoscaling:DescribeScheduledActions";
const ACTIVITIES: &str = "application-autoscaling:DescribeScalingActivities";
/// Of AWS, for a target tracking policy of ECS that says nothing else, in seconds.
const COOLDOWN: i32 = 300;
/// The newest so many activities; between two looks there are one or two.
const NEWEST: i32 = 50;
/// What was done so long before second 0 is of another day, in seconds.
const OLD_S: f64 = -60.0;

fn count(count: i32) -> u32 {
    u32::try_from(count).unwrap_or_default()
}

pub(super) async fn range(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let answer = witness
        .clients
        .scaling
        .describe_scalable_targets()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_ids(witness.resource())
        .scalable_dimension(ScalableDimension::EcsServiceDesiredCount)
        .send()
        .await
        .map_err(|error| gap(RANGE, &error))?;
    let seen = answer.scalable_targets().iter().map(|target| {
        let state = target.suspended_state();
        let is = |suspended: Option<bool>| suspended.unwrap_or_default();
        let range = Range {
            min: count(target.min_capacity()),
            max: count(target.max_capacity()),
            out_suspended: is(state.and_then(|it| it.dynamic_scaling_out_suspended())),
            in_suspended: is(state.and_then(|it| it.dynamic_scaling_in_suspended())),
            schedules_suspended: is(state.and_then(|it| it.scheduled_scaling_suspended())),
        };
        (String::new(), Seen::Range(range))
    });
    notes.looked(RANGE, seen.collect());
    Ok(())
}

pub(super) async fn look(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let answer = witness
        .clients
        .scaling
        .describe_scaling_policies()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(witness.resource())
        .send()
        .await
        .map_err(|error| gap(POLICIES, &error))?;
    let policies = answer.scaling_policies();
    let seen: Vec<(String, Seen)> = policies
        .iter()
        .filter_map(|policy| Some((policy.policy_name().to_owned(), followed(policy)?)))
        .collect();
    let is_fine = |seen: &Seen| match seen {
        Seen::Policy(policy) => policy.resolution_s() < 60.0,
        _ => false,
    };
    let alarms = policies.iter().flat_map(|policy| policy.alarms());
    witness.learn(|known| {
        known.alarms = alarms.map(|alarm| alarm.alarm_name().to_owned()).collect();
        known.is_fine = seen.iter().any(|(_, seen)| is_fine(seen));
    });
    notes.looked(POLICIES, seen);
    Ok(())
}

/// What a policy that tracks a target follows; steps follow no target.
fn followed(policy: &ScalingPolicy) -> Option<Seen> {
    let tracking = policy.target_tracking_scaling_policy_configuration()?;
    let predefined = tracking.predefined_metric_specification();
    let customized = tracking.customized_metric_specification();
    let metric = predefined
        .map(|metric| metric.predefined_metric_type().as_str())
        .or_else(|| customized.and_then(|metric| metric.metric_name()));
    Some(Seen::Policy(Policy {
        name: policy.policy_name().to_owned(),
        metric: metric.unwrap_or_default().to_owned(),
        target: tracking.target_value(),
        out_cooldown_s: f64::from(tracking.scale_out_cooldown().unwrap_or(COOLDOWN)),
        in_cooldown_s: f64::from(tracking.scale_in_cooldown().unwrap_or(COOLDOWN)),
    }))
}

pub(super) async fn schedules(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let answer = witness
        .clients
        .scaling
        .describe_scheduled_actions()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(witness.resource())
        .send()
        .await
        .map_err(|error| gap(SCHEDULES, &error))?;
    let seen = answer.scheduled_actions().iter().map(|action| {
        let range = action.scalable_target_action();
        let name = action.scheduled_action_name().to_owned();
        let scheduled = Scheduled {
            name: name.clone(),
            schedule: action.schedule().to_owned(),
            min: range.and_then(|range| range.min_capacity()).map(count),
            max: range.and_then(|range| range.max_capacity()).map(count),
        };
        (name, Seen::Scheduled(scheduled))
    });
    notes.looked(SCHEDULES, seen.collect());
    Ok(())
}

pub(super) async fn activities(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let answer = witness
        .clients
        .scaling
        .describe_scaling_activities()
        .service_namespace(ServiceNamespace::Ecs)
        .resource_id(witness.resource())
        .include_not_scaled_activities(true)
        .max_results(NEWEST)
        .send()
        .await
        .map_err(|error| gap(ACTIVITIES, &error))?;
    let seen = answer.scaling_activities().iter().map(|activity| {
        let reasons = activity.not_scaled_reasons().iter();
        let seen = Activity {
            id: activity.activity_id().to_owned(),
            from_s: notes.clock.of_s(activity.start_time()),
            status: activity.status_code().as_str().to_owned(),
            description: activity.description().to_owned(),
            not_scaled: reasons.map(|reason| reason.code().to_owned()).collect(),
        };
        (seen.id.clone(), seen)
    });
    let mut recent: Vec<_> = seen.filter(|(_, it)| it.from_s >= OLD_S).collect();
    // AWS lists the newest first.
    recent.reverse();
    let seen = recent.into_iter().map(|(id, it)| (id, Seen::Activity(it)));
    notes.looked(ACTIVITIES, seen.collect());
    Ok(())
}
