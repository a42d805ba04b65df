//! What `probe slo` asks for: what the load balancers counted, and how long the tasks took to answer.
//!
//! Two calls of GetMetricData at once: minutes are exact for the windows of alerts, and hours are enough for the period
//! of the objective. Sums can be added up over any window; percentiles cannot, so they are asked for in the lengths that
//! are shown.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::{
    primitives::DateTime as Moment,
    types::{Dimension, Metric, MetricDataQuery, MetricStat},
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use tokio::join;

use super::{
    Clients, TargetGroups, cloudwatch::dimension, ecs, ecs::time, elbv2, failure::unobserved,
    target_groups_of,
};
use crate::{
    slo::PERIOD,
    snapshot::{AnswerTimes, Observed, Performance, Series, Subject, Traffic},
};

/// The longest window of an alert.
const RECENT: TimeDelta = TimeDelta::days(3);
/// A day is as long as a percentile is asked for at once.
const DAY: TimeDelta = TimeDelta::days(1);

/// What one question of a call asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Sent,
    FailedByTask,
    FailedByBalancer,
    /// Answers 502 and 504 mean that the load balancer had chosen a task.
    SentInVain,
    /// A percentile of the answer times, over so many seconds.
    AnswerTime(&'static str, i64),
}

/// Looks at the requests of a service. It cannot fail: what could not be seen says why.
pub async fn performance(
    clients: &Clients,
    target: &Subject,
    taken_at: DateTime<Utc>,
) -> Performance {
    let service = ecs::service(clients, target).await;
    let groups = elbv2::target_groups(clients, target_groups_of(&service)).await;
    let end = taken_at
        .duration_trunc(TimeDelta::minutes(1))
        .unwrap_or(taken_at);
    let asked = |span, step, lengths: &'static [TimeDelta]| {
        let groups = &groups.groups;
        async move {
            match groups {
                Ok(groups) => series(clients, groups, end - span, end, step, lengths).await,
                Err(why) => Err(why.clone()),
            }
        }
    };
    const LENGTHS: [TimeDelta; 3] = [TimeDelta::hours(1), TimeDelta::hours(6), DAY];
    let (minutes, hours) = join!(
        asked(RECENT, TimeDelta::minutes(1), &LENGTHS),
        asked(PERIOD, TimeDelta::hours(1), &LENGTHS[2..]),
    );
    Performance {
        taken_at,
        target: target.clone(),
        minutes,
        hours,
    }
}

/// The requests to these target groups from `start` to `end`; `None` where no load balancer sends to them.
async fn series(
    clients: &Clients,
    groups: &TargetGroups,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    step: TimeDelta,
    lengths: &[TimeDelta],
) -> Observed<Option<Series>> {
    let step_seconds = step.num_seconds();
    let mut asked = vec![];
    let mut queries = vec![];
    let mut ask = |what: Asked, resource: &[(&str, &str)], metric: &str| {
        let (statistic, period) = match what {
            Asked::AnswerTime(percentile, seconds) => (percentile, seconds),
            _ => ("Sum", step_seconds),
        };
        let id = format!("m{}", asked.len());
        asked.push(what);
        queries.push(query(id, resource, metric, statistic, period));
    };
    let mut balancers = BTreeSet::new();
    for (arn, group) in groups {
        for balancer in &group.load_balancers {
            let both = [
                ("TargetGroup", dimension(arn)),
                ("LoadBalancer", dimension(balancer)),
            ];
            ask(Asked::Sent, &both, "RequestCount");
            ask(Asked::FailedByTask, &both, "HTTPCode_Target_5XX_Count");
            for length in lengths {
                for percentile in ["p50", "p95", "p99"] {
                    let what = Asked::AnswerTime(percentile, length.num_seconds());
                    ask(what, &both, "TargetResponseTime");
                }
            }
            balancers.insert(balancer);
        }
    }
    for balancer in &balancers {
        let one = [("LoadBalancer", dimension(balancer))];
        ask(Asked::FailedByBalancer, &one, "HTTPCode_ELB_5XX_Count");
        ask(Asked::SentInVain, &one, "HTTPCode_ELB_502_Count");
        ask(Asked::SentInVain, &one, "HTTPCode_ELB_504_Count");
    }
    if balancers.is_empty() {
        return Ok(None);
    }
    let mut pages = clients
        .cloudwatch
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(Moment::from_secs(start.timestamp()))
        .end_time(Moment::from_secs(end.timestamp()))
        .into_paginator()
        .send();
    let mut values = vec![];
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unobserved("cloudwatch:GetMetricData", &error))?;
        for result in page.metric_data_results() {
            let id = result.id().and_then(|id| id.strip_prefix('m'));
            let Some(what) = id.and_then(|id| asked.get(id.parse::<usize>().ok()?)) else {
                continue;
            };
            let points = result.timestamps().iter().zip(result.values());
            values.extend(points.filter_map(|(at, value)| Some((*what, time(Some(at))?, *value))));
        }
    }
    Ok(Some(arranged(step_seconds, values)))
}

