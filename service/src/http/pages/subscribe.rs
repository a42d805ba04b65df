//! How to see the events in one's own calendar, and the secret address that this takes.

use askama::Template;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
    http::HeaderMap,
    response::{AppendHeaders, IntoResponse, Redirect, Response},
};
use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Deserialize;

use super::{fields, frame::Frame, preferences::name_page};
use crate::{
    domain::{UserName, feed::Secret},
    http::{
        AppState, cookies, origin,
        problem::{Kind, Problem},
        view::{self, Notice},
    },
    store::feeds,
};

const HERE: &str = "/subscribe";

#[derive(Template)]
#[template(path = "subscribe.html")]
struct SubscribePage {
    frame: Frame,
    /// The address of all events; none where calendars need a secret one.
    everything: Option<String>,
    /// When the secret address was made, if there is one.
    made: Option<DateTime<Utc>>,
    /// The secret addresses, while they can be shown: of one's own events, and of all.
    secret: Option<(String, String)>,
}

impl SubscribePage {
    /// When the secret address was made, in words.
    fn made(&self) -> Option<String> {
        let made = self.made?.with_timezone(&self.frame.zone);
        Some(self.frame.language.date_near(made, Utc::now()))
    }

    /// An address as calendar apps take it: a secret one by HTTPS where there is HTTPS.
    fn app(&self, address: &str) -> String {
        address
            .replacen("https://", "webcals://", 1)
            .replacen("http://", "webcal://", 1)
    }
}

/// Shows the addresses. A secret one is known only just after it was made, and then to the browser alone.
pub(in crate::http) async fn page(
    State(state): State<AppState>,
    frame: Frame,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let feed = match frame.name.clone() {
        Some(user) => {
            let feed = state
                .db
                .idempotent(|c| Box::pin(feeds::of_person(c, user.clone())));
            feed.await?
        }
        None => None,
    };
    let (base, tag) = (origin::of(&state.site, &headers), frame.language.tag());
    let mut shown = cookies::read(&headers, cookies::FEED).filter_map(|raw| Secret::parse(&raw));
    // One that was made anew elsewhere is good for nothing any more.
    let secret = feed
        .as_ref()
        .and_then(|feed| shown.find(|secret| secret.hash()[..] == feed.hash[..]));
    let page = SubscribePage {
        everything: frame
            .claimed
            .then(|| format!("{base}/events.ics?lang={tag}")),
        made: feed.map(|feed| feed.created_at),
        secret: secret.map(|secret| {
            let feed = format!("{base}/feeds/{}", secret.write());
            (
                format!("{feed}/mine.ics?lang={tag}"),
                format!("{feed}/all.ics?lang={tag}"),
            )
        }),
        frame,
    };
    Ok(view::page(page.frame.language, &page))
}

/// What somebody wants of their secret address.
#[derive(Deserialize)]
pub(in crate::http) struct FeedForm {
    /// There if it shall be taken away and no new one made.
    revoke: Option<String>,
}

/// Makes a new secret address, or takes it away. The one before is good for nothing from then on.
pub(in crate::http) async fn change(
    State(state): State<AppState>,
    frame: Frame,
    form: Result<Form<FeedForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = fields(form)?;
    let Some(user) = frame.name else {
        return Ok(name_page(HERE, None, false, None).into_response());
    };
    let (cookie, notice) = if form.revoke.is_some() {
        revoke(&state, user).await?;
        (String::new(), Notice::FeedRevoked)
    } else {
        (renew(&state, user).await?.write(), Notice::FeedMade)
    };
    let cookie = cookies::keep_shortly(&state.site, cookies::FEED, &cookie, HERE);
    let address = format!("{HERE}?notice={}", notice.name());
    Ok((AppendHeaders([cookie]), Redirect::to(&address)).into_response())
}

async fn renew(state: &AppState, user: UserName) -> Result<Secret, Problem> {
    let mut random = [0; Secret::LENGTH];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| Problem::new(Kind::Internal).because("the system has no random numbers"))?;
    let secret = Secret::new(random);
    let hash = secret.hash();
    state
        .db
        .idempotent(|c| Box::pin(feeds::renew(c, user.clone(), hash)))
        .await?;
    Ok(secret)
}

async fn revoke(state: &AppState, user: UserName) -> Result<(), Problem> {
    Ok(state
        .db
        .idempotent(|c| Box::pin(feeds::revoke(c, user.clone())))
        .await?)
}
