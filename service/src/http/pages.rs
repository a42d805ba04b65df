//! The pages for people: they work without scripts, and a form is answered by going to a page.

use axum::{
    Form,
    extract::rejection::FormRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::problem::{Kind, Problem};

pub(super) mod calendar;
pub(super) mod cancel;
pub(super) mod edit;
pub(super) mod event;
pub(super) mod frame;
pub(super) mod import;
pub(super) mod list;
mod markdown;
pub(super) mod preferences;
mod record;
mod search;
pub(super) mod seat;
pub(super) mod stats;
pub(super) mod subscribe;
mod typed;

/// The fields of a form, as far as it could be read.
fn fields<T>(form: Result<Form<T>, FormRejection>) -> Result<T, Problem> {
    match form {
        Ok(Form(fields)) => Ok(fields),
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Err(Problem::new(Kind::BodyTooLarge))
        }
        Err(_) => Err(Problem::new(Kind::Unreadable)),
    }
}

/// A style sheet after the rules that all of them have in common.
macro_rules! style {
    ($file:literal) => {
        asset(
            "text/css; charset=utf-8",
            concat!(include_str!("../../assets/base.css"), include_str!($file)),
        )
    };
}

/// The style sheet of the pages.
pub(super) async fn style() -> Response {
    style!("../../assets/style.css")
}

/// The style sheet of the description of the API.
pub(super) async fn docs_style() -> Response {
    style!("../../assets/docs.css")
}

/// What makes the pages quicker to use where scripts are allowed.
pub(super) async fn script() -> Response {
    asset(
        "text/javascript; charset=utf-8",
        include_str!("../../assets/page.js"),
    )
}

/// The mark of the pages in tabs and bookmarks.
pub(super) async fn icon() -> Response {
    asset("image/svg+xml", include_str!("../../assets/icon.svg"))
}

/// Something that changes only with the binary.
fn asset(kind: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, text).into_response()
}
