//! Who sends a request, and what that allows.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use chrono::Utc;

use super::{
    Site,
    problem::{Kind, Problem},
    request_log,
};
use crate::{
    domain::{Actor, UserName},
    identity::{Alb, Identity, Unknown, token::Refusal},
    store::edits::By,
};

/// What the load balancer says of the person.
const TOKEN: HeaderName = HeaderName::from_static("x-amzn-oidc-data");

/// Who sends the request. Handlers on routes without [`establish`] cannot have it.
#[derive(Clone)]
pub(super) struct Caller(pub(super) Actor);

/// Finds out who sends a request, for [`Caller`] and for the log; who cannot be known is refused.
pub(super) async fn establish(
    State(site): State<Arc<Site>>,
    mut request: Request,
    next: Next,
) -> Response {
    let actor = match &site.identity {
        // Without a load balancer that writes it, the header says nothing.
        Identity::Claimed => Ok(Actor::Anybody),
        Identity::Alb(alb) => actor(alb, request.headers()).await,
    };
    let actor = match actor {
        Ok(actor) => actor,
        Err(unknown) => return Problem::from(unknown).into_response(),
    };
    let name = actor.name().cloned();
    request.extensions_mut().insert(Caller(actor));
    let mut response = next.run(request).await;
    if let Some(name) = name {
        // The admin who acted, not the person that it was for.
        let log = response.extensions_mut();
        log.insert(request_log::Actor(name));
    }
    response
}

async fn actor(alb: &Alb, headers: &HeaderMap) -> Result<Actor, Unknown> {
    let mut tokens = headers.get_all(TOKEN).iter();
    let token = tokens.next().ok_or(Refusal::Missing)?;
    if tokens.next().is_some() {
        return Err(Refusal::Repeated.into());
    }
    alb.actor(token.as_bytes(), Utc::now()).await
}

impl From<Unknown> for Problem {
    fn from(unknown: Unknown) -> Self {
        match &unknown {
            Unknown::Refused(refusal) => {
                Self::new(Kind::NotLoggedIn).with("reason", refusal.class())
            }
            Unknown::KeysAway(_) => Self::new(Kind::KeysAway),
        }
        .because(unknown.to_string())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let known = parts.extensions.get().cloned();
        known.ok_or_else(|| Problem::new(Kind::Internal).because("nobody asked who the caller is"))
    }
}

impl Caller {
    /// Their name, if it is known for sure: what a request that names nobody is about.
    pub(super) fn name(&self) -> Option<&UserName> {
        self.0.name()
    }

    /// Who must be the organiser of an event for them to change it; `None` if that does not matter.
    pub(super) fn must_be_organizer(&self) -> Option<&UserName> {
        self.0.must_be_organizer()
    }

    /// Their part in a change of an event.
    pub(super) fn by(&self) -> By {
        By {
            actor: self.name().cloned(),
            organizer: self.must_be_organizer().cloned(),
        }
    }

    /// Refuses to act in a name that is not theirs.
    pub(super) fn must_be(&self, name: &UserName) -> Result<(), Problem> {
        if self.0.may_act_as(name) {
            Ok(())
        } else {
            Err(Problem::new(Kind::NotYourself))
        }
    }
}
