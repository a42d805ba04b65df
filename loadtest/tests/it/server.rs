//! The seven endpoints in memory, with faults to order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, Version};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// What goes wrong; requests are counted from 0, only those of the measured load.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    /// From this request on nothing is answered for so long, once.
    pub(crate) stall: Option<(u64, Duration)>,
    /// Every so many requests one is answered with 503.
    pub(crate) fail_every: Option<u64>,
    /// From this request on nothing is answered at all.
    pub(crate) hang_from: Option<u64>,
    /// Nobody counts the seats.
    pub(crate) overbook: bool,
    /// Every so many acknowledged joins one is not kept.
    pub(crate) lose_join_every: Option<u64>,
    /// Acknowledged edits are not kept.
    pub(crate) lose_edits: bool,
    /// Nothing but the health check is there.
    pub(crate) wrong_server: bool,
    /// Each measured request has the server to itself for so long.
    pub(crate) one_at_a_time: Option<Duration>,
    /// Of the measured requests only the number is kept, with the times of the first and the last one.
    pub(crate) forgetful: bool,
}

#[derive(Debug, Clone)]
struct Event {
    draft: Value,
    participants: Vec<String>,
}

#[derive(Debug, Default)]
struct Memory {
    events: BTreeMap<i64, Event>,
    made: i64,
    keys: BTreeMap<String, i64>,
    joins: u64,
    arrivals: Vec<Instant>,
    count: u64,
    answers: Vec<Answer>,
    seen: Vec<Seen>,
    stalled_until: Option<Instant>,
}

/// When a measured request came and was answered, as the server saw it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) slot: u32,
    pub(crate) came: Instant,
    pub(crate) answered: Instant,
}

/// What a measured request brought along.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) peer: SocketAddr,
    pub(crate) at: Instant,
}

/// A running server on a port of its own.
pub(crate) struct Server {
    pub(crate) host: String,
    shared: Shared,
}

#[derive(Clone)]
struct Shared {
    faults: Arc<Faults>,
    memory: Arc<Mutex<Memory>>,
    queue: Arc<tokio::sync::Mutex<()>>,
}

