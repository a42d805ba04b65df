//! CloudWatch: the newest values of the database's metrics, and the errors of the load balancers.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};

use chrono::{DateTime, Utc};

use super::{Clients, ecs::time, failure::unobserved};
use crate::snapshot::Observed;

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
    let instance = ("DBInstanceIdentifier", id);
    let values = values(clients, "AWS/RDS", instance, &DATABASE).await?;
    let newest = |(name, values): (String, Values)| Some((name, values.first()?.1));
    Ok(values.into_iter().filter_map(newest).collect())
}

/// The errors of a load balancer in each minute of the last quarter of an hour, in one call.
pub(super) async fn of_load_balancer(
    clients: &Clients,
    arn: &str,
) -> Observed<BTreeMap<String, BTreeMap<DateTime<Utc>, f64>>> {
    // The dimension is the end of the ARN: app/name/id.
    let id = arn.split_once(":loadbalancer/").map_or(arn, |(_, id)| id);
    let balancer = ("LoadBalancer", id);
    let values = values(clients, "AWS/ApplicationELB", balancer, &LOAD_BALANCER).await?;
    let by_minute = |(name, values): (String, Values)| (name, values.into_iter().collect());
    Ok(values.into_iter().map(by_minute).collect())
}

/// When, and what.
type Values = Vec<(DateTime<Utc>, f64)>;

/// The values of metrics in the window, the newest first.
async fn values(
    clients: &Clients,
    namespace: &str,
    (dimension, value): (&str, &str),
    metrics: &[(&str, &str)],
) -> Observed<BTreeMap<String, Values>> {
    let dimension = Dimension::builder().name(dimension).value(value).build();
    let query = |(name, statistic): &(&str, &str)| {
        let metric = Metric::builder()
            .namespace(namespace)
            .metric_name(*name)
            .dimensions(dimension.clone())
            .build();
        let stat = MetricStat::builder()
            .metric(metric)
            .period(60)
            .stat(*statistic)
            .build();
        // An id begins with a small letter.
        MetricDataQuery::builder()
            .id(format!("m_{name}"))
            .metric_stat(stat)
            .build()
    };
    let now = SystemTime::now();
    let mut pages = clients
        .cloudwatch
        .get_metric_data()
        .set_metric_data_queries(Some(metrics.iter().map(query).collect()))
        .start_time((now - WINDOW).into())
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
