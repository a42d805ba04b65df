//! CloudWatch: the newest values of the database's metrics, and what the load balancers counted.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};

use chrono::{DateTime, Utc};

use super::{Clients, TargetGroups, ecs::time, failure::unobserved};
use crate::snapshot::{Observed, Traffic};

/// Metrics of a database with the statistic that shows the worst moment of a minute.
const DATABASE: [(&str, &str); 4] = [
    ("DatabaseConnections", "Maximum"),
    ("FreeStorageSpace", "Minimum"),
    ("FreeableMemory", "Minimum"),
    ("CPUUtilization", "Average"),
];
/// What the load balancer itself answered with errors.
const LOAD_BALANCER: [(&str, &str); 1] = [("HTTPCode_ELB_502_Count", "Sum")];
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// The newest value of each metric of a database instance in the last quarter of an hour, in one call.
pub(super) async fn of_database(clients: &Clients, id: &str) -> Observed<BTreeMap<String, f64>> {
    let instance = [("DBInstanceIdentifier", id)];
    let asked = queries("", "AWS/RDS", &instance, &DATABASE);
    let values = values(clients, WINDOW, asked).await?;
    let newest = |(name, values): (String, Values)| Some((name, values.first()?.1));
    Ok(values.into_iter().filter_map(newest).collect())
}

/// The errors of a load balancer in each minute of the last quarter of an hour, in one call.
pub(super) async fn of_load_balancer(
    clients: &Clients,
    arn: &str,
) -> Observed<BTreeMap<String, BTreeMap<DateTime<Utc>, f64>>> {
    let balancer = [("LoadBalancer", dimension(arn))];
    let asked = queries("", BALANCERS, &balancer, &LOAD_BALANCER);
    let values = values(clients, WINDOW, asked).await?;
    let by_minute = |(name, values): (String, Values)| (name, values.into_iter().collect());
    Ok(values.into_iter().map(by_minute).collect())
}

const BALANCERS: &str = "AWS/ApplicationELB";
/// What a load balancer counts of one target group.
const OF_GROUP: [(&str, &str); 2] = [
    ("RequestCount", "Sum"),
    ("HTTPCode_Target_5XX_Count", "Sum"),
];
/// What it counts of all that it serves. An answer 502 or 504 means that it had chosen a target.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html>
const OF_BALANCER: [(&str, &str); 3] = [
    ("HTTPCode_ELB_5XX_Count", "Sum"),
    ("HTTPCode_ELB_502_Count", "Sum"),
    ("HTTPCode_ELB_504_Count", "Sum"),
];

/// The requests to these target groups in the last hour, in one call; `None` where no load balancer sends to them.
pub(super) async fn traffic(clients: &Clients, groups: &TargetGroups) -> Observed<Option<Traffic>> {
    const HOUR: Duration = Duration::from_secs(3_600);
    let mut asked = vec![];
    let mut balancers: Vec<&String> = vec![];
    for (arn, group) in groups {
        for balancer in &group.load_balancers {
            let both = [
                ("TargetGroup", dimension(arn)),
                ("LoadBalancer", dimension(balancer)),
            ];
            asked.extend(queries(
                &format!("{}_", asked.len()),
                BALANCERS,
                &both,
                &OF_GROUP,
            ));
            balancers.push(balancer);
        }
    }
    balancers.sort();
    balancers.dedup();
    for balancer in &balancers {
        let one = [("LoadBalancer", dimension(balancer))];
        asked.extend(queries(
            &format!("{}_", asked.len()),
            BALANCERS,
            &one,
            &OF_BALANCER,
        ));
    }
    if balancers.is_empty() {
        return Ok(None);
    }
    let counted = values(clients, HOUR, asked).await?;
    let sum = |metric: &str| {
        let ours = counted.iter().filter(|(id, _)| id.ends_with(metric));
        let values = ours.flat_map(|(_, values)| values);
        // Of nothing the sum is -0.0, and would be shown so.
        values.map(|(_, value)| value).sum::<f64>() + 0.0
    };
    let failed_by_balancer = sum("HTTPCode_ELB_5XX_Count");
    let sent_in_vain = sum("HTTPCode_ELB_502_Count") + sum("HTTPCode_ELB_504_Count");
    Ok(Some(Traffic {
        seconds: 3_600,
        sent: sum("RequestCount"),
        unsent: (failed_by_balancer - sent_in_vain).max(0.0),
        failed_by_task: sum("HTTPCode_Target_5XX_Count"),
        failed_by_balancer,
    }))
}

/// How CloudWatch names a load balancer or a target group: the end of its ARN, `app/name/id`, `targetgroup/name/id`.
pub(super) fn dimension(arn: &str) -> &str {
    let end = arn.rsplit(':').next().unwrap_or(arn);
    end.strip_prefix("loadbalancer/").unwrap_or(end)
}

/// Questions for metrics of one resource; their ids are `m_`, the prefix and the name of the metric.
fn queries(
    prefix: &str,
    namespace: &str,
    dimensions: &[(&str, &str)],
    metrics: &[(&str, &str)],
) -> Vec<MetricDataQuery> {
    let dimensions: Vec<Dimension> = dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(*name).value(*value).build())
        .collect();
    let query = |(name, statistic): &(&str, &str)| {
        let metric = Metric::builder()
            .namespace(namespace)
            .metric_name(*name)
            .set_dimensions(Some(dimensions.clone()))
            .build();
        let stat = MetricStat::builder()
            .metric(metric)
            .period(60)
            .stat(*statistic)
            .build();
        // An id begins with a small letter.
        MetricDataQuery::builder()
            .id(format!("m_{prefix}{name}"))
            .metric_stat(stat)
            .build()
    };
    metrics.iter().map(query).collect()
}

/// When, and what.
type Values = Vec<(DateTime<Utc>, f64)>;

/// The values of metrics in the window, the newest first, by the ids of the questions without their `m_`.
async fn values(
    clients: &Clients,
    window: Duration,
    asked: Vec<MetricDataQuery>,
) -> Observed<BTreeMap<String, Values>> {
    let now = SystemTime::now();
    let mut pages = clients
        .cloudwatch
        .get_metric_data()
        .set_metric_data_queries(Some(asked))
        .start_time((now - window).into())
        .end_time(now.into())
        .scan_by(ScanBy::TimestampDescending)
        .into_paginator()
        .send();
    let mut values: BTreeMap<String, Values> = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unobserved("cloudwatch:GetMetricData", &error))?;
        for result in page.metric_data_results() {
            if let Some(name) = result.id().and_then(|id| id.strip_prefix("m_")) {
                let known = values.entry(name.to_owned()).or_default();
                let values = result.timestamps().iter().zip(result.values());
                known.extend(values.filter_map(|(at, value)| Some((time(Some(at))?, *value))));
            }
        }
    }
    Ok(values)
}
