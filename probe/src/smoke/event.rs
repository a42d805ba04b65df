//! The event that is created, changed, joined, left and removed again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Outcome, Seen, Steps,
    client::{Answer, Client, Silence},
};
use crate::{views::LeftBehind, words, words::Words};

/// The steps with an event, in their order.
pub(super) const STEPS: &[(&str, &str)] = &[
    ("create", "POST /events"),
    ("read", "GET /events/{id}"),
    ("list", "GET /events"),
    ("change", "PUT /events/{id}"),
    ("join", "POST /events/{id}/join"),
    ("leave", "DELETE /events/{id}/join"),
    ("remove", "DELETE /events/{id}"),
];

/// What the title of every such event begins with.
const TITLE: &str = "[probe smoke] please ignore";
const USER: &str = "probe smoke";
/// Of an event in the past the service announces nothing.
const PAST: &str = "2000-01-01T00:00:00Z";
/// So far away that it is the last of every list for the second in which it is there.
const FUTURE: &str = "2199-12-31T00:00:00Z";
/// How often what must not stay behind is tried to be removed, and how long after one another.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_secs(1);
/// An event of another run that is younger may still be in use.
const RUN: TimeDelta = TimeDelta::minutes(10);

/// The one event, and what has become of it.
pub(super) struct Trial<'a> {
    client: &'a Client,
    at: DateTime<Utc>,
    title: String,
    is_sent: bool,
    id: Option<i64>,
    in_future: bool,
    has_joined: bool,
    /// Events of earlier runs that nobody removed.
    pub(super) others: Vec<LeftBehind>,
}

impl<'a> Trial<'a> {
    pub(super) fn new(client: &'a Client, at: DateTime<Utc>) -> Self {
        Self {
            client,
            at,
            title: format!("{TITLE} {}", client.id()),
            is_sent: false,
            id: None,
            in_future: false,
            has_joined: false,
            others: vec![],
        }
    }

    fn body(&self, date: &str) -> Value {
        let mut body = json!({
            "title": self.title,
            "description": "",
            "event_date": date,
            "location": "",
            "max_participants": 1,
        });
        // Who is logged in is the organiser.
        if !self.client.has_session() {
            body["organizer"] = USER.into();
        }
        body
    }

    async fn create(&mut self) -> Result<Answer, Silence> {
        self.is_sent = true;
        let key = [("idempotency-key", self.client.id())];
        let body = self.body(PAST);
        let answer = self
            .client
            .send(Method::POST, "/events", &key, Some(&body))
            .await;
        if let Ok(answer) = &answer {
            self.id = answer.json()["id"].as_i64();
            // What was refused was not created, unless a first try is still under way.
            let is_refused = (300..500).contains(&answer.status) && answer.status != 409;
            self.is_sent = !is_refused;
        }
        answer
    }

    /// Creates the event and does with it what people do.
    pub(super) async fn exercise(&mut self, steps: &mut Steps) {
        let created = self.create().await;
        let is_created = tried(steps, "create", "POST /events", created, |answer| {
            expect(answer, 201)?;
            match answer.json()["id"].as_i64() {
                Some(id) => Ok(words!(
                    "event {id}, in the past",
                    "イベント {id} (過去の日付)"
                )),
                None => Err(words!("has no id", "ID がありません")),
            }
        });
        let (true, Some(id)) = (is_created, self.id) else {
            let why = words!("there is no event", "イベントがないため省略");
            steps.skip(&STEPS[1..STEPS.len() - 1], &why);
            return;
        };
        let path = format!("/events/{id}");
        let mut tag = String::new();
        let read = self.client.get(&path, "application/json").await;
        tried(steps, "read", &format!("GET {path}"), read, |answer| {
            expect(answer, 200)?;
            answer.header("etag").clone_into(&mut tag);
            let same = answer.json()["title"] == self.title.as_str();
            match (same, tag.is_empty()) {
                (true, false) => Ok(words!("as it was created", "作成した内容と一致")),
                (true, true) => Err(words!("has no ETag", "ETag がありません")),
                _ => Err(words!("is another event", "別のイベントです")),
            }
        });
        self.list(steps, id).await;
        self.take_part(steps, &path, &tag).await;
    }

