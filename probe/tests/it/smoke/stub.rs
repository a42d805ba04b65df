//! The event service as far as a smoke test sees it, with the faults that a test wants.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, Response, StatusCode},
};
use serde_json::{Value, json};

/// What goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is not done, and answered so.
    Status(u16),
    /// It is never answered.
    Hang,
    /// It is done, and the answer is lost.
    Lost,
    /// It is answered without the headers that protect a page.
    Bare,
}

/// A request that came.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) path: String,
    /// Its `x-request-id`.
    pub(super) id: String,
}

#[derive(Default)]
struct Inner {
    events: BTreeMap<i64, Value>,
    keys: BTreeMap<String, i64>,
    seats: Vec<String>,
    next: i64,
    created: usize,
    dates: Vec<String>,
    requests: Vec<Seen>,
    /// Which requests still fail, and how often.
    faults: Vec<(String, usize, Fault)>,
    /// Whether a login stands before all paths but these.
    login: Option<Vec<String>>,
}

/// A running service.
pub(super) struct Stub {
    pub(super) url: String,
    inner: Arc<Mutex<Inner>>,
    _runtime: tokio::runtime::Runtime,
}

const SESSION: &str = "AWSELBAuthSessionCookie-0=hunter2";

impl Stub {
    /// Starts it; of each kind of request so many fail.
    pub(super) fn start(faults: &[(&str, usize, Fault)]) -> Self {
        let faults = faults.iter();
        Self::serve(Inner {
            faults: faults
                .map(|(request, times, fault)| ((*request).to_owned(), *times, *fault))
                .collect(),
            ..Inner::default()
        })
    }

    /// Starts it behind a login, but for these paths.
    pub(super) fn behind_login(open: &[&str]) -> Self {
        Self::serve(Inner {
            login: Some(open.iter().map(|path| (*path).to_owned()).collect()),
            ..Inner::default()
        })
    }

    fn serve(inner: Inner) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let inner = Arc::new(Mutex::new(inner));
        let app = Router::new().fallback(answer).with_state(inner.clone());
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self {
            url,
            inner,
            _runtime: runtime,
        }
    }

    pub(super) fn add(&self, title: &str, date: &str, created: &str) -> i64 {
        let mut inner = self.inner.lock().unwrap();
        inner.next += 1;
        let id = inner.next;
        let event = json!({ "id": id, "title": title, "event_date": date, "created_at": created });
        inner.events.insert(id, event);
        id
    }

    pub(super) fn events(&self) -> BTreeMap<i64, Value> {
        self.inner.lock().unwrap().events.clone()
    }

    pub(super) fn created(&self) -> usize {
        self.inner.lock().unwrap().created
    }

    /// The years that events were given, in their order.
    pub(super) fn dates(&self) -> Vec<String> {
        self.inner.lock().unwrap().dates.clone()
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.inner.lock().unwrap().requests.clone()
    }
}

type Reply = (u16, Vec<(&'static str, String)>, String);

async fn answer(State(inner): State<Arc<Mutex<Inner>>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 65_536).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let header = |name: &str| {
        let value = parts.headers.get(name);
        value.map_or(String::new(), |value| value.to_str().unwrap().to_owned())
    };
    let path = parts.uri.path().to_owned();
    let id = path.split('/').nth(2).and_then(|id| id.parse::<i64>().ok());
    let kind = match id {
        Some(id) => path.replacen(&format!("/{id}"), "/{id}", 1),
        None => path.clone(),
    };
    let kind = format!("{} {kind}", parts.method);
    let fault = {
        let mut inner = inner.lock().unwrap();
        inner.requests.push(Seen {
            path: path.clone(),
            id: header("x-request-id"),
        });
        let fault = inner
            .faults
            .iter_mut()
            .find(|(request, left, _)| *request == kind && *left > 0);
        fault.map(|(_, left, fault)| {
            *left -= 1;
            *fault
        })
    };
    if let Some(Fault::Status(status)) = fault {
        let problem = json!({ "title": "broken", "detail": "by the test" }).to_string();
        return reply((status, vec![], problem));
    }
    let login = inner.lock().unwrap().login.clone();
    let named = match login {
        None => Some(body["organizer"].clone()),
        Some(open) if header("cookie") == SESSION || open.contains(&path) => Some("Aki".into()),
        Some(_) => None,
    };
    let Some(organizer) = named else {
        let login = "https://login.example.com/authorize?client_id=x".to_owned();
        return reply((302, vec![("location", login)], String::new()));
    };
    if fault == Some(Fault::Hang) {
        std::future::pending::<()>().await;
    }
    let done = {
        let mut inner = inner.lock().unwrap();
        let query = parts.uri.query().unwrap_or_default();
        act(
            &mut inner,
            &parts.method,
            &path,
            query,
            id,
            &header,
            &body,
            organizer,
        )
    };
    match fault {
        Some(Fault::Lost) => {
            std::future::pending::<()>().await;
            unreachable!()
        }
        Some(Fault::Bare) => reply((done.0, vec![("content-type", "text/html".into())], done.2)),
        _ => reply(done),
    }
}

fn reply((status, headers, body): Reply) -> Response<Body> {
    let mut response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).unwrap()
}

