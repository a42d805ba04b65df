//! The forms by which events are announced and changed.

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use chrono::Utc;
use serde::Deserialize;
use uuid::Uuid;

use super::{fields, frame::Frame, markdown, preferences::name_page, typed::Typed};
use crate::{
    domain::{Capacity, Event, EventDraft, EventId, Invalid, Reason, Version},
    http::{
        AppState, events,
        identity::Caller,
        params::Id,
        problem::{Kind, Problem},
        view::Notice,
    },
    store::edits::{self, By, Changed, Created, IdempotencyKey},
};

mod form;

use form::EditPage;

/// Under which name the browser keeps what was typed into the form of an event, or of a new one.
pub(super) fn draft_name(event: Option<EventId>) -> String {
    event.map_or("new".to_owned(), |id| format!("event-{}", id.get()))
}

#[derive(Deserialize)]
pub(in crate::http) struct Pattern {
    from: Option<String>,
}

/// The form of a new event, or of one like another.
pub(in crate::http) async fn new(
    State(state): State<AppState>,
    frame: Frame,
    Query(pattern): Query<Pattern>,
) -> Result<Response, Problem> {
    if frame.name.is_none() {
        return Ok(name_page(&frame.here, None, false, None).into_response());
    }
    let now = Utc::now();
    let from = pattern.from.as_deref().and_then(EventId::parse);
    let typed = match from {
        Some(id) => {
            let found = events::find(&state, id).await?;
            Typed::of(&found.event, frame.zone).again(now, frame.zone, frame.user())
        }
        None => Typed::fresh(now, frame.zone, frame.user()),
    };
    let mut page = EditPage::new(frame, None, typed);
    page.is_copy = from.is_some();
    Ok(page.answer(StatusCode::OK))
}

#[derive(Deserialize)]
pub(in crate::http) struct CreateForm {
    key: String,
    #[serde(flatten)]
    typed: Typed,
}

/// Announces an event.
pub(in crate::http) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    mut frame: Frame,
    form: Result<Form<CreateForm>, FormRejection>,
) -> Result<Response, Problem> {
    let CreateForm { key, mut typed } = fields(form)?;
    frame.here = "/new".to_owned();
    if let Some(name) = caller.name() {
        typed.organizer = name.as_str().to_owned();
    }
    let mut page = EditPage::new(frame, None, typed);
    let key = Uuid::parse_str(&key).unwrap_or(page.key);
    let draft = match page.typed.parse(page.frame.zone) {
        Ok(draft) => draft,
        Err(invalid) => {
            page.invalid = invalid;
            return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let actor = Some(
        page.frame
            .name
            .clone()
            .unwrap_or_else(|| draft.organizer.clone()),
    );
    let key = IdempotencyKey {
        owner: page.frame.user().to_owned(),
        key: key.to_string(),
    };
    let created = state.db.idempotent(|c| {
        Box::pin(edits::create(
            c,
            draft.clone(),
            actor.clone(),
            Some(key.clone()),
        ))
    });
    match created.await? {
        Created::Event(event) => {
            let address = format!(
                "/events/{}?notice={}",
                event.event.id,
                Notice::Created.name()
            );
            Ok(Redirect::to(&address).into_response())
        }
        Created::KeyReused => {
            page.sent_before = true;
            Ok(page.answer(StatusCode::CONFLICT))
        }
        Created::KeyInUse => Err(Problem::new(Kind::IdempotencyKeyInUse)),
    }
}

/// Finds an event that the reader may change.
pub(super) async fn own(
    state: &AppState,
    caller: &Caller,
    id: EventId,
) -> Result<(Event, Version), Problem> {
    let found = events::find(state, id).await?;
    if may_change(caller, &found.event) {
        Ok((found.event.clone(), found.version.clone()))
    } else {
        Err(Problem::new(Kind::NotOrganizer))
    }
}

/// Whether the reader may change and cancel the event.
pub(super) fn may_change(caller: &Caller, event: &Event) -> bool {
    let organizer = caller.must_be_organizer();
    organizer.is_none_or(|name| name.as_str() == event.organizer)
}

/// The form of an event that there is already.
pub(in crate::http) async fn edit(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    Id(id): Id,
) -> Result<Response, Problem> {
    let (event, version) = own(&state, &caller, id).await?;
    let typed = Typed::of(&event, frame.zone);
    Ok(EditPage::new(frame, Some((id, version)), typed).answer(StatusCode::OK))
}

#[derive(Deserialize)]
pub(in crate::http) struct ChangeForm {
    event_id: String,
    version: String,
    #[serde(flatten)]
    typed: Typed,
}

/// Changes an event, unless somebody else has done so meanwhile.
pub(in crate::http) async fn change(
    State(state): State<AppState>,
    caller: Caller,
    mut frame: Frame,
    form: Result<Form<ChangeForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = fields(form)?;
    let id = EventId::parse(&form.event_id).ok_or_else(|| Problem::new(Kind::EventNotFound))?;
    frame.here = format!("/events/{}/edit", id.get());
    let version = Version::new(form.version);
    let mut page = EditPage::new(frame, Some((id, version.clone())), form.typed);
    let draft = match page.typed.parse(page.frame.zone) {
        Ok(draft) => draft,
        Err(invalid) => {
            page.invalid = invalid;
            return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    match attempt(&state, &caller, &page.frame, id, draft, version).await? {
        Changed::Event(_) => {
            let address = format!("/events/{}?notice={}", id.get(), Notice::Changed.name());
            Ok(Redirect::to(&address).into_response())
        }
        Changed::BelowParticipants { participants } => {
            let range = Reason::OutOfRange {
                min: participants.into(),
                max: Capacity::MAX.into(),
            };
            page.invalid = vec![Invalid::new("max_participants", range)];
            Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY))
        }
        Changed::OtherVersion => {
            let (event, version) = own(&state, &caller, id).await?;
            let theirs = Typed::of(&event, page.frame.zone);
            (page.change, page.theirs) = (Some((id, version)), Some(theirs));
            Ok(page.answer(StatusCode::CONFLICT))
        }
        Changed::NotOrganizer => Err(Problem::new(Kind::NotOrganizer)),
        Changed::NoEvent => Err(Problem::new(Kind::EventNotFound)),
    }
}

async fn attempt(
    state: &AppState,
    caller: &Caller,
    frame: &Frame,
    id: EventId,
    draft: EventDraft,
    version: Version,
) -> Result<Changed, Problem> {
    // Not a second time by itself: it would find the version that it has made.
    let changed = state.db.idempotent_if(false, |c| {
        let (by, versions) = (by(caller, frame), Some(vec![version.clone()]));
        Box::pin(edits::change(c, id, draft.clone(), by, versions))
    });
    Ok(changed.await?)
}

pub(super) fn by(caller: &Caller, frame: &Frame) -> By {
    By {
        actor: frame.name.clone(),
        ..caller.by()
    }
}

#[derive(Deserialize)]
pub(in crate::http) struct PreviewForm {
    description: String,
}

/// Shows what a description will look like.
pub(in crate::http) async fn preview(
    form: Result<Form<PreviewForm>, FormRejection>,
) -> Result<Html<String>, Problem> {
    Ok(Html(markdown::to_html(&fields(form)?.description)))
}
