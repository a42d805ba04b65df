//! Sends requests, to the application itself or through a socket, and reads the answers.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use service::{
    db::{self, Db},
    http::{AppState, Site, app},
};
use sqlx::postgres::PgConnectOptions;
use tokio::net::TcpStream;
use tower::ServiceExt as _;

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that this is a problem document of that status and type, complete and consistent.
    #[track_caller]
    pub(crate) fn assert_problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{kind}"));
        assert_eq!(problem["status"], status);
        for member in ["title", "detail"] {
            assert!(
                problem[member]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{problem}"
            );
        }
        assert!(!self.header("x-request-id").is_empty());
        problem
    }
}

/// A handle on the test's database, with its tables known to be there.
pub(crate) async fn database(options: &PgConnectOptions) -> Db {
    let db = Db::new(options, 10).unwrap();
    db::migrate_when_reachable(&db, options).await.unwrap();
    db
}

/// The application on the test's database.
pub(crate) async fn application(options: &PgConnectOptions) -> Router {
    app(AppState::new(database(options).await, Site::default()))
}

/// A request with a JSON body, or with none if that is null.
pub(crate) fn request(method: &str, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path);
    match body {
        Value::Null => request.body(Body::empty()),
        body => request
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_string().into()),
    }
    .unwrap()
}

/// Sends a request to the application itself.
pub(crate) async fn send(app: &Router, request: Request<Body>) -> Answer {
    read(app.clone().oneshot(request).await.unwrap()).await
}

/// Sends a request with a JSON body to the application itself.
pub(crate) async fn call(app: &Router, method: &str, path: &str, body: Value) -> Answer {
    send(app, request(method, path, &body)).await
}

/// Sends a request through a socket of its own.
pub(crate) async fn send_to(address: SocketAddr, request: Request<Body>) -> Answer {
    Session::connect(address).await.send(request).await
}

/// A socket that is kept for several requests.
pub(crate) struct Session(SendRequest<Body>);

impl Session {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub(crate) async fn send(&mut self, mut request: Request<Body>) -> Answer {
        request
            .headers_mut()
            .insert(header::HOST, "localhost".parse().unwrap());
        self.0.ready().await.unwrap();
        read(self.0.send_request(request).await.unwrap().map(Body::new)).await
    }
}

/// An event that is accepted as it is.
pub(crate) fn draft() -> Value {
    json!({
        "title": "勉強会",
        "description": "Bring a laptop.",
        "event_date": "2100-04-01T19:00:00+09:00",
        "location": "Room 1",
        "max_participants": 2,
        "organizer": "Aki",
    })
}

/// Creates that event with some members changed, and gives its number.
pub(crate) async fn create(app: &Router, changes: Value) -> i64 {
    let mut event = draft();
    event
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    let answer = call(app, "POST", "/events", event).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["id"].as_i64().unwrap()
}

pub(crate) async fn read(response: axum::response::Response) -> Answer {
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 10_000_000).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// Joins an event; `wish` is empty or a query such as `?waitlist=true`.
pub(crate) async fn join(app: &Router, id: i64, name: &str, wish: &str) -> Answer {
    let path = format!("/events/{id}/join{wish}");
    call(app, "POST", &path, json!({ "user_name": name })).await
}

/// Leaves an event. The name must need no escaping.
pub(crate) async fn leave(app: &Router, id: i64, name: &str) -> Answer {
    let path = format!("/events/{id}/join?user_name={name}");
    call(app, "DELETE", &path, Value::Null).await
}

/// Reads an event.
pub(crate) async fn event(app: &Router, id: i64) -> Value {
    let answer = call(app, "GET", &format!("/events/{id}"), Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

/// Replaces an event by [`draft`] with some members changed.
pub(crate) async fn change(app: &Router, id: i64, changes: Value) -> Answer {
    let mut event = draft();
    event
        .as_object_mut()
        .unwrap()
        .extend(changes.as_object().unwrap().clone());
    call(app, "PUT", &format!("/events/{id}"), event).await
}

/// The names of the people in a list of an event, `participants` or `waitlist`.
pub(crate) fn names(event: &Value, list: &str) -> Vec<String> {
    let people = event[list].as_array().unwrap().iter();
    people
        .map(|person| person["user_name"].as_str().unwrap().to_owned())
        .collect()
}
