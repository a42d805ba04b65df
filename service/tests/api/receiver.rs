//! A receiver of announcements on this machine, that can be unwell in several ways.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What the receiver does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Takes it.
    Well,
    /// Answers with this status, header line and body.
    Answering(u16, &'static str, &'static str),
    /// Takes it, and says so two seconds later.
    Slow,
    /// Reads it, and does not answer.
    Silent,
    /// Reads it, and closes the connection.
    Rude,
}

/// A message, and when it came.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) at: Instant,
    pub(crate) text: String,
    /// Whether it was answered as taken.
    pub(crate) taken: bool,
}

pub(crate) struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    listening: JoinHandle<()>,
}

struct State {
    mood: Mood,
    messages: Vec<Message>,
}

impl Receiver {
    pub(crate) async fn start(mood: Mood) -> Self {
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = door.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            mood,
            messages: Vec::new(),
        }));
        let shared = state.clone();
        let listening = tokio::spawn(async move {
            loop {
                let (stream, _) = door.accept().await.unwrap();
                tokio::spawn(converse(stream, shared.clone()));
            }
        });
        Self {
            address,
            state,
            listening,
        }
    }

    /// The address of the webhook; its last part is a secret.
    pub(crate) fn webhook(&self) -> String {
        format!("http://{}/services/T0/B0/s3cr3t", self.address)
    }

    pub(crate) fn is(&self, mood: Mood) {
        self.state.lock().unwrap().mood = mood;
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.state.lock().unwrap().messages.clone()
    }

    /// The texts that were taken, in order.
    pub(crate) fn taken(&self) -> Vec<String> {
        let messages = self.messages().into_iter();
        messages
            .filter_map(|message| message.taken.then_some(message.text))
            .collect()
    }

    /// Waits until so many messages came, taken or not.
    pub(crate) async fn wait_for(&self, count: usize, limit: Duration) -> Vec<Message> {
        self.wait(limit, |message| message.len() >= count).await
    }

    /// Waits until so many messages were taken.
    pub(crate) async fn wait_for_taken(&self, count: usize, limit: Duration) -> Vec<String> {
        self.wait(limit, |messages| {
            messages.iter().filter(|message| message.taken).count() >= count
        })
        .await;
        self.taken()
    }

    async fn wait(&self, limit: Duration, enough: impl Fn(&[Message]) -> bool) -> Vec<Message> {
        let started = Instant::now();
        loop {
            let messages = self.messages();
            if enough(&messages) {
                return messages;
            }
            assert!(started.elapsed() < limit, "only these came: {messages:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Reads messages from one connection for as long as there are some.
async fn converse(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufReader::new(stream);
    while let Some(body) = read(&mut stream).await {
        let mood = {
            let mut state = state.lock().unwrap();
            let mood = state.mood;
            let body: Value = serde_json::from_str(&body).unwrap();
            state.messages.push(Message {
                at: Instant::now(),
                text: body["text"].as_str().unwrap().to_owned(),
                taken: matches!(mood, Mood::Well | Mood::Slow),
            });
            mood
        };
        let (status, header, body) = match mood {
            Mood::Well => (200, "x: y", "ok"),
            Mood::Answering(status, header, body) => (status, header, body),
            Mood::Slow => {
                tokio::time::sleep(Duration::from_secs(2)).await;
                (200, "x: y", "ok")
            }
            Mood::Silent => return std::future::pending().await,
            Mood::Rude => return,
        };
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status} Said\r\n{header}\r\ncontent-length: {length}\r\n\r\n{body}");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The body of the next request, which must be one to the webhook.
async fn read(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let (mut line, mut length) = (String::new(), 0);
    stream.read_line(&mut line).await.ok().filter(|n| *n > 0)?;
    assert_eq!(line.trim_end(), "POST /services/T0/B0/s3cr3t HTTP/1.1");
    loop {
        line.clear();
        stream.read_line(&mut line).await.ok().filter(|n| *n > 0)?;
        let header = line.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    String::from_utf8(body).ok()
}
