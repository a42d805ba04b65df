//! What to set for an event day, from what a task bears and what is expected. Pure, and every figure says where it comes from.

use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;

mod balancer;
mod command;
mod given;
mod prices;
mod source;
mod step;
#[cfg(test)]
mod tests;
mod text;

pub use balancer::Reservation;
use balancer::reservation;
pub use command::recommend;
use given::{Crowd, Given, ScaleOut};
use prices::MONTH_H;
pub use prices::Price;
pub use step::{Step, What};

/// People come unevenly: in the busiest seconds of a rush, so many times its mean. A convention, not a measurement.
const BURST: f64 = 2.0;
/// The share of the database's connections that tasks may take; people and maintenance need some too.
const OF_DATABASE: f64 = 0.8;
/// Tasks are there so much before they are needed, in seconds: images are pulled and caches fill.
const MARGIN_S: f64 = 300.0;
/// The targets of CPU that are tried, the cheapest first.
const CPU_TARGETS: [f64; 3] = [0.6, 0.5, 0.4];

/// What to set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recommendation {
    /// The version of this shape.
    pub version: u32,
    /// The highest rate to be ready for, in requests per second.
    pub peak: f64,
    /// Tasks that carry it.
    pub tasks: u32,
    /// The fewest tasks on the day.
    pub min: u32,
    /// The most tasks on the day.
    pub max: u32,
    /// How long before the doors open the tasks are started, in seconds.
    pub lead_s: f64,
    /// The CPU that the policy should aim at, in percent.
    pub cpu_target: f64,
    /// Whether metrics of 20 seconds are worth their price.
    pub fast_metrics: bool,
    /// Whether the pools of the most tasks fit the database; nothing if its connections are not known.
    pub fits_database: Option<bool>,
    /// The largest pool with which they do.
    pub pool: Option<u32>,
    /// When the tasks start and stop, if the day is known.
    pub day: Option<(NaiveDateTime, NaiveDateTime)>,
    /// US dollars for the tasks beyond those of other days, for the day.
    pub cost: Option<f64>,
    /// US dollars a month if as many tasks ran always instead.
    pub cost_always: f64,
    /// US dollars that 20-second metrics cost in a month.
    pub cost_fast_metrics: f64,
    /// What to reserve of the load balancer; nothing where it keeps up with the traffic.
    pub reservation: Option<Reservation>,
    /// The prices in Tokyo that the costs come from.
    pub prices: Vec<Price>,
    /// How each figure comes about, in the order in which they are needed.
    pub arithmetic: Vec<Step>,
}

impl Recommendation {
    fn new(given: &Given) -> Self {
        let mut arithmetic = vec![];
        let mut step = |what, reckoning| arithmetic.push(Step { what, reckoning });
        let peak = match given.crowd {
            Crowd::Rate(rate) => {
                step(What::Peak, format!("{rate}/s"));
                rate
            }
            Crowd::People {
                people,
                rush_s,
                requests,
            } => {
                let peak = f64::from(people) * f64::from(requests) / rush_s * BURST;
                step(
                    What::Peak,
                    format!("{people} × {requests} / {rush_s:.0} s × {BURST} = {peak:.1}/s"),
                );
                peak
            }
        };
        let (bears, free) = (given.bears, 1.0 - given.headroom);
        step(What::Bears, given.bears_by.clone());
        let needed = (peak / (bears * free)).ceil() as u32;
        let tasks = needed.max(given.min);
        step(
            What::Tasks,
            format!(
                "⌈{peak:.1} / ({bears:.1} × {free:.2})⌉ = {needed}, max({needed}, {}) = {tasks}",
                given.min
            ),
        );
        // Twice as much as foreseen, as long as the database has connections for it.
        let allowed = given.max_connections.map(|connections| {
            (f64::from(connections) * OF_DATABASE / f64::from(given.pool)).floor() as u32
        });
        let max = allowed.map_or(2 * tasks, |allowed| (2 * tasks).min(allowed.max(tasks)));
        step(
            What::Most,
            match allowed {
                Some(allowed) => format!("max({tasks}, min(2 × {tasks}, {allowed})) = {max}"),
                None => format!("2 × {tasks} = {max}"),
            },
        );
        let pool = given.max_connections.map(|connections| {
            let pool = (f64::from(connections) * OF_DATABASE / f64::from(max)).floor() as u32;
            step(
                What::Connections,
                format!(
                    "{max} × {} = {}, {connections} × {OF_DATABASE} = {:.0}",
                    given.pool,
                    max * given.pool,
                    (f64::from(connections) * OF_DATABASE).floor()
                ),
            );
            pool
        });
        let out = given.scale_out;
        let lead_s = 60.0 * ((out.decided_s + MARGIN_S) / 60.0).ceil();
        step(
            What::Lead,
            format!(
                "{:.0} s + {MARGIN_S:.0} s ≤ {:.0} min",
                out.decided_s,
                lead_s / 60.0
            ),
        );
        let reactions = |target: f64| reactions(given.min, tasks, target);
        let cpu_target = CPU_TARGETS
            .into_iter()
            .find(|target| reactions(*target) <= 2)
            .unwrap_or(CPU_TARGETS[CPU_TARGETS.len() - 1]);
        let count = reactions(cpu_target);
        let (fast_s, slow_s) = (f64::from(count) * out.fast_s, f64::from(count) * out.slow_s);
        step(
            What::CpuTarget,
            CPU_TARGETS
                .map(|target| format!("{:.0} %: {}", 100.0 * target, reactions(target)))
                .join(", "),
        );
        step(
            What::Unscheduled,
            format!(
                "{count} × {:.0} s = {fast_s:.0} s, {count} × {:.0} s = {slow_s:.0} s",
                out.fast_s, out.slow_s
            ),
        );
        let day = given
            .day
            .map(|(begin, end)| (begin - TimeDelta::seconds(lead_s as i64), end));
        let extra = f64::from(tasks.saturating_sub(given.min));
        let cost = day.map(|(from, to)| {
            let hours = (to - from).as_seconds_f64() / 3_600.0;
            let cost = extra * hours * given.task_hour;
            step(
                What::Cost,
                format!(
                    "{extra} × {hours:.1} h × ${:.5} = ${cost:.2}",
                    given.task_hour
                ),
            );
            cost
        });
        let cost_always = extra * MONTH_H * given.task_hour;
        step(
            What::Always,
            format!(
                "{extra} × {MONTH_H} h × ${:.5} = ${cost_always:.2}",
                given.task_hour
            ),
        );
        let (cost_fast_metrics, reckoning) = given.prices.fast_metrics();
        step(What::FastMetrics, reckoning);
        let reservation = reservation(given, peak, &mut step);
        let fits_database = given
            .max_connections
            .map(|connections| f64::from(max * given.pool) <= f64::from(connections) * OF_DATABASE);
        Self {
            version: 1,
            peak,
            tasks,
            min: tasks,
            max,
            lead_s,
            cpu_target: 100.0 * cpu_target,
            // A minute more or less matters only where scaling has to follow by itself.
            fast_metrics: count > 0,
            fits_database,
            pool,
            day,
            cost,
            cost_always,
            cost_fast_metrics,
            reservation,
            prices: given.prices.all(),
            arithmetic,
        }
    }
}

/// How often target tracking must react from some tasks to so many: CPU stops at 100 %,
/// so each reaction multiplies the tasks by 1/target at most.
fn reactions(from: u32, to: u32, target: f64) -> u32 {
    let (mut tasks, mut count) = (from, 0);
    while tasks < to {
        tasks = (f64::from(tasks) / target).ceil() as u32;
        count += 1;
    }
    count
}
