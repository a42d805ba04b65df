//! Why a verdict is what it is, and what to do next.

use super::baseline::Comparison;
use super::finding::Finding;
use crate::events::Unwatched;
use crate::faults::Unmade;
use crate::generator::strain::Strain;
use crate::lang::{Lang, clock, count};
use crate::merge::Gap;
use crate::outcome::{Outcome, is_rejection};
use crate::scaling::{Failure, Shown};

/// One reason of a verdict.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// What the figures say about a rule of the plan.
    Rule(Finding),
    /// How the run compares with an earlier one.
    Compared(Comparison),
    /// What was shown of an expectation of scaling.
    Scaling(Shown),
    /// A failure of scaling that has a name.
    Named(Failure),
    /// The service broke promises.
    PromisesBroken {
        /// How many.
        count: usize,
    },
    /// Somebody stopped the run.
    Cancelled,
    /// An alarm stopped the run.
    Alarm {
        /// The alarm.
        name: String,
        /// Why it rang, in the words of CloudWatch.
        why: String,
    },
    /// A fault of the plan is not known to have been made.
    Unmade(Unmade),
    /// Nobody saw the alarms that were to stop the run.
    Unwatched(Unwatched),
    /// The generator was itself too late.
    GeneratorLate {
        /// How late.
        p99_ms: f64,
        /// What could be trusted.
        limit_ms: f64,
    },
    /// The generator was short of something.
    Strained(Strain),
    /// Something is missing of a run that several workers shared.
    Gap(Gap),
    /// Too many requests say nothing of the service: the generator failed itself, or they were rejected.
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
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rule(finding) => finding.code(),
            Self::Compared(comparison) => comparison.code(),
            Self::Scaling(shown) => shown.code(),
            Self::Named(failure) => failure.code(),
            Self::PromisesBroken { .. } => "promises-broken",
            Self::Cancelled => "cancelled",
            Self::Alarm { .. } => "stopped-by-alarm",
            Self::Unmade(_) => "fault-not-made",
            Self::Unwatched(_) => "alarms-unseen",
            Self::GeneratorLate { .. } => "generator-late",
            Self::Strained(strain) => strain.code(),
            Self::Gap(gap) => gap.code(),
            Self::ClientFaults { .. } => "client-faults",
            Self::Unsent { .. } => "slots-unsent",
            Self::Unverified { .. } => "ledger-unverified",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Rule(finding) => finding.text(lang),
            Self::Compared(comparison) => comparison.text(lang),
            Self::Scaling(shown) => shown.text(lang),
            Self::Named(failure) => failure.text(lang).to_owned(),
            Self::PromisesBroken { count } => lang.pick(
                format!("the service broke {count} of its promises; see the ledger"),
                format!("サービスが受け付けた内容と実際の状態が {count} 件食い違っています。照合結果を見てください"),
            ),
            Self::Cancelled => lang.pick(
                "stopped by a signal before its end; run it again to the end for a verdict".to_owned(),
                "シグナルで途中終了しました。判定するには最後まで実行してください".to_owned(),
            ),
            Self::Alarm { name, why } => lang.pick(
                format!("alarm {name} stopped the run ({why}); see to what it warns of before you put any load on again"),
                format!("アラーム {name} により停止しました ({why})。再び負荷をかける前に、アラームの原因を確認してください"),
            ),
            Self::Unmade(Unmade { phase, what, why }) => {
                let what = what.trim().lines().next().unwrap_or_default();
                let why = why.as_deref().unwrap_or(lang.pick("it was never begun", "開始されませんでした"));
                lang.pick(
                    format!("the fault of phase {phase} ({what}) is not known to have been made: {why}; so nothing shows how the service bears it; check the command and what it may do, then run it again"),
                    format!("フェーズ {phase} の障害注入 ({what}) が行われたことを確認できません: {why}。障害の影響は検証できていません。コマンドと権限を確認してから再実行してください"),
                )
            }
            Self::Unwatched(Unwatched { from_s, to_s, why }) => {
                let from = clock(*from_s);
                let when = match to_s.map(clock) {
                    Some(to) => lang.pick(format!("from {from} to {to}"), format!("{from} から {to} まで")),
                    None => lang.pick(format!("from {from} to the end"), format!("{from} から最後まで")),
                };
                lang.pick(
                    format!("{when} the alarms of --stop-on-alarm could not be seen and would have stopped nothing: {why}; mend that before you rely on them"),
                    format!("{when} --stop-on-alarm のアラームを確認できず、鳴っても停止しない状態でした: {why}。次の実行の前に直してください"),
                )
            }
            Self::GeneratorLate { p99_ms, limit_ms } => lang.pick(
                format!("the load generator itself was late (p99 {p99_ms:.0} ms, at most {limit_ms:.0} ms can be trusted); lower --rate or give it a quieter machine"),
                format!("負荷生成側に遅れが出ました (p99 {p99_ms:.0} ms、許容 {limit_ms:.0} ms)。--rate を下げるか、空いているマシンで実行してください"),
            ),
            Self::Strained(strain) => strain.text(lang),
            Self::Gap(gap) => gap.text(lang),
            Self::ClientFaults { count: faults, of, cause } if is_rejection(Outcome::ClientFault, cause) => lang.pick(
                format!("{} of {} requests say nothing of the service, mostly because they were rejected with {cause}: find out whether the service, something before it (a WAF) or the load test itself is wrong", count(*faults), count(*of)),
                format!("{} 件中 {} 件は判定に使えません (主に {cause} で拒否)。原因がサービス、手前の装置 (WAF など)、負荷テスト自体のどれにあるか確認してください", count(*of), count(*faults)),
            ),
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
