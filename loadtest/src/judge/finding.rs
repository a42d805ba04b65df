//! What the figures say about a rule, in words.

use std::time::Duration;

use super::Verdict;
use super::abort::Certain;
use super::interval::{Share, requests_needed};
use super::ruling::Measured;
use crate::lang::{Lang, count};
use crate::plan::rule::Demand;
use crate::plan::units::Time;

/// What the figures say about a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    demand: Demand,
    /// Which requests are meant; empty for all.
    about: String,
    /// The length of the window, and the second in which the one begins that decided.
    window: Option<(Duration, Option<usize>)>,
    shown: Shown,
}

/// Bounds are shares of requests that missed the demand, with 95 % confidence.
#[derive(Debug, Clone, PartialEq)]
enum Shown {
    Kept {
        high: f64,
    },
    Broken {
        low: f64,
    },
    Neither {
        more: u64,
    },
    Nothing,
    Certain(Certain),
    /// Broken, if one counts the seconds in which the generator was late.
    Late {
        seconds: usize,
    },
    /// Kept, unless one counts the requests that were rejected.
    Rejected {
        count: u64,
        of: u64,
        status: String,
    },
}

impl Finding {
    /// What a share says.
    pub(super) fn new(
        measured: &Measured,
        verdict: Verdict,
        share: &Share,
        window_start: Option<usize>,
    ) -> Self {
        let allowed = measured.rule.demand.allowed();
        let shown = match verdict {
            _ if share.requests == 0 => Shown::Nothing,
            Verdict::Pass => Shown::Kept { high: share.high },
            Verdict::Fail => Shown::Broken { low: share.low },
            Verdict::Inconclusive => Shown::Neither {
                more: more(share, allowed),
            },
        };
        Self {
            demand: measured.rule.demand,
            about: measured.about.clone(),
            window: measured.rule.window.map(|length| (length, window_start)),
            shown,
        }
    }

    /// What was certain before the run was over.
    pub(super) fn certain(measured: &Measured, certain: Certain) -> Self {
        Self {
            demand: measured.rule.demand,
            about: measured.about.clone(),
            window: None,
            shown: Shown::Certain(certain),
        }
    }

    /// The same, where it is broken only by what the generator's own delay has spoilt.
    pub(super) fn late(self, measured: &Measured) -> Self {
        let shown = Shown::Late {
            seconds: measured.seconds_behind(),
        };
        Self { shown, ..self }
    }

    /// The same, where it is kept only if what was rejected does not count.
    pub(super) fn rejected(self, measured: &Measured) -> Self {
        let count = measured.rejected.iter().sum();
        let counted: u64 = measured.seconds.iter().map(|second| second.requests).sum();
        let shown = Shown::Rejected {
            count,
            of: counted + count,
            status: measured.rejection.clone().unwrap_or_default(),
        };
        Self { shown, ..self }
    }

    /// The stable name.
    pub fn code(&self) -> &'static str {
        match (&self.shown, self.demand) {
            (Shown::Kept { .. }, Demand::Availability(_)) => "availability-shown",
            (Shown::Broken { .. }, Demand::Availability(_)) => "availability-missed",
            (Shown::Neither { .. }, Demand::Availability(_)) => "too-few-requests",
            (Shown::Kept { .. }, Demand::Slower { .. }) => "quick-enough",
            (Shown::Broken { .. }, Demand::Slower { .. }) => "too-slow",
            (Shown::Neither { .. }, Demand::Slower { .. }) => "slowness-unclear",
            (Shown::Nothing, _) => "no-data",
            (Shown::Certain(_), _) => "sure-to-fail",
            (Shown::Late { .. }, _) => "generator-late",
            (Shown::Rejected { .. }, _) => "requests-rejected",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        let sentence = match self.demand {
            Demand::Availability(target) => self.available(target, lang),
            Demand::Slower { than, share } => self.quick(&Time(than).to_string(), share, lang),
        };
        format!("{}{sentence}", self.prefix(lang))
    }

    fn prefix(&self, lang: Lang) -> String {
        let window = self.window.map(|(length, start)| {
            let length = Time(length);
            match start {
                Some(start) => lang.pick(
                    format!("the worst {length} (from second {start})"),
                    format!("最も悪い {length} ({start} 秒目から)"),
                ),
                None => lang.pick(format!("the worst {length}"), format!("最も悪い {length}")),
            }
        });
        let parts: Vec<String> = [Some(self.about.clone()), window]
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .collect();
        if parts.is_empty() {
            String::new()
        } else {
            format!("{}: ", parts.join(lang.pick(", ", "、")))
        }
    }

