//! `POST /events/import`: the old list of events comes in, all of it or nothing.

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{
    AppState,
    fields::media_type,
    identity::Caller,
    language::Language,
    params::Params,
    problem::{Kind, Problem},
};
use crate::{
    domain::{Actor, EventDraft, Reason, UserName},
    spreadsheet::{
        FILE_LIMIT, Flaw,
        read::{Reader, Row, Sheet},
    },
    store::import::{self, Imported, Mode},
};

mod words;

pub(super) use words::{explain, limits};

/// The largest body of a form with a file: the file, or its text in UTF-8, which is longer than in Shift_JIS.
pub(super) const FORM_LIMIT: usize = 2 * FILE_LIMIT;
/// How long a file may take to arrive.
const FILE_TIME: Duration = Duration::from_secs(8);

/// What an import has done, or would do.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct Import {
    /// Whether it was only tried.
    pub(super) dry_run: bool,
    /// How many events are new.
    pub(super) created: usize,
    /// How many rows are events already.
    pub(super) known: usize,
    /// The rows, in their order.
    pub(super) rows: Vec<ImportedRow>,
    /// The names of the columns that were not read.
    pub(super) ignored_columns: Vec<String>,
}

impl Import {
    /// The event of a row, if there is one already.
    pub(super) fn event(&self, row: &usize) -> Option<i64> {
        self.rows.get(*row)?.event_id
    }
}

/// A row of the spreadsheet.
#[derive(Serialize, ToSchema)]
pub(super) struct ImportedRow {
    /// Its number, as a spreadsheet shows it.
    pub(super) row: usize,
    /// Whether the event is new.
    pub(super) is_new: bool,
    /// The number of the event; null if it would be new.
    pub(super) event_id: Option<i64>,
    /// Its title.
    pub(super) title: String,
}

/// A file, as the body of a request.
pub(super) struct Csv(Bytes);

impl<S: Send + Sync> FromRequest<S> for Csv {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if media_type(request.headers()) != "text/csv" {
            return Err(Problem::new(Kind::NotCsv));
        }
        body(request, state).await.map(Self)
    }
}

/// The body of a request with a file.
pub(super) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    match tokio::time::timeout(FILE_TIME, Bytes::from_request(request, state)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(rejection)) => {
            let too_large = rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE;
            Err(Problem::new(if too_large {
                Kind::FileTooLarge
            } else {
                Kind::Unreadable
            }))
        }
        Err(_) => Err(Problem::new(Kind::FileTooSlow)),
    }
}

pub(super) async fn api(
    State(state): State<AppState>,
    caller: Caller,
    language: Language,
    mut params: Params,
    Csv(file): Csv,
) -> Result<Response, Problem> {
    let mode = params.take("dry_run", |raw| match raw {
        "true" => Ok(Mode::Try),
        "false" => Ok(Mode::Import),
        _ => Err(Reason::NotOneOf("true, false")),
    });
    params.end()?;
    let mode = mode.unwrap_or(Mode::Import);
    let sheet = read(&state, &caller, caller.name().cloned(), file).await?;
    if !sheet.flaws.is_empty() {
        return Err(refused(&sheet.flaws, language));
    }
    let actor = caller.name().cloned();
    let import = run(&state, actor, &sheet.rows, sheet.ignored, mode).await?;
    Ok(axum::Json(import).into_response())
}

/// Reads a file. `organizer` is who organises the events of which nobody else is said to.
pub(super) async fn read(
    state: &AppState,
    caller: &Caller,
    organizer: Option<UserName>,
    file: impl AsRef<[u8]> + Send + 'static,
) -> Result<Sheet, Problem> {
    let Caller(actor): &Caller = caller;
    let reader = Reader {
        zone: state.site.zone,
        actor: Actor::clone(actor),
        organizer,
    };
    // A large file takes a while, which must not keep other requests waiting.
    let read = tokio::task::spawn_blocking(move || reader.read(file.as_ref())).await;
    read.map_err(|error| Problem::new(Kind::Internal).because(error.to_string()))
}

/// Makes events of rows without flaws, or only says which ones would be made.
pub(super) async fn run(
    state: &AppState,
    actor: Option<UserName>,
    rows: &[Row],
    ignored_columns: Vec<String>,
    mode: Mode,
) -> Result<Import, Problem> {
    let drafts: Vec<EventDraft> = rows.iter().map(|row| row.draft.clone()).collect();
    let imported = state
        .db
        .idempotent(|c| Box::pin(import::events(c, drafts.clone(), actor.clone(), mode)))
        .await?;
    let created = imported.iter().filter(|row| row.is_new).count();
    let row = |(row, Imported { event, is_new }): (&Row, Imported)| ImportedRow {
        row: row.number,
        is_new,
        event_id: event,
        title: row.draft.title.as_str().to_owned(),
    };
    Ok(Import {
        dry_run: mode == Mode::Try,
        created,
        known: imported.len() - created,
        rows: rows.iter().zip(imported).map(row).collect(),
        ignored_columns,
    })
}

/// Says everything that is wrong with a spreadsheet.
fn refused(flaws: &[Flaw], language: Language) -> Problem {
    let errors = flaws.iter().map(|flaw| {
        json!({
            "row": flaw.row,
            "column": flaw.column,
            "value": flaw.value,
            "detail": explain(&flaw.fault, language),
        })
    });
    Problem::new(Kind::ImportRefused).with("errors", errors.collect::<Vec<_>>())
}
