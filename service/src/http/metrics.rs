//! What the service counts, in Prometheus' text format, on a listener of its own: the public one must not tell.

use std::{fmt, sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric, text},
    metrics::{
        MetricType,
        counter::{ConstCounter, Counter},
        family::Family,
        gauge::ConstGauge,
        histogram::Histogram,
    },
    registry::Registry,
};

use super::Site;
use crate::{db::Db, outbox::Figures, store::participants::Joined};

/// Upper ends of the classes of latency, in seconds: from a good answer to the limit of a request.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

type Labels<const N: usize> = [(&'static str, String); N];

/// What is counted while requests are served; cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    requests: Family<Labels<3>, Counter>,
    latency: Family<Labels<2>, Histogram, fn() -> Histogram>,
    joins: Family<Labels<1>, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            latency: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            joins: Family::default(),
        }
    }
}

impl Metrics {
    /// Counts what came of a wish to join.
    pub(super) fn joined(&self, joined: &Joined) {
        let outcome = match joined {
            Joined::Now { .. } => "seat",
            Joined::Before { .. } => "had-seat",
            Joined::Waiting { .. } => "waiting",
            Joined::Full { .. } => "full",
            Joined::Begun => "begun",
            Joined::NoEvent => "no-event",
        };
        self.joins
            .get_or_create(&[("outcome", outcome.to_owned())])
            .inc();
    }
}

/// Counts a request and its time.
pub(super) async fn record(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    // What a client makes up must not become a label: there would be no end of them.
    let method = match request.method() {
        known @ (&Method::GET
        | &Method::HEAD
        | &Method::POST
        | &Method::PUT
        | &Method::DELETE
        | &Method::OPTIONS) => known.to_string(),
        _ => "other".to_owned(),
    };
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let labels = [("method", method), ("route", route)];
    let metrics = &site.metrics;
    metrics
        .latency
        .get_or_create(&labels)
        .observe(started.elapsed().as_secs_f64());
    let [method, route] = labels;
    let status = ("status", response.status().as_str().to_owned());
    metrics
        .requests
        .get_or_create(&[method, route, status])
        .inc();
    response
}

/// Serves `/metrics` and nothing else.
pub fn app(metrics: &Metrics, outbox: &Figures, db: Db) -> Router {
    let mut registry = Registry::default();
    registry.register(
        "http_requests",
        "Requests answered",
        metrics.requests.clone(),
    );
    registry.register(
        "http_request_duration_seconds",
        "Time from the head of a request to that of its answer",
        metrics.latency.clone(),
    );
    registry.register(
        "joins",
        "What came of wishes to join",
        metrics.joins.clone(),
    );
    outbox.register(&mut registry);
    registry.register_collector(Box::new(Database(db)));
    let registry = Arc::new(registry);
    Router::new().route("/metrics", get(async move || show(&registry)))
}

fn show(registry: &Registry) -> Response {
    let mut body = String::new();
    match text::encode(&mut body, registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written down");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Reads the figures of the pool when they are asked for.
struct Database(Db);

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Database")
    }
}

impl Collector for Database {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let usage = self.0.usage();
        for (name, help, value) in [
            (
                "db_pool_limit",
                "The most connections that the pool holds",
                usage.max_size,
            ),
            (
                "db_pool_connections",
                "Connections that are open",
                usage.size,
            ),
            (
                "db_pool_idle",
                "Connections that are not in use",
                usage.available,
            ),
            (
                "db_pool_waiting",
                "Requests that wait for a connection",
                usage.waiting,
            ),
        ] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            let metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            gauge.encode(metric)?;
        }
        let help = "Statements without an answer, by the class of outage";
        let mut outages =
            encoder.encode_descriptor("db_outages", help, None, MetricType::Counter)?;
        for (class, count) in self.0.outages() {
            let labels = [("class", class)];
            ConstCounter::new(count).encode(outages.encode_family(&labels)?)?;
        }
        Ok(())
    }
}
