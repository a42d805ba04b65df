//! The form by which an event is cancelled.

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    edit::{by, own},
    fields,
    frame::Frame,
};
use crate::{
    domain::{Event, EventId},
    http::{
        AppState,
        identity::Caller,
        params::Id,
        problem::{Kind, Problem},
        view::{self, Notice},
    },
    store::edits::{self, Deleted},
};

/// Asks whether an event is to be cancelled.
#[derive(Template)]
#[template(path = "cancel.html")]
struct CancelPage {
    frame: Frame,
    event: Event,
}

/// Asks whether to cancel an event.
pub(in crate::http) async fn ask_to_cancel(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    Id(id): Id,
) -> Result<Response, Problem> {
    let (event, _) = own(&state, &caller, id).await?;
    let page = CancelPage { frame, event };
    Ok(view::page(page.frame.language, &page))
}

#[derive(Deserialize)]
pub(in crate::http) struct CancelForm {
    event_id: String,
}

/// Cancels an event, which is then gone; its history stays.
pub(in crate::http) async fn cancel(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    form: Result<Form<CancelForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = fields(form)?;
    let id = EventId::parse(&form.event_id).ok_or_else(|| Problem::new(Kind::EventNotFound))?;
    let deleted = state
        .db
        .idempotent(|c| Box::pin(edits::delete(c, id, by(&caller, &frame), None)));
    match deleted.await? {
        // Gone before is as good: the button was hit twice.
        Deleted::Now | Deleted::NoEvent => {
            let address = format!("/?notice={}", Notice::Cancelled.name());
            Ok(Redirect::to(&address).into_response())
        }
        Deleted::NotOrganizer => Err(Problem::new(Kind::NotOrganizer)),
        Deleted::OtherVersion => Err(Problem::new(Kind::OtherVersion)),
    }
}
