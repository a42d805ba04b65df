//! The import of a spreadsheet; the function in the migrations has the rules.

use sqlx::{PgConnection, query};

use crate::domain::{EventDraft, UserName};

/// What a row of the spreadsheet is, or has become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// The event; `None` if it would be made.
    pub event: Option<i64>,
    /// Whether it is new.
    pub is_new: bool,
}

/// Whether the import is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It is: make the events that are missing.
    Import,
    /// It is not: only say which ones would be made.
    Try,
}

/// Makes events of those rows that are none yet, all or nothing, and says of each row what it is now.
pub async fn events(
    connection: &mut PgConnection,
    drafts: Vec<EventDraft>,
    actor: Option<UserName>,
    mode: Mode,
) -> sqlx::Result<Vec<Imported>> {
    let texts = |text: fn(&EventDraft) -> &str| -> Vec<String> {
        drafts.iter().map(|draft| text(draft).to_owned()).collect()
    };
    let titles = texts(|draft| draft.title.as_str());
    let descriptions = texts(|draft| draft.description.as_str());
    let locations = texts(|draft| draft.location.as_str());
    let organizers = texts(|draft| draft.organizer.as_str());
    let dates: Vec<_> = drafts.iter().map(|draft| draft.event_date.get()).collect();
    let capacities: Vec<_> = drafts
        .iter()
        .map(|draft| draft.max_participants.get())
        .collect();
    let rows = query!(
        r#"
        select event_id, is_new as "is_new!"
          from import_events($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        &titles,
        &descriptions,
        &dates,
        &locations,
        &capacities,
        &organizers,
        actor.as_ref().map(UserName::as_str),
        mode == Mode::Try,
    )
    .fetch_all(connection)
    .await?;
    let imported = |(event, is_new)| Imported { event, is_new };
    Ok(rows
        .into_iter()
        .map(|row| imported((row.event_id, row.is_new)))
        .collect())
}
