//! Everything that goes wrong, as problem documents (RFC 9457) or as a page for people.
//!
//! A handler says only *what* went wrong. [`describe`] writes it down, once, in the reader's language, and also
//! turns the bare refusals of the framework into problem documents.

use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{language::Language, pages::frame::Frame, request_log::Actor, view};
use crate::{db, domain::Invalid};

mod kind;

pub(super) use kind::Kind;

/// Seconds after which it is worth to come back when the database was away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("2");

/// The way to log in is that of the load balancer, which has no registered name.
const LOG_IN: HeaderValue = HeaderValue::from_static("ALB-OIDC realm=\"events\"");

const CLOSE: HeaderValue = HeaderValue::from_static("close");

/// What went wrong with a request.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    kind: Kind,
    /// Values that were refused; `true` if they came in the body.
    invalid: Vec<Invalid>,
    in_body: bool,
    extra: Map<String, Value>,
    cause: Option<String>,
}

/// The cause of a problem, on its way to the log.
#[derive(Clone)]
pub(super) struct Cause(pub(super) String);

/// Marks an answer that says by itself what was wrong, such as a form with the mistakes beside its fields.
#[derive(Clone)]
pub(super) struct Described;

impl Problem {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            invalid: Vec::new(),
            in_body: false,
            extra: Map::new(),
            cause: None,
        }
    }

    /// The body was read, but not all its values were accepted.
    pub(super) fn invalid_body(invalid: Vec<Invalid>) -> Self {
        Self {
            invalid,
            in_body: true,
            ..Self::new(Kind::InvalidBody)
        }
    }

    /// Not all parameters were accepted.
    pub(super) fn invalid_parameters(invalid: Vec<Invalid>) -> Self {
        Self {
            invalid,
            ..Self::new(Kind::InvalidParameters)
        }
    }

    /// Adds a member to the document.
    pub(super) fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.extra.insert(member.to_owned(), value.into());
        self
    }

    /// Adds what only the log shall say.
    pub(super) fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The document as it is sent.
    pub(super) fn document(&self, language: Language) -> Value {
        let kind = self.kind.facts();
        let mut document = self.extra.clone();
        document.insert("type".into(), format!("/problems/{}", kind.name).into());
        document.insert(
            "title".into(),
            language.pick(kind.title.0, kind.title.1).into(),
        );
        document.insert("status".into(), kind.status.as_u16().into());
        document.insert(
            "detail".into(),
            language.pick(kind.detail.0, kind.detail.1).into(),
        );
        if !self.invalid.is_empty() {
            let errors = self.invalid.iter().map(|invalid| {
                let detail = language.reason(&invalid.reason);
                if self.in_body {
                    json!({ "detail": detail, "pointer": pointer(&invalid.field) })
                } else {
                    json!({ "detail": detail, "parameter": invalid.field })
                }
            });
            document.insert("errors".into(), errors.collect());
        }
        document.into()
    }
}

/// A member as a JSON pointer in a URI fragment; its name may come from the client.
fn pointer(field: &str) -> String {
    const UNSAFE: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    let escaped = field.replace('~', "~0").replace('/', "~1");
    format!("#/{}", utf8_percent_encode(&escaped, UNSAFE))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.facts().status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Away(outage) => Self::new(Kind::DatabaseAway)
                .with("reason", outage.class.as_str())
                .because(outage.to_string()),
            db::Error::Failed(_) => Self::new(Kind::Internal).because(error.to_string()),
        }
    }
}

/// Writes down what went wrong, if something did.
pub(super) async fn describe(request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let as_page =
        view::prefers_html(request.headers()).then(|| Frame::plain(language, request.uri()));
    let mut response = next.run(request).await;
    let problem = response
        .extensions_mut()
        .remove::<Problem>()
        .or_else(|| undescribed(&response));
    let Some(problem) = problem else {
        return response;
    };
    let kind = problem.kind.facts();
    let mut described = if let Some(frame) = as_page {
        view::problem(
            frame,
            kind.status,
            language.pick(kind.title.0, kind.title.1),
            language.pick(kind.detail.0, kind.detail.1),
        )
    } else {
        let mut document = Json(problem.document(language)).into_response();
        let problem_json = HeaderValue::from_static("application/problem+json");
        document
            .headers_mut()
            .insert(header::CONTENT_TYPE, problem_json);
        document
    };
    *described.status_mut() = kind.status;
    let headers = described.headers_mut();
    headers.insert(
        header::CONTENT_LANGUAGE,
        HeaderValue::from_static(language.tag()),
    );
    headers.insert(
        header::VARY,
        HeaderValue::from_static("accept, accept-language"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if matches!(
        kind.status,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT
    ) {
        // The rest of the body is not read as such, so nothing that comes after it could be.
        headers.insert(header::CONNECTION, CLOSE);
    }
    if kind.status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    if kind.status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, LOG_IN);
    }
    for kept in [header::ALLOW, header::ETAG] {
        if let Some(value) = response.headers_mut().remove(&kept) {
            headers.insert(kept, value);
        }
    }
    if let Some(actor) = response.extensions_mut().remove::<Actor>() {
        described.extensions_mut().insert(actor);
    }
    if let Some(cause) = problem.cause {
        described.extensions_mut().insert(Cause(cause));
    }
    described
}

/// The problem behind an error that the framework answered by itself.
fn undescribed(response: &Response) -> Option<Problem> {
    let status = response.status();
    let fine = !status.is_client_error() && !status.is_server_error();
    if fine || response.extensions().get::<Described>().is_some() {
        return None;
    }
    Some(Problem::new(match status {
        StatusCode::NOT_FOUND => Kind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Kind::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => Kind::BodyTooSlow,
        StatusCode::PAYLOAD_TOO_LARGE => Kind::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::NotJson,
        StatusCode::SERVICE_UNAVAILABLE => Kind::Overloaded,
        status if status.is_client_error() => Kind::Unreadable,
        _ => Kind::Internal,
    }))
}
