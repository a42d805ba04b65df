//! The page by which the old list of events comes in: first it is looked at, then it is imported.

use std::convert::Infallible;

use askama::Template;
use axum::{
    body::Bytes,
    extract::{Query, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use futures::stream;
use serde::Deserialize;

use super::{frame::Frame, preferences::name_page};
use crate::{
    http::{
        AppState,
        identity::Caller,
        import::{self, Import},
        problem::{Described, Kind, Problem},
        view,
    },
    spreadsheet::{
        FILE_LIMIT, Flaw,
        columns::Column,
        read::{Row, Sheet},
    },
    store::import::Mode,
};

const HERE: &str = "/import";

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    /// What an import has just done: events that are new, and those that there were.
    done: Option<(usize, usize)>,
    /// What the file has, if one was sent.
    looked: Option<Looked>,
}

/// What a file has.
struct Looked {
    sheet: Sheet,
    /// What would be imported, if nothing is wrong.
    import: Option<Import>,
}

impl Looked {
    /// The text of the file, to be sent once more.
    fn text(&self) -> &str {
        &self.sheet.text
    }
}

impl ImportPage {
    fn explain(&self, flaw: &Flaw) -> String {
        import::explain(&flaw.fault, self.frame.language)
    }

    fn limits(&self) -> String {
        import::limits(self.frame.language)
    }

    /// Whether the page shows what would be imported, and not yet asks for a file.
    fn importable(&self) -> bool {
        let looked = self.looked.as_ref();
        looked.is_some_and(|looked| looked.import.is_some())
    }

    /// When the event of a row begins.
    fn when(&self, row: &Row) -> String {
        let begins = row.draft.event_date.get();
        let language = self.frame.language;
        language.date(begins.with_timezone(&self.frame.zone))
    }

    /// The columns: their name, whether they must be there, and what they have.
    fn columns(&self) -> [(&'static str, bool, &'static str); 7] {
        Column::ALL.map(|column| {
            let pick = |english, japanese| self.frame.pick(english, japanese);
            let (needed, text) = match column {
                Column::Title => (true, "Rust 勉強会"),
                Column::Day => (true, "2026/12/4 19:00"),
                Column::Time => (
                    false,
                    pick(
                        "19:00, if the day has none",
                        "19:00（日時に時刻がない場合）",
                    ),
                ),
                Column::Location => (false, pick("Room 8F", "本社 8F")),
                Column::Seats => (true, "20"),
                Column::Organizer => (
                    self.frame.name.is_none(),
                    pick("if it is not you", "自分以外の場合"),
                ),
                Column::Description => (false, pick("Markdown", "Markdown が使えます")),
            };
            (column.label(self.frame.language), needed, text)
        })
    }

    fn answer(&self, status: StatusCode) -> Response {
        let mut response = view::page(self.frame.language, self);
        *response.status_mut() = status;
        response.extensions_mut().insert(Described);
        response
    }
}

/// What an import has just done, as the address says it.
#[derive(Deserialize)]
pub(in crate::http) struct Done {
    created: Option<String>,
    known: Option<String>,
}

/// Asks for a file.
pub(in crate::http) async fn page(frame: Frame, Query(done): Query<Done>) -> Response {
    if frame.name.is_none() {
        return name_page(HERE, None, false, None).into_response();
    }
    let number = |raw: Option<String>| raw?.parse().ok();
    let page = ImportPage {
        done: number(done.created).zip(number(done.known)),
        looked: None,
        frame,
    };
    page.answer(StatusCode::OK)
}

/// Looks at a file, or imports what was looked at before.
pub(in crate::http) async fn send(
    State(state): State<AppState>,
    caller: Caller,
    mut frame: Frame,
    request: Request,
) -> Result<Response, Problem> {
    frame.here = HERE.to_owned();
    let Some(name) = frame.name.clone() else {
        return Ok(name_page(HERE, None, false, None).into_response());
    };
    let Form { file, mode } = Form::of(request, &state).await?;
    if file.len() > FILE_LIMIT && mode == Mode::Try {
        return Err(Problem::new(Kind::FileTooLarge));
    }
    let actor = Some(name.clone());
    let sheet = import::read(&state, &caller, Some(name), file).await?;
    let import = if sheet.flaws.is_empty() {
        let ignored = sheet.ignored.clone();
        Some(import::run(&state, actor, &sheet.rows, ignored, mode).await?)
    } else {
        None
    };
    if let Some(import) = import.as_ref().filter(|_| mode == Mode::Import) {
        let address = format!("{HERE}?created={}&known={}", import.created, import.known);
        return Ok(Redirect::to(&address).into_response());
    }
    let status = if import.is_some() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = ImportPage {
        frame,
        done: None,
        looked: Some(Looked { sheet, import }),
    };
    Ok(page.answer(status))
}

/// A file, or its text, and what is to be done with it.
struct Form {
    file: Bytes,
    mode: Mode,
}

impl Form {
    async fn of(request: Request, state: &AppState) -> Result<Self, Problem> {
        let unreadable = || Problem::new(Kind::Unreadable);
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(kind).map_err(|_| unreadable())?;
        let body = import::body(request, state).await?;
        let body = stream::iter([Ok::<_, Infallible>(body)]);
        let mut fields = multer::Multipart::new(body, boundary);
        let (mut file, mut mode) = (Bytes::new(), Mode::Try);
        while let Some(field) = fields.next_field().await.map_err(|_| unreadable())? {
            match field.name() {
                Some("file") => file = field.bytes().await.map_err(|_| unreadable())?,
                Some("text") => {
                    file = field.bytes().await.map_err(|_| unreadable())?;
                    mode = Mode::Import;
                }
                _ => {}
            }
        }
        Ok(Self { file, mode })
    }
}
