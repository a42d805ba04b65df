//! Whether the service is well, for the load balancer, for the container and for people.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use chrono::{SecondsFormat, Utc};
use serde_json::json;

use super::{AppState, problem::Problem};
use crate::db;

/// The service runs. Deliberately says nothing of the database: a task that fails this check is killed, and the
/// fail-over of a database would kill them all.
pub(super) async fn alive() -> Response {
    let timestamp = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
    let body = json!({ "status": "healthy", "timestamp": timestamp, "version": env!("CARGO_PKG_VERSION") });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// The service can do its work: the database answers within a second and has its tables.
pub(super) async fn ready(State(state): State<AppState>) -> Result<Response, Problem> {
    state
        .db
        .check(Duration::from_secs(1))
        .await
        .map_err(db::Error::Away)?;
    Ok((
        [(header::CACHE_CONTROL, "no-store")],
        Json(json!({ "status": "ready" })),
    )
        .into_response())
}
