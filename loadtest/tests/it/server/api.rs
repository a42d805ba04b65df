//! What the endpoints do, well or as badly as it was ordered.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::Shared;
use super::event::{Event, Shown};

#[derive(Serialize)]
struct Page<'a> {
    items: Vec<Shown<'a>>,
    next: Option<String>,
}

pub(super) async fn list(
    State(shared): State<Shared>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    let memory = shared.memory.lock().unwrap();
    let after: i64 = query
        .get("cursor")
        .map_or(0, |cursor| cursor.parse().unwrap());
    let limit: usize = query
        .get("limit")
        .map_or(20, |limit| limit.parse().unwrap());
    let wanted = |event: &Event| query.get("q").is_none_or(|word| event.mentions(word));
    let found: Vec<_> = memory
        .events
        .range(after + 1..)
        .filter(|(_, event)| wanted(event))
        .take(limit + 1)
        .collect();
    let next = (found.len() > limit).then(|| found[limit - 1].0.to_string());
    let items = found
        .iter()
        .take(limit)
        .map(|(id, event)| event.shown(**id))
        .collect();
    Json(Page { items, next }).into_response()
}

pub(super) async fn create(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(draft): Json<Value>,
) -> (StatusCode, Response) {
    let key = headers.get("idempotency-key");
    let key = key.map(|key| key.to_str().unwrap().to_owned());
    (StatusCode::CREATED, shared.insert(key, draft))
}

pub(super) async fn open(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
) -> Result<Response, StatusCode> {
    let memory = shared.memory.lock().unwrap();
    let event = memory.events.get(&id).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(event.opened(id)).into_response())
}

pub(super) async fn edit(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Json(draft): Json<Value>,
) -> Result<Response, StatusCode> {
    let mut memory = shared.memory.lock().unwrap();
    let event = memory.events.get_mut(&id).ok_or(StatusCode::NOT_FOUND)?;
    if !shared.faults.lose_edits {
        event.draft = draft;
    }
    Ok(Json(event.shown(id)).into_response())
}

pub(super) async fn delete(State(shared): State<Shared>, Path(id): Path<i64>) -> StatusCode {
    match shared.memory.lock().unwrap().events.remove(&id) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}

pub(super) async fn join(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Json(body): Json<Value>,
) -> StatusCode {
    let mut memory = shared.memory.lock().unwrap();
    memory.joins += 1;
    let lost = shared
        .faults
        .lose_join_every
        .is_some_and(|every| memory.joins.is_multiple_of(every));
    let Some(event) = memory.events.get_mut(&id) else {
        return StatusCode::NOT_FOUND;
    };
    let user = body["user_name"].as_str().unwrap();
    if event.participants.contains(user) {
        return StatusCode::OK;
    }
    let seats = event.draft["max_participants"].as_u64().unwrap() as usize;
    if event.participants.len() >= seats && !shared.faults.overbook {
        return StatusCode::CONFLICT;
    }
    if !lost {
        event.participants.insert(user.to_owned());
    }
    StatusCode::CREATED
}

pub(super) async fn leave(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Query(query): Query<BTreeMap<String, String>>,
) -> StatusCode {
    let mut memory = shared.memory.lock().unwrap();
    let Some(event) = memory.events.get_mut(&id) else {
        return StatusCode::NOT_FOUND;
    };
    if event.participants.remove(&query["user_name"]) {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}

/// The turn of a server that serves one at a time, told as a pool of one connection.
pub(super) async fn metrics(State(shared): State<Shared>) -> String {
    let idle = u8::from(shared.queue.try_lock().is_ok());
    let waiting = Arc::strong_count(&shared.memory.lock().unwrap().waiting) - 1;
    format!(
        "db_pool_limit 1\ndb_pool_connections 1\ndb_pool_idle {idle}\ndb_pool_waiting {waiting}\n"
    )
}
