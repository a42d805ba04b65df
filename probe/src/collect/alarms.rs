//! CloudWatch: the alarms on a service and on what stands around it.
//!
//! An account may have thousands of alarms, and CloudWatch does not list them by resource. Asked for are those that a
//! deployment heeds, by name; those of target tracking and of the service's stacks, by the beginning of their names; and
//! of all others those that fire.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::{
    operation::describe_alarms::builders::DescribeAlarmsFluentBuilder,
    types::{AlarmType, CompositeAlarm, Dimension, MetricAlarm, StateValue},
};
use futures::future::try_join_all;

use super::{Clients, ecs::time, failure::unobserved};
use crate::snapshot::{Alarm, Observed, Service, Subject};

/// An alarm may watch this much: the values of the dimensions that CloudWatch knows a resource by.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Load balancers, target groups and databases.
    pub(super) resources: BTreeSet<String>,
}

/// The alarms that were found, with what each of them watches.
#[derive(Debug)]
pub(super) struct Found {
    alarms: BTreeMap<String, Candidate>,
}

#[derive(Debug)]
struct Candidate {
    alarm: Alarm,
    dimensions: Vec<(String, String)>,
    /// Whether its name alone says that it is the service's.
    is_named: bool,
}

/// Asks for them, in calls that do not wait for each other.
pub(super) async fn alarms(
    clients: &Clients,
    target: &Subject,
    service: Option<&Service>,
) -> Observed<Found> {
    let Subject {
        cluster,
        service: name,
        ..
    } = target;
    let all = || {
        let both = vec![AlarmType::MetricAlarm, AlarmType::CompositeAlarm];
        clients
            .cloudwatch
            .describe_alarms()
            .set_alarm_types(Some(both))
    };
    let tracking = format!("TargetTracking-service/{cluster}/{name}-");
    let mut calls = vec![
        (true, all().alarm_name_prefix(tracking)),
        (false, all().state_value(StateValue::Alarm)),
    ];
    let configuration = service.map(|service| &service.deployment_configuration);
    if let Some(names) = configuration
        .map(|it| &it.alarms)
        .filter(|names| !names.is_empty())
    {
        calls.push((true, all().set_alarm_names(Some(names.clone()))));
    }
    // `events-service` is one of several stacks of the same prefix.
    let stack = service.and_then(|service| service.stack.as_deref());
    if let Some(prefix) = stack.and_then(|stack| stack.strip_suffix("service")) {
        calls.push((false, all().alarm_name_prefix(prefix)));
    }
    let found = try_join_all(
        calls
            .into_iter()
            .map(|(is_named, call)| list(call, is_named)),
    )
    .await?;
    let mut alarms = BTreeMap::new();
    for candidate in found.into_iter().flatten() {
        let name = candidate.alarm.name.clone();
        // Found in two ways, it is the service's if one of them says so.
        let known = alarms.entry(name).or_insert(Candidate {
            is_named: false,
            ..candidate
        });
        known.is_named |= candidate.is_named;
    }
    Ok(Found { alarms })
}

impl Found {
    /// Those that watch the service or one of these resources.
    pub(super) fn on(self, target: &Subject, watched: &Watched) -> Vec<Alarm> {
        let has = |candidate: &Candidate, name: &str, value: &str| {
            let mut dimensions = candidate.dimensions.iter();
            dimensions.any(|(known, is)| known == name && is == value)
        };
        let is_ours = |candidate: &Candidate| {
            let on_service = has(candidate, "ServiceName", &target.service)
                && has(candidate, "ClusterName", &target.cluster);
            let mut dimensions = candidate.dimensions.iter();
            candidate.is_named
                || on_service
                || dimensions.any(|(_, value)| watched.resources.contains(value))
        };
        let ours = self.alarms.into_values().filter(is_ours);
        ours.map(|candidate| candidate.alarm).collect()
    }
}

async fn list(call: DescribeAlarmsFluentBuilder, is_named: bool) -> Observed<Vec<Candidate>> {
    let mut pages = call.into_paginator().send();
    let mut found = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unobserved("cloudwatch:DescribeAlarms", &error))?;
        found.extend(
            page.metric_alarms()
                .iter()
                .filter_map(|alarm| of_metric(alarm, is_named)),
        );
        found.extend(
            page.composite_alarms()
                .iter()
                .filter_map(|alarm| composite(alarm, is_named)),
        );
    }
    Ok(found)
}

fn of_metric(alarm: &MetricAlarm, is_named: bool) -> Option<Candidate> {
    let name = alarm.alarm_name()?.to_owned();
    // An alarm on a formula has its dimensions in the metrics of the formula.
    let in_formula = alarm
        .metrics()
        .iter()
        .filter_map(|query| query.metric_stat()?.metric());
    let dimensions = alarm
        .dimensions()
        .iter()
        .chain(in_formula.flat_map(|metric| metric.dimensions()));
    let pair =
        |dimension: &Dimension| Some((dimension.name()?.to_owned(), dimension.value()?.to_owned()));
    Some(Candidate {
        dimensions: dimensions.filter_map(pair).collect(),
        is_named,
        alarm: Alarm {
            scales: name.starts_with("TargetTracking-"),
            name,
            state: alarm.state_value()?.as_str().to_owned(),
            since: time(
                alarm
                    .state_transitioned_timestamp()
                    .or(alarm.state_updated_timestamp()),
            ),
            reason: alarm.state_reason().map(Into::into),
        },
    })
}

/// An alarm on other alarms. It has no dimensions: only its name tells whose it is.
fn composite(alarm: &CompositeAlarm, is_named: bool) -> Option<Candidate> {
    Some(Candidate {
        dimensions: vec![],
        is_named,
        alarm: Alarm {
            name: alarm.alarm_name()?.to_owned(),
            state: alarm.state_value()?.as_str().to_owned(),
            since: time(
                alarm
                    .state_transitioned_timestamp()
                    .or(alarm.state_updated_timestamp()),
            ),
            reason: alarm.state_reason().map(Into::into),
            scales: false,
        },
    })
}
