//! `/events` and `/events/{id}` for programs.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    AppState,
    etag::{self, IfMatch},
    fields::Fields,
    idempotency_key::Key,
    identity::Caller,
    params::Id,
    problem::{Kind, Problem},
};
use crate::{
    domain::{EventId, EventWithParticipants},
    store::edits::{self, Changed, Created, Deleted, IdempotencyKey},
};

pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Key(key): Key,
    fields: Fields,
) -> Result<Response, Problem> {
    let draft = fields.into_draft(caller.name())?;
    caller.must_be(&draft.organizer)?;
    let actor = Some(caller.name().unwrap_or(&draft.organizer).clone());
    // Keys of different people never meet. Where nobody is known for sure, all have theirs in common.
    let key = key.map(|key| IdempotencyKey {
        owner: caller
            .name()
            .map_or_else(String::new, |name| name.as_str().to_owned()),
        key,
    });
    let created = state
        .db
        .idempotent_if(key.is_some(), |c| {
            Box::pin(edits::create(c, draft.clone(), actor.clone(), key.clone()))
        })
        .await?;
    match created {
        Created::Event(created) => {
            let location = [(header::LOCATION, address(&created))];
            Ok((StatusCode::CREATED, location, written(&created)?).into_response())
        }
        Created::KeyReused => Err(Problem::new(Kind::IdempotencyKeyReused)),
        Created::KeyInUse => Err(Problem::new(Kind::IdempotencyKeyInUse)),
    }
}

/// Finds an event, for the API and for the page.
pub(super) async fn find(
    state: &AppState,
    id: EventId,
) -> Result<Arc<EventWithParticipants>, Problem> {
    let event = state.events.find(id).await?;
    event.ok_or_else(|| Problem::new(Kind::EventNotFound))
}

/// An event as JSON, or the word that the client has it already.
pub(super) fn show(
    found: &EventWithParticipants,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let (tag, body) = represent(found)?;
    let known = etag::is_known(headers, &tag);
    let headers = [
        (header::ETAG, tag),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::VARY, "accept".to_owned()),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, [JSON], body).into_response())
}

const JSON: (HeaderName, &str) = (header::CONTENT_TYPE, "application/json");

/// What is answered to a change: the event as a reader would have found it then, and the word that it is just that.
fn written(event: &EventWithParticipants) -> Result<impl IntoResponse + use<>, Problem> {
    let (tag, body) = represent(event)?;
    let headers = [
        (header::ETAG, tag),
        (header::CONTENT_LOCATION, address(event)),
    ];
    Ok((headers, [JSON], body))
}

fn address(event: &EventWithParticipants) -> String {
    format!("/events/{}", event.event.id)
}

/// The body that shows an event, and its tag.
fn represent(event: &EventWithParticipants) -> Result<(String, Vec<u8>), Problem> {
    let body = serde_json::to_vec(event)
        .map_err(|error| Problem::new(Kind::Internal).because(error.to_string()))?;
    Ok((etag::tag(&event.version, &body), body))
}

pub(super) async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    IfMatch(versions): IfMatch,
    fields: Fields,
) -> Result<Response, Problem> {
    // An organiser may hand the event over by naming somebody else. Whose it is, an admin has to say.
    let draft = fields.into_draft(caller.must_be_organizer())?;
    // A second try of a change that was made would find a version, or an organiser, that it was not meant for.
    let repeatable = versions.is_none() && caller.must_be_organizer().is_none();
    let changed = state
        .db
        .idempotent_if(repeatable, |c| {
            let by = caller.by();
            Box::pin(edits::change(c, id, draft.clone(), by, versions.clone()))
        })
        .await?;
    match changed {
        Changed::Event(changed) => Ok(written(&changed)?.into_response()),
        Changed::BelowParticipants { participants } => {
            let problem = Problem::new(Kind::CapacityBelowParticipants);
            Err(problem
                .with("participants_count", participants)
                .with("max_participants", draft.max_participants.get()))
        }
        Changed::NotOrganizer => Err(Problem::new(Kind::NotOrganizer)),
        Changed::OtherVersion => other_version(&state, id).await,
        Changed::NoEvent => Err(Problem::new(Kind::EventNotFound)),
    }
}

pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    IfMatch(versions): IfMatch,
) -> Result<Response, Problem> {
    let deleted = state
        .db
        .idempotent(|c| Box::pin(edits::delete(c, id, caller.by(), versions.clone())))
        .await?;
    match deleted {
        Deleted::Now => Ok(StatusCode::NO_CONTENT.into_response()),
        Deleted::NotOrganizer => Err(Problem::new(Kind::NotOrganizer)),
        Deleted::OtherVersion => other_version(&state, id).await,
        Deleted::NoEvent => Err(Problem::new(Kind::EventNotFound)),
    }
}

/// Says that the version is another one, and which.
async fn other_version(state: &AppState, id: EventId) -> Result<Response, Problem> {
    let found = find(state, id).await?;
    let (tag, _) = represent(&found)?;
    Ok(([(header::ETAG, tag)], Problem::new(Kind::OtherVersion)).into_response())
}
