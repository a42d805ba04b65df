//! `.ics`: one event to take over, and feeds to subscribe to.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use chrono::Utc;

use super::{
    AppState, etag,
    identity::Caller,
    language::Language,
    origin,
    params::Id,
    problem::{Kind, Problem},
};
use crate::{
    calendar::{Purpose, Style},
    domain::{
        UserName,
        calendar::{Entry, Window},
        feed::Secret,
    },
    store::{calendars, feeds},
};

/// One event, also when it was cancelled, so that a copy of it can be brought up to date.
pub(super) async fn event(
    State(state): State<AppState>,
    Id(id): Id,
    language: Language,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entries = state
        .db
        .idempotent(|c| Box::pin(calendars::event(c, id)))
        .await?;
    if entries.is_empty() {
        return Err(Problem::new(Kind::EventNotFound));
    }
    let mut response = answer(&state, &headers, language, Purpose::OneEvent, entries).await?;
    let name = format!("attachment; filename=\"event-{}.ics\"", id.get());
    if let Ok(name) = HeaderValue::from_str(&name) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// All events, for whom the load balancer lets through: where people log in, calendars cannot.
pub(super) async fn all(
    State(state): State<AppState>,
    _: Caller,
    language: Language,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entries = read_all(&state).await?;
    answer(&state, &headers, language, Purpose::AllEvents, entries).await
}

/// All events, for who has a secret address.
pub(super) async fn all_by_secret(
    State(state): State<AppState>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    language: Language,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    owner(&state, path).await?;
    let entries = read_all(&state).await?;
    answer(&state, &headers, language, Purpose::AllEvents, entries).await
}

/// The events of the person whose secret address it is.
pub(super) async fn own_by_secret(
    State(state): State<AppState>,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
    language: Language,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let owner = owner(&state, path).await?;
    let window = Window::at(Utc::now());
    let entries = state
        .db
        .idempotent(|c| Box::pin(calendars::of_person(c, owner.clone(), window)))
        .await?;
    answer(&state, &headers, language, Purpose::OwnEvents, entries).await
}

async fn read_all(state: &AppState) -> Result<Vec<Entry>, Problem> {
    let window = Window::at(Utc::now());
    let entries = state
        .db
        .idempotent(|c| Box::pin(calendars::all(c, window)))
        .await?;
    Ok(entries)
}

/// Whose secret address it is.
async fn owner(
    state: &AppState,
    path: Result<Path<String>, axum::extract::rejection::PathRejection>,
) -> Result<UserName, Problem> {
    let unknown = || Problem::new(Kind::FeedNotFound);
    let Path(raw) = path.map_err(|_| unknown())?;
    let hash = Secret::parse(&raw).ok_or_else(unknown)?.hash();
    let owner = state
        .db
        .idempotent(|c| Box::pin(feeds::owner(c, hash)))
        .await?;
    owner
        .and_then(|name| UserName::parse(&name).ok())
        .ok_or_else(unknown)
}

/// A calendar as an answer, or the word that the reader has it already.
async fn answer(
    state: &AppState,
    headers: &HeaderMap,
    language: Language,
    purpose: Purpose,
    entries: Vec<Entry>,
) -> Result<Response, Problem> {
    let style = Style {
        purpose,
        language,
        pages: origin::of(&state.site, headers),
        zone: state.site.zone,
    };
    // Thousands of events take a while to write, which must not keep other requests waiting.
    let written = tokio::task::spawn_blocking(move || style.write(&entries)).await;
    let body = written.map_err(|error| Problem::new(Kind::Internal).because(error.to_string()))?;
    let tag = etag::of_body(body.as_bytes());
    let known = etag::is_known(headers, &tag);
    let headers = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::VARY, "accept-language, cookie".to_owned()),
        (header::CONTENT_LANGUAGE, language.tag().to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((headers, kind, body).into_response())
}
