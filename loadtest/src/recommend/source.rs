//! From files and flags to what is known.

use std::path::Path;

use serde::Deserialize;

use super::balancer::Needed;
use super::prices::Prices;
use super::{Crowd, Given, ScaleOut};
use crate::cli::RecommendArguments;
use crate::report::{Report, read};
use crate::stopwatch::{Published, Stage};
use crate::usage::UsageError;
use crate::witness::Measure;

/// Over so many seconds the load balancer's need is counted, so the rate is looked at over as many.
const MINUTE: usize = 60;

/// What is used of the result of a search.
#[derive(Deserialize)]
struct Found {
    per_task: Option<PerTask>,
}

#[derive(Deserialize)]
struct PerTask {
    point: f64,
    low: f64,
    high: f64,
}

pub(super) fn given(arguments: &RecommendArguments, prices: Prices) -> Result<Given, UsageError> {
    let (bears, bears_by) = match (&arguments.capacity, arguments.per_task) {
        (Some(path), _) => capacity(path)?,
        (None, rate) => {
            let rate = rate.unwrap_or_default();
            (rate, format!("{rate}/s"))
        }
    };
    let crowd = match (arguments.peak, arguments.people, arguments.rush) {
        (None, Some(people), Some(rush)) => Crowd::People {
            people,
            rush_s: rush.as_secs_f64(),
            requests: arguments.requests,
        },
        (peak, ..) => Crowd::Rate(peak.unwrap_or_default()),
    };
    let day = arguments.begin.zip(arguments.end);
    if day.is_some_and(|(begin, end)| end <= begin) {
        return Err(UsageError::EndsBeforeItBegins);
    }
    let (scale_out, needed) = match &arguments.report {
        Some(path) => measured(path)?,
        None => (published(), None),
    };
    Ok(Given {
        bears,
        bears_by,
        crowd,
        headroom: arguments.headroom.0,
        scale_out,
        min: arguments.min,
        pool: arguments.pool,
        max_connections: arguments.max_connections,
        day,
        usual: arguments.usual,
        needed,
        task_hour: prices.task_hour(arguments.cpu, arguments.memory),
        prices,
    })
}

/// What one task bears at least, as a search found.
fn capacity(path: &Path) -> Result<(f64, String), UsageError> {
    let wrong = |why: String| UsageError::Capacity {
        path: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let found: Found = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let PerTask { point, low, high } = found
        .per_task
        .filter(|it| it.low > 0.0)
        .ok_or_else(|| wrong("the search found no capacity".to_owned()))?;
    let by = format!("{point:.1}/s [{low:.1}, {high:.1}] → {low:.1}/s");
    Ok((low, by))
}

/// What AWS published: the time from the decision is the difference of its two figures.
fn published() -> ScaleOut {
    let (fast, slow) = (Published::of(20.0), Published::of(60.0));
    ScaleOut {
        decided_s: fast.running_s - fast.decided_s,
        fast_s: fast.running_s,
        slow_s: slow.running_s,
        is_measured: false,
    }
}

/// What a run has shown; of the resolution that it did not use, AWS's figure stays.
fn measured(path: &Path) -> Result<(ScaleOut, Option<Needed>), UsageError> {
    let wrong = |why: String| UsageError::Report {
        path: path.to_owned(),
        why,
    };
    let report: Report = read(path).map_err(|error| wrong(error.to_string()))?;
    let needed = needed(&report);
    let watch = report.scaling.map(|scaling| scaling.stopwatch);
    let stage = |stage| watch.as_ref()?.stage(stage).map(|moment| moment.at_s);
    // Running tasks get no requests yet.
    let there = stage(Stage::Healthy).or(stage(Stage::Running));
    let (Some(decided), Some(there)) = (stage(Stage::Decided), there) else {
        return Err(wrong("it has not seen the service scale out".to_owned()));
    };
    let resolution = watch.as_ref().and_then(|watch| watch.published);
    let is_fast = resolution.is_some_and(|it| it.resolution_s <= 20.0);
    let other = published();
    let scale_out = ScaleOut {
        decided_s: (there - decided).max(0.0),
        fast_s: if is_fast { there } else { other.fast_s },
        slow_s: if is_fast { other.slow_s } else { there },
        is_measured: true,
    };
    Ok((scale_out, needed))
}

/// The highest PeakLCUs of a run, and the highest rate of a minute of it; nothing where CloudWatch told none.
fn needed(report: &Report) -> Option<Needed> {
    let units = report.scaling.as_ref()?.metric(Measure::PeakLcus);
    let units = units.map(|value| value.value).reduce(f64::max)?;
    let sent: Vec<f64> = report.seconds.iter().map(|it| it.sent as f64).collect();
    let length = MINUTE.min(sent.len()).max(1);
    let means = sent
        .windows(length)
        .map(|minute| minute.iter().sum::<f64>() / length as f64);
    let rate = means.reduce(f64::max)?;
    (units > 0.0 && rate > 0.0).then_some(Needed { units, rate })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::report;
    use crate::report::scaling::Value;

    #[test]
    fn what_the_load_balancer_needed_is_its_highest_value_at_the_rate_of_the_busiest_minute() {
        let mut report = report();
        assert_eq!(needed(&report), None);
        let metrics = &mut report.scaling.as_mut().unwrap().metrics;
        for (from_s, value) in [(0.0, 1.5), (60.0, 4.5), (120.0, 3.0)] {
            metrics.push(Value {
                of: Measure::PeakLcus,
                from_s,
                period_s: 60.0,
                value,
            });
        }
        let found = needed(&report).unwrap();
        // 4,275 requests in the one minute that there is.
        assert_eq!((found.units, found.rate), (4.5, 71.25));
        // A second minute of 200/s, shifted by half a minute: the busiest minute is the last one.
        let more = report.seconds[30].clone();
        let more = (0..60).map(|_| crate::report::Second {
            sent: 200,
            ..more.clone()
        });
        report.seconds.extend(more);
        assert_eq!(needed(&report).unwrap().rate, 200.0);
    }
}