    fn available(&self, target: f64, lang: Lang) -> String {
        let target = short(100.0 * target);
        match &self.shown {
            Shown::Kept { high } => {
                let low = at_least(100.0 * (1.0 - high), 3);
                lang.pick(
                    format!("availability is at least {low} % (95 % confidence), the target is {target} %"),
                    format!("可用性は {low} % 以上です (信頼度 95 %、目標 {target} %)"),
                )
            }
            Shown::Broken { low } => {
                let high = at_most(100.0 * (1.0 - low), 3);
                lang.pick(
                    format!("availability is at most {high} % (95 % confidence), the target is {target} %"),
                    format!("可用性は {high} % 以下です (信頼度 95 %、目標 {target} %)"),
                )
            }
            Shown::Neither { .. } if self.window.is_some() => lang.pick(
                format!("the window has too few requests to show {target} %; use a longer window or a higher --rate"),
                format!("この区間では {target} % を示すにはリクエストが足りません。区間を長くするか --rate を上げてください"),
            ),
            Shown::Neither { more } => lang.pick(
                format!("too few requests to show {target} %: {} more without a failure are needed; use a longer --duration or a higher --rate", count(*more)),
                format!("{target} % を示すにはリクエストが足りません。失敗なしであと {} 件必要です。--duration を長くするか --rate を上げてください", count(*more)),
            ),
            Shown::Nothing => self.nothing(lang),
            Shown::Certain(certain) => {
                let (after, seen) = (certain.after_s, certain.seen);
                let (failures, requests) = (count(seen.failures), count(seen.requests));
                lang.pick(
                    format!("after {after} s it was certain that {target} % is missed ({failures} failures of {requests}), so the run was stopped; --no-abort goes on to the end"),
                    format!("開始 {after} 秒で {target} % を満たせないことが確実になったため ({requests} 件中 失敗 {failures} 件)、実行を打ち切りました。最後まで続けるには --no-abort を付けてください"),
                )
            }
            Shown::Late { seconds } => lang.pick(
                format!("without the {} seconds in which the load generator itself was late, it is not shown that {target} % is missed; lower --rate or give it a quieter machine", count(*seconds as u64)),
                format!("負荷生成側に遅れが出た {} 秒間を除くと、{target} % を下回ったとは言えません。--rate を下げるか、空いているマシンで実行してください", count(*seconds as u64)),
            ),
            Shown::Rejected { count: rejected, of, status } => lang.pick(
                format!("{} of {} requests were rejected, mostly with {status}; if they count as failures, {target} % is not shown: find out whether the service, something before it (a WAF) or the load test itself is wrong", count(*rejected), count(*of)),
                format!("{} 件中 {} 件が拒否されました (主に {status})。これを失敗と数えると {target} % を示せません。原因がサービス、手前の装置 (WAF など)、負荷テスト自体のどれにあるか確認してください", count(*of), count(*rejected)),
            ),
        }
    }

    fn quick(&self, than: &str, share: f64, lang: Lang) -> String {
        let limit = short(100.0 * share);
        match &self.shown {
            Shown::Kept { high } => {
                let high = at_most(100.0 * high, 2);
                lang.pick(
                    format!("at most {high} % of the answers take longer than {than} (95 % confidence), {limit} % may"),
                    format!("{than} を超える応答は {high} % 以下です (信頼度 95 %、許容 {limit} %)"),
                )
            }
            Shown::Broken { low } => {
                let low = at_least(100.0 * low, 2);
                lang.pick(
                    format!("at least {low} % of the answers take longer than {than} (95 % confidence), {limit} % may"),
                    format!("{than} を超える応答が {low} % 以上あります (信頼度 95 %、許容 {limit} %)"),
                )
            }
            Shown::Neither { .. } if self.window.is_some() => lang.pick(
                format!("the window has too few requests to show that at most {limit} % take longer than {than}; use a longer window or a higher --rate"),
                format!("この区間では {than} を超える応答が {limit} % 以下であることを示すにはリクエストが足りません。区間を長くするか --rate を上げてください"),
            ),
            Shown::Neither { more } => lang.pick(
                format!("too few requests to show that at most {limit} % take longer than {than}: {} more quick ones are needed; use a longer --duration", count(*more)),
                format!("{than} を超える応答が {limit} % 以下であることを示すにはリクエストが足りません。速い応答があと {} 件必要です。--duration を長くしてください", count(*more)),
            ),
            Shown::Late { seconds } => lang.pick(
                format!("without the {} seconds in which the load generator itself was late, it is not shown that more than {limit} % take longer than {than}; lower --rate or give it a quieter machine", count(*seconds as u64)),
                format!("負荷生成側に遅れが出た {} 秒間を除くと、{than} を超える応答が {limit} % を上回ったとは言えません。--rate を下げるか、空いているマシンで実行してください", count(*seconds as u64)),
            ),
            Shown::Nothing | Shown::Certain(_) | Shown::Rejected { .. } => self.nothing(lang),
        }
    }

    fn nothing(&self, lang: Lang) -> String {
        match self.window {
            Some((length, _)) => lang.pick(
                format!("no data for this rule: nothing was asked for, or for less than {}", Time(length)),
                format!("この条件を判定できるデータがありません (リクエストがないか、{} に満たない実行です)", Time(length)),
            ),
            None => lang.pick(
                "no data for this rule: no request of this sort was made".to_owned(),
                "この条件に当てはまるリクエストがなく、判定できません".to_owned(),
            ),
        }
    }
}

/// How many more requests would settle it, each of them worth as little as those before.
fn more(share: &Share, limit: f64) -> u64 {
    let needed = requests_needed(share.failures as f64 / share.design_effect, limit) as f64
        * share.design_effect;
    (needed.ceil() as u64).saturating_sub(share.requests).max(1)
}

/// A percentage without needless digits.
fn short(percent: f64) -> String {
    let text = format!("{percent:.7}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The tail that a calculation with percentages leaves behind is no reason to round.
const HAIR: f64 = 1e-6;

/// With so many digits, and never more than was shown.
fn at_least(percent: f64, digits: usize) -> String {
    let scale = 10_f64.powi(digits as i32);
    format!("{:.digits$}", (percent * scale + HAIR).floor() / scale)
}

/// With so many digits, and never less than was shown.
fn at_most(percent: f64, digits: usize) -> String {
    let scale = 10_f64.powi(digits as i32);
    format!("{:.digits$}", (percent * scale - HAIR).ceil() / scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_claim_says_more_than_was_shown() {
        for (percent, least, most) in [
            (99.999_97, "99.999", "100.000"),
            (99.9, "99.900", "99.900"),
            (0.000_03, "0.000", "0.001"),
            (100.0 * 0.07, "7.000", "7.000"),
        ] {
            assert_eq!(at_least(percent, 3), least);
            assert_eq!(at_most(percent, 3), most);
        }
    }
}
