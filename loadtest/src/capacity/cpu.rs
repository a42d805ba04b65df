//! Whether the CPU of the tasks or of the database was at its limit in a step, by what CloudWatch measured.
//!
//! CloudWatch has one value a minute, and steps may be shorter. A value is the mean of its minute, so it bounds the mean
//! of the part that lies in the step; nothing more is claimed of it.

use std::time::Duration;

use serde::Serialize;

use crate::lang::Lang;
use crate::stop::Stop;
use crate::witness::{Clock, Measure, Metric, Witness};

/// From so many percent on a CPU is at its limit: what comes in bursts waits for it.
const FULL: f64 = 90.0;
/// The length of a value, in seconds.
const MINUTE_S: f64 = 60.0;
/// So long after its minute a value may come, in seconds.
const LATE_S: f64 = 180.0;
/// How often it is asked for.
const PAUSE: Duration = Duration::from_secs(20);

/// What is known of the CPU in a step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Cpu {
    /// That of the tasks, in percent of what they reserved, on average over them.
    pub tasks: Load,
    /// That of the database, where it is watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database: Option<Load>,
}

/// How busy a CPU was.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Load {
    /// At its limit.
    Full {
        /// At least so busy.
        percent: f64,
    },
    /// Below its limit.
    Below {
        /// At most so busy.
        percent: f64,
    },
    /// No value says either.
    Unclear,
}

impl Load {
    /// What values of a metric show of a time, in seconds after the beginning of the schedule.
    fn of<'a>(metrics: impl Iterator<Item = &'a Metric>, (from_s, to_s): (f64, f64)) -> Self {
        let mut load = Self::Unclear;
        for metric in metrics {
            let Metric {
                from_s: begin_s,
                period_s,
                value,
                ..
            } = *metric;
            let shared_s = (begin_s + period_s).min(to_s) - begin_s.max(from_s);
            // One that shares less is of other rates.
            if shared_s < (to_s - from_s).min(period_s) / 2.0 {
                continue;
            }
            // Beside the time the CPU was anything between idle and full.
            let least = (value * period_s - 100.0 * (period_s - shared_s)) / shared_s;
            let most = value * period_s / shared_s;
            if least >= FULL {
                return Self::Full {
                    percent: least.min(100.0),
                };
            }
            if most < FULL {
                load = Self::Below { percent: most };
            }
        }
        load
    }
}

impl Cpu {
    /// What these values show of a step.
    pub fn of(metrics: &[Metric], held: (u64, u64), has_database: bool) -> Self {
        let held = (held.0 as f64, held.1 as f64);
        let load = |measure| Load::of(metrics.iter().filter(|it| it.of == measure), held);
        Self {
            tasks: load(Measure::Cpu),
            database: has_database.then(|| load(Measure::DatabaseCpu)),
        }
    }

    /// What is known of it where it is not the limit, for people.
    pub fn text(&self, lang: Lang) -> String {
        let of = |load: Load, en: &str, ja: &str| {
            match load {
            Load::Full { percent } => lang.pick(
                format!("{en} at least {percent:.0} % busy"),
                format!("{ja}は {percent:.0} % 以上"),
            ),
            Load::Below { percent } => lang.pick(
                format!("{en} at most {percent:.0} % busy"),
                format!("{ja}は {percent:.0} % 以下"),
            ),
            Load::Unclear => lang.pick(
                format!("{en} unknown, because CloudWatch has one value a minute (hold each rate longer, with --step 2m)"),
                format!("{ja}は不明 (CloudWatch の値は 1 分間隔のため。--step 2m のように各レートを長く維持してください)"),
            ),
        }
        };
        let tasks = of(self.tasks, "CPU of the tasks", "タスクの CPU 使用率");
        let database = match self.database {
            Some(load) => of(load, "CPU of the database", "データベースの CPU 使用率"),
            None => lang
                .pick(
                    "CPU of the database not watched (--database)",
                    "データベースの CPU 使用率は未確認 (--database で指定)",
                )
                .to_owned(),
        };
        lang.pick(
            format!("{tasks}; {database}"),
            format!("{tasks}、{database}"),
        )
    }
}

/// Asks for the CPU in a step until CloudWatch has it, for some minutes or until somebody waits for the end.
pub async fn ask(witness: &Witness, clock: &Clock, held: (u64, u64), stop: &Stop) -> Cpu {
    let (from_s, to_s) = (held.0 as f64, held.1 as f64);
    let has_database = witness.subject().database.is_some();
    let wanted = [
        Some(Measure::Cpu),
        has_database.then_some(Measure::DatabaseCpu),
    ];
    loop {
        // A look that fails is made again.
        let asked = witness
            .cpu(clock, (from_s - MINUTE_S, to_s + MINUTE_S))
            .await;
        let metrics = asked.unwrap_or_default();
        let is_there = |measure: &Measure| {
            let mut of = metrics.iter().filter(|it| it.of == *measure);
            of.any(|it| it.from_s + it.period_s >= to_s)
        };
        let over = clock.now_s() > to_s + MINUTE_S + LATE_S;
        if over || wanted.iter().flatten().all(is_there) {
            return Cpu::of(&metrics, held, has_database);
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = stop.hurried() => return Cpu::of(&metrics, held, has_database),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(from_s: f64, value: f64) -> Metric {
        Metric {
            of: Measure::Cpu,
            from_s,
            period_s: MINUTE_S,
            value,
        }
    }

    fn tasks(metrics: &[Metric], held: (u64, u64)) -> Load {
        Cpu::of(metrics, held, false).tasks
    }

    #[test]
    fn a_minute_within_the_step_says_how_busy_the_cpu_was() {
        let held = (100, 220);
        let full = minute(150.0, 96.0);
        assert_eq!(tasks(&[full], held), Load::Full { percent: 96.0 });
        let below = minute(110.0, 63.0);
        assert_eq!(tasks(&[below], held), Load::Below { percent: 63.0 });
        assert_eq!(tasks(&[below, full], held), Load::Full { percent: 96.0 });
        // That of the database is another one.
        let database = Metric {
            of: Measure::DatabaseCpu,
            ..full
        };
        let cpu = Cpu::of(&[below, database], held, true);
        assert_eq!(cpu.tasks, Load::Below { percent: 63.0 });
        assert_eq!(cpu.database, Some(Load::Full { percent: 96.0 }));
    }

    #[test]
    fn a_minute_that_is_longer_than_the_step_only_bounds_it() {
        let held = (100, 120);
        // 40 seconds of it are of other rates: had they been full, the step would have had 94 %, and in the next line 85 %.
        let of = |value| tasks(&[minute(80.0, value)], held);
        assert_eq!(of(98.0), Load::Full { percent: 94.0 });
        assert_eq!(of(95.0), Load::Unclear);
        assert_eq!(of(50.0), Load::Unclear);
        assert_eq!(of(20.0), Load::Below { percent: 60.0 });
        assert_eq!(tasks(&[], held), Load::Unclear);
    }

    #[test]
    fn a_minute_that_hardly_touches_the_step_is_of_another_rate() {
        assert_eq!(tasks(&[minute(115.0, 100.0)], (100, 120)), Load::Unclear);
        assert_eq!(tasks(&[minute(200.0, 100.0)], (100, 220)), Load::Unclear);
        assert_eq!(tasks(&[minute(300.0, 100.0)], (100, 220)), Load::Unclear);
    }
}
