//! `/events` and `/events/{id}` for programs.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::Utc;

use super::{
    AppState,
    fields::Fields,
    identity::Caller,
    params::{Id, Params},
    problem::{Kind, Problem},
};
use crate::{
    domain::{Cursor, EventId, EventWithParticipants, Page, Text},
    store::{
        self,
        edits::{self, Changed, Created, Deleted},
        list::Filter,
    },
};

/// The words of a search.
type Words = Text<0, 200>;

pub(super) async fn list(
    State(state): State<AppState>,
    mut params: Params,
) -> Result<Json<Page>, Problem> {
    let when = params
        .take("when", crate::domain::When::parse)
        .unwrap_or_default();
    let limit = params
        .take("limit", crate::domain::Limit::parse)
        .unwrap_or_default();
    let after = params.take("cursor", |raw| Cursor::parse(raw, when));
    let words = params.take("q", Words::parse);
    params.end()?;
    let q = words
        .map(|words| words.as_str().to_owned())
        .unwrap_or_default();
    let filter = Filter {
        when,
        now: Utc::now(),
        q,
        after,
        limit,
    };
    let items = state
        .db
        .idempotent(|c| Box::pin(store::list::page(c, filter.clone())))
        .await?;
    Ok(Json(Page::new(items, limit, when)))
}

pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, Problem> {
    let draft = fields.into_draft(caller.name())?;
    caller.must_be(&draft.organizer)?;
    let actor = Some(caller.name().unwrap_or(&draft.organizer).clone());
    let created = state
        .db
        .once(|c| Box::pin(edits::create(c, draft.clone(), actor.clone(), None)))
        .await?;
    let Created::Event(event) = created else {
        return Err(Problem::new(Kind::Internal).because("a key was refused that was not given"));
    };
    let location = [(header::LOCATION, format!("/events/{}", event.id))];
    Ok((StatusCode::CREATED, location, Json(event)).into_response())
}

/// Finds an event, for the API and for the page.
pub(super) async fn find(state: &AppState, id: EventId) -> Result<EventWithParticipants, Problem> {
    let event = state
        .db
        .idempotent(|c| Box::pin(store::events::find(c, id)))
        .await?;
    event.ok_or_else(|| Problem::new(Kind::EventNotFound))
}

pub(super) async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    fields: Fields,
) -> Result<Response, Problem> {
    // An organiser may hand the event over by naming somebody else. Whose it is, an admin has to say.
    let draft = fields.into_draft(caller.must_be_organizer())?;
    let changed = state
        .db
        .idempotent(|c| {
            let by = caller.by();
            Box::pin(edits::change(c, id, draft.clone(), by, None))
        })
        .await?;
    match changed {
        Changed::Event(event) => Ok(Json(event).into_response()),
        Changed::BelowParticipants { participants } => {
            let problem = Problem::new(Kind::CapacityBelowParticipants);
            Err(problem
                .with("participants_count", participants)
                .with("max_participants", draft.max_participants.get()))
        }
        Changed::NotOrganizer => Err(Problem::new(Kind::NotOrganizer)),
        Changed::OtherVersion | Changed::NoEvent => Err(Problem::new(Kind::EventNotFound)),
    }
}

pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
) -> Result<StatusCode, Problem> {
    let deleted = state
        .db
        .idempotent(|c| Box::pin(edits::delete(c, id, caller.by(), None)))
        .await?;
    match deleted {
        Deleted::Now => Ok(StatusCode::NO_CONTENT),
        Deleted::NotOrganizer => Err(Problem::new(Kind::NotOrganizer)),
        Deleted::OtherVersion | Deleted::NoEvent => Err(Problem::new(Kind::EventNotFound)),
    }
}
