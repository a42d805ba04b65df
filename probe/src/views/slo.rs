//! `probe slo`: availability and answer times against the objective, what is left of the budget, and what would call
//! somebody.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Missing, NotSeen};
use crate::{
    slo::{ALERTS, Alert, Kept, OBJECTIVE, PERIOD, interval, kept},
    snapshot::{Performance, Series, Subject, Traffic},
    words::Lang,
};

/// A service against its objective. What is `null` was not counted or not seen; `not_seen` tells which.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Slo {
    /// Version of this format: 1.
    pub version: u32,
    /// Which service was looked at.
    pub target: Subject,
    /// When; the windows end with the last full minute before.
    pub taken_at: DateTime<Utc>,
    /// Share of requests that must succeed, in percent.
    pub objective_percent: f64,
    /// Days over which that is promised.
    pub period_days: i64,
    /// Whether a load balancer sends requests to the service; `null` if that was not seen.
    pub has_load_balancer: Option<bool>,
    /// The requests of the last 5 minutes, 30 minutes, hour, 6 hours, 3 days and 30 days.
    pub windows: Vec<Window>,
    /// The failures that the objective allows in the whole period; `null` without requests.
    pub budget: Option<Budget>,
    /// The alerts, those for the fastest burn first.
    pub alerts: Vec<AlertState>,
    /// The calls that did not answer.
    pub not_seen: Vec<NotSeen>,
    #[serde(skip)]
    lang: Option<Lang>,
}

/// The requests of a window of time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Window {
    /// For example `6h`.
    pub name: String,
    /// Its length in seconds.
    pub seconds: i64,
    /// How many requests there were.
    pub requests: u64,
    /// How many of them failed by no fault of the client.
    pub failed: u64,
    /// Those that a task answered with 5xx.
    pub failed_by_task: u64,
    /// Those that the load balancer itself answered with 5xx, whichever service behind it they were for.
    pub failed_by_balancer: u64,
    /// Share that succeeded, in percent; `null` without requests.
    pub percent: Option<f64>,
    /// The lower end of the 95 % interval of that share, in percent.
    pub low_percent: Option<f64>,
    /// Its upper end.
    pub high_percent: Option<f64>,
    /// Whether the objective is kept: `yes`, `no`, or `uncertain` where these are too few requests to tell.
    pub kept: Option<String>,
    /// How many times faster than promised the error budget is used up.
    pub burn_rate: Option<f64>,
    /// Share of the window's minutes (of 30 days: hours) for which CloudWatch has a value, in percent. It has none
    /// where there were no requests, and none where the service did not exist.
    pub counted_percent: f64,
    /// How long tasks took to answer; `null` where that is not known.
    pub answer_times: Option<WindowTimes>,
}

/// How long tasks took to answer, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
pub struct WindowTimes {
    /// Half of the requests were answered within this.
    pub p50_ms: Option<f64>,
    /// Nineteen of twenty.
    pub p95_ms: Option<f64>,
    /// Ninety-nine of a hundred.
    pub p99_ms: Option<f64>,
    /// Whether these are upper limits: of several days, those of the slowest day.
    pub at_most: bool,
}

/// The failures that the objective allows over its period.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Budget {
    /// How many of the requests of the period may fail.
    pub allowed: f64,
    /// How many did.
    pub failed: u64,
    /// What is left, in percent; below zero where it is overspent.
    pub left_percent: f64,
    /// Seconds until the rest is used up, as fast as in the last hour; `null` where nothing burns or nothing is left.
    pub lasts_seconds: Option<i64>,
}

