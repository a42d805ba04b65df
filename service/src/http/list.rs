//! `GET /events`: a page of a list.

use axum::{Json, extract::State};
use chrono::Utc;

use super::{AppState, params::Params, problem::Problem};
use crate::{
    domain::{Cursor, CursorKey, Filter, Invalid, Limit, Page, UserName, When, day, filter::Words},
    store::{
        self,
        list::Wanted,
        standing::{self, Standings},
    },
};

pub(super) async fn list(
    State(state): State<AppState>,
    mut params: Params,
) -> Result<Json<Page>, Problem> {
    let filter = filter(&state, &mut params, When::Upcoming);
    let limit = params.take("limit", Limit::parse).unwrap_or_default();
    let cursor = params.take("cursor", |raw| Ok(raw.to_owned()));
    params.end()?;
    let after = match cursor {
        None => None,
        Some(raw) => Some(parse(&state, &filter, &raw).await?),
    };
    Ok(Json(page(&state, filter, limit, after).await?))
}

/// Reads which events are wanted, and which ones if nothing is said of past and future.
pub(super) fn filter(state: &AppState, params: &mut Params, default: When) -> Filter {
    let zone = state.site.zone;
    let from = params.take("from", |raw| day::parse_from(raw, zone));
    // Who says where to begin does not want the list to begin now.
    let default = if from.is_some() { When::All } else { default };
    Filter {
        when: params.take("when", When::parse).unwrap_or(default),
        from,
        to: params.take("to", |raw| day::parse_to(raw, zone)),
        words: params
            .take("q", Words::parse)
            .filter(|words| !words.as_str().is_empty()),
        user: params.take("user", UserName::parse),
        organizer: params.take("organizer", UserName::parse),
    }
}

/// Reads a cursor that was given out for this list.
pub(super) async fn parse(state: &AppState, filter: &Filter, raw: &str) -> Result<Cursor, Problem> {
    Cursor::parse(raw, filter, key(state).await?)
        .map_err(|reason| Problem::invalid_parameters(vec![Invalid::new("cursor", reason)]))
}

/// Reads the page of a list that comes after a place.
pub(super) async fn page(
    state: &AppState,
    filter: Filter,
    limit: Limit,
    after: Option<Cursor>,
) -> Result<Page, Problem> {
    Ok(page_for(state, filter, limit, after, None).await?.0)
}

/// The same, and what somebody has to do with its events, on one connection: who had a turn needs no second one.
pub(super) async fn page_for(
    state: &AppState,
    filter: Filter,
    limit: Limit,
    after: Option<Cursor>,
    reader: Option<&UserName>,
) -> Result<(Page, Standings), Problem> {
    let wanted = Wanted {
        span: filter.span(Utc::now(), after),
        filter,
        limit,
    };
    let read = state.db.idempotent(|c| {
        let (wanted, reader) = (wanted.clone(), reader.cloned());
        Box::pin(async move {
            let items = store::list::page(c, wanted).await?;
            let ids = items.iter().map(|event| event.id).collect();
            Ok((items, standing::find(c, reader, ids).await?))
        })
    });
    let (mut items, standings) = read.await?;
    let more = limit.cut(&mut items);
    let next = match items.last().filter(|_| more) {
        Some(last) => Some(Cursor::of(last).write(&wanted.filter, key(state).await?)),
        None => None,
    };
    Ok((Page { items, next }, standings))
}

/// The key that signs cursors: the configured one, or the one that the tasks share by the database.
pub(super) async fn key(state: &AppState) -> Result<&CursorKey, Problem> {
    if let Some(key) = state.site.cursor_key.get() {
        return Ok(key);
    }
    let secret = state
        .db
        .idempotent(|c| Box::pin(store::list::cursor_secret(c)))
        .await?;
    Ok(state
        .site
        .cursor_key
        .get_or_init(|| CursorKey::new(&secret)))
}
