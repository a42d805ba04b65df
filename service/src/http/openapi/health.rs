//! Health checks.

use serde_json::{Value, json};

use super::{
    Reader,
    parts::{answer, common, problems},
};
use crate::http::problem::Kind;

pub(super) fn alive(reader: Reader) -> Value {
    let example = json!({ "status": "healthy", "timestamp": "2026-11-22T09:00:00.000Z", "version": env!("CARGO_PKG_VERSION") });
    let mut responses = json!({
        "200": answer("The service runs", "Health", example, &[("cache-control", "CacheControl")]),
    });
    problems(
        &mut responses,
        &[Kind::Internal, Kind::Overloaded],
        reader.language,
    );
    json!({
        "operationId": "health",
        "tags": ["health"],
        "security": [],
        "summary": "Whether the service runs",
        "description": "For the load balancer and the container. Says nothing of the database: a task that fails \
                        this check is replaced, which would not bring the database back.",
        "parameters": common(vec![]),
        "responses": responses,
    })
}

pub(super) fn ready(reader: Reader) -> Value {
    let mut responses = json!({
        "200": answer(
            "The database answers and has its tables",
            "Health",
            json!({ "status": "ready" }),
            &[("cache-control", "CacheControl")],
        ),
    });
    problems(
        &mut responses,
        &[Kind::Internal, Kind::DatabaseAway, Kind::Overloaded],
        reader.language,
    );
    json!({
        "operationId": "ready",
        "tags": ["health"],
        "security": [],
        "summary": "Whether the service can do its work",
        "description": "For alarms and people. Asks the database, for a second at most; `reason` of the problem is \
                        the class of what is wrong with it.",
        "parameters": common(vec![]),
        "responses": responses,
    })
}
