//! `/events/{id}/history`.

use axum::{Json, extract::State};

use super::{
    AppState, list,
    params::{Id, Params},
    problem::{Kind, Problem},
};
use crate::{
    domain::{Entry, HistoryPage, Invalid, Limit},
    store,
};

/// What happened to an event. The history outlives the event.
pub(super) async fn page(
    State(state): State<AppState>,
    Id(id): Id,
    mut params: Params,
) -> Result<Json<HistoryPage>, Problem> {
    let limit = params.take("limit", Limit::parse).unwrap_or_default();
    let cursor = params.take("cursor", |raw| Ok(raw.to_owned()));
    params.end()?;
    let after = match cursor {
        None => 0,
        Some(raw) => Entry::parse_cursor(&raw, id, list::key(&state).await?)
            .map_err(|reason| Problem::invalid_parameters(vec![Invalid::new("cursor", reason)]))?,
    };
    let entries = state
        .db
        .idempotent(|c| Box::pin(store::history::page(c, id, after, limit)))
        .await?;
    let mut items = entries.ok_or_else(|| Problem::new(Kind::EventNotFound))?;
    let more = limit.cut(&mut items);
    let next = match items.last().filter(|_| more) {
        Some(last) => Some(last.cursor(id, list::key(&state).await?)),
        None => None,
    };
    Ok(Json(HistoryPage { items, next }))
}
