//! `/calendar`: a month at a glance.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc, Weekday};
use serde::Deserialize;

use super::frame::Frame;
use crate::{
    domain::{Month, Standing},
    http::{AppState, problem::Problem, view},
    store::{
        months::{self, Brief},
        standing::{self, Standings},
    },
};

/// The most events of a month that are shown; a company has twenty.
const MOST: usize = 1_000;
/// How many events of a day stand there before one asks for the others.
const SHOWN: usize = 4;

/// The Monday-first names of the days.
const WEEK: [Weekday; 7] = [
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
    Weekday::Sat,
    Weekday::Sun,
];

#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    month: Option<String>,
}

#[derive(Template)]
#[template(path = "calendar.html")]
struct CalendarPage {
    frame: Frame,
    month: Month,
    /// The month of today.
    present: Month,
    weeks: Vec<[Option<Day>; 7]>,
    /// How many events the month has.
    count: usize,
    /// Whether it has more, which are not shown.
    more: bool,
}

impl CalendarPage {
    fn title(&self) -> String {
        self.frame.language.month(self.month.first())
    }

    fn weekdays(&self) -> [&'static str; 7] {
        WEEK.map(|day| self.frame.language.weekday(day))
    }

    /// How many events there are.
    fn said(&self) -> String {
        match (self.frame.language.is_english(), self.more, self.count) {
            (true, true, count) => format!("more than {count} events, the first of which are here"),
            (true, false, 0) => "no events".to_owned(),
            (true, false, 1) => "1 event".to_owned(),
            (true, false, count) => format!("{count} events"),
            (false, true, count) => format!("{count} 件以上（最初の {count} 件を表示しています）"),
            (false, false, 0) => "イベントはありません".to_owned(),
            (false, false, count) => format!("{count} 件"),
        }
    }
}

/// A day of the month.
struct Day {
    date: NaiveDate,
    /// The day with its month and day of the week.
    name: String,
    today: bool,
    /// The events that stand there, and those that one has to ask for.
    shown: Vec<Entry>,
    others: Vec<Entry>,
}

/// An event in the calendar.
struct Entry {
    id: i64,
    title: String,
    clock: String,
    begun: bool,
    full: bool,
    standing: Option<Standing>,
}

/// The events of a month, today's if none is asked for.
pub(in crate::http) async fn page(
    State(state): State<AppState>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let (now, zone) = (Utc::now(), frame.zone);
    let today = now.with_timezone(&zone).date_naive();
    let Some(present) = Month::of(today) else {
        return Err(Problem::new(crate::http::problem::Kind::NotFound));
    };
    let month = asked.month.as_deref().and_then(Month::parse);
    let month = month.unwrap_or(present);
    let (from, to) = (month.begins(zone), month.ends(zone));
    let read = state.db.idempotent(|c| {
        let reader = frame.name.clone();
        Box::pin(async move {
            let events = months::events(c, from, to, MOST as i64 + 1).await?;
            let ids = events.iter().map(|event| event.id).collect();
            Ok((events, standing::find(c, reader, ids).await?))
        })
    });
    let (mut events, standings) = read.await?;
    let more = events.len() > MOST;
    events.truncate(MOST);
    let count = events.len();
    let mut days = by_day(&frame, now, events, &standings);
    let mut day = |date: NaiveDate| {
        let mut shown = days.remove(&date).unwrap_or_default();
        // To ask for a single one takes as much room as the event.
        let others = if shown.len() > SHOWN + 1 {
            shown.split_off(SHOWN)
        } else {
            Vec::new()
        };
        Day {
            date,
            name: frame.language.day(date),
            today: date == today,
            shown,
            others,
        }
    };
    let weeks = month.weeks().into_iter();
    let weeks = weeks
        .map(|week| week.map(|date| date.map(&mut day)))
        .collect();
    let page = CalendarPage {
        month,
        present,
        weeks,
        count,
        more,
        frame,
    };
    Ok(view::page(page.frame.language, &page))
}

fn by_day(
    frame: &Frame,
    now: DateTime<Utc>,
    events: Vec<Brief>,
    standings: &Standings,
) -> HashMap<NaiveDate, Vec<Entry>> {
    let mut days: HashMap<_, Vec<_>> = HashMap::new();
    for event in events {
        let begins = event.event_date.with_timezone(&frame.zone);
        days.entry(begins.date_naive()).or_default().push(Entry {
            id: event.id,
            title: event.title,
            clock: begins.format("%H:%M").to_string(),
            begun: event.event_date <= now,
            full: event.full,
            standing: standings.get(&event.id).copied(),
        });
    }
    days
}
