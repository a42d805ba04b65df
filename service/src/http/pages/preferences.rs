//! What readers tell of themselves: their language and, where nobody has to log in, their name.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State, rejection::FormRejection},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{
    fields,
    frame::{Frame, encode, local},
};
use crate::{
    domain::{EventId, UserName},
    http::{
        AppState, cookies,
        identity::Caller,
        language::Language,
        problem::Problem,
        view::{self, Notice},
    },
};

/// Where the reader comes from, and what they were about to do there.
#[derive(Deserialize)]
pub(in crate::http) struct Errand {
    back: Option<String>,
    event: Option<String>,
    waitlist: Option<String>,
}

#[derive(Template)]
#[template(path = "name.html")]
struct NamePage {
    frame: Frame,
    back: String,
    /// The event to join when the name is known.
    event: Option<EventId>,
    waitlist: bool,
}

/// Asks the name.
pub(in crate::http) async fn ask_name(frame: Frame, Query(errand): Query<Errand>) -> Response {
    let back = errand.back.as_deref().and_then(local).unwrap_or("/");
    if !frame.claimed {
        return Redirect::to(back).into_response();
    }
    let page = NamePage {
        back: back.to_owned(),
        event: errand.event.as_deref().and_then(EventId::parse),
        waitlist: errand.waitlist.is_some(),
        frame,
    };
    view::page(page.frame.language, &page)
}

/// The page that asks the name and then goes on with this.
pub(super) fn name_page(
    back: &str,
    event: Option<EventId>,
    waitlist: bool,
    notice: Option<Notice>,
) -> Redirect {
    let mut address = format!("/name?back={}", encode(back));
    if let Some(event) = event {
        address += &format!("&event={}", event.get());
    }
    if waitlist {
        address += "&waitlist=yes";
    }
    if let Some(notice) = notice {
        address += &format!("&notice={}", notice.name());
    }
    Redirect::to(&address)
}

#[derive(Deserialize)]
pub(in crate::http) struct NameForm {
    user_name: String,
    back: Option<String>,
}

/// Remembers the name.
pub(in crate::http) async fn keep_name(
    State(state): State<AppState>,
    caller: Caller,
    form: Result<Form<NameForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = fields(form)?;
    let back = form.back.as_deref().and_then(local).unwrap_or("/");
    let Ok(name) = UserName::parse(&form.user_name) else {
        return Ok(name_page(back, None, false, Some(Notice::BadName)).into_response());
    };
    let cookie = cookies::keep(&state.site, cookies::NAME, name.as_str());
    let kept = caller.name().is_none().then_some([cookie]);
    Ok((kept.map(axum::response::AppendHeaders), Redirect::to(back)).into_response())
}

#[derive(Deserialize)]
pub(in crate::http) struct LanguageForm {
    language: String,
    back: Option<String>,
}

/// Remembers the language.
pub(in crate::http) async fn keep_language(
    State(state): State<AppState>,
    form: Result<Form<LanguageForm>, FormRejection>,
) -> Result<Response, Problem> {
    let form = fields(form)?;
    let back = form.back.as_deref().and_then(local).unwrap_or("/");
    let cookie = Language::parse(&form.language).map(|language| {
        [cookies::keep(
            &state.site,
            cookies::LANGUAGE,
            language.tag(),
        )]
    });
    Ok((
        cookie.map(axum::response::AppendHeaders),
        Redirect::to(back),
    )
        .into_response())
}
