//! The description of the API, OpenAPI 3.1, at `/openapi.json`.
//!
//! It is made of the code that it describes: the schemas of answers are derived from the types that are serialised,
//! limits are those that the domain checks, examples are real values, and problems are those that would be sent.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::language::Language;

mod calendars;
mod events;
mod examples;
mod health;
mod lists;
mod parts;
mod people;
mod schemas;
mod spreadsheets;

const INTRODUCTION: &str = "Announce events, find them, join and leave them.

Times are RFC 3339 with an offset; answers give them in UTC. Text is trimmed; its length is counted in characters. \
Unknown members and parameters are refused, so that a slip of the pen is not taken for a wish; clients should ignore \
members of answers that they do not know.

Every error, of whatever status, is a problem document (RFC 9457): clients tell problems apart by `type`; `title` \
and `detail` are in the language of `Accept-Language`, English or Japanese. A request of a method that an address \
does not have is answered with 405 and `Allow`.

Every answer has the header `x-request-id`, which is also in the log of the service: that of the request, or a new one.

Requests that change something are refused (403) where the browser says that another site's page sent them.

When the database is away, answers are 503 with `Retry-After`. GET, PUT, DELETE and joining can simply be sent again; \
creating an event can if it has an `Idempotency-Key`.";

/// For whom the document is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    /// Whether the service knows by itself who sends a request.
    pub(super) known: bool,
    /// The language of the problems. All other text is English here; [`super::docs`] translates it.
    pub(super) language: Language,
}

/// The document.
pub(super) fn document(reader: Reader) -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Company events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": INTRODUCTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "Where this document comes from" }],
        "tags": [
            { "name": "events", "description": "Events, and what happened to them" },
            { "name": "people", "description": "Seats and the waitlist" },
            { "name": "calendars", "description": "Events in other calendars" },
            { "name": "spreadsheets", "description": "Lists in and out, as CSV" },
            { "name": "health", "description": "Whether the service is well" },
        ],
        "paths": {
            "/events": { "get": lists::events(reader), "post": events::create(reader) },
            "/events/{id}": {
                "get": events::get(reader),
                "put": events::replace(reader),
                "delete": events::delete(reader),
            },
            "/events.csv": { "get": spreadsheets::events(reader) },
            "/events/import": { "post": spreadsheets::import(reader) },
            "/events/{id}/participants.csv": { "get": spreadsheets::participants(reader) },
            "/events.ics": { "get": calendars::all(reader) },
            "/events/{id}/event.ics": { "get": calendars::event(reader) },
            "/events/{id}/history": { "get": lists::history(reader) },
            "/events/{id}/join": { "post": people::join(reader), "delete": people::leave(reader) },
            "/feeds/{secret}/all.ics": { "get": calendars::all_by_secret(reader) },
            "/feeds/{secret}/mine.ics": { "get": calendars::own_by_secret(reader) },
            "/health": { "get": health::alive(reader) },
            "/health/ready": { "get": health::ready(reader) },
        },
        "components": {
            "schemas": schemas::all(reader),
            "headers": parts::headers(),
        },
    });
    if reader.known {
        document["components"]["securitySchemes"] = json!({
            "load_balancer": {
                "type": "apiKey",
                "in": "header",
                "name": "x-amzn-oidc-data",
                "description": "Who sends the request, signed by the load balancer, which logs people in and adds \
                                this header itself. Clients cannot send it.",
            },
        });
        document["security"] = json!([{ "load_balancer": [] }]);
    }
    document
}

/// The written document as an answer.
pub(super) fn answer(document: String) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
    ];
    (headers, document).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn english(known: bool) -> Value {
        let language = Language::English;
        document(Reader { known, language })
    }

    #[test]
    fn every_operation_has_a_name_of_its_own_and_every_answer_an_example() {
        for known in [false, true] {
            let document = english(known);
            let items = document["paths"].as_object().unwrap().values();
            let operations = items.flat_map(|item| item.as_object().unwrap().values());
            let (mut names, mut examples) = (BTreeSet::new(), 0);
            for operation in operations {
                assert!(names.insert(operation["operationId"].as_str().unwrap()));
                for answer in operation["responses"].as_object().unwrap().values() {
                    assert_ne!(answer["description"], "");
                    let bodies = answer.get("content").and_then(Value::as_object);
                    for (kind, body) in bodies
                        .into_iter()
                        .flatten()
                        .filter(|(kind, _)| *kind != "text/html")
                    {
                        assert!(
                            body.get("example").or(body.get("examples")).is_some(),
                            "{kind} {answer}"
                        );
                        examples += 1;
                    }
                }
            }
            assert_eq!(names.len(), 17);
            assert!(examples > 40, "{examples}");
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = english(true);
        let text = document.to_string();
        let references = text
            .split("\"$ref\":\"#")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let mut count = 0;
        for pointer in references {
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            count += 1;
        }
        assert!(count > 20);
    }
}
