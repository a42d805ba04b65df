//! `/events/{id}/join` for programs.

use axum::{Extension, Json, extract::State, http::StatusCode};
use serde::Serialize;

use super::{
    AppState,
    fields::Fields,
    params::{Id, Params},
    problem::{Kind, Problem},
    request_log::Actor,
};
use crate::{
    domain::{EventId, Participant, event::UserName},
    store::{
        self,
        participants::{Joined, Left},
    },
};

/// The answer to somebody who has a seat.
#[derive(Serialize)]
pub(super) struct Seat {
    event_id: i64,
    #[serde(flatten)]
    participant: Participant,
}

type Answer<T> = Result<(Extension<Actor>, T), Problem>;

pub(super) async fn join(
    State(state): State<AppState>,
    Id(id): Id,
    fields: Fields,
) -> Answer<(StatusCode, Json<Seat>)> {
    let user = fields.into_user_name()?;
    let (status, registered_at) = match take_seat(&state, id, &user).await? {
        Joined::Now { registered_at } => (StatusCode::CREATED, registered_at),
        Joined::Before { registered_at } => (StatusCode::OK, registered_at),
        Joined::NoEvent => return Err(Problem::new(Kind::EventNotFound)),
        Joined::Full {
            participants,
            max_participants,
        } => {
            let problem = Problem::new(Kind::EventFull);
            return Err(problem
                .with("participants_count", participants)
                .with("max_participants", max_participants));
        }
    };
    let participant = Participant {
        user_name: user.as_str().to_owned(),
        registered_at,
    };
    let seat = Seat {
        event_id: id.get(),
        participant,
    };
    Ok((Extension(Actor(user)), (status, Json(seat))))
}

pub(super) async fn leave(
    State(state): State<AppState>,
    Id(id): Id,
    mut params: Params,
) -> Answer<StatusCode> {
    let user = params.require("user_name", UserName::parse);
    params.end()?;
    let user = user.ok_or_else(|| Problem::new(Kind::InvalidParameters))?;
    match give_seat_back(&state, id, &user).await? {
        Left::Now => Ok((Extension(Actor(user)), StatusCode::NO_CONTENT)),
        Left::NotJoined => Err(Problem::new(Kind::NotJoined)),
        Left::NoEvent => Err(Problem::new(Kind::EventNotFound)),
    }
}

/// Takes a seat. A second try after a lost answer finds the seat taken by the first and says so.
pub(super) async fn take_seat(
    state: &AppState,
    id: EventId,
    user: &UserName,
) -> Result<Joined, Problem> {
    Ok(state
        .db
        .idempotent(|c| Box::pin(store::participants::join(c, id, user.clone())))
        .await?)
}

/// Gives a seat back. A second try after a lost answer may say "had not joined", which is true by then.
pub(super) async fn give_seat_back(
    state: &AppState,
    id: EventId,
    user: &UserName,
) -> Result<Left, Problem> {
    Ok(state
        .db
        .idempotent(|c| Box::pin(store::participants::leave(c, id, user.clone())))
        .await?)
}
