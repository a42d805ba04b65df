//! What to reserve of the load balancer, where the traffic comes faster than it grows by itself.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

use super::given::Given;
use super::prices::MONTH_H;
use super::step::What;

/// A load balancer follows by itself a traffic that becomes at most so much more within five minutes.
const FOLLOWS: f64 = 2.0;
/// New connections in a second that one capacity unit bears, by AWS's definition of it.
const CONNECTIONS: f64 = 25.0;
/// Fewer units than AWS's own example are not asked for; whether AWS would reserve fewer is unverified.
const FEWEST: u32 = 100;
/// So many hours before the doors open it is asked for: AWS has it ready within minutes, and at times only within hours.
const AHEAD_H: i64 = 3;

/// What to reserve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reservation {
    /// Capacity units (LCU) that the peak needs.
    pub needed: u32,
    /// Those that are reserved then.
    pub units: u32,
    /// Whether their number comes from PeakLCUs of a run; else it is a guess, as if each request came on a new connection.
    pub is_measured: bool,
    /// From when and until when, if the day is known.
    pub day: Option<(NaiveDateTime, NaiveDateTime)>,
    /// US dollars for that time, used or not.
    pub cost: Option<f64>,
    /// US dollars for a month, if they were reserved always.
    pub cost_always: f64,
}

/// What a run has needed of the load balancer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Needed {
    /// The highest PeakLCUs.
    pub(super) units: f64,
    /// The highest rate over a minute, in requests per second.
    pub(super) rate: f64,
}

/// What to reserve for this peak; nothing where the load balancer keeps up with it.
pub(super) fn reservation(
    given: &Given,
    peak: f64,
    step: &mut impl FnMut(What, String),
) -> Option<Reservation> {
    let usual = given.usual.unwrap_or_default();
    let doubles = peak > FOLLOWS * usual;
    let sign = if doubles { '>' } else { '≤' };
    step(
        What::Doubles,
        format!("{peak:.1}/s {sign} {FOLLOWS} × {usual:.1}/s"),
    );
    if !doubles {
        return None;
    }
    let (need, reckoning) = match given.needed {
        Some(Needed { units, rate }) => (
            units * peak / rate,
            format!("{units:.1} × {peak:.1} / {rate:.1}"),
        ),
        None => (peak / CONNECTIONS, format!("{peak:.1} / {CONNECTIONS}")),
    };
    let needed = need.ceil() as u32;
    let units = needed.max(FEWEST);
    step(
        What::Units,
        format!("⌈{reckoning}⌉ = {needed}, max({needed}, {FEWEST}) = {units}"),
    );
    let price = given.prices.unit_hour();
    let day = given
        .day
        .map(|(begin, end)| (begin - TimeDelta::hours(AHEAD_H), end));
    let cost = day.map(|(from, to)| {
        let hours = (to - from).as_seconds_f64() / 3_600.0;
        let cost = f64::from(units) * hours * price;
        step(
            What::Reserved,
            format!("{units} × {hours:.1} h × ${price:.5} = ${cost:.2}"),
        );
        cost
    });
    let cost_always = f64::from(units) * MONTH_H * price;
    step(
        What::ReservedAlways,
        format!("{units} × {MONTH_H} h × ${price:.5} = ${cost_always:.2}"),
    );
    Some(Reservation {
        needed,
        units,
        is_measured: given.needed.is_some(),
        day,
        cost,
        cost_always,
    })
}
