//! Events and participants for a spreadsheet.

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, Utc};
use futures::stream;

use super::{
    AppState, events,
    language::Language,
    list,
    params::{Id, Params},
    problem::Problem,
};
use crate::{
    domain::{Cursor, Event, Filter, Limit, Page, When},
    spreadsheet::{columns::Column, write},
};

/// All events of a list, the past ones too if nothing else is said: page by page, however many there are.
pub(super) async fn events(
    State(state): State<AppState>,
    language: Language,
    mut params: Params,
) -> Result<Response, Problem> {
    let filter = list::filter(&state, &mut params, When::All);
    params.take("lang", |_| Ok(()));
    params.end()?;
    // The first page before anything is answered, so that it can still be said that the database is away.
    let first = list::page(&state, filter.clone(), Limit::most(), None).await?;
    let titles = write::rows([titles(language)]);
    let head = format!("{}{titles}", write::MARK);
    let export = Export {
        state,
        filter,
        page: first,
    };
    let pages = stream::try_unfold(Some((head, export)), async |rest| {
        let Some((head, export)) = rest else {
            return Ok::<_, std::io::Error>(None);
        };
        let text = head + &export.rows();
        let next = export.next().await.map_err(|problem| {
            // The client sees the end of the connection, and no end of the file.
            tracing::warn!(?problem, "an export was cut off");
            std::io::Error::other("the rest could not be read")
        })?;
        Ok(Some((text, next.map(|next| (String::new(), next)))))
    });
    Ok(answer("events.csv", Body::from_stream(pages)))
}

/// An export under way.
struct Export {
    state: AppState,
    filter: Filter,
    page: Page,
}

impl Export {
    fn rows(&self) -> String {
        write::rows(self.page.items.iter().map(|event| row(&self.state, event)))
    }

    async fn next(self) -> Result<Option<Self>, Problem> {
        let Self {
            state,
            filter,
            page,
        } = self;
        let last = page.items.last().filter(|_| page.next.is_some());
        let Some(after) = last.map(Cursor::of) else {
            return Ok(None);
        };
        let page = list::page(&state, filter.clone(), Limit::most(), Some(after)).await?;
        Ok(Some(Self {
            state,
            filter,
            page,
        }))
    }
}

fn titles(language: Language) -> Vec<String> {
    let ours = |column: Column| column.label(language);
    let titles = [
        "ID",
        ours(Column::Title),
        ours(Column::Day),
        ours(Column::Location),
        ours(Column::Seats),
        language.pick("Participants", "参加者数"),
        language.pick("Waiting", "キャンセル待ち"),
        ours(Column::Organizer),
        ours(Column::Description),
    ];
    titles.map(str::to_owned).to_vec()
}

fn row(state: &AppState, event: &Event) -> Vec<String> {
    vec![
        event.id.to_string(),
        event.title.clone(),
        clock(state, event.event_date),
        event.location.clone(),
        event.max_participants.to_string(),
        event.participants_count.to_string(),
        event.waitlist_count.to_string(),
        event.organizer.clone(),
        event.description.clone(),
    ]
}

/// A time as a spreadsheet understands it, on the clocks of the company.
fn clock(state: &AppState, time: DateTime<Utc>) -> String {
    let time = time.with_timezone(&state.site.zone);
    time.format("%Y-%m-%d %H:%M").to_string()
}

/// Who takes part in an event, and who waits, in the order in which they came.
pub(super) async fn participants(
    State(state): State<AppState>,
    Id(id): Id,
    language: Language,
) -> Result<Response, Problem> {
    let found = events::find(&state, id).await?;
    let titles = [
        language.pick("Name", "名前"),
        language.pick("State", "状態"),
        language.pick("Registered", "登録日時"),
    ];
    let seats = found.participants.iter().map(|person| {
        let state = language.pick("joined", "参加");
        (&person.user_name, state, person.registered_at)
    });
    let places = found.waitlist.iter().map(|person| {
        let state = language.pick("waiting", "キャンセル待ち");
        (&person.user_name, state, person.registered_at)
    });
    let people = seats
        .chain(places)
        .map(|(name, standing, at)| vec![name.clone(), standing.to_owned(), clock(&state, at)]);
    let rows = std::iter::once(titles.map(str::to_owned).to_vec()).chain(people);
    let text = format!("{}{}", write::MARK, write::rows(rows));
    Ok(answer(
        &format!("participants-{}.csv", id.get()),
        text.into(),
    ))
}

fn answer(name: &str, body: Body) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let mut response = (headers, body).into_response();
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    if let Ok(disposition) = disposition {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}
