//! The pages for people: they work without scripts, and a form is answered by going to a page.

use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::{
    AppState, events,
    identity::Caller,
    language::Language,
    list,
    params::Id,
    participants::{give_seat_back, take_seat},
    problem::{Kind, Problem},
    request_log::Actor,
    view::{self, EventPage, EventsPage, Notice},
};
use crate::{
    domain::{EventId, Filter, Limit, Page, UserName},
    store::participants::{IfFull, Joined, Left},
};

const COOKIE: &str = "name";

/// What the address of a page can say besides its path. Anything else is left alone, as people expect of links.
#[derive(Deserialize)]
pub(super) struct Shown {
    notice: Option<String>,
    cursor: Option<String>,
}

impl Shown {
    fn notice(&self) -> Option<Notice> {
        Notice::parse(self.notice.as_deref()?)
    }
}

pub(super) async fn upcoming(
    State(state): State<AppState>,
    caller: Caller,
    language: Language,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let filter = Filter::default();
    // A link can be old or cut off: better the first page than none.
    let after = match shown.cursor.as_deref() {
        Some(raw) => list::parse(&state, &filter, raw).await.ok(),
        None => None,
    };
    let Page {
        items: events,
        next,
    } = list::page(&state, filter, Limit::default(), after).await?;
    let page = EventsPage {
        language,
        zone: state.site.zone,
        notice: shown.notice(),
        known: caller.name().is_some(),
        name: name_of(&caller, &headers),
        events,
        next,
    };
    Ok(view::page(language, &page))
}

/// An event as a page for browsers and as JSON for everybody else.
pub(super) async fn event_or_json(
    State(state): State<AppState>,
    caller: Caller,
    language: Language,
    Id(id): Id,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = events::find(&state, id).await?;
    if view::prefers_html(&headers) {
        let page = EventPage {
            language,
            zone: state.site.zone,
            notice: shown.notice(),
            known: caller.name().is_some(),
            name: name_of(&caller, &headers),
            found,
        };
        return Ok(view::page(language, &page));
    }
    events::show(&found, &headers)
}

/// A form about one event, filled in by one person.
#[derive(Deserialize)]
pub(super) struct SeatForm {
    event_id: String,
    /// Not asked for where it is known anyway.
    user_name: Option<String>,
    /// There if the person has seen that the event is full and wants to wait.
    waitlist: Option<String>,
}

type SeatFormResult = Result<Form<SeatForm>, FormRejection>;

pub(super) async fn join(
    State(state): State<AppState>,
    caller: Caller,
    form: SeatFormResult,
) -> Result<Response, Problem> {
    let (id, name, if_full) = parse(&caller, form)?;
    let Some(user) = name else {
        return Ok(Redirect::to(&address(id, Notice::BadName)).into_response());
    };
    let notice = match take_seat(&state, &caller, id, &user, if_full).await? {
        Joined::Now { .. } => Notice::Joined,
        Joined::Before { .. } => Notice::AlreadyJoined,
        Joined::Waiting { .. } => Notice::Waiting,
        Joined::Full { .. } => Notice::Full,
        Joined::Begun => Notice::Begun,
        Joined::NoEvent => return Err(Problem::new(Kind::EventNotFound)),
    };
    Ok(answer(&state, &caller, id, user, notice))
}

pub(super) async fn leave(
    State(state): State<AppState>,
    caller: Caller,
    form: SeatFormResult,
) -> Result<Response, Problem> {
    let (id, name, _) = parse(&caller, form)?;
    let Some(user) = name else {
        return Ok(Redirect::to(&address(id, Notice::BadName)).into_response());
    };
    let notice = match give_seat_back(&state, &caller, id, &user).await? {
        Left::Seat => Notice::Left,
        Left::Waitlist => Notice::LeftWaitlist,
        Left::NotJoined => Notice::NotJoined,
        Left::Begun => Notice::Begun,
        Left::NoEvent => return Err(Problem::new(Kind::EventNotFound)),
    };
    Ok(answer(&state, &caller, id, user, notice))
}

fn parse(
    caller: &Caller,
    form: SeatFormResult,
) -> Result<(EventId, Option<UserName>, IfFull), Problem> {
    let Form(form) = form.map_err(|rejection| {
        let too_large = rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
        Problem::new(if too_large {
            Kind::BodyTooLarge
        } else {
            Kind::Unreadable
        })
    })?;
    let id = EventId::parse(&form.event_id).ok_or_else(|| Problem::new(Kind::EventNotFound))?;
    let if_full = form.waitlist.map_or(IfFull::Refuse, |_| IfFull::Wait);
    let name = match (form.user_name, caller.name()) {
        (Some(name), _) => UserName::parse(&name).ok(),
        (None, Some(known)) => Some(known.clone()),
        (None, None) => return Err(Problem::new(Kind::Unreadable)),
    };
    Ok((id, name, if_full))
}

/// Goes back to the event and remembers the name for the next form, unless it is known anyway.
fn answer(
    state: &AppState,
    caller: &Caller,
    id: EventId,
    user: UserName,
    notice: Notice,
) -> Response {
    let encoded = utf8_percent_encode(user.as_str(), NON_ALPHANUMERIC);
    let secure = if state.site.https { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={encoded}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}");
    let mut response = Redirect::to(&address(id, notice)).into_response();
    if let Ok(value) = HeaderValue::from_str(&cookie)
        && caller.name().is_none()
    {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response.extensions_mut().insert(Actor(user));
    response
}

fn address(id: EventId, notice: Notice) -> String {
    format!("/events/{}?notice={}", id.get(), notice.name())
}

/// The name of the reader, or else the one in the cookie; empty if there is none that could be a name.
fn name_of(caller: &Caller, headers: &HeaderMap) -> String {
    if let Some(name) = caller.name() {
        return name.as_str().to_owned();
    }
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .filter_map(|encoded| percent_decode_str(encoded).decode_utf8().ok())
        .find_map(|name| UserName::parse(&name).ok())
        .map(|name| name.as_str().to_owned())
        .unwrap_or_default()
}

/// The style sheet, which changes only with the binary.
pub(super) async fn style() -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/css; charset=utf-8"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=300"),
        ),
    ];
    (headers, include_str!("../../assets/style.css")).into_response()
}
