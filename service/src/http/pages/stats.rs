//! `/stats`: what came of the events of the last twelve months.

use askama::Template;
use axum::{extract::State, response::Response};
use chrono::Utc;

use super::frame::Frame;
use crate::{
    domain::Month,
    http::{
        AppState,
        problem::{Kind, Problem},
        view,
    },
    store::figures::{self, Figures, Searches},
};

mod chart;
mod words;

use chart::Chart;
use words::{percent, span};

/// How many months are shown, the present one included.
const MONTHS: usize = 12;
/// With fewer events than this, each of them weighs heavily.
const FEW: i64 = 20;

#[derive(Template)]
#[template(path = "stats.html")]
struct StatsPage {
    frame: Frame,
    tiles: Vec<Tile>,
    charts: Vec<Chart>,
    /// How many events there were, if they are few.
    few: Option<i64>,
}

/// A figure of all months together.
struct Tile {
    name: &'static str,
    value: String,
    /// What it is made of.
    of: String,
}

/// The figures of a month, or of all months.
#[derive(Debug, Clone, Default)]
struct Row {
    events: i64,
    seats: i64,
    taken: i64,
    filled: i64,
    filled_in: Option<f64>,
    searches: Searches,
}

/// The figures of the last twelve months.
pub(in crate::http) async fn page(
    State(state): State<AppState>,
    frame: Frame,
) -> Result<Response, Problem> {
    let (now, zone) = (Utc::now(), frame.zone);
    let present = Month::of(now.with_timezone(&zone).date_naive());
    let months = present.and_then(last_months);
    let (Some(present), Some(months)) = (present, months) else {
        return Err(Problem::new(Kind::NotFound));
    };
    // What this task has counted by now belongs to it.
    state.searches.write(&state.db, zone).await?;
    let mut begins: Vec<_> = months.iter().map(|month| month.begins(zone)).collect();
    begins.push(present.ends(zone));
    let held = state
        .db
        .idempotent(|c| Box::pin(figures::monthly(c, begins.clone(), now)))
        .await?;
    let mut days: Vec<_> = months.iter().map(|month| month.first()).collect();
    days.extend(present.next().map(Month::first));
    let searches = state
        .db
        .idempotent(|c| Box::pin(figures::searches(c, days.clone())))
        .await?;
    let (rows, total) = gather(held, searches);
    let page = StatsPage {
        tiles: tiles(&frame, &total),
        charts: chart::all(&frame, &months, &rows),
        few: (total.events < FEW).then_some(total.events),
        frame,
    };
    Ok(view::page(page.frame.language, &page))
}

/// The months that are shown, the present one last.
fn last_months(present: Month) -> Option<Vec<Month>> {
    let back = std::iter::successors(Some(present), |month| month.previous());
    let mut months: Vec<_> = back.take(MONTHS).collect();
    months.reverse();
    (months.len() == MONTHS).then_some(months)
}

/// The figures of each month, and of all.
fn gather(held: Vec<Figures>, searches: Vec<(i32, Searches)>) -> (Vec<Row>, Row) {
    let mut rows = vec![Row::default(); MONTHS];
    let mut total = Row::default();
    let place = |month: i32| usize::try_from(month - 1).ok();
    for figures in held {
        let row = match figures.month {
            Some(month) => place(month).and_then(|place| rows.get_mut(place)),
            None => Some(&mut total),
        };
        if let Some(row) = row {
            *row = Row {
                events: figures.events,
                seats: figures.seats,
                taken: figures.taken,
                filled: figures.filled,
                filled_in: figures.filled_in,
                searches: Searches::default(),
            };
        }
    }
    for (month, searches) in searches {
        if let Some(row) = place(month).and_then(|place| rows.get_mut(place)) {
            row.searches = searches;
        }
        total.searches.asked += searches.asked;
        total.searches.without_result += searches.without_result;
    }
    (rows, total)
}

fn tiles(frame: &Frame, total: &Row) -> Vec<Tile> {
    let pick = |english: String, japanese: String| frame.pick(english, japanese);
    let Row {
        events,
        seats,
        taken,
        filled,
        ..
    } = total;
    let Searches {
        asked,
        without_result,
    } = total.searches;
    let a_month = *events as f64 / MONTHS as f64;
    let nothing = || "–".to_owned();
    vec![
        Tile {
            name: frame.pick("Events", "開催イベント"),
            value: events.to_string(),
            of: pick(
                format!("{a_month:.1} a month"),
                format!("1 か月あたり {a_month:.1} 件"),
            ),
        },
        Tile {
            name: frame.pick("Registrations", "参加登録"),
            value: taken.to_string(),
            of: match taken.checked_div(*events) {
                Some(_) => {
                    let each = *taken as f64 / *events as f64;
                    pick(
                        format!("{each:.1} an event"),
                        format!("1 件あたり {each:.1} 人"),
                    )
                }
                None => String::new(),
            },
        },
        Tile {
            name: frame.pick("Fill rate", "定員充足率"),
            value: percent(*taken, *seats).map_or_else(nothing, |share| format!("{share} %")),
            of: pick(
                format!("{taken} of {seats} seats"),
                format!("{seats} 席中 {taken} 席"),
            ),
        },
        Tile {
            name: frame.pick(
                "From announcement to full, median",
                "告知から満席まで（中央値）",
            ),
            value: total
                .filled_in
                .map_or_else(nothing, |seconds| span(frame.language, seconds)),
            of: pick(
                format!("{filled} of {events} events became full"),
                format!("{events} 件中 {filled} 件が満席"),
            ),
        },
        Tile {
            name: frame.pick("Searches without a result", "該当なしの検索"),
            value: percent(without_result, asked)
                .map_or_else(nothing, |share| format!("{share} %")),
            of: match asked {
                0 => pick(
                    "nobody has searched yet".into(),
                    "検索はまだありません".into(),
                ),
                _ => pick(
                    format!("{without_result} of {asked} searches"),
                    format!("{asked} 回中 {without_result} 回"),
                ),
            },
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_without_events_or_searches_are_there_too() {
        let month = |name: &str| Month::parse(name).unwrap();
        let months = last_months(month("2026-02")).unwrap();
        assert_eq!(
            (months[0], months[11]),
            (month("2025-03"), month("2026-02"))
        );
        assert_eq!(last_months(month("2000-05")), None);

        let figures = |month: Option<i32>, events: i64| Figures {
            month,
            events,
            seats: 20,
            taken: 10,
            filled: 0,
            filled_in: None,
        };
        let searches = Searches {
            asked: 5,
            without_result: 2,
        };
        let (rows, total) = gather(
            vec![figures(Some(12), 3), figures(None, 7)],
            vec![(11, searches), (12, searches)],
        );
        let events: Vec<_> = rows.iter().map(|row| row.events).collect();
        assert_eq!(events, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
        assert_eq!((total.events, total.searches.asked), (7, 10));
        assert_eq!(rows[10].searches, searches);
    }
}
