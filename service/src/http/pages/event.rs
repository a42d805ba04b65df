//! The page of an event.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::Utc;

use super::frame::Frame;
use crate::{
    domain::{EventWithParticipants, Standing},
    http::{AppState, events, params::Id, problem::Problem, view},
};

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    frame: Frame,
    found: Arc<EventWithParticipants>,
    standing: Option<Standing>,
    begun: bool,
}

/// An event as a page for browsers and as JSON for everybody else.
pub(in crate::http) async fn page_or_json(
    State(state): State<AppState>,
    frame: Frame,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = events::find(&state, id).await?;
    if !view::prefers_html(&headers) {
        return events::show(&found, &headers);
    }
    let page = EventPage {
        standing: found.standing(frame.user()),
        begun: found.event.event_date <= Utc::now(),
        frame,
        found,
    };
    Ok(view::page(page.frame.language, &page))
}