/// An alert on a long and a short window.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AlertState {
    /// `page`: somebody is woken; `ticket`: it can wait for the day.
    pub severity: String,
    /// The burn rate that both windows must exceed.
    pub burn_rate: f64,
    /// The long window, for example `1h`.
    pub long: String,
    /// Its burn rate; `null` without requests.
    pub long_burn_rate: Option<f64>,
    /// The short window, for example `5m`.
    pub short: String,
    /// Its burn rate; `null` without requests.
    pub short_burn_rate: Option<f64>,
    /// Whether it would go off now.
    pub goes_off: bool,
    /// Whether the requests are so few that one failure alone exceeds the burn rate.
    pub jumpy: bool,
}

impl Slo {
    /// Arranges what was seen.
    pub fn new(performance: &Performance, lang: Lang) -> Self {
        let mut missing = Missing::new(lang);
        let minutes = missing.seen(&performance.minutes);
        let hours = missing.seen(&performance.hours);
        let any = minutes.or(hours);
        let minutes = minutes.and_then(Option::as_ref);
        let hours = hours.and_then(Option::as_ref);
        let taken_at = performance.taken_at;
        let end = taken_at
            .duration_trunc(TimeDelta::minutes(1))
            .unwrap_or(taken_at);
        let windows: Vec<Window> = WINDOWS
            .iter()
            .filter_map(|length| {
                let series = if *length < PERIOD { minutes } else { hours };
                Some(window(series?, *length, end))
            })
            .collect();
        let alerts = minutes.map(|minutes| ALERTS.map(|alert| state(&alert, minutes, end)));
        Self {
            version: 1,
            target: performance.target.clone(),
            taken_at,
            objective_percent: OBJECTIVE * 100.0,
            period_days: PERIOD.num_days(),
            has_load_balancer: any.map(Option::is_some),
            budget: hours.and_then(|hours| budget(hours, minutes, end)),
            alerts: alerts.into_iter().flatten().collect(),
            windows,
            not_seen: missing.calls,
            lang: Some(lang),
        }
    }

    /// The language it is written in.
    pub fn lang(&self) -> Lang {
        self.lang.unwrap_or(Lang::En)
    }

    /// Whether an alert would go off now.
    pub fn alerts(&self) -> bool {
        self.alerts.iter().any(|alert| alert.goes_off)
    }

    /// Whether there was a request in the whole period.
    pub fn is_asked(&self) -> bool {
        self.windows.iter().any(|window| window.requests > 0)
    }

    /// Whether it can be told that no alert goes off: the minutes, which alone tell of alerts, were seen, and there were
    /// requests.
    pub fn can_tell(&self) -> bool {
        !self.alerts.is_empty() && self.is_asked()
    }
}

/// What is looked at, the shortest first.
const WINDOWS: [TimeDelta; 6] = [
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::days(3),
    PERIOD,
];

/// The requests of the last so long.
fn traffic(series: &Series, length: TimeDelta, end: DateTime<Utc>) -> Traffic {
    steps(series, length, end).copied().sum()
}

fn steps(series: &Series, length: TimeDelta, end: DateTime<Utc>) -> impl Iterator<Item = &Traffic> {
    // CloudWatch may let hours begin a little before what was asked for.
    let before = end - length - TimeDelta::seconds(series.step_seconds);
    let after = series
        .traffic
        .iter()
        .skip_while(move |(at, _)| **at <= before);
    after.map(|(_, traffic)| traffic)
}

fn window(series: &Series, length: TimeDelta, end: DateTime<Utc>) -> Window {
    let traffic = traffic(series, length, end);
    let (failed, total) = (traffic.failed(), traffic.total());
    let steps_counted = steps(series, length, end).count() as f64;
    let all_steps = length.num_seconds() / series.step_seconds.max(1);
    let interval = interval(failed, total);
    let percent = |share: f64| share * 100.0;
    Window {
        name: name(length),
        seconds: length.num_seconds(),
        requests: whole(total),
        failed: whole(failed),
        failed_by_task: whole(traffic.failed_by_task),
        failed_by_balancer: whole(traffic.failed_by_balancer),
        percent: traffic.availability().map(percent),
        low_percent: interval.map(|(_, high)| percent(1.0 - high)),
        high_percent: interval.map(|(low, _)| percent(1.0 - low)),
        kept: kept(failed, total).map(|kept| {
            match kept {
                Kept::Yes => "yes",
                Kept::No => "no",
                Kept::Uncertain => "uncertain",
            }
            .to_owned()
        }),
        burn_rate: traffic.burn_rate(OBJECTIVE),
        counted_percent: (steps_counted / all_steps as f64 * 100.0).min(100.0),
        answer_times: answer_times(series, length, end),
    }
}

