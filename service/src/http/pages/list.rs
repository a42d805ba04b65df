//! `/` and `/history`: the upcoming events and the past ones, by day.

use askama::Template;
use axum::{
    extract::{Query, State},
    http::HeaderMap,
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, NaiveDate, Utc};

use super::{
    frame::Frame,
    preferences::name_page,
    search::{Asked, Search, Show},
};
use crate::{
    domain::{Event, Limit, Page, Period, Standing, When},
    http::{AppState, list, problem::Problem, view},
    store::standing::Standings,
};

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    search: Search,
    days: Vec<Day>,
    /// How many events the page has.
    count: usize,
    /// The cursor of the next page.
    next: Option<String>,
}

impl ListPage {
    /// The notice, unless it stands beside its event.
    fn notice_above(&self) -> bool {
        let beside = |row: &Row| row.noticed;
        self.frame.notice.is_some() && !self.days.iter().flat_map(|day| &day.rows).any(beside)
    }

    fn shows(&self) -> [(&'static str, &'static str, Show); 3] {
        let past = self.search.is_past();
        let pick = |english, japanese| self.frame.pick(english, japanese);
        Show::ALL.map(|(name, show)| match show {
            Show::All => (name, pick("All", "すべて"), show),
            Show::Joined if past => (name, pick("I joined", "参加した"), show),
            Show::Joined => (name, pick("I have joined", "参加予定"), show),
            Show::Organised if past => (name, pick("I organised", "自分が主催"), show),
            Show::Organised => (name, pick("I organise", "自分が主催"), show),
        })
    }

    fn periods(&self) -> impl Iterator<Item = (&'static str, &'static str, Period)> {
        let pick = |english, japanese| self.frame.pick(english, japanese);
        let periods = Period::of(self.search.when).iter();
        periods.map(move |&(name, period)| match period {
            Period::Any => (name, pick("Any day", "全期間"), period),
            Period::Today => (name, pick("Today", "今日"), period),
            Period::Week => (name, pick("This week", "今週"), period),
            Period::NextWeek => (name, pick("Next week", "来週"), period),
            Period::Month => (name, pick("This month", "今月"), period),
            Period::NextMonth => (name, pick("Next month", "来月"), period),
            Period::LastMonth => (name, pick("Last month", "先月"), period),
            Period::Year => (name, pick("This year", "今年"), period),
            Period::LastYear => (name, pick("Last year", "昨年"), period),
        })
    }

    /// How many events there are, as far as the page shows it.
    fn said(&self) -> String {
        match (self.frame.language.is_english(), &self.next, self.count) {
            (true, None, 1) => "1 event".to_owned(),
            (true, None, count) => format!("{count} events"),
            (true, Some(_), count) => format!("more than {count} events"),
            (false, None, count) => format!("{count} 件"),
            (false, Some(_), count) => format!("{count} 件以上"),
        }
    }
}

/// The events of a day.
struct Day {
    date: NaiveDate,
    /// "today", "tomorrow" or "yesterday", where it is.
    near: &'static str,
    title: String,
    rows: Vec<Row>,
}

/// An event in the list.
struct Row {
    event: Event,
    clock: String,
    standing: Option<Standing>,
    /// Whether the reader organises it.
    own: bool,
    /// Whether the notice is about it.
    noticed: bool,
}

/// The upcoming events, by day.
pub(in crate::http) async fn upcoming(
    State(state): State<AppState>,
    frame: Frame,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    page(state, frame, When::Upcoming, &headers, asked).await
}

/// The past events, by day, the latest first.
pub(in crate::http) async fn history(
    State(state): State<AppState>,
    frame: Frame,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    page(state, frame, When::Past, &headers, asked).await
}

async fn page(
    state: AppState,
    frame: Frame,
    when: When,
    headers: &HeaderMap,
    asked: Asked,
) -> Result<Response, Problem> {
    let search = Search::parse(when, &asked);
    if search.show != Show::All && frame.name.is_none() {
        return Ok(name_page(&frame.here, None, false, None).into_response());
    }
    let now = Utc::now();
    let filter = search.filter(now, &frame);
    // A link can be old or cut off: better the first page than none.
    let after = match asked.cursor.as_deref() {
        Some(raw) => list::parse(&state, &filter, raw).await.ok(),
        None => None,
    };
    // What follows a form was not searched for once more.
    let searched = filter.words.is_some() && after.is_none() && frame.notice.is_none();
    let (page, standings) =
        list::page_for(&state, filter, Limit::default(), after, frame.name.as_ref()).await?;
    let Page { items, next } = page;
    if searched {
        state.searches.add(headers, !items.is_empty());
    }
    let count = items.len();
    let page = ListPage {
        days: by_day(&frame, now, items, &standings),
        frame,
        search,
        count,
        next,
    };
    Ok(view::page(page.frame.language, &page))
}

fn by_day(
    frame: &Frame,
    now: DateTime<Utc>,
    events: Vec<Event>,
    standings: &Standings,
) -> Vec<Day> {
    let today = now.with_timezone(&frame.zone).date_naive();
    let mut days: Vec<Day> = Vec::new();
    for event in events {
        let begins = event.event_date.with_timezone(&frame.zone);
        let date = begins.date_naive();
        let row = Row {
            clock: frame.language.clock(begins),
            standing: standings.get(&event.id).copied(),
            own: event.organizer == frame.user(),
            noticed: frame.notice.is_some() && frame.noticed == Some(event.number()),
            event,
        };
        match days.last_mut() {
            Some(day) if day.date == date => day.rows.push(row),
            _ => days.push(Day {
                date,
                near: match (date - today).num_days() {
                    0 => frame.pick("today", "今日"),
                    1 => frame.pick("tomorrow", "明日"),
                    -1 => frame.pick("yesterday", "昨日"),
                    _ => "",
                },
                title: frame.language.day_near(date, today),
                rows: vec![row],
            }),
        }
    }
    days
}
