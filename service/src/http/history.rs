//! `/events/{id}/history`.

use axum::{Json, extract::State};

use super::{
    AppState,
    params::{Id, Params},
    problem::{Kind, Problem},
};
use crate::{
    domain::{HistoryPage, Limit},
    store,
};

/// What happened to an event. The history outlives the event.
pub(super) async fn page(
    State(state): State<AppState>,
    Id(id): Id,
    mut params: Params,
) -> Result<Json<HistoryPage>, Problem> {
    let limit = params.take("limit", Limit::parse).unwrap_or_default();
    let after = params
        .take("cursor", HistoryPage::after)
        .unwrap_or_default();
    params.end()?;
    let entries = state
        .db
        .idempotent(|c| Box::pin(store::history::page(c, id, after, limit)))
        .await?;
    let entries = entries.ok_or_else(|| Problem::new(Kind::EventNotFound))?;
    Ok(Json(HistoryPage::new(entries, limit)))
}