/// Percentiles of the window itself, else of its slowest day: no percentile of the whole exceeds those of its parts.
fn answer_times(series: &Series, length: TimeDelta, end: DateTime<Utc>) -> Option<WindowTimes> {
    let start = end - length;
    let part = length.min(TimeDelta::days(1));
    let all = series
        .answer_times
        .iter()
        .filter(|times| times.length == part);
    let exact = all.clone().find(|times| times.from == start);
    if let Some(times) = exact.filter(|times| times.length == length) {
        return Some(WindowTimes {
            p50_ms: times.p50.map(milliseconds),
            p95_ms: times.p95.map(milliseconds),
            p99_ms: times.p99.map(milliseconds),
            at_most: false,
        });
    }
    let parts: Vec<_> = all.filter(|times| times.from + part > start).collect();
    parts.first()?;
    let slowest = |of: fn(&crate::snapshot::AnswerTimes) -> Option<f64>| {
        let values = parts.iter().filter_map(|times| of(times));
        values.reduce(f64::max).map(milliseconds)
    };
    Some(WindowTimes {
        p50_ms: slowest(|times| times.p50),
        p95_ms: slowest(|times| times.p95),
        p99_ms: slowest(|times| times.p99),
        at_most: true,
    })
}

fn budget(hours: &Series, minutes: Option<&Series>, end: DateTime<Utc>) -> Option<Budget> {
    let period = traffic(hours, PERIOD, end);
    let spent = period.burn_rate(OBJECTIVE)?;
    let left = 1.0 - spent;
    let last_hour = minutes.map(|minutes| traffic(minutes, TimeDelta::hours(1), end));
    let burn = last_hour.and_then(|traffic| traffic.burn_rate(OBJECTIVE));
    let lasts = burn.filter(|burn| *burn > 0.0 && left > 0.0);
    Some(Budget {
        allowed: period.total() * (1.0 - OBJECTIVE),
        failed: whole(period.failed()),
        left_percent: left * 100.0,
        lasts_seconds: lasts.map(|burn| (PERIOD.num_seconds() as f64 * left / burn) as i64),
    })
}

fn state(alert: &Alert, minutes: &Series, end: DateTime<Utc>) -> AlertState {
    let long = traffic(minutes, alert.long, end);
    let short = traffic(minutes, alert.short, end);
    let (long_burn_rate, short_burn_rate) = (long.burn_rate(OBJECTIVE), short.burn_rate(OBJECTIVE));
    AlertState {
        severity: if alert.pages { "page" } else { "ticket" }.to_owned(),
        burn_rate: alert.burn_rate,
        long: name(alert.long),
        long_burn_rate,
        short: name(alert.short),
        short_burn_rate,
        goes_off: alert.goes_off(long_burn_rate, short_burn_rate),
        jumpy: alert.is_jumpy(long.total()),
    }
}

fn name(length: TimeDelta) -> String {
    let minutes = length.num_minutes();
    match minutes {
        0..60 => format!("{minutes}m"),
        60..1_440 => format!("{}h", minutes / 60),
        _ => format!("{}d", minutes / 1_440),
    }
}

/// A count that CloudWatch keeps as a floating-point number.
fn whole(count: f64) -> u64 {
    count.round().max(0.0) as u64
}

fn milliseconds(seconds: f64) -> f64 {
    seconds * 1_000.0
}
