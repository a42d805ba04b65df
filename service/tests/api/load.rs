//! People who use a running service all the time, and remember what they were told.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use axum::body::Body;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::{net::TcpStream, task::JoinHandle};

use crate::client::{Answer, draft, read, request};

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nobody listens: no request was sent.
    Refused,
    /// The request was sent, and lost.
    Lost(String),
}

/// Somebody with one keep-alive connection, which is renewed when the service said that it closes it.
pub(crate) struct Person {
    address: SocketAddr,
    sender: Option<SendRequest<Body>>,
}

impl Person {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            sender: None,
        }
    }

    pub(crate) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Answer, Failure> {
        let mut request = request(method, path, body);
        let host = self.address.to_string().parse().unwrap();
        request.headers_mut().insert("host", host);
        let mut sender = match self.sender.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await?,
        };
        let lost = |error: hyper::Error| Failure::Lost(format!("{method} {path}: {error:?}"));
        sender.ready().await.map_err(lost)?;
        let answer = sender.send_request(request).await.map_err(lost)?;
        let answer = read(answer.map(Body::new)).await;
        if answer.header("connection") != "close" {
            self.sender = Some(sender);
        }
        Ok(answer)
    }

    /// Whether there is a connection that may be used again.
    pub(crate) fn is_connected(&self) -> bool {
        self.sender
            .as_ref()
            .is_some_and(|sender| !sender.is_closed())
    }

    async fn connect(&self) -> Result<SendRequest<Body>, Failure> {
        let stream = TcpStream::connect(self.address)
            .await
            .map_err(|_| Failure::Refused)?;
        let (sender, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Failure::Lost(error.to_string()))?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

/// What somebody wanted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Wish {
    Join { event: i64, name: String },
    Create { title: String },
    List,
    Health,
}

/// What somebody was told.
pub(crate) struct Told {
    pub(crate) wish: Wish,
    pub(crate) asked: Instant,
    pub(crate) took: Duration,
    pub(crate) answer: Result<Answer, Failure>,
}

impl Told {
    pub(crate) fn is_well(&self) -> bool {
        let wanted = match self.wish {
            Wish::Join { .. } | Wish::Create { .. } => 201,
            Wish::List | Wish::Health => 200,
        };
        matches!(&self.answer, Ok(answer) if answer.status == wanted)
    }

    /// The reason that a refusal gives.
    pub(crate) fn reason(&self) -> Option<String> {
        let answer = self.answer.as_ref().ok()?;
        (answer.status == 503).then(|| answer.json()["reason"].as_str().unwrap_or("").to_owned())
    }
}

/// Several people, until they are sent home.
pub(crate) struct Crowd {
    told: Arc<Mutex<Vec<Told>>>,
    home: Arc<AtomicBool>,
    people: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// Each wishes again `pause` after an answer. They join these events, which must have seats enough.
    pub(crate) fn gather(
        address: SocketAddr,
        people: usize,
        pause: Duration,
        events: &[i64],
    ) -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let home = Arc::new(AtomicBool::new(false));
        let people = (0..people)
            .map(|number| {
                let (told, home, events) = (told.clone(), home.clone(), events.to_vec());
                tokio::spawn(async move {
                    let mut person = Person::new(address);
                    for turn in 0.. {
                        if home.load(Ordering::Relaxed) {
                            break;
                        }
                        let wish = wish(number, turn, &events);
                        let asked = Instant::now();
                        let answer = grant(&mut person, &wish).await;
                        let told_now = Told {
                            wish,
                            asked,
                            took: asked.elapsed(),
                            answer,
                        };
                        told.lock().unwrap().push(told_now);
                        tokio::time::sleep(pause).await;
                    }
                })
            })
            .collect();
        Self { told, home, people }
    }

    /// Looks at all that was said so far.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&[Told]) -> T) -> T {
        look(&self.told.lock().unwrap())
    }

    /// Waits until what was said so far looks like that.
    #[track_caller]
    pub(crate) fn until(
        &self,
        what: &str,
        limit: Duration,
        mut look: impl FnMut(&[Told]) -> bool,
    ) -> impl Future<Output = ()> {
        let deadline = Instant::now() + limit;
        async move {
            while !self.look(&mut look) {
                assert!(Instant::now() < deadline, "not within {limit:?}: {what}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Sends all home, and gives what they were told.
    pub(crate) async fn disperse(self) -> Vec<Told> {
        self.home.store(true, Ordering::Relaxed);
        for person in self.people {
            person.await.unwrap();
        }
        Arc::into_inner(self.told).unwrap().into_inner().unwrap()
    }
}

fn wish(number: usize, turn: usize, events: &[i64]) -> Wish {
    match (number + turn) % 8 {
        0 => Wish::Health,
        1 | 2 => Wish::List,
        3 => Wish::Create {
            title: format!("event {turn} of {number}"),
        },
        _ => Wish::Join {
            event: events[(number + turn * 7) % events.len()],
            name: format!("guest {turn} of {number}"),
        },
    }
}

async fn grant(person: &mut Person, wish: &Wish) -> Result<Answer, Failure> {
    match wish {
        Wish::Join { event, name } => {
            let path = format!("/events/{event}/join");
            person
                .ask("POST", &path, &json!({ "user_name": name }))
                .await
        }
        Wish::Create { title } => {
            let mut event = draft();
            event["title"] = json!(title);
            person.ask("POST", "/events", &event).await
        }
        Wish::List => person.ask("GET", "/events?limit=5", &Value::Null).await,
        Wish::Health => person.ask("GET", "/health", &Value::Null).await,
    }
}
