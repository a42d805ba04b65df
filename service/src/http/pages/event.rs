//! The page of an event.

use std::sync::Arc;

use askama::Template;
use axum::{extract::State, http::HeaderMap, response::Response};
use chrono::Utc;

use super::{
    edit::{draft_name, may_change},
    frame::Frame,
    markdown,
    record::{self, Line},
};
use crate::{
    domain::{EventWithParticipants, Limit, Standing},
    http::{
        AppState, events,
        identity::Caller,
        params::Id,
        problem::Problem,
        view::{self, Notice},
    },
    store,
};

#[derive(Template)]
#[template(path = "event.html")]
struct EventPage {
    frame: Frame,
    found: Arc<EventWithParticipants>,
    standing: Option<Standing>,
    begun: bool,
    /// Whether the reader may change and cancel it.
    may_change: bool,
    /// The description, as HTML that can do no harm.
    description: String,
    history: Vec<Line>,
}

impl EventPage {
    /// Which draft in the browser has just become this event, and can be forgotten.
    fn saved(&self) -> Option<String> {
        match self.frame.notice? {
            Notice::Created => Some(draft_name(None)),
            Notice::Changed => Some(draft_name(Some(self.found.event.number()))),
            _ => None,
        }
    }
}

/// An event as a page for browsers and as JSON for everybody else.
pub(in crate::http) async fn page_or_json(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = events::find(&state, id).await?;
    if !view::prefers_html(&headers) {
        return events::show(&found, &headers);
    }
    let history = state
        .db
        .idempotent(|c| Box::pin(store::history::latest(c, id, Limit::default())))
        .await?;
    let now = Utc::now();
    let page = EventPage {
        standing: found.standing(frame.user()),
        begun: found.event.event_date <= now,
        may_change: may_change(&caller, &found.event),
        description: markdown::to_html(&found.event.description),
        history: record::lines(&frame, now, history),
        frame,
        found,
    };
    Ok(view::page(page.frame.language, &page))
}