/// Puts together what was counted in the same step, whatever it was counted of.
fn arranged(step_seconds: i64, values: Vec<(Asked, DateTime<Utc>, f64)>) -> Series {
    let mut traffic: BTreeMap<DateTime<Utc>, Traffic> = BTreeMap::new();
    let empty = Traffic {
        seconds: step_seconds,
        ..Traffic::default()
    };
    let mut in_vain: BTreeMap<DateTime<Utc>, f64> = BTreeMap::new();
    let mut times: BTreeMap<(DateTime<Utc>, i64), AnswerTimes> = BTreeMap::new();
    for (what, at, value) in values {
        match what {
            Asked::Sent => traffic.entry(at).or_insert(empty).sent += value,
            Asked::FailedByTask => traffic.entry(at).or_insert(empty).failed_by_task += value,
            Asked::FailedByBalancer => {
                traffic.entry(at).or_insert(empty).failed_by_balancer += value
            }
            Asked::SentInVain => *in_vain.entry(at).or_default() += value,
            Asked::AnswerTime(percentile, seconds) => {
                let times = times.entry((at, seconds)).or_insert(AnswerTimes {
                    from: at,
                    length: TimeDelta::seconds(seconds),
                    p50: None,
                    p95: None,
                    p99: None,
                });
                let slowest = match percentile {
                    "p50" => &mut times.p50,
                    "p95" => &mut times.p95,
                    _ => &mut times.p99,
                };
                *slowest = Some(slowest.map_or(value, |known: f64| known.max(value)));
            }
        }
    }
    for (at, step) in &mut traffic {
        let sent_in_vain = in_vain.get(at).copied().unwrap_or_default();
        step.unsent = (step.failed_by_balancer - sent_in_vain).max(0.0);
    }
    Series {
        step_seconds,
        traffic,
        answer_times: times.into_values().collect(),
    }
}

fn query(
    id: String,
    resource: &[(&str, &str)],
    metric: &str,
    statistic: &str,
    period_seconds: i64,
) -> MetricDataQuery {
    let dimensions = resource
        .iter()
        .map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
    let metric = Metric::builder()
        .namespace("AWS/ApplicationELB")
        .metric_name(metric)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(i32::try_from(period_seconds).unwrap_or(i32::MAX))
        .stat(statistic)
        .build();
    MetricDataQuery::builder().id(id).metric_stat(stat).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_of_several_stands_together() {
        let [first, second] = [0, 60].map(|at| DateTime::from_timestamp(at, 0).unwrap());
        let series = arranged(
            60,
            vec![
                (Asked::Sent, first, 100.0),
                (Asked::Sent, first, 20.0),
                (Asked::FailedByTask, first, 2.0),
                (Asked::FailedByBalancer, first, 5.0),
                (Asked::SentInVain, first, 1.0),
                (Asked::SentInVain, first, 1.0),
                (Asked::FailedByBalancer, second, 4.0),
                (Asked::AnswerTime("p99", 3_600), first, 0.2),
                (Asked::AnswerTime("p99", 3_600), first, 0.7),
                (Asked::AnswerTime("p50", 3_600), first, 0.1),
            ],
        );
        let expected = Traffic {
            seconds: 60,
            sent: 120.0,
            unsent: 3.0,
            failed_by_task: 2.0,
            failed_by_balancer: 5.0,
        };
        assert_eq!(series.traffic[&first], expected);
        // Nobody was there: the load balancer counts no request, and four that it answered itself.
        assert_eq!(series.traffic[&second].total(), 4.0);
        let [times] = series.answer_times[..] else {
            panic!("{series:?}")
        };
        assert_eq!(
            (times.p50, times.p95, times.p99),
            (Some(0.1), None, Some(0.7))
        );
    }
}
