//! The run beside an earlier one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Said;
use crate::judge::baseline;
use crate::lang::{Lang, millis, percent};

/// The run beside an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// The id of the earlier run.
    pub with: String,
    /// What the figures together say.
    pub said: Said,
    /// Measure by measure.
    pub measures: Vec<Compared>,
}

/// One measure of both runs: shares with their difference, times in milliseconds with their ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Compared {
    /// What is compared.
    pub measure: baseline::Measure,
    /// The earlier value.
    pub before: f64,
    /// The value of this run.
    pub now: f64,
    /// The difference or the ratio, this run against the earlier one; nothing where there is too little of either.
    pub change: Option<f64>,
    /// With 95 % confidence over all measures together it is not lower.
    pub low: Option<f64>,
    /// With 95 % confidence over all measures together it is not higher.
    pub high: Option<f64>,
    /// What became of it.
    pub verdict: baseline::Change,
}

impl From<&baseline::Comparison> for Comparison {
    fn from(comparison: &baseline::Comparison) -> Self {
        // JSON knows no infinity, and nothing is said by it.
        let finite = |number: f64| number.is_finite().then_some(number);
        Self {
            with: comparison.with.clone(),
            said: Said {
                code: comparison.code().to_owned(),
                message: comparison.text(Lang::En),
                message_ja: comparison.text(Lang::Ja),
            },
            measures: comparison
                .measures
                .iter()
                .map(|compared| Compared {
                    measure: compared.measure,
                    before: finite(compared.before).unwrap_or_default(),
                    now: finite(compared.now).unwrap_or_default(),
                    change: finite(compared.change),
                    low: finite(compared.low),
                    high: finite(compared.high),
                    verdict: compared.verdict,
                })
                .collect(),
        }
    }
}

impl Compared {
    /// Its name, both values, the change with its interval, and what became of it.
    pub fn row(&self, lang: Lang) -> [String; 5] {
        let is_time = matches!(
            self.measure,
            baseline::Measure::Median | baseline::Measure::P99
        );
        let value = |value: f64| {
            if is_time {
                format!("{} ms", millis(value))
            } else {
                percent(value)
            }
        };
        let change = |change: f64| {
            if is_time {
                format!("× {change:.2}")
            } else {
                let points = 100.0 * change;
                lang.pick(
                    format!("{points:+.3} points"),
                    format!("{points:+.3} ポイント"),
                )
            }
        };
        let changed = match (self.change, self.low, self.high) {
            (Some(it), Some(low), Some(high)) => {
                format!("{} ({} – {})", change(it), change(low), change(high))
            }
            _ => "–".to_owned(),
        };
        [
            self.name(lang).to_owned(),
            value(self.before),
            value(self.now),
            changed,
            self.became(lang).to_owned(),
        ]
    }

    fn name(&self, lang: Lang) -> &'static str {
        match self.measure {
            baseline::Measure::Failures => lang.pick("failures", "失敗"),
            baseline::Measure::SlowAnswers => lang.pick("slow answers", "遅い応答"),
            baseline::Measure::Median => lang.pick("median", "中央値"),
            baseline::Measure::P99 => "p99",
        }
    }

    fn became(&self, lang: Lang) -> &'static str {
        match self.verdict {
            baseline::Change::Better => lang.pick("better", "改善"),
            baseline::Change::NoDifferenceShown => lang.pick("no difference shown", "有意差なし"),
            baseline::Change::Worse => lang.pick("worse", "悪化"),
            baseline::Change::NoData => lang.pick("too little to compare", "データ不足"),
        }
    }
}
