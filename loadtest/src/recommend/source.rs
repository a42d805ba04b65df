//! From files and flags to what is known.

use std::path::Path;

use serde::Deserialize;

use super::{Crowd, Given, ScaleOut};
use crate::cli::RecommendArguments;
use crate::report::{Report, read};
use crate::stopwatch::{Published, Stage};
use crate::usage::UsageError;

/// The prices that `cloudformation/COST.md` is made of, with where each comes from.
const PRICES: &str = include_str!("../../../cloudformation/prices.json");
/// The region that they are taken of.
const REGION: &str = "ap-northeast-1";

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

pub(super) fn given(arguments: &RecommendArguments) -> Result<Given, UsageError> {
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
    Ok(Given {
        bears,
        bears_by,
        crowd,
        headroom: arguments.headroom.0,
        scale_out: match &arguments.report {
            Some(path) => measured(path)?,
            None => published(),
        },
        min: arguments.min,
        pool: arguments.pool,
        max_connections: arguments.max_connections,
        day,
        task_hour: task_hour(arguments),
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
fn measured(path: &Path) -> Result<ScaleOut, UsageError> {
    let wrong = |why: String| UsageError::Report {
        path: path.to_owned(),
        why,
    };
    let report: Report = read(path).map_err(|error| wrong(error.to_string()))?;
    let scaling = report.scaling;
    let watch = scaling.map(|scaling| scaling.stopwatch);
    let stage = |stage| watch.as_ref()?.stage(stage).map(|moment| moment.at_s);
    // Running tasks get no requests yet.
    let there = stage(Stage::Healthy).or(stage(Stage::Running));
    let (Some(decided), Some(there)) = (stage(Stage::Decided), there) else {
        return Err(wrong("it has not seen the service scale out".to_owned()));
    };
    let resolution = watch.as_ref().and_then(|watch| watch.published);
    let is_fast = resolution.is_some_and(|it| it.resolution_s <= 20.0);
    let other = published();
    Ok(ScaleOut {
        decided_s: (there - decided).max(0.0),
        fast_s: if is_fast { there } else { other.fast_s },
        slow_s: if is_fast { other.slow_s } else { there },
        is_measured: true,
    })
}

/// The price of a task for an hour in Tokyo, in US dollars; 0 where the list has none.
fn task_hour(arguments: &RecommendArguments) -> f64 {
    let prices: serde_json::Value = serde_json::from_str(PRICES).unwrap_or_default();
    let usd = |name: &str| {
        let price = &prices["prices"][name][REGION]["usd"];
        price.as_f64().unwrap_or_default()
    };
    f64::from(arguments.cpu) / 1_024.0 * usd("fargate_vcpu")
        + f64::from(arguments.memory) / 1_024.0 * usd("fargate_gb")
}
