//! Reads a JSON body member by member, so that one answer names everything that is wrong with it.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse as _,
};
use serde_json::{Map, Value};

use super::problem::{Kind, Problem};
use crate::domain::{Capacity, EventDraft, Invalid, Reason, Text, UserName, draft::EventDate};

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(5);

/// The members of a JSON object that have not been read yet, and what was wrong with the others.
pub(super) struct Fields {
    members: Map<String, Value>,
    invalid: Vec<Invalid>,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(Kind::NotJson));
        }
        let body = match tokio::time::timeout(BODY_TIME, Bytes::from_request(request, state)).await
        {
            Ok(Ok(body)) => body,
            Ok(Err(rejection)) => {
                let too_large = rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE;
                return Err(Problem::new(if too_large {
                    Kind::BodyTooLarge
                } else {
                    Kind::Unreadable
                }));
            }
            Err(_) => return Err(Problem::new(Kind::BodyTooSlow)),
        };
        match serde_json::from_slice(&body) {
            Ok(members) => Ok(Self {
                members,
                invalid: Vec::new(),
            }),
            Err(error) => Err(Problem::new(Kind::MalformedJson)
                .with("line", error.line())
                .with("column", error.column())),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = media_type(headers);
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

/// What the body is, without parameters and in lower case; empty where nothing is said or more than one thing.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or(""),
        _ => "",
    };
    let essence = value.split(';').next().unwrap_or("");
    essence.trim().to_ascii_lowercase()
}

impl Fields {
    /// Reads the draft of an event, and nothing else. Who sends no organiser means `organizer`, if that is somebody.
    pub(super) fn into_draft(
        mut self,
        organizer: Option<&UserName>,
    ) -> Result<EventDraft, Problem> {
        self.fill_in("organizer", organizer);
        let title = self.text("title");
        let description = self.optional_text("description");
        let event_date = self.take("event_date", |value| {
            EventDate::parse(value.as_str().ok_or(Reason::NotTime)?)
        });
        let location = self.optional_text("location");
        let max_participants = self.take("max_participants", |value| {
            // A number that is whole but too large for us is out of range, not of the wrong type.
            let too_large = value.is_u64() || value.as_f64().is_some_and(|n| n.abs() >= 1e15);
            // In JSON, 20.0 is the same number as 20.
            let whole = value
                .as_f64()
                .filter(|n| n.fract() == 0.0 && n.abs() < 1e15);
            let number = value
                .as_i64()
                .or(whole.map(|n| n as i64))
                .or(too_large.then_some(i64::MAX))
                .ok_or(Reason::NotInteger)?;
            Capacity::parse(number)
        });
        let organizer = self.text("organizer");
        match (
            title,
            description,
            event_date,
            location,
            max_participants,
            organizer,
            self.end(),
        ) {
            (
                Some(title),
                Some(description),
                Some(event_date),
                Some(location),
                Some(max_participants),
                Some(organizer),
                Ok(()),
            ) => Ok(EventDraft {
                title,
                description,
                event_date,
                location,
                max_participants,
                organizer,
            }),
            (.., end) => Err(end.err().unwrap_or_else(|| Problem::new(Kind::InvalidBody))),
        }
    }

    /// Reads the name of a person, and nothing else. Who sends no name means `user`, if that is somebody.
    pub(super) fn into_user_name(mut self, user: Option<&UserName>) -> Result<UserName, Problem> {
        self.fill_in("user_name", user);
        let name = self.text("user_name");
        self.end()?;
        name.ok_or_else(|| Problem::new(Kind::InvalidBody))
    }

    fn fill_in(&mut self, field: &str, name: Option<&UserName>) {
        if let Some(name) = name
            && self.members.get(field).is_none_or(Value::is_null)
        {
            self.members.insert(field.to_owned(), name.as_str().into());
        }
    }

    fn text<const MIN: usize, const MAX: usize>(&mut self, field: &str) -> Option<Text<MIN, MAX>> {
        self.take(field, |value| {
            Text::parse(value.as_str().ok_or(Reason::NotText)?)
        })
    }

    fn optional_text<const MAX: usize>(&mut self, field: &str) -> Option<Text<0, MAX>> {
        if self.members.get(field).is_none_or(Value::is_null) {
            self.members.insert(field.to_owned(), Value::from(""));
        }
        self.text(field)
    }

    fn take<T>(
        &mut self,
        field: &str,
        parse: impl FnOnce(Value) -> Result<T, Reason>,
    ) -> Option<T> {
        let parsed = self
            .members
            .remove(field)
            .ok_or(Reason::Missing)
            .and_then(parse);
        parsed
            .map_err(|reason| self.invalid.push(Invalid::new(field, reason)))
            .ok()
    }

    /// Refuses what was not read, and tells what was refused before.
    fn end(&mut self) -> Result<(), Problem> {
        let unknown = std::mem::take(&mut self.members)
            .into_iter()
            .map(|(name, _)| Invalid::new(name, Reason::Unknown));
        self.invalid.extend(unknown);
        if self.invalid.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid_body(std::mem::take(&mut self.invalid)))
        }
    }
}
