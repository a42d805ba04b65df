//! The seven endpoints in memory, with faults to order.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, Version};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

// The bench takes this file by its path, too.
#[path = "server/api.rs"]
mod api;
#[path = "server/event.rs"]
mod event;

use api::{create, delete, edit, join, leave, list, metrics, open};
use event::Event;

/// What goes wrong; requests are counted from 0, only those of the measured load.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    /// From this request on nothing is answered for so long, once.
    pub(crate) stall: Option<(u64, Duration)>,
    /// Every so many requests one is answered with 503.
    pub(crate) fail_every: Option<u64>,
    /// From this request on nothing is answered at all.
    pub(crate) hang_from: Option<u64>,
    /// This one of the requests beside the measured load, counted from 0, is never answered.
    pub(crate) hang_beside: Option<u64>,
    /// Nobody counts the seats.
    pub(crate) overbook: bool,
    /// Every so many acknowledged joins one is not kept.
    pub(crate) lose_join_every: Option<u64>,
    /// Acknowledged edits are not kept.
    pub(crate) lose_edits: bool,
    /// Every other deletion beside the measured load answers 503, and is not done.
    pub(crate) deny_deletions: bool,
    /// Beside the measured load, every so many joins one is answered with 503 and not done,
    /// and once there were joins, every so many creates.
    pub(crate) turn_away: Option<(u64, u64)>,
    /// Nothing but the health check is there.
    pub(crate) wrong_server: bool,
    /// Each measured request has the server to itself for so long.
    pub(crate) one_at_a_time: Option<Duration>,
    /// Of the measured requests only the number is kept, with the times of the first and the last one.
    pub(crate) forgetful: bool,
}

#[derive(Debug, Default)]
struct Memory {
    events: BTreeMap<i64, Event>,
    made: i64,
    keys: BTreeMap<String, i64>,
    joins: u64,
    deletions: u64,
    beside: u64,
    joins_beside: u64,
    creates_beside: u64,
    arrivals: Vec<Instant>,
    count: u64,
    answers: Vec<Answer>,
    seen: Vec<Seen>,
    stalled_until: Option<Instant>,
    /// Held by each request that waits for its turn.
    waiting: Arc<()>,
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

    /// How many requests came beside the measured load.
    pub(crate) fn beside(&self) -> u64 {
        self.shared.memory.lock().unwrap().beside
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
    fn insert(&self, key: Option<String>, draft: Value) -> Response {
        let mut memory = self.memory.lock().unwrap();
        let known = key.as_ref().and_then(|key| memory.keys.get(key));
        if let Some(id) = known
            && let Some(event) = memory.events.get(id)
        {
            return Json(event.shown(*id)).into_response();
        }
        memory.made += 1;
        let id = memory.made;
        memory.keys.extend(key.map(|key| (key, id)));
        let event = memory.events.entry(id).or_insert(Event::new(draft));
        Json(event.shown(id)).into_response()
    }
}

fn app(shared: Shared) -> Router {
    let router = Router::new().route(
        "/health",
        get(|| async { Json(json!({"status": "healthy", "timestamp": chrono::Utc::now()})) }),
    );
    if shared.faults.wrong_server {
        return router.with_state(shared);
    }
    router
        .route("/events", get(list).post(create))
        .route("/events/{id}", get(open).put(edit).delete(delete))
        .route("/events/{id}/join", post(join).delete(leave))
        .layer(from_fn_with_state(shared.clone(), misbehave))
        .route("/metrics", get(metrics))
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
            let waiting = shared.memory.lock().unwrap().waiting.clone();
            let _alone = shared.queue.lock().await;
            drop(waiting);
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
    let hangs = {
        let mut memory = shared.memory.lock().unwrap();
        memory.beside += 1;
        let faults = &shared.faults;
        faults.hang_from.is_some_and(|from| memory.count >= from)
            || faults.hang_beside == Some(memory.beside - 1)
    };
    if hangs {
        std::future::pending::<()>().await;
    }
    let deletes = shared.faults.deny_deletions && request.method() == "DELETE";
    let posts = request.method() == "POST";
    let joins = posts && request.uri().path().ends_with("/join");
    let denied = {
        let mut memory = shared.memory.lock().unwrap();
        memory.deletions += u64::from(deletes);
        memory.joins_beside += u64::from(joins);
        let creates = posts && !joins && memory.joins_beside > 0;
        memory.creates_beside += u64::from(creates);
        let turned_away = shared.faults.turn_away.is_some_and(|(join, create)| {
            (joins && memory.joins_beside.is_multiple_of(join))
                || (creates && memory.creates_beside.is_multiple_of(create))
        });
        (deletes && memory.deletions % 2 == 1) || turned_away
    };
    if denied {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}