impl Server {
    pub(crate) async fn start(faults: Faults) -> Self {
        let shared = Shared {
            faults: Arc::new(faults),
            memory: Arc::default(),
            queue: Arc::default(),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let app = app(shared.clone());
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { host, shared }
    }

    /// Puts an event of somebody there.
    pub(crate) fn add(&self, organizer: &str) {
        let draft = json!({"title": "t", "organizer": organizer, "max_participants": 1});
        self.shared.insert(None, draft);
    }

    /// Whose events there are.
    pub(crate) fn organizers(&self) -> Vec<String> {
        let memory = self.shared.memory.lock().unwrap();
        memory
            .events
            .values()
            .map(|event| event.draft["organizer"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What those of them met that were answered.
    pub(crate) fn answers(&self) -> Vec<Answer> {
        self.shared.memory.lock().unwrap().answers.clone()
    }

    /// How many measured requests came.
    pub(crate) fn count(&self) -> u64 {
        self.shared.memory.lock().unwrap().count
    }

    /// What the measured requests brought along.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.shared.memory.lock().unwrap().seen.clone()
    }

    /// When the measured requests came.
    pub(crate) fn arrivals(&self) -> Vec<Instant> {
        self.shared.memory.lock().unwrap().arrivals.clone()
    }
}

impl Shared {
    /// The same key, the same event.
    fn insert(&self, key: Option<String>, draft: Value) -> Value {
        let mut memory = self.memory.lock().unwrap();
        let known = key.as_ref().and_then(|key| memory.keys.get(key));
        if let Some(id) = known
            && let Some(event) = memory.events.get(id)
        {
            return event.shown(*id);
        }
        memory.made += 1;
        let id = memory.made;
        memory.keys.extend(key.map(|key| (key, id)));
        memory.events.insert(
            id,
            Event {
                draft,
                participants: vec![],
            },
        );
        memory.events[&id].shown(id)
    }
}

impl Event {
    fn shown(&self, id: i64) -> Value {
        let mut shown = self.draft.clone();
        shown["id"] = id.into();
        shown["participants_count"] = self.participants.len().into();
        shown
    }
}

fn app(shared: Shared) -> Router {
    let router = Router::new().route(
        "/health",
        get(|| async { Json(json!({"status": "healthy"})) }),
    );
    if shared.faults.wrong_server {
        return router.with_state(shared);
    }
    router
        .route("/events", get(list).post(create))
        .route("/events/{id}", get(open).put(edit).delete(delete))
        .route("/events/{id}/join", post(join).delete(leave))
        .layer(from_fn_with_state(shared.clone(), misbehave))
        .with_state(shared)
}

async fn misbehave(
    State(shared): State<Shared>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if let Some(id) = request.headers().get("x-request-id") {
        let slot = id
            .to_str()
            .unwrap()
            .rsplit('-')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let now = Instant::now();
        let (number, wait) = {
            let mut memory = shared.memory.lock().unwrap();
            memory.count += 1;
            if shared.faults.forgetful && memory.arrivals.len() == 2 {
                memory.arrivals[1] = now;
            } else {
                memory.arrivals.push(now);
            }
            let seen = (!shared.faults.forgetful).then(|| Seen {
                method: request.method().to_string(),
                path: request.uri().path().to_owned(),
                version: request.version(),
                headers: request.headers().clone(),
                peer,
                at: now,
            });
            memory.seen.extend(seen);
            let number = memory.count - 1;
            if let Some((from, time)) = shared.faults.stall
                && number == from
            {
                memory.stalled_until = Some(now + time);
            }
            (number, memory.stalled_until)
        };
        if shared.faults.hang_from.is_some_and(|from| number >= from) {
            std::future::pending::<()>().await;
        }
        if let Some(until) = wait {
            tokio::time::sleep_until(until.into()).await;
        }
        if shared
            .faults
            .fail_every
            .is_some_and(|every| number % every == 0)
        {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        if let Some(time) = shared.faults.one_at_a_time {
            let _alone = shared.queue.lock().await;
            tokio::time::sleep(time).await;
        }
        let response = next.run(request).await;
        let answer = Answer {
            slot,
            came: now,
            answered: Instant::now(),
        };
        if !shared.faults.forgetful {
            shared.memory.lock().unwrap().answers.push(answer);
        }
        return response;
    }
    if shared
        .faults
        .hang_from
        .is_some_and(|from| shared.memory.lock().unwrap().count >= from)
    {
        std::future::pending::<()>().await;
    }
    next.run(request).await
}

async fn list(
    State(shared): State<Shared>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Json<Value> {
    let memory = shared.memory.lock().unwrap();
    let after: i64 = query
        .get("cursor")
        .map_or(0, |cursor| cursor.parse().unwrap());
    let limit: usize = query
        .get("limit")
        .map_or(20, |limit| limit.parse().unwrap());
    let wanted = |event: &Event| {
        query
            .get("q")
            .is_none_or(|q| event.draft.to_string().contains(q))
    };
    let found: Vec<_> = memory
        .events
        .range(after + 1..)
        .filter(|(_, event)| wanted(event))
        .take(limit + 1)
        .collect();
    let next = (found.len() > limit).then(|| found[limit - 1].0.to_string());
    let items: Vec<_> = found
        .iter()
        .take(limit)
        .map(|(id, event)| event.shown(**id))
        .collect();
    Json(json!({"items": items, "next": next}))
}

async fn create(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Json(draft): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let key = headers.get("idempotency-key");
    let key = key.map(|key| key.to_str().unwrap().to_owned());
    (StatusCode::CREATED, Json(shared.insert(key, draft)))
}

async fn open(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
) -> Result<Json<Value>, StatusCode> {
    let memory = shared.memory.lock().unwrap();
    let event = memory.events.get(&id).ok_or(StatusCode::NOT_FOUND)?;
    let mut shown = event.shown(id);
    shown["participants"] = event
        .participants
        .iter()
        .map(|user| json!({"user_name": user}))
        .collect();
    Ok(Json(shown))
}

async fn edit(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Json(draft): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let mut memory = shared.memory.lock().unwrap();
    let event = memory.events.get_mut(&id).ok_or(StatusCode::NOT_FOUND)?;
    if !shared.faults.lose_edits {
        event.draft = draft;
    }
    Ok(Json(event.shown(id)))
}

async fn delete(State(shared): State<Shared>, Path(id): Path<i64>) -> StatusCode {
    match shared.memory.lock().unwrap().events.remove(&id) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}

async fn join(
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
    let user = body["user_name"].as_str().unwrap().to_owned();
    if event.participants.contains(&user) {
        return StatusCode::OK;
    }
    let seats = event.draft["max_participants"].as_u64().unwrap() as usize;
    if event.participants.len() >= seats && !shared.faults.overbook {
        return StatusCode::CONFLICT;
    }
    if !lost {
        event.participants.push(user);
    }
    StatusCode::CREATED
}

async fn leave(
    State(shared): State<Shared>,
    Path(id): Path<i64>,
    Query(query): Query<BTreeMap<String, String>>,
) -> StatusCode {
    let mut memory = shared.memory.lock().unwrap();
    let Some(event) = memory.events.get_mut(&id) else {
        return StatusCode::NOT_FOUND;
    };
    let before = event.participants.len();
    event
        .participants
        .retain(|user| *user != query["user_name"]);
    if event.participants.len() < before {
        StatusCode::NO_CONTENT
    } else {
        StatusCode::NOT_FOUND
    }
}
