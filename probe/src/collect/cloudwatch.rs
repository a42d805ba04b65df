//! CloudWatch: the newest values of the database's metrics.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};

use super::{Clients, failure::unobserved};
use crate::snapshot::Observed;

/// Metrics with the statistic that shows the worst moment of a minute.
const METRICS: [(&str, &str); 4] = [
    ("DatabaseConnections", "Maximum"),
    ("FreeStorageSpace", "Minimum"),
    ("FreeableMemory", "Minimum"),
    ("CPUUtilization", "Average"),
];
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// The newest value of each metric of a database instance in the last quarter of an hour, in one call.
pub(super) async fn of_database(clients: &Clients, id: &str) -> Observed<BTreeMap<String, f64>> {
    let instance = Dimension::builder()
        .name("DBInstanceIdentifier")
        .value(id)
        .build();
    let query = |(name, statistic): (&str, &str)| {
        let metric = Metric::builder()
            .namespace("AWS/RDS")
            .metric_name(name)
            .dimensions(instance.clone())
            .build();
        let stat = MetricStat::builder()
            .metric(metric)
            .period(60)
            .stat(statistic)
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
        .set_metric_data_queries(Some(METRICS.into_iter().map(query).collect()))
        .start_time((now - WINDOW).into())
        .end_time(now.into())
        .scan_by(ScanBy::TimestampDescending)
        .into_paginator()
        .send();
    let mut values = BTreeMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| unobserved("cloudwatch:GetMetricData", &error))?;
        for result in page.metric_data_results() {
            let name = result.id().and_then(|id| id.strip_prefix("m_"));
            if let (Some(name), Some(newest)) = (name, result.values().first()) {
                values.entry(name.to_owned()).or_insert(*newest);
            }
        }
    }
    Ok(values)
}
