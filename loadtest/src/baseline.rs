//! An earlier run to compare with, read from its JSON report.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::judge::baseline::{Comparison, Series};
use crate::judge::interval::Batch;
use crate::judge::window::batches;
use crate::plan::Plan;
use crate::record::Evidence;
use crate::usage::UsageError;

/// The seconds of a stretch: what neighbouring seconds share is mostly over after so many.
const STRETCH: usize = 5;
/// What may differ between two plans whose figures can be compared.
const INDIFFERENT: [&str; 7] = [
    "name",
    "seed",
    "rule",
    "abort",
    "max_lateness",
    "max_cpu",
    "users",
];

/// What is needed of an earlier report.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Earlier {
    run: Run,
    plan: Plan,
    seconds: Vec<Second>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Run {
    id: String,
}

/// What is compared of each second.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Second {
    counted: u64,
    failures: u64,
    slow: u64,
    response_p50_ms: f64,
    response_p99_ms: f64,
}

/// Reads the report of an earlier run.
pub fn read(path: &Path) -> Result<Earlier, UsageError> {
    let wrong = |why: String| UsageError::Baseline {
        path: path.to_owned(),
        why,
    };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

impl Earlier {
    /// Compares a run with it, in the phases that are judged.
    pub fn compare(&self, plan: &Plan, evidence: &Evidence) -> Comparison {
        let now: Vec<Second> = evidence
            .seconds
            .iter()
            .map(|second| Second {
                counted: second.counted,
                failures: second.failures,
                slow: second.slow,
                response_p50_ms: second.response_p50_ms,
                response_p99_ms: second.response_p99_ms,
            })
            .collect();
        Comparison::new(
            self.run.id.clone(),
            differences(&self.plan, plan),
            &series(&self.plan, &self.seconds),
            &series(plan, &now),
        )
    }
}

/// The keys of the plans that differ and matter.
fn differences(before: &Plan, now: &Plan) -> Vec<String> {
    let (Ok(Value::Object(before)), Ok(Value::Object(now))) =
        (serde_json::to_value(before), serde_json::to_value(now))
    else {
        return vec![];
    };
    let mut keys: Vec<String> = before.keys().chain(now.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| !INDIFFERENT.contains(&key.as_str()) && before.get(key) != now.get(key));
    keys
}

fn series(plan: &Plan, seconds: &[Second]) -> Series {
    let mut series = Series::default();
    for (begin, phase) in plan.begins().into_iter().zip(&plan.phases) {
        if !phase.judged {
            continue;
        }
        let end = (begin + phase.duration).as_secs() as usize;
        // Part of the first second belongs to the phase before.
        let begin = begin.as_secs_f64().ceil() as usize;
        let seconds = &seconds[begin.min(seconds.len())..end.min(seconds.len())];
        let count = |failures: fn(&Second) -> u64| {
            let each: Vec<Batch> = seconds
                .iter()
                .map(|second| Batch {
                    requests: second.counted,
                    failures: failures(second),
                })
                .collect();
            batches(&each, STRETCH)
        };
        series.failures.extend(count(|second| second.failures));
        series.slow.extend(count(|second| second.slow));
        for stretch in seconds.chunks(STRETCH) {
            series
                .p50_ms
                .extend(typical(stretch, |second| second.response_p50_ms));
            series
                .p99_ms
                .extend(typical(stretch, |second| second.response_p99_ms));
        }
    }
    series
}

/// The geometric mean over the seconds in which there was anything.
fn typical(stretch: &[Second], time: fn(&Second) -> f64) -> Option<f64> {
    let times: Vec<f64> = stretch
        .iter()
        .map(time)
        .filter(|time| *time > 0.0)
        .collect();
    let sum: f64 = times.iter().map(|time| time.ln()).sum();
    (!times.is_empty()).then(|| (sum / times.len() as f64).exp())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lang::Lang;

    fn earlier(rate: &str, p99_ms: f64) -> Earlier {
        let seconds: Vec<Value> = (0..60)
            .map(|second| {
                let slow = if second < 10 { 30 } else { 0 };
                json!({"second": second, "counted": 100, "failures": 0, "slow": slow,
                       "response_p50_ms": 5.0 + f64::from(second % 3), "response_p99_ms": p99_ms + f64::from(second % 7)})
            })
            .collect();
        serde_json::from_value(json!({
            "run": {"id": "before"},
            "plan": {"seed": 1, "phase": [
                {"name": "warm-up", "duration": "10s", "rate": "100/s", "judged": false},
                {"name": "load", "duration": "50s", "rate": rate},
            ]},
            "seconds": seconds,
        }))
        .unwrap()
    }

    #[test]
    fn what_is_no_report_is_not_called_a_plan() {
        let missing = read(Path::new("/nowhere/earlier.json")).unwrap_err();
        let text = missing.text(Lang::En);
        let said = "/nowhere/earlier.json cannot be read to compare with: No such file";
        assert!(text.starts_with(said), "{text}");
        assert!(text.contains("--baseline takes the JSON report"), "{text}");
    }

    #[test]
    fn only_judged_phases_are_compared() {
        let before = earlier("100/s", 50.0);
        let series = series(&before.plan, &before.seconds);
        assert_eq!(series.slow.len(), 10);
        assert!(
            series
                .slow
                .iter()
                .all(|stretch| stretch.failures == 0 && stretch.requests == 500)
        );
        assert_eq!(series.p99_ms.len(), 10);
    }

    #[test]
    fn what_differs_between_the_plans_is_named() {
        let (a, mut b) = (earlier("100/s", 50.0), earlier("200/s", 50.0));
        assert_eq!(differences(&a.plan, &b.plan), ["phase",]);
        b = earlier("100/s", 50.0);
        b.plan.seed = 2;
        assert!(differences(&a.plan, &b.plan).is_empty());
    }
}
