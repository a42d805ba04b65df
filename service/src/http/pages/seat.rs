//! The forms by which people join and leave.

use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    fields,
    frame::{Frame, local},
    preferences::name_page,
};
use crate::{
    domain::{EventId, UserName},
    http::{
        AppState, cookies,
        identity::Caller,
        participants::{give_seat_back, take_seat},
        problem::{Kind, Problem},
        request_log::Actor,
        view::Notice,
    },
    store::participants::{IfFull, Joined, Left},
};

/// A form about one event, filled in by one person.
#[derive(Deserialize)]
pub(in crate::http) struct SeatForm {
    event_id: String,
    /// Only from those of whom no name is known yet.
    user_name: Option<String>,
    /// There if the person has seen that the event is full and wants to wait.
    waitlist: Option<String>,
    /// The list to go back to; otherwise the answer is on the page of the event.
    back: Option<String>,
}

type SeatFormResult = Result<Form<SeatForm>, FormRejection>;

/// Takes a seat or a place on the waitlist; asks the name first if it is not known.
pub(in crate::http) async fn join(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    form: SeatFormResult,
) -> Result<Response, Problem> {
    let wish = Wish::parse(frame, form)?;
    let user = match &wish.user {
        Some(Ok(user)) => user.clone(),
        Some(Err(())) => return Ok(wish.ask_name(Some(Notice::BadName))),
        None => return Ok(wish.ask_name(None)),
    };
    let notice = match take_seat(&state, &caller, wish.event, &user, wish.if_full).await? {
        Joined::Now { .. } => Notice::Joined,
        Joined::Before { .. } => Notice::AlreadyJoined,
        Joined::Waiting { .. } => Notice::Waiting,
        Joined::Full { .. } => Notice::Full,
        Joined::Begun => Notice::Begun,
        Joined::NoEvent => return Err(Problem::new(Kind::EventNotFound)),
    };
    Ok(wish.answer(&state, &caller, user, notice))
}

/// Gives a seat or a place on the waitlist back.
pub(in crate::http) async fn leave(
    State(state): State<AppState>,
    caller: Caller,
    frame: Frame,
    form: SeatFormResult,
) -> Result<Response, Problem> {
    let mut wish = Wish::parse(frame, form)?;
    let Some(Ok(user)) = wish.user.take() else {
        // Who has told no name has no seat either.
        return Ok(Redirect::to(&wish.address(Notice::NotJoined)).into_response());
    };
    let notice = match give_seat_back(&state, &caller, wish.event, &user).await? {
        Left::Seat => Notice::Left,
        Left::Waitlist => Notice::LeftWaitlist,
        Left::NotJoined => Notice::NotJoined,
        Left::Begun => Notice::Begun,
        Left::NoEvent => return Err(Problem::new(Kind::EventNotFound)),
    };
    Ok(wish.answer(&state, &caller, user, notice))
}

/// What a form asks for.
struct Wish {
    event: EventId,
    /// Who asks: none if that is not known, an error if it is no name.
    user: Option<Result<UserName, ()>>,
    if_full: IfFull,
    back: Option<String>,
}

impl Wish {
    fn parse(frame: Frame, form: SeatFormResult) -> Result<Self, Problem> {
        let form = fields(form)?;
        let typed = form
            .user_name
            .map(|name| UserName::parse(&name).map_err(|_| ()));
        Ok(Self {
            event: EventId::parse(&form.event_id)
                .ok_or_else(|| Problem::new(Kind::EventNotFound))?,
            user: typed.or(frame.name.map(Ok)),
            if_full: form.waitlist.map_or(IfFull::Refuse, |_| IfFull::Wait),
            back: form.back.as_deref().and_then(local).map(str::to_owned),
        })
    }

    /// Where the answer is told.
    fn address(&self, notice: Notice) -> String {
        let (event, notice) = (self.event.get(), notice.name());
        match &self.back {
            None => format!("/events/{event}?notice={notice}"),
            Some(back) => {
                let sign = if back.contains('?') { '&' } else { '?' };
                format!("{back}{sign}notice={notice}&event={event}#event-{event}")
            }
        }
    }

    fn ask_name(&self, notice: Option<Notice>) -> Response {
        let event = format!("/events/{}", self.event.get());
        let back = self.back.as_ref().unwrap_or(&event);
        name_page(back, Some(self.event), self.if_full == IfFull::Wait, notice).into_response()
    }

    /// Goes back and remembers the name for the next form, unless it is known anyway.
    fn answer(self, state: &AppState, caller: &Caller, user: UserName, notice: Notice) -> Response {
        let cookie = cookies::keep(&state.site, cookies::NAME, user.as_str());
        let cookie = caller.name().is_none().then_some(AppendHeaders([cookie]));
        let mut response = (cookie, Redirect::to(&self.address(notice))).into_response();
        response.extensions_mut().insert(Actor(user));
        response
    }
}
