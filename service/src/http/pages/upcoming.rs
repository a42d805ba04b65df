//! `/`: the upcoming events, by day.

use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::{IntoResponse as _, Response},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use super::{
    frame::{Frame, encode},
    preferences::name_page,
};
use crate::{
    domain::{Event, Filter, Limit, Page, Period, Standing, UserName, When, filter::Words},
    http::{AppState, list, problem::Problem, view},
    store,
};

/// Which events to show, as the address says it. What means nothing is left alone, as people expect of links.
#[derive(Deserialize)]
pub(in crate::http) struct Asked {
    q: Option<String>,
    show: Option<String>,
    period: Option<String>,
    cursor: Option<String>,
}

/// Whose events to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Show {
    #[default]
    All,
    Joined,
    Organised,
}

impl Show {
    const ALL: [(&'static str, Self); 3] = [
        ("", Self::All),
        ("joined", Self::Joined),
        ("organised", Self::Organised),
    ];
}

/// Which events to show.
struct Search {
    words: String,
    show: Show,
    period: Period,
}

impl Search {
    fn parse(asked: &Asked) -> Self {
        // Nobody types so much or so odd, and it would only be refused.
        let words = asked.q.iter().flat_map(|q| q.chars());
        let words: String = words.filter(|c| !c.is_control()).take(Words::MAX).collect();
        Self {
            words: words.trim().to_owned(),
            show: named(&Show::ALL, asked.show.as_deref()),
            period: named(&Period::ALL, asked.period.as_deref()),
        }
    }

    fn filter(&self, now: DateTime<Utc>, frame: &Frame) -> Filter {
        let (from, to) = self.period.bounds(now, frame.zone);
        let me = |show: Show| frame.name.clone().filter(|_| self.show == show);
        Filter {
            when: When::Upcoming,
            from,
            to,
            words: Words::parse(&self.words)
                .ok()
                .filter(|words| !words.as_str().is_empty()),
            user: me(Show::Joined),
            organizer: me(Show::Organised),
        }
    }

    fn is_narrow(&self) -> bool {
        !self.words.is_empty() || self.period != Period::Any
    }

    /// The address of this search with another choice of whose events to show.
    fn showing(&self, show: &Show) -> String {
        address(&self.words, *show, self.period)
    }

    /// The address of this search in another period.
    fn during(&self, period: &Period) -> String {
        address(&self.words, self.show, *period)
    }

    /// The address of what follows a page.
    fn after(&self, cursor: &str) -> String {
        let address = self.during(&self.period);
        let sign = if address == "/" { '?' } else { '&' };
        format!("{address}{sign}cursor={cursor}")
    }
}

fn named<T: Copy + Default>(all: &[(&str, T)], name: Option<&str>) -> T {
    let found = all.iter().find(|(known, _)| Some(*known) == name);
    found.map_or_else(T::default, |(_, value)| *value)
}

fn address(words: &str, show: Show, period: Period) -> String {
    let name_of = |all: &[(&'static str, Show)]| {
        let found = all.iter().find(|(_, value)| *value == show);
        found.map_or("", |(name, _)| name)
    };
    let period = Period::ALL.iter().find(|(_, value)| *value == period);
    let pairs = [
        ("q", encode(words)),
        ("show", name_of(&Show::ALL).to_owned()),
        ("period", period.map_or("", |(name, _)| name).to_owned()),
    ];
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if query.is_empty() {
        return "/".to_owned();
    }
    format!("/?{}", query.join("&"))
}

#[derive(Template)]
#[template(path = "upcoming.html")]
struct UpcomingPage {
    frame: Frame,
    search: Search,
    days: Vec<Day>,
    /// How many events the page has.
    count: usize,
    /// The cursor of the next page.
    next: Option<String>,
}

impl UpcomingPage {
    /// The notice, unless it stands beside its event.
    fn notice_above(&self) -> bool {
        let beside = |row: &Row| row.noticed;
        self.frame.notice.is_some() && !self.days.iter().flat_map(|day| &day.rows).any(beside)
    }

    fn shows(&self) -> [(&'static str, &'static str, Show); 3] {
        let pick = |english, japanese| self.frame.pick(english, japanese);
        Show::ALL.map(|(name, show)| match show {
            Show::All => (name, pick("All", "すべて"), show),
            Show::Joined => (name, pick("I have joined", "参加予定"), show),
            Show::Organised => (name, pick("I organise", "自分が主催"), show),
        })
    }

    fn periods(&self) -> [(&'static str, &'static str, Period); 6] {
        let pick = |english, japanese| self.frame.pick(english, japanese);
        Period::ALL.map(|(name, period)| match period {
            Period::Any => (name, pick("Any day", "全期間"), period),
            Period::Today => (name, pick("Today", "今日"), period),
            Period::Week => (name, pick("This week", "今週"), period),
            Period::NextWeek => (name, pick("Next week", "来週"), period),
            Period::Month => (name, pick("This month", "今月"), period),
            Period::NextMonth => (name, pick("Next month", "来月"), period),
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
    /// "today" or "tomorrow", where it is.
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
pub(in crate::http) async fn page(
    State(state): State<AppState>,
    frame: Frame,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let search = Search::parse(&asked);
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
    let Page { items, next } = list::page(&state, filter, Limit::default(), after).await?;
    let standings = standings(&state, frame.name.as_ref(), &items).await?;
    let count = items.len();
    let page = UpcomingPage {
        days: by_day(&frame, now, items, &standings),
        frame,
        search,
        count,
        next,
    };
    Ok(view::page(page.frame.language, &page))
}

/// What the reader has to do with these events.
async fn standings(
    state: &AppState,
    user: Option<&UserName>,
    events: &[Event],
) -> Result<HashMap<i64, Standing>, Problem> {
    let Some(user) = user.filter(|_| !events.is_empty()) else {
        return Ok(HashMap::new());
    };
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    let found = state
        .db
        .idempotent(|c| Box::pin(store::standing::find(c, user.clone(), ids.clone())));
    Ok(found.await?)
}

fn by_day(
    frame: &Frame,
    now: DateTime<Utc>,
    events: Vec<Event>,
    standings: &HashMap<i64, Standing>,
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
                    _ => "",
                },
                title: frame.language.day_near(date, today),
                rows: vec![row],
            }),
        }
    }
    days
}
