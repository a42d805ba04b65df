//! CloudWatch: what the tasks, the load balancer and the database measured.

use aws_sdk_cloudwatch::types::{Dimension, Metric as Named, MetricDataQuery, MetricStat, ScanBy};
use aws_smithy_types::DateTime;

use super::{Known, Notebook, Witness, gap};
use crate::witness::{Clock, Gap, Measure, Metric, Seen, Subject};

const OPERATION: &str = "cloudwatch:GetMetricData";
/// Values come late; so far back each look goes, in seconds.
const BACK: i64 = 300;

const TASKS: [(Measure, &str, &str); 2] = [
    (Measure::Cpu, "CPUUtilization", "Average"),
    (Measure::Memory, "MemoryUtilization", "Average"),
];
const BALANCER: [(Measure, &str, &str); 6] = [
    (Measure::Requests, "RequestCount", "Sum"),
    (Measure::BalancerFaults, "HTTPCode_ELB_5XX_Count", "Sum"),
    (Measure::TaskFaults, "HTTPCode_Target_5XX_Count", "Sum"),
    (Measure::ResponseP99, "TargetResponseTime", "p99"),
    (Measure::Rejected, "RejectedConnectionCount", "Sum"),
    (Measure::PeakLcus, "PeakLCUs", "Maximum"),
];
const DATABASE: [(Measure, &str, &str); 5] = [
    (
        Measure::DatabaseConnections,
        "DatabaseConnections",
        "Maximum",
    ),
    (Measure::DatabaseCpu, "CPUUtilization", "Average"),
    (Measure::DatabaseRead, "ReadLatency", "Average"),
    (Measure::DatabaseWrite, "WriteLatency", "Average"),
    (Measure::DatabaseCredits, "CPUCreditBalance", "Minimum"),
];

/// A value that is asked for.
struct Wanted {
    measure: Measure,
    period: i32,
    query: MetricDataQuery,
}

pub(super) async fn look(witness: &Witness, notes: &Notebook<'_>) -> Result<(), Gap> {
    let wanted = wanted(&witness.subject, &witness.known());
    let zero = notes.clock.utc.timestamp();
    let now = zero + notes.clock.now_s() as i64;
    let from = (now - BACK).max(zero - 60);
    let metrics = values(witness, &notes.clock, &wanted, (from, now)).await?;
    let seen = metrics.into_iter().map(|metric| {
        let id = format!("{:?} {}", metric.of, metric.from_s);
        (id, Seen::Metric(metric))
    });
    notes.looked(OPERATION, seen.collect());
    Ok(())
}

/// CPU in this time, in seconds; by the minute, which is there whether or not anybody pays for finer values.
pub(super) async fn cpu(
    witness: &Witness,
    clock: &Clock,
    (from_s, to_s): (f64, f64),
) -> Result<Vec<Metric>, Gap> {
    let mut wanted = wanted(&witness.subject, &Known::default());
    wanted.retain(|it| matches!(it.measure, Measure::Cpu | Measure::DatabaseCpu));
    let at = |second: f64| clock.utc.timestamp() + second as i64;
    values(witness, clock, &wanted, (at(from_s), at(to_s))).await
}

/// What there is of these metrics in a time.
async fn values(
    witness: &Witness,
    clock: &Clock,
    wanted: &[Wanted],
    (from, to): (i64, i64),
) -> Result<Vec<Metric>, Gap> {
    let now = clock.utc.timestamp_micros() as f64 / 1e6 + clock.now_s();
    let answer = witness
        .clients
        .cloudwatch
        .get_metric_data()
        .set_metric_data_queries(Some(wanted.iter().map(|it| it.query.clone()).collect()))
        .start_time(DateTime::from_secs(from))
        .end_time(DateTime::from_secs(to))
        .scan_by(ScanBy::TimestampAscending)
        .send()
        .await
        .map_err(|error| gap(OPERATION, &error))?;
    let mut metrics = vec![];
    for result in answer.metric_data_results() {
        let asked = wanted.iter().find(|it| it.query.id() == result.id());
        let Some(asked) = asked else { continue };
        for (at, value) in result.timestamps().iter().zip(result.values()) {
            // The newest is not whole yet.
            if at.as_secs_f64() + f64::from(asked.period) > now {
                continue;
            }
            metrics.push(Metric {
                of: asked.measure,
                from_s: clock.of_s(at),
                period_s: f64::from(asked.period),
                value: *value,
            });
        }
    }
    Ok(metrics)
}

fn wanted(subject: &Subject, known: &Known) -> Vec<Wanted> {
    let service = [
        ("ClusterName", subject.cluster.as_str()),
        ("ServiceName", subject.service.as_str()),
    ];
    let fine = if known.is_fine { 20 } else { 60 };
    let mut wanted = queries("AWS/ECS", &service, fine, &TASKS);
    if let Some(balancer) = &known.balancer {
        let of = [("LoadBalancer", balancer.as_str())];
        wanted.extend(queries("AWS/ApplicationELB", &of, 60, &BALANCER));
    }
    if let Some(database) = &subject.database {
        let of = [("DBInstanceIdentifier", database.as_str())];
        wanted.extend(queries("AWS/RDS", &of, 60, &DATABASE));
    }
    wanted
}

fn queries(
    namespace: &str,
    dimensions: &[(&str, &str)],
    period: i32,
    metrics: &[(Measure, &str, &str)],
) -> Vec<Wanted> {
    let dimensions: Vec<Dimension> = dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(*name).value(*value).build())
        .collect();
    let wanted = metrics.iter().map(|(measure, name, statistic)| {
        let metric = Named::builder()
            .namespace(namespace)
            .metric_name(*name)
            .set_dimensions(Some(dimensions.clone()))
            .build();
        let stat = MetricStat::builder()
            .metric(metric)
            .period(period)
            .stat(*statistic)
            .build();
        let id = format!("{}_{name}", namespace.replace('/', "_").to_lowercase());
        Wanted {
            measure: *measure,
            period,
            query: MetricDataQuery::builder().id(id).metric_stat(stat).build(),
        }
    });
    wanted.collect()
}
