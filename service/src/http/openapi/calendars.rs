//! Operations for calendars.

use chrono_tz::Asia::Tokyo;
use serde_json::{Value, json};

use super::{
    Reader, examples,
    parts::{common, empty, file, header, id, query, responses},
};
use crate::{
    calendar::{Purpose, Style},
    domain::{calendar::Entry, feed::Secret, language::Language},
    http::problem::Kind,
};

const FEED: &str = "Subscribe to it in Google Calendar, Outlook or any other. It has what is to come and the last three \
months, cancelled events for a month after that, and at most 5,000 events. Times are in UTC; the end is an hour after \
the beginning, because the service keeps none.";

const SECRET: &str = "Calendars cannot log in, so who has the address may read it. A person makes it at `/subscribe`, \
and can make another one or delete it at any time, after which the old one is answered with 404.";

pub(super) fn event(reader: Reader) -> Value {
    json!({
        "operationId": "getEventCalendar",
        "tags": ["calendars"],
        "summary": "Take an event over into a calendar",
        "description": "An event keeps its `UID`, and has a higher `SEQUENCE` after each change. One that was cancelled \
                        is found too, as such.",
        "parameters": parameters(vec![id()]),
        "responses": responses(good(Purpose::OneEvent), &[&[Kind::EventNotFound]], reader),
    })
}

pub(super) fn all(reader: Reader) -> Value {
    json!({
        "operationId": "getCalendar",
        "tags": ["calendars"],
        "summary": "All events as a calendar",
        "description": FEED,
        "parameters": parameters(vec![]),
        "responses": responses(good(Purpose::AllEvents), &[], reader),
    })
}

pub(super) fn all_by_secret(reader: Reader) -> Value {
    by_secret(
        reader,
        "getCalendarBySecret",
        "All events as a calendar, by a secret address",
        Purpose::AllEvents,
    )
}

pub(super) fn own_by_secret(reader: Reader) -> Value {
    by_secret(
        reader,
        "getOwnCalendarBySecret",
        "The events that a person has joined, waits for or organises, by a secret address",
        Purpose::OwnEvents,
    )
}

fn by_secret(reader: Reader, name: &str, summary: &str, purpose: Purpose) -> Value {
    let example = Secret::new([7; Secret::LENGTH]).write();
    let secret = json!({
        "name": "secret", "in": "path", "required": true, "description": "What makes the address a secret one",
        "schema": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" },
        "example": example,
    });
    // Nobody has to log in.
    let anybody = Reader {
        known: false,
        ..reader
    };
    json!({
        "operationId": name,
        "tags": ["calendars"],
        "security": [],
        "summary": summary,
        "description": format!("{SECRET}\n\n{FEED}"),
        "parameters": parameters(vec![secret]),
        "responses": responses(good(purpose), &[&[Kind::FeedNotFound]], anybody),
    })
}

fn parameters(mut all: Vec<Value>) -> Vec<Value> {
    all.push(query(
        "lang",
        "The language of what is added to the words of the events: `en` or `ja`. Without it, that of `Accept-Language`",
        json!({ "type": "string" }),
    ));
    all.push(header(
        "If-None-Match",
        "`ETag` of what the calendar has: if nothing has changed, the answer is 304 without a body",
        json!({ "type": "string", "examples": ["\"0e5a7a3b5d1f4c2e9b8a7d6c\""] }),
    ));
    common(all)
}

fn good(purpose: Purpose) -> Value {
    let event = examples::event();
    let entry = Entry {
        uid: "event-12@8e03978e-40d5-43dd-bc93-6894a57f9324".to_owned(),
        id: event.id,
        title: event.title,
        description: event.description,
        event_date: event.event_date,
        location: event.location,
        organizer: event.organizer,
        cancelled: false,
        waiting: false,
        revision: 1,
        changed_at: event.created_at,
    };
    let style = Style {
        purpose,
        language: Language::Japanese,
        pages: "https://events.example.com".to_owned(),
        zone: Tokyo,
    };
    let headers = &[("etag", "BodyETag"), ("cache-control", "CacheControl")];
    json!({
        "200": file(
            "The calendar (iCalendar, RFC 5545)",
            "text/calendar",
            &style.write(&[entry]),
            headers,
        ),
        "304": empty("The calendar has it already", headers),
    })
}
