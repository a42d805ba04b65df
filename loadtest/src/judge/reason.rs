//! Why a verdict is what it is, and what to do next.

use super::Verdict;
use super::interval::{Share, requests_needed};
use crate::generator::strain::Strain;
use crate::lang::{Lang, count};

/// One reason of a verdict.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// The availability is shown to be enough.
    AvailabilityShown {
        /// The target, in percent.
        target: f64,
        /// With 95 % confidence it is at least this.
        low: f64,
    },
    /// The availability is shown not to be enough.
    AvailabilityMissed {
        /// The target, in percent.
        target: f64,
        /// With 95 % confidence it is at most this.
        high: f64,
    },
    /// There are too few requests for the target.
    TooFewRequests {
        /// What was to be shown, in percent.
        target: f64,
        /// How many more would show it, if none of them failed.
        more: u64,
    },
    /// Few enough answers were slow.
    QuickEnough {
        /// The limit, in percent.
        limit: f64,
        /// With 95 % confidence the share is at most this.
        high: f64,
    },
    /// Too many answers were slow.
    TooSlow {
        /// The limit, in percent.
        limit: f64,
        /// With 95 % confidence the share is at least this.
        low: f64,
    },
    /// Too few requests to say whether too many are slow.
    SlownessUnclear {
        /// The limit, in percent.
        limit: f64,
        /// How many more would show it, if none of them were slow.
        more: u64,
    },
    /// The service broke promises.
    PromisesBroken {
        /// How many.
        count: usize,
    },
    /// Somebody stopped the run.
    Cancelled,
    /// The generator was itself too late.
    GeneratorLate {
        /// How late.
        p99_ms: f64,
        /// What could be trusted.
        limit_ms: f64,
    },
    /// The generator was short of something.
    Strained(Strain),
    /// The generator failed too often itself.
    ClientFaults {
        /// How often.
        count: u64,
        /// Of how many.
        of: u64,
        /// Mostly for this cause.
        cause: String,
    },
    /// No user was free for some slots before the run ended.
    Unsent {
        /// How many.
        count: u64,
    },
    /// The ledger could not be compared with the service.
    Unverified {
        /// Why.
        why: String,
    },
}

impl Reason {
    pub(super) fn availability(verdict: Verdict, share: &Share, limit: f64) -> Self {
        let target = 100.0 * (1.0 - limit);
        match verdict {
            Verdict::Pass => Self::AvailabilityShown {
                target,
                low: 100.0 * (1.0 - share.high),
            },
            Verdict::Fail => Self::AvailabilityMissed {
                target,
                high: 100.0 * (1.0 - share.low),
            },
            Verdict::Inconclusive => Self::TooFewRequests {
                target,
                more: more(share, limit),
            },
        }
    }