#[expect(clippy::too_many_arguments, reason = "the parts of one request")]
fn act(
    inner: &mut Inner,
    method: &Method,
    path: &str,
    query: &str,
    id: Option<i64>,
    header: &dyn Fn(&str) -> String,
    body: &Value,
    organizer: Value,
) -> Reply {
    let json =
        |status, body: &Value| (status, vec![("etag", "\"1\"".to_owned())], body.to_string());
    let gone = (404, vec![], json!({ "title": "no such event" }).to_string());
    match (method.as_str(), path, id) {
        ("GET", "/health", _) => json(200, &json!({ "status": "healthy", "version": "9.9.9" })),
        ("GET", "/health/ready", _) => json(200, &json!({ "status": "ready" })),
        ("GET", "/", _) => {
            let headers = [
                ("content-type", "text/html; charset=utf-8"),
                (
                    "content-security-policy",
                    "default-src 'none'; frame-ancestors 'none'",
                ),
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
            ];
            let headers = headers
                .map(|(name, value)| (name, value.to_owned()))
                .to_vec();
            (200, headers, "<!doctype html><html></html>".to_owned())
        }
        ("GET", "/events", _) => {
            let items: Vec<&Value> = match query.contains("when=past") {
                true => inner
                    .events
                    .values()
                    .filter(|it| it["event_date"].as_str() < Some("2026"))
                    .collect(),
                false => inner.events.values().collect(),
            };
            json(200, &json!({ "items": items, "next": null }))
        }
        ("POST", "/events", _) => {
            if !organizer.is_string() {
                return json(422, &json!({ "title": "invalid", "detail": "organizer" }));
            }
            let key = header("idempotency-key");
            if let Some(id) = inner.keys.get(&key) {
                return json(201, &json!({ "id": id }));
            }
            inner.next += 1;
            let id = inner.next;
            inner.created += 1;
            inner.keys.insert(key, id);
            let mut event = body.clone();
            event["id"] = id.into();
            event["created_at"] = "2026-11-22T00:00:00Z".into();
            inner.dates.push(year(body));
            inner.events.insert(id, event.clone());
            json(201, &event)
        }
        (_, path, Some(id)) if path.ends_with("/join") => {
            let Some(event) = inner.events.get(&id) else {
                return gone;
            };
            if event["event_date"].as_str() < Some("2026") {
                return json(409, &json!({ "title": "the event has begun" }));
            }
            let joins = method == Method::POST;
            let user = match joins {
                true => body["user_name"].as_str().unwrap_or("Aki").to_owned(),
                false => query
                    .strip_prefix("user_name=")
                    .unwrap_or("Aki")
                    .replace('+', " "),
            };
            let seated = inner.seats.iter().position(|name| *name == user);
            match (joins, seated) {
                (true, _) => {
                    inner.seats.push(user);
                    json(201, &json!({}))
                }
                (false, Some(seat)) => {
                    inner.seats.remove(seat);
                    (204, vec![], String::new())
                }
                (false, None) => json(404, &json!({ "title": "not joined" })),
            }
        }
        ("GET", _, Some(id)) => inner.events.get(&id).map_or(gone, |event| json(200, event)),
        ("PUT", _, Some(id)) => {
            let Some(event) = inner.events.get_mut(&id) else {
                return gone;
            };
            event["event_date"] = body["event_date"].clone();
            let event = event.clone();
            inner.dates.push(year(body));
            json(200, &event)
        }
        ("DELETE", _, Some(id)) => match inner.events.remove(&id) {
            Some(_) => (204, vec![], String::new()),
            None => gone,
        },
        _ => gone,
    }
}

fn year(event: &Value) -> String {
    event["event_date"].as_str().unwrap()[..4].to_owned()
}
