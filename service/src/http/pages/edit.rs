//! The forms by which events are announced, changed and cancelled.

use askama::Template;
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
        problem::{Described, Kind, Problem},
        view::{self, Notice},
    },
    store::edits::{self, By, Changed, Created, Deleted, IdempotencyKey},
};

/// The form of an event.
#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    frame: Frame,
    /// The event to change, in the version that the reader has seen; none for a new event.
    change: Option<(EventId, Version)>,
    /// What makes the event be created once, however often the form is sent.
    key: Uuid,
    typed: Typed,
    invalid: Vec<Invalid>,
    /// What somebody else has made of the event meanwhile.
    theirs: Option<Typed>,
    /// Whether a form was sent that has been sent before, with something else in it.
    sent_before: bool,
}

impl EditPage {
    fn new(frame: Frame, change: Option<(EventId, Version)>, typed: Typed) -> Self {
        Self {
            frame,
            change,
            key: Uuid::new_v4(),
            typed,
            invalid: Vec::new(),
            theirs: None,
            sent_before: false,
        }
    }

    fn answer(&self, status: StatusCode) -> Response {
        let mut response = view::page(self.frame.language, self);
        *response.status_mut() = status;
        response.extensions_mut().insert(Described);
        response
    }

    /// What is wrong with a field.
    fn wrong(&self, field: &str) -> Option<String> {
        let invalid = self.invalid.iter().find(|invalid| invalid.field == field)?;
        Some(self.frame.language.reason(&invalid.reason))
    }

    /// The fields in which the two versions differ: the name, theirs and ours.
    fn differences(&self) -> Vec<(&'static str, &str, &str)> {
        let Some(theirs) = &self.theirs else {
            return Vec::new();
        };
        let (ours, pick) = (&self.typed, |en, ja| self.frame.pick(en, ja));
        let all = [
            (pick("Title", "タイトル"), &theirs.title, &ours.title),
            (pick("Day", "日付"), &theirs.date, &ours.date),
            (pick("Time", "開始時刻"), &theirs.time, &ours.time),
            (pick("Place", "場所"), &theirs.location, &ours.location),
            (
                pick("Seats", "定員"),
                &theirs.max_participants,
                &ours.max_participants,
            ),
            (
                pick("Organiser", "主催者"),
                &theirs.organizer,
                &ours.organizer,
            ),
            (
                pick("Description", "説明"),
                &theirs.description,
                &ours.description,
            ),
        ];
        let differ = all
            .into_iter()
            .filter(|(_, theirs, ours)| theirs.lines().ne(ours.lines()));
        differ
            .map(|(name, a, b)| (name, a.as_str(), b.as_str()))
            .collect()
    }

    /// Under which name the browser keeps what was typed.
    fn draft(&self) -> String {
        draft_name(self.change.as_ref().map(|(id, _)| *id))
    }
}

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
    let typed = match pattern.from.as_deref().and_then(EventId::parse) {
        Some(id) => {
            let found = events::find(&state, id).await?;
            Typed::of(&found.event, frame.zone).again(now, frame.zone, frame.user())
        }
        None => Typed::fresh(now, frame.zone, frame.user()),
    };
    Ok(EditPage::new(frame, None, typed).answer(StatusCode::OK))
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
async fn own(state: &AppState, caller: &Caller, id: EventId) -> Result<(Event, Version), Problem> {
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

fn by(caller: &Caller, frame: &Frame) -> By {
    By {
        actor: frame.name.clone(),
        ..caller.by()
    }
}

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