    pub(super) fn slowness(verdict: Verdict, share: &Share, limit: f64) -> Self {
        match verdict {
            Verdict::Pass => Self::QuickEnough {
                limit: 100.0 * limit,
                high: 100.0 * share.high,
            },
            Verdict::Fail => Self::TooSlow {
                limit: 100.0 * limit,
                low: 100.0 * share.low,
            },
            Verdict::Inconclusive => Self::SlownessUnclear {
                limit: 100.0 * limit,
                more: more(share, limit),
            },
        }
    }

    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AvailabilityShown { .. } => "availability-shown",
            Self::AvailabilityMissed { .. } => "availability-missed",
            Self::TooFewRequests { .. } => "too-few-requests",
            Self::QuickEnough { .. } => "quick-enough",
            Self::TooSlow { .. } => "too-slow",
            Self::SlownessUnclear { .. } => "slowness-unclear",
            Self::PromisesBroken { .. } => "promises-broken",
            Self::Cancelled => "cancelled",
            Self::GeneratorLate { .. } => "generator-late",
            Self::Strained(strain) => strain.code(),
            Self::ClientFaults { .. } => "client-faults",
            Self::Unsent { .. } => "slots-unsent",
            Self::Unverified { .. } => "ledger-unverified",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::AvailabilityShown { target, low } => lang.pick(
                format!("availability is at least {low:.3} % (95 % confidence), the target is {} %", short(*target)),
                format!("可用性は {low:.3} % 以上です (信頼度 95 %、目標 {} %)", short(*target)),
            ),
            Self::AvailabilityMissed { target, high } => lang.pick(
                format!("availability is at most {high:.3} % (95 % confidence), the target is {} %", short(*target)),
                format!("可用性は {high:.3} % 以下です (信頼度 95 %、目標 {} %)", short(*target)),
            ),
            Self::TooFewRequests { target, more } => lang.pick(
                format!("too few requests to show {} %: {} more without a failure are needed; use a longer --duration or a higher --rate", short(*target), count(*more)),
                format!("{} % を示すにはリクエストが足りません。失敗なしであと {} 件必要です。--duration を長くするか --rate を上げてください", short(*target), count(*more)),
            ),
            Self::QuickEnough { limit, high } => lang.pick(
                format!("at most {high:.2} % of the answers are slow (95 % confidence), {} % may be", short(*limit)),
                format!("遅い応答は {high:.2} % 以下です (信頼度 95 %、許容 {} %)", short(*limit)),
            ),
            Self::TooSlow { limit, low } => lang.pick(
                format!("at least {low:.2} % of the answers are slow (95 % confidence), {} % may be", short(*limit)),
                format!("遅い応答が {low:.2} % 以上あります (信頼度 95 %、許容 {} %)", short(*limit)),
            ),
            Self::SlownessUnclear { limit, more } => lang.pick(
                format!("too few requests to show that at most {} % are slow: {} more quick ones are needed; use a longer --duration", short(*limit), count(*more)),
                format!("遅い応答が {} % 以下であることを示すにはリクエストが足りません。速い応答があと {} 件必要です。--duration を長くしてください", short(*limit), count(*more)),
            ),
            Self::PromisesBroken { count } => lang.pick(
                format!("the service broke {count} of its promises; see the ledger"),
                format!("サービスが受け付けた内容と実際の状態が {count} 件食い違っています。照合結果を見てください"),
            ),
            Self::Cancelled => lang.pick(
                "stopped by a signal before its end; run it again to the end for a verdict".to_owned(),
                "シグナルで途中終了しました。判定するには最後まで実行してください".to_owned(),
            ),
            Self::GeneratorLate { p99_ms, limit_ms } => lang.pick(
                format!("the load generator itself was late (p99 {p99_ms:.0} ms, at most {limit_ms:.0} ms can be trusted); lower --rate or give it a quieter machine"),
                format!("負荷生成側に遅れが出ました (p99 {p99_ms:.0} ms、許容 {limit_ms:.0} ms)。--rate を下げるか、空いているマシンで実行してください"),
            ),
            Self::Strained(strain) => strain.text(lang),
            Self::ClientFaults { count: faults, of, cause } => lang.pick(
                format!("{} of {} requests failed on the side of the load generator, mostly {cause}; mend that first", count(*faults), count(*of)),
                format!("{} 件中 {} 件が負荷生成側の原因で失敗しました (主な原因: {cause})。先にそれを直してください", count(*of), count(*faults)),
            ),
            Self::Unsent { count: unsent } => lang.pick(
                format!("{} requests were never sent, because every user was waiting for the service; raise --users or lower --rate", count(*unsent)),
                format!("全ユーザーが応答待ちだったため {} 件を送信できませんでした。--users を増やすか --rate を下げてください", count(*unsent)),
            ),
            Self::Unverified { why } => lang.pick(
                format!("what the service acknowledged could not be verified: {why}"),
                format!("サービスが受け付けた内容を照合できませんでした: {why}"),
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
    let text = format!("{percent:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
