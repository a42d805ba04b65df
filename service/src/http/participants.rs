//! `/events/{id}/join` for programs.

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;

use super::{
    AppState,
    fields::Fields,
    identity::Caller,
    params::{Id, Params},
    problem::{Kind, Problem},
    request_log::Actor,
};
use crate::{
    domain::{EventId, Participant, Reason, UserName, Waiting},
    store::{
        self,
        participants::{IfFull, Joined, Left},
    },
};

/// The answer to somebody who has a seat, or waits for one.
#[derive(Serialize)]
pub(super) struct Place {
    event_id: i64,
    #[serde(flatten)]
    person: Person,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Person {
    Seated(Participant),
    Waiting(Waiting),
}

type Answer<T> = Result<(Extension<Actor>, T), Problem>;

pub(super) async fn join(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    mut params: Params,
    fields: Fields,
) -> Answer<(StatusCode, Json<Place>)> {
    let if_full = params.take("waitlist", wish_to_wait);
    params.end()?;
    let user = fields.into_user_name(caller.name())?;
    let user_name = user.as_str().to_owned();
    let if_full = if_full.unwrap_or(IfFull::Refuse);
    let joined = take_seat(&state, &caller, id, &user, if_full).await?;
    let (status, person) = match joined {
        Joined::Now { registered_at } | Joined::Before { registered_at } => {
            let newly = matches!(joined, Joined::Now { .. });
            let status = if newly {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            let participant = Participant {
                user_name,
                registered_at,
            };
            (status, Person::Seated(participant))
        }
        Joined::Waiting {
            registered_at,
            position,
        } => {
            let waiting = Waiting {
                user_name,
                registered_at,
                position,
            };
            (StatusCode::ACCEPTED, Person::Waiting(waiting))
        }
        Joined::Full {
            participants,
            max_participants,
        } => {
            let problem = Problem::new(Kind::EventFull);
            return Err(problem
                .with("participants_count", participants)
                .with("max_participants", max_participants));
        }
        Joined::Begun => return Err(Problem::new(Kind::EventBegun)),
        Joined::NoEvent => return Err(Problem::new(Kind::EventNotFound)),
    };
    let place = Place {
        event_id: id.get(),
        person,
    };
    Ok((Extension(Actor(user)), (status, Json(place))))
}

fn wish_to_wait(raw: &str) -> Result<IfFull, Reason> {
    match raw {
        "true" => Ok(IfFull::Wait),
        "false" => Ok(IfFull::Refuse),
        _ => Err(Reason::NotOneOf("true, false")),
    }
}

pub(super) async fn leave(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id,
    mut params: Params,
) -> Answer<StatusCode> {
    let user = match caller.name() {
        Some(_) => params.take("user_name", UserName::parse),
        None => params.require("user_name", UserName::parse),
    };
    params.end()?;
    let user = user
        .or_else(|| caller.name().cloned())
        .ok_or_else(|| Problem::new(Kind::InvalidParameters))?;
    match give_seat_back(&state, &caller, id, &user).await? {
        Left::Seat | Left::Waitlist => Ok((Extension(Actor(user)), StatusCode::NO_CONTENT)),
        Left::NotJoined => Err(Problem::new(Kind::NotJoined)),
        Left::Begun => Err(Problem::new(Kind::EventBegun)),
        Left::NoEvent => Err(Problem::new(Kind::EventNotFound)),
    }
}

/// Takes a seat, or a place on the waitlist.
/// A second try after a lost answer finds what the first has taken and says so.
pub(super) async fn take_seat(
    state: &AppState,
    caller: &Caller,
    id: EventId,
    user: &UserName,
    if_full: IfFull,
) -> Result<Joined, Problem> {
    caller.must_be(user)?;
    let actor = Some(caller.name().unwrap_or(user).clone());
    let joined = state
        .db
        .idempotent(|c| {
            let (user, actor) = (user.clone(), actor.clone());
            Box::pin(store::participants::join(c, id, user, if_full, actor))
        })
        .await?;
    state.site.metrics.joined(&joined);
    Ok(joined)
}

/// Gives a seat or a place on the waitlist back.
/// A second try after a lost answer may say "had not joined", which is true by then.
pub(super) async fn give_seat_back(
    state: &AppState,
    caller: &Caller,
    id: EventId,
    user: &UserName,
) -> Result<Left, Problem> {
    caller.must_be(user)?;
    let actor = Some(caller.name().unwrap_or(user).clone());
    Ok(state
        .db
        .idempotent(|c| {
            Box::pin(store::participants::leave(
                c,
                id,
                user.clone(),
                actor.clone(),
            ))
        })
        .await?)
}
