//! The API and the pages: routes, and what every request goes through.

pub mod client;
pub mod server;

mod calendars;
mod cookies;
mod cross_site;
mod docs;
mod etag;
mod events;
mod export;
mod fields;
mod health;
mod history;
mod idempotency_key;
mod identity;
mod import;
mod language;
mod list;
pub mod metrics;
mod openapi;
mod origin;
mod pages;
mod params;
mod participants;
mod problem;
mod request_log;
mod searches;
mod state;
mod view;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{identity::Identity, spreadsheet::FILE_LIMIT};
use language::Language;
use problem::{Kind, Problem};
pub use searches::Counted;
pub use state::{AppState, Site};

/// The largest body accepted.
pub const BODY_LIMIT: usize = 64 * 1024;
/// How long the answer to a request may take; below the load balancer's 60 s, so that the client hears it from us.
pub const REQUEST_LIMIT: Duration = Duration::from_secs(10);

/// The whole service as one function from request to response.
pub fn app(state: AppState) -> Router {
    let site = state.site.clone();
    let known = matches!(site.identity, Identity::Alb(_));
    let docs = Arc::new(docs::Docs::new(known));
    let document = openapi::document(openapi::Reader {
        known,
        language: Language::English,
    });
    let document = document.to_string();
    // What is asked by machines that nobody logs in, calendars among them, and what a page that says so needs.
    let open = Router::new()
        .route("/assets/style.css", get(pages::style))
        .route("/assets/page.js", get(pages::script))
        .route("/assets/icon.svg", get(pages::icon))
        .route("/health", get(health::alive))
        .route("/health/ready", get(health::ready))
        .route("/feeds/{secret}/all.ics", get(calendars::all_by_secret))
        .route("/feeds/{secret}/mine.ics", get(calendars::own_by_secret))
        .method_not_allowed_fallback(other_method);
    Router::new()
        .route("/", get(pages::list::upcoming))
        .route("/history", get(pages::list::history))
        .route("/calendar", get(pages::calendar::page))
        .route("/stats", get(pages::stats::page))
        .route("/name", get(pages::preferences::ask_name))
        .route("/events", get(list::list).post(events::create))
        .route(
            "/events/{id}",
            get(pages::event::page_or_json)
                .put(events::replace)
                .delete(events::delete),
        )
        .route(
            "/events/import",
            post(import::api).layer(DefaultBodyLimit::max(FILE_LIMIT)),
        )
        .route("/events.csv", get(export::events))
        .route("/events/{id}/participants.csv", get(export::participants))
        .route("/events.ics", get(calendars::all))
        .route("/events/{id}/event.ics", get(calendars::event))
        .route("/events/{id}/history", get(history::page))
        .route(
            "/events/{id}/join",
            post(participants::join).delete(participants::leave),
        )
        .route(
            "/openapi.json",
            get(async move || openapi::answer(document.clone())),
        )
        .route("/docs", get(async move |language| docs.answer(language)))
        .route("/assets/docs.css", get(pages::docs_style))
        .route("/new", get(pages::edit::new))
        .route("/events/{id}/edit", get(pages::edit::edit))
        .route("/events/{id}/cancel", get(pages::cancel::ask_to_cancel))
        .route("/forms/create", post(pages::edit::create))
        .route("/forms/change", post(pages::edit::change))
        .route("/forms/cancel", post(pages::cancel::cancel))
        .route("/forms/preview", post(pages::edit::preview))
        .route("/subscribe", get(pages::subscribe::page))
        .route("/import", get(pages::import::page))
        .route(
            "/forms/import",
            post(pages::import::send).layer(DefaultBodyLimit::max(import::FORM_LIMIT)),
        )
        .route("/forms/feed", post(pages::subscribe::change))
        .route("/forms/join", post(pages::seat::join))
        .route("/forms/leave", post(pages::seat::leave))
        .route("/forms/name", post(pages::preferences::keep_name))
        .route("/forms/language", post(pages::preferences::keep_language))
        .fallback(async || Problem::new(Kind::NotFound))
        .method_not_allowed_fallback(other_method)
        .layer(middleware::from_fn_with_state(
            site.clone(),
            identity::establish,
        ))
        .merge(open)
        .with_state(state)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(within_limit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(
            site.clone(),
            cross_site::refuse,
        ))
        .layer(middleware::from_fn(problem::describe))
        .layer(middleware::from_fn_with_state(site, metrics::record))
        .layer(middleware::from_fn(request_log::record))
}

/// Says which methods there are: the framework adds `Allow`.
async fn other_method(method: Method) -> Response {
    match method {
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        _ => Problem::new(Kind::MethodNotAllowed).into_response(),
    }
}

async fn within_limit(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_LIMIT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Kind::Overloaded)
            .because("the request took too long")
            .into_response(),
    }
}

fn panicked(payload: Box<dyn std::any::Any + Send>) -> Response {
    let message = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| StatusCode::INTERNAL_SERVER_ERROR.to_string());
    Problem::new(Kind::Internal)
        .because(format!("panic: {message}"))
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_with_a_problem() {
        use tower::ServiceExt as _;
        let boom = async || -> () { panic!("boom") };
        let app = Router::<()>::new()
            .route("/", get(boom))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(middleware::from_fn(problem::describe));
        let response = app
            .oneshot(Request::<axum::body::Body>::default())
            .await
            .unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            response.headers()["content-type"],
            "application/problem+json"
        );
        let body = axum::body::to_bytes(response.into_body(), BODY_LIMIT)
            .await
            .unwrap();
        assert!(
            !String::from_utf8_lossy(&body).contains("boom"),
            "the message is for the log only"
        );
    }
}