    async fn list(&mut self, steps: &mut Steps, id: i64) {
        let query = "/events?when=past&limit=100&q=probe+smoke+please+ignore";
        let listed = self.client.get(query, "application/json").await;
        let mut events: Vec<Value> = vec![];
        let ours = |answer: &Answer| {
            expect(answer, 200)?;
            events = answer.json()["items"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            match events.iter().any(|event| event["id"] == id) {
                true => Ok(words!("found by its title", "タイトルで検索できる")),
                false => Err(words!(
                    "the new event is not found by its title",
                    "作成したイベントをタイトルで検索できません"
                )),
            }
        };
        tried(steps, "list", "GET /events?when=past&q=...", listed, ours);
        for event in &events {
            let title = event["title"].as_str().unwrap_or_default();
            let created = event["created_at"].as_str().unwrap_or_default();
            let created = DateTime::parse_from_rfc3339(created);
            let is_old = created.is_ok_and(|created| created < self.at - RUN);
            let other = event["id"].as_i64().filter(|other| *other != id);
            if let (true, true, Some(other)) = (title.starts_with(TITLE), is_old, other) {
                self.others.push(self.left(title, Some(other)));
            }
        }
    }

    /// Nobody can join what has begun, so it is moved into the future for a moment.
    async fn take_part(&mut self, steps: &mut Steps, path: &str, tag: &str) {
        let if_match: Vec<(&'static str, &str)> = match tag.is_empty() {
            true => vec![],
            false => vec![("if-match", tag)],
        };
        self.in_future = true;
        let body = self.body(FUTURE);
        let changed = self
            .client
            .send(Method::PUT, path, &if_match, Some(&body))
            .await;
        let request = format!("PUT {path}");
        let is_changed = tried(steps, "change", &request, changed, |answer| {
            expect(answer, 200)?;
            match answer.json()["event_date"].as_str() {
                Some(date) if date.starts_with("2199-12-31") => Ok(words!(
                    "moved into the future, to be joined",
                    "参加できるように未来の日付へ変更"
                )),
                _ => Err(words!("has not changed", "変更されていません")),
            }
        });
        let path = format!("{path}/join");
        let [post, delete] = ["POST", "DELETE"].map(|method| format!("{method} {path}"));
        if !is_changed {
            let why = words!("cannot be joined unchanged", "変更できないため省略");
            steps.skip(&[("join", &post), ("leave", &delete)], &why);
            return;
        }
        let body = match self.client.has_session() {
            true => json!({}),
            false => json!({ "user_name": USER }),
        };
        let joined = self
            .client
            .send(Method::POST, &path, &[], Some(&body))
            .await;
        self.has_joined = tried(steps, "join", &post, joined, |answer| {
            expect(answer, 201)?;
            Ok(words!("has a seat", "参加登録できる"))
        });
        if !self.has_joined {
            let why = words!("nobody has joined", "参加できていないため省略");
            steps.skip(&[("leave", &delete)], &why);
            return;
        }
        let name = match self.client.has_session() {
            true => path.clone(),
            false => format!("{path}?user_name=probe+smoke"),
        };
        let left = self.client.send(Method::DELETE, &name, &[], None).await;
        tried(steps, "leave", &delete, left, |answer| {
            expect(answer, 204)?;
            Ok(words!("the seat is free again", "参加を取り消せる"))
        });
    }

    /// Removes the event, if there may be one, and says whether it is gone for sure.
    pub(super) async fn remove(&mut self, steps: &mut Steps) -> bool {
        if !self.is_sent {
            return true;
        }
        // Nobody heard whether it was created. The same key finds it, or creates it, and then it is known.
        for _ in 0..TRIES {
            if self.id.is_some() || !self.is_sent {
                break;
            }
            if self.create().await.is_err() || self.id.is_none() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        if !self.is_sent {
            return true;
        }
        let Some(id) = self.id else {
            let seen = words!(
                "nobody answered whether the event was created",
                "イベントが作成されたかどうかを確認できません"
            );
            steps.add("remove", None, None, Outcome::Failed, &seen);
            return false;
        };
        let path = format!("/events/{id}");
        self.move_back(steps, &path).await;
        self.delete(steps, &path).await
    }

    /// Changes that cancel each other out are not told, and neither is the end of an event in the past.
    async fn move_back(&mut self, steps: &mut Steps, path: &str) {
        if !self.in_future {
            return;
        }
        let request = format!("PUT {path}");
        let body = self.body(PAST);
        let moved = self.client.send(Method::PUT, path, &[], Some(&body)).await;
        self.in_future = !tried(steps, "move-back", &request, moved, |answer| {
            match answer.status {
                200 | 404 => Ok(words!(
                    "back in the past, so that nobody is told",
                    "過去の日付に戻し、通知を防止"
                )),
                _ => Err(answer.unexpected()),
            }
        });
    }

    async fn delete(&self, steps: &mut Steps, path: &str) -> bool {
        let request = format!("DELETE {path}");
        for attempt in 1..=TRIES {
            let removed = self.client.send(Method::DELETE, path, &[], None).await;
            let is_gone = removed
                .as_ref()
                .is_ok_and(|answer| [204, 404].contains(&answer.status));
            if !is_gone && attempt < TRIES {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            return tried(steps, "remove", &request, removed, |answer| {
                match answer.status {
                    204 => Ok(words!("the event is gone", "イベントを削除済み")),
                    404 if attempt > 1 => Ok(words!(
                        "the event is gone, after try {attempt}",
                        "イベントを削除済み ({attempt} 回目で確認)"
                    )),
                    _ => Err(answer.unexpected()),
                }
            });
        }
        false
    }

    /// What may still be there, and how to remove it.
    pub(super) fn left_behind(&self) -> LeftBehind {
        self.left(&self.title, self.id)
    }

    fn left(&self, title: &str, id: Option<i64>) -> LeftBehind {
        let base = self.client.base();
        let session = match self.client.has_session() {
            true => r#" -H "Cookie: $(cat SESSION_FILE)""#,
            false => "",
        };
        let command = match id {
            Some(id) => format!("curl -i -X DELETE{session} '{base}/events/{id}'"),
            None => {
                let id = self.client.id();
                format!(
                    "curl -s{session} '{base}/events?when=all&q={id}'   # then: curl -i -X DELETE{session} '{base}/events/<id>'"
                )
            }
        };
        LeftBehind {
            id,
            title: title.to_owned(),
            command,
        }
    }
}

fn expect(answer: &Answer, status: u16) -> Result<(), Words> {
    match answer.status == status {
        true => Ok(()),
        false => Err(answer.unexpected()),
    }
}

fn tried(
    steps: &mut Steps,
    step: &str,
    request: &str,
    answer: Result<Answer, Silence>,
    judge: impl FnOnce(&Answer) -> Seen,
) -> bool {
    match answer {
        Ok(answer) => steps.tried(step, request, answer.took, judge(&answer)),
        Err(silence) => steps.tried(step, request, silence.took, Err(silence.why)),
    }
}
