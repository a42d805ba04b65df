//! What a comparison says to people.

use super::{Change, Compared, Comparison, Measure};
use crate::lang::Lang;

impl Comparison {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self.overall {
            _ if !self.differences.is_empty() => "baseline-of-another-plan",
            Change::Worse => "regression",
            Change::Better => "improvement",
            Change::NoDifferenceShown => "no-regression-shown",
            Change::NoData => "nothing-to-compare",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        let with = &self.with;
        if !self.differences.is_empty() {
            let differences = self.differences.join(", ");
            return lang.pick(
                format!("run {with} had another plan ({differences}), so their figures cannot be held against each other"),
                format!("実行 {with} とは計画が異なるため ({differences})、数値を比較できません"),
            );
        }
        let worse: Vec<String> = self
            .measures
            .iter()
            .filter(|measure| measure.verdict == self.overall)
            .map(|measure| measure.text(lang))
            .collect();
        let worse = worse.join(lang.pick("; ", "、"));
        match self.overall {
            Change::Worse => lang.pick(
                format!("worse than run {with}: {worse}"),
                format!("実行 {with} より悪化: {worse}"),
            ),
            Change::Better => lang.pick(
                format!("better than run {with}: {worse}"),
                format!("実行 {with} より改善: {worse}"),
            ),
            Change::NoDifferenceShown => lang.pick(
                format!("no difference from run {with} is shown"),
                format!("実行 {with} との差は認められません"),
            ),
            Change::NoData => lang.pick(
                format!("too short to be compared with run {with}"),
                format!("短すぎるため実行 {with} と比較できません"),
            ),
        }
    }
}

impl Compared {
    fn text(&self, lang: Lang) -> String {
        let Self {
            before,
            now,
            change,
            low,
            high,
            ..
        } = self;
        let name = match self.measure {
            Measure::Failures => lang.pick("failures", "失敗"),
            Measure::SlowAnswers => lang.pick("slow answers", "遅い応答"),
            Measure::Median => "p50",
            Measure::P99 => "p99",
        };
        match self.measure {
            Measure::Failures | Measure::SlowAnswers => {
                let [before, now, low, high] = [before, now, low, high].map(|share| 100.0 * share);
                lang.pick(
                    format!("{name} {before:.3} % before, {now:.3} % now ({low:+.3} to {high:+.3} points)"),
                    format!("{name} {before:.3} % → {now:.3} % ({low:+.3} 〜 {high:+.3} ポイント)"),
                )
            }
            Measure::Median | Measure::P99 => lang.pick(
                format!("{name} {before:.1} ms before, {now:.1} ms now ({change:.2} times, {low:.2} to {high:.2})"),
                format!("{name} {before:.1} ms → {now:.1} ms ({change:.2} 倍、{low:.2} 〜 {high:.2} 倍)"),
            ),
        }
    }
}
