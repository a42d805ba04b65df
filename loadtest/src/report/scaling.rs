//! How the service scaled, as the report shows it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod words;

use super::{Marker, Said};
use crate::judge::Verdict;
use crate::lang::Lang;
use crate::scaling::{self, Evidence};
use crate::stopwatch::{Stage, Stopwatch};
use crate::timeline::{Gap, Timeline};
use crate::witness::{AlarmState, Direction, Measure, Sighting};

/// How the service scaled; times are seconds after the beginning of the schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scaling {
    /// How long each stage of the scale-out took.
    pub stopwatch: Stopwatch,
    /// What the plan expects, and what was shown of it.
    pub expectations: Vec<Expectation>,
    /// Failures that have a name.
    pub named: Vec<Failure>,
    /// What could not be seen, and so is missing below.
    pub gaps: Vec<Gap>,
    /// How many tasks there were, at each change.
    pub tasks: Vec<Count>,
    /// Metrics of CloudWatch, each value once.
    pub metrics: Vec<Value>,
    /// CPU that the policy keeps the tasks at, in percent.
    pub cpu_target: Option<f64>,
}

/// An expectation of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Expectation {
    /// Shown to be kept, shown to be missed, or neither.
    pub verdict: Verdict,
    /// What was shown.
    #[serde(flatten)]
    pub said: Said,
}

/// A failure that has a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// What it is, and what to do.
    #[serde(flatten)]
    pub said: Said,
    /// What was seen of it.
    pub evidence: Vec<Evidence>,
}

/// How many tasks there were, from a time on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    /// From when on.
    pub at_s: f64,
    /// How many should run.
    pub desired: u32,
    /// How many ran.
    pub running: u32,
    /// How many were being started.
    pub pending: u32,
    /// Whether a deployment was under way.
    pub deploying: bool,
}

/// A value of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Value {
    /// Of which.
    pub of: Measure,
    /// From when on.
    pub from_s: f64,
    /// For how long, in seconds.
    pub period_s: f64,
    /// The value.
    pub value: f64,
}

impl Scaling {
    /// Arranges what was judged with what was seen.
    pub(super) fn new(judged: &scaling::Scaling, sightings: &[Sighting]) -> Self {
        let timeline = Timeline::new(sightings);
        let tasks = timeline.tasks().map(|(at, tasks)| Count {
            at_s: at.at_s,
            desired: tasks.desired,
            running: tasks.running,
            pending: tasks.pending,
            deploying: tasks.deploying,
        });
        Self {
            stopwatch: judged.stopwatch.clone(),
            expectations: judged.expectations.iter().map(Expectation::from).collect(),
            named: judged.named.iter().map(Failure::from).collect(),
            gaps: judged.gaps.clone(),
            tasks: tasks.collect(),
            metrics: values(&timeline),
            cpu_target: timeline.cpu_policy().map(|policy| policy.target),
        }
    }

    /// How many tasks there were at a time.
    pub fn tasks_at(&self, at_s: f64) -> Option<&Count> {
        let until = self.tasks.iter().take_while(|count| count.at_s <= at_s);
        until.last()
    }

    /// The values of a metric, in the order of their time.
    pub fn metric(&self, of: Measure) -> impl Iterator<Item = &Value> {
        self.metrics.iter().filter(move |value| value.of == of)
    }

    /// The time of a stage, in seconds after the beginning of the schedule.
    pub fn stage_at(&self, stage: Stage) -> Option<f64> {
        let moment = self.stopwatch.stage(stage)?;
        Some(self.stopwatch.step_s + moment.at_s)
    }
}

/// The last that was said of each value: CloudWatch may add to one that it has given already.
fn values(timeline: &Timeline<'_>) -> Vec<Value> {
    let mut values: Vec<Value> = vec![];
    for measure in Measure::ALL {
        let first = values.len();
        for (_, metric) in timeline.metric(measure) {
            let value = Value {
                of: metric.of,
                from_s: metric.from_s,
                period_s: metric.period_s,
                value: metric.value,
            };
            match values[first..]
                .iter_mut()
                .find(|it| it.from_s == value.from_s)
            {
                Some(before) => *before = value,
                None => values.push(value),
            }
        }
        values[first..].sort_by(|one, other| one.from_s.total_cmp(&other.from_s));
    }
    values
}

/// What happened in AWS, on the time axis of the run: alarms, deployments, and the stages of the scale-out.
pub(super) fn markers(judged: &scaling::Scaling, sightings: &[Sighting]) -> Vec<Marker> {
    let timeline = Timeline::new(sightings);
    let watch = &judged.stopwatch;
    let stages = watch.stages.iter().map(|timed| {
        let at_s = watch.step_s + timed.moment.at_s;
        let code = match timed.stage {
            Stage::Metric => "metric-above-target",
            Stage::Alarm => "scale-out-alarm",
            Stage::Decided => "tasks-desired",
            Stage::Pending => "task-pending",
            Stage::Running => "task-running",
            Stage::Healthy => "target-healthy",
            Stage::Restored => "objective-restored",
        };
        let name = |lang| timed.stage.name(lang).to_owned();
        marker(at_s, code, name(Lang::En), name(Lang::Ja))
    });
    let mut markers: Vec<Marker> = stages.collect();
    let alarms = timeline
        .alarms(Direction::In)
        .filter(|alarm| alarm.state == AlarmState::Alarm && alarm.since_s > watch.step_s);
    let mut alarms: Vec<f64> = alarms.map(|alarm| alarm.since_s).collect();
    alarms.dedup();
    markers.extend(alarms.into_iter().map(|at_s| {
        let (en, ja) = ("alarm to take tasks away", "スケールインのアラーム");
        marker(at_s, "scale-in-alarm", en.to_owned(), ja.to_owned())
    }));
    let tasks: Vec<_> = timeline.tasks().collect();
    for pair in tasks.windows(2) {
        let [(_, before), (at, now)] = pair else {
            continue;
        };
        let said = match (before.deploying, now.deploying) {
            (false, true) => ("deployment-began", "a deployment began", "デプロイ開始"),
            (true, false) => ("deployment-ended", "the deployment ended", "デプロイ終了"),
            _ => continue,
        };
        markers.push(marker(
            at.at_s,
            said.0,
            said.1.to_owned(),
            said.2.to_owned(),
        ));
    }
    for pair in tasks.windows(2) {
        let [(_, before), (at, now)] = pair else {
            continue;
        };
        if now.desired < before.desired {
            let (from, to) = (before.desired, now.desired);
            let en = format!("fewer tasks desired: {from} to {to}");
            let ja = format!("必要タスク数の減少: {from} → {to}");
            markers.push(marker(at.at_s, "tasks-given-back", en, ja));
        }
    }
    markers
}

fn marker(at_s: f64, code: &str, message: String, message_ja: String) -> Marker {
    Marker {
        at_s,
        said: Said {
            code: code.to_owned(),
            message,
            message_ja,
        },
    }
}

impl From<&scaling::Shown> for Expectation {
    fn from(shown: &scaling::Shown) -> Self {
        Self {
            verdict: shown.verdict,
            said: Said {
                code: shown.code().to_owned(),
                message: shown.text(Lang::En),
                message_ja: shown.text(Lang::Ja),
            },
        }
    }
}

impl From<&scaling::Named> for Failure {
    fn from(named: &scaling::Named) -> Self {
        Self {
            said: Said {
                code: named.failure.code().to_owned(),
                message: named.failure.text(Lang::En).to_owned(),
                message_ja: named.failure.text(Lang::Ja).to_owned(),
            },
            evidence: named.evidence.clone(),
        }
    }
}
