//! What many operations have in common: parameters, headers, answers and problems.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::Reader;
use crate::{
    domain::{Invalid, Reason},
    http::{
        import::explain,
        language::Language,
        problem::{Kind, Problem},
    },
    spreadsheet::Fault,
};

/// A parameter of an address that may be left out.
pub(super) fn query(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// A header of a request.
pub(super) fn header(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "header", "description": description, "schema": schema })
}

/// The number of the event in the path.
pub(super) fn id() -> Value {
    json!({
        "name": "id", "in": "path", "required": true, "description": "The number of the event",
        "schema": { "type": "integer", "format": "int64", "minimum": 1, "maximum": i64::MAX },
        "example": 12,
    })
}

/// The headers that all operations read.
pub(super) fn common(mut parameters: Vec<Value>) -> Vec<Value> {
    parameters.push(header(
        "Accept-Language",
        "The language of problem documents: `en`, which is the default, or `ja`",
        json!({ "type": "string", "examples": ["ja"] }),
    ));
    parameters.push(header(
        "X-Request-Id",
        "The id of the request in the log and in the answer. One that is longer than 128 characters, or has others \
         than letters, digits and `-_.:=/+`, is replaced by a new one.",
        json!({ "type": "string", "examples": ["0191e7a2-7c3f-7d0a-9a4e-3f1f2a5b6c7d"] }),
    ));
    parameters
}

/// The headers of answers.
pub(super) fn headers() -> Value {
    let header = |description: &str, schema: Value| json!({ "description": description, "required": true, "schema": schema });
    let text = || json!({ "type": "string", "minLength": 1 });
    json!({
        "RequestId": header("The id of the request in the log of the service", text()),
        "Location": header("The address of the new event", json!({ "type": "string", "pattern": "^/events/[1-9][0-9]*$" })),
        "ContentLocation": header(
            "The address of the event: the body is what a GET of it would have answered then, and `ETag` is that of this",
            json!({ "type": "string", "pattern": "^/events/[1-9][0-9]*$" }),
        ),
        "ETag": header(
            "What the client has seen of the event: its version, which changes with the event itself, and a digest \
             of the body, which changes with seats too",
            json!({ "type": "string", "pattern": "^\"[0-9]+-[0-9a-f]+\"$" }),
        ),
        "BodyETag": header(
            "A digest of the body",
            json!({ "type": "string", "pattern": "^\"[0-9a-f]{24}\"$" }),
        ),
        "CacheControl": header("How long the answer may be kept", text()),
        "ContentLanguage": header("The language of `title` and `detail`", json!({ "type": "string", "enum": ["en", "ja"] })),
        "RetryAfter": header("After how many seconds to try again", json!({ "type": "string", "pattern": "^[1-9][0-9]*$" })),
        "WwwAuthenticate": header("That the load balancer logs people in", text()),
    })
}

fn reference(names: &[(&str, &str)]) -> Map<String, Value> {
    let all = [("x-request-id", "RequestId")];
    all.iter()
        .chain(names)
        .map(|(header, name)| {
            (
                (*header).into(),
                json!({ "$ref": format!("#/components/headers/{name}") }),
            )
        })
        .collect()
}

/// A good answer without a body.
pub(super) fn empty(description: &str, headers: &[(&str, &str)]) -> Value {
    json!({ "description": description, "headers": reference(headers) })
}

/// A good answer with a body of one of the schemas.
pub(super) fn answer(
    description: &str,
    schema: &str,
    example: Value,
    headers: &[(&str, &str)],
) -> Value {
    let mut answer = empty(description, headers);
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    answer["content"] = json!({ "application/json": { "schema": schema, "example": example } });
    answer
}

/// A good answer that is a file.
pub(super) fn file(
    description: &str,
    kind: &str,
    example: &str,
    headers: &[(&str, &str)],
) -> Value {
    let mut answer = empty(description, headers);
    answer["content"][kind] = json!({ "schema": { "type": "string" }, "example": example });
    answer
}

/// A JSON body of one of the schemas.
pub(super) fn body(description: &str, schema: &str, example: Value) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({
        "description": description,
        "required": true,
        "content": { "application/json": { "schema": schema, "example": example } },
    })
}

/// Problems that a request with a JSON body can meet.
pub(super) const BODY: [Kind; 5] = [
    Kind::MalformedJson,
    Kind::BodyTooSlow,
    Kind::BodyTooLarge,
    Kind::NotJson,
    Kind::InvalidBody,
];

/// The good answers of an operation, and its problems besides those that every operation has.
pub(super) fn responses(good: Value, kinds: &[&[Kind]], reader: Reader) -> Value {
    let mut responses = good;
    let mut kinds = kinds.concat();
    kinds.extend([
        Kind::Unreadable,
        Kind::Internal,
        Kind::DatabaseAway,
        Kind::Overloaded,
    ]);
    if reader.known {
        kinds.extend([Kind::NotLoggedIn, Kind::KeysAway]);
    }
    problems(&mut responses, &kinds, reader.language);
    responses
}

/// Adds problems, those of one status together.
pub(super) fn problems(responses: &mut Value, kinds: &[Kind], language: Language) {
    for kind in kinds {
        let facts = kind.facts();
        let response = &mut responses[facts.status.as_str()];
        if response.is_null() {
            let mut headers = vec![
                ("content-language", "ContentLanguage"),
                ("cache-control", "CacheControl"),
            ];
            match facts.status {
                StatusCode::SERVICE_UNAVAILABLE => headers.push(("retry-after", "RetryAfter")),
                StatusCode::UNAUTHORIZED => headers.push(("www-authenticate", "WwwAuthenticate")),
                StatusCode::PRECONDITION_FAILED => headers.push(("etag", "ETag")),
                _ => {}
            }
            *response = empty("", &headers);
            response["content"]["application/problem+json"]["schema"]["$ref"] =
                "#/components/schemas/Problem".into();
        }
        let title = language.pick(facts.title.0, facts.title.1);
        let described = response["description"].as_str().unwrap_or_default();
        let separator = match described {
            "" => "",
            _ => language.pick(", or: ", " / "),
        };
        response["description"] = format!("{described}{separator}{title}").into();
        response["content"]["application/problem+json"]["examples"][facts.name] =
            json!({ "summary": title, "value": example(*kind).document(language) });
    }
}

/// A problem as it is sent, with all its members.
fn example(kind: Kind) -> Problem {
    let problem = Problem::new(kind);
    match kind {
        Kind::InvalidParameters => Problem::invalid_parameters(vec![Invalid::new(
            "limit",
            Reason::OutOfRange { min: 1, max: 100 },
        )]),
        Kind::InvalidBody => Problem::invalid_body(vec![
            Invalid::new("title", Reason::Empty),
            Invalid::new("event_date", Reason::NotTime),
        ]),
        Kind::ImportRefused => problem.with(
            "errors",
            json!([{ "row": 4, "column": "date", "value": "12/4 19:00", "detail": explain(&Fault::NotDay, Language::English) }]),
        ),
        Kind::MalformedJson => problem.with("line", 1).with("column", 17),
        Kind::EventFull => problem
            .with("participants_count", 20)
            .with("max_participants", 20),
        Kind::CapacityBelowParticipants => problem
            .with("participants_count", 20)
            .with("max_participants", 12),
        Kind::DatabaseAway => problem.with("reason", "connection-refused"),
        Kind::NotLoggedIn => problem.with("reason", "expired"),
        _ => problem,
    }
}
