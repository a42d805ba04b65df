//! Failures of scaling that have a name: each is looked for by what can be seen of it, and comes with that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Case, Expectation, Shown};
use crate::judge::Verdict;
use crate::lang::Lang;

mod database;
mod policy;
mod room;

use database::too_many_connections;
use policy::{alarm_without_data, cooldown, cpu_cannot_see, suspended};
use room::{deployment_blocks_scale_in, no_capacity, stuck_at_maximum};

/// Users must miss the objective for so long before anybody asks why, in seconds.
const PATIENCE_S: f64 = 30.0;

/// A failure that has a name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    /// Which.
    pub failure: Failure,
    /// What was seen of it.
    pub evidence: Vec<Evidence>,
}

/// The failures of scaling that have a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// Users wait while the CPU is below its target: no policy that follows it adds a task.
    CpuCannotSee,
    /// The service is at its maximum, and that is not enough.
    StuckAtMaximum,
    /// Somebody suspended scaling.
    Suspended,
    /// Each scale-out waits for the end of the cooldown of the one before.
    Cooldown,
    /// There is nothing to run a task on.
    NoCapacity,
    /// A deployment keeps tasks from being taken away.
    DeploymentBlocksScaleIn,
    /// The pools of all tasks want more connections than the database has.
    TooManyConnections,
    /// The alarm has no data to ring by.
    AlarmWithoutData,
}

/// Something that was seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// When, in seconds after the beginning of the schedule.
    pub at_s: f64,
    /// Who says so, such as `ecs:DescribeServices`.
    pub source: String,
    /// What was seen, in the words and figures of the source.
    pub saw: String,
    /// The same in Japanese, where it is more than the words and figures of the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw_ja: Option<String>,
}

impl Evidence {
    fn new(at_s: f64, source: &str, saw: String) -> Self {
        Self {
            at_s,
            source: source.to_owned(),
            saw,
            saw_ja: None,
        }
    }

    fn in_japanese(self, saw_ja: String) -> Self {
        Self {
            saw_ja: Some(saw_ja),
            ..self
        }
    }

    /// What was seen, in a language.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.saw, self.saw_ja.as_ref().unwrap_or(&self.saw))
    }
}

/// All that are there; where everything is well, none is looked for.
pub(super) fn all(case: &Case<'_>, shown: &[Shown]) -> Vec<Named> {
    let missed = |sort: fn(&Expectation) -> bool| {
        shown
            .iter()
            .any(|it| it.verdict == Verdict::Fail && sort(&it.expectation))
    };
    let out_missed = missed(|it| matches!(it, Expectation::ScalesOut { .. }));
    let in_missed = missed(|it| matches!(it, Expectation::ScalesIn { .. }));
    let long = case.bad.iter().find(|(from, to)| to - from >= PATIENCE_S);
    let mut named = vec![];
    if let Some(bad) = long.copied() {
        named.extend([cpu_cannot_see(case, bad), cooldown(case, bad)]);
        named.push(stuck_at_maximum(case, bad));
    }
    if long.is_some() || out_missed {
        named.extend([no_capacity(case), alarm_without_data(case)]);
        named.push(too_many_connections(case));
    }
    if long.is_some() || out_missed || in_missed {
        named.push(suspended(case, in_missed));
    }
    if in_missed {
        named.push(deployment_blocks_scale_in(case));
    }
    named.into_iter().flatten().collect()
}

fn found(failure: Failure, evidence: Vec<Evidence>) -> Option<Named> {
    (!evidence.is_empty()).then_some(Named { failure, evidence })
}
