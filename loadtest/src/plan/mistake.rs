//! What can be wrong with a plan, and what to do instead.

use std::fmt;

use super::check::{MOST_REQUESTS, MOST_USERS};
use crate::lang::{Lang, count};

/// Something that keeps a plan from being run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    /// Two phases have this name.
    PhaseTwice(String),
    /// This phase takes no time.
    PhaseWithoutTime(String),
    /// No phase is judged, or there is none.
    NothingJudged,
    /// The rates are so low that nothing would be sent.
    NoRequests,
    /// The run would be too long.
    TooLong,
    /// The run would send too much.
    TooManyRequests,
    /// Too many people, or none.
    Users(usize),
    /// This time must not be zero.
    NoTime(&'static str),
    /// Nobody makes the requests of this phase.
    Mix(String),
    /// The fault of this phase comes after its end.
    FaultTooLate(String),
    /// The fault of this phase is none, or two.
    Fault(String),
    /// A rule demands nothing, or two things.
    Rule,
    /// A rule is so strict that no run can show it.
    Strict,
    /// A rule is about a phase that there is not.
    NoSuchPhase(String),
    /// Scaling is expected to no tasks, or to more than there may be.
    ScalingTasks(u32),
    /// A search of no steps, or of too many.
    Steps(usize),
}

impl Mistake {
    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::PhaseTwice(name) => lang.pick(
                format!("two phases are called {name}; give each a name of its own"),
                format!("フェーズ名 {name} が重複しています。別々の名前を付けてください"),
            ),
            Self::PhaseWithoutTime(name) => lang.pick(
                format!("phase {name} takes no time; give it a duration such as 30s"),
                format!("フェーズ {name} の時間が 0 です。30s のように指定してください"),
            ),
            Self::NothingJudged => lang.pick(
                "no phase is judged; at least one [[phase]] without judged = false is needed".to_owned(),
                "判定対象のフェーズがありません。judged = false でない [[phase]] が 1 つ以上必要です".to_owned(),
            ),
            Self::NoRequests => lang.pick(
                "no request would be sent; raise a rate or a duration".to_owned(),
                "リクエストが 1 件も送信されません。レートか時間を増やしてください".to_owned(),
            ),
            Self::TooLong => lang.pick(
                "a run takes at most 24 hours; give a shorter --duration".to_owned(),
                "実行時間は 24 時間までです。--duration を短くしてください".to_owned(),
            ),
            Self::TooManyRequests => lang.pick(
                format!("a run sends at most {} requests; lower a rate or a duration", count(MOST_REQUESTS)),
                format!("送信できるリクエストは 1 回の実行で {} 件までです。レートか時間を減らしてください", count(MOST_REQUESTS)),
            ),
            Self::Users(users) => lang.pick(
                format!("--users {users} is not between 1 and {}", count(MOST_USERS as u64)),
                format!("--users {users} は 1 から {} の範囲にありません", count(MOST_USERS as u64)),
            ),
            Self::NoTime(key) => lang.pick(
                format!("{key} is too short a time"),
                format!("{key} の時間が短すぎます"),
            ),
            Self::Mix(name) => lang.pick(
                format!("the mix of phase {name} must name somebody, with shares up to 1,000,000"),
                format!("フェーズ {name} の mix には 1 以上 1,000,000 以下の値が少なくとも 1 つ必要です"),
            ),
            Self::FaultTooLate(name) => lang.pick(
                format!("the fault of phase {name} comes after its end; at counts from the beginning of the phase"),
                format!("フェーズ {name} の fault が終了後の時刻です。at はフェーズ開始からの時間です"),
            ),
            Self::Fault(name) => lang.pick(
                format!("the fault of phase {name} needs either command = \"…\" or stop_task = true"),
                format!("フェーズ {name} の fault には command = \"…\" か stop_task = true のどちらか一方が必要です"),
            ),
            Self::Rule => lang.pick(
                "a [[rule]] needs either availability = \"99.9%\", or slower_than = \"1s\" with share = \"1%\"".to_owned(),
                "[[rule]] には availability = \"99.9%\"、または slower_than = \"1s\" と share = \"1%\" の組のどちらか一方が必要です".to_owned(),
            ),
            Self::Strict => lang.pick(
                "a [[rule]] lets less than 0.000001 % of the requests miss it, which no run can show: even that share takes 300 million requests; allow more".to_owned(),
                "[[rule]] の許容割合が 0.000001 % 未満です。0.000001 % でも示すには 3 億件のリクエストが必要です。許容割合を増やしてください".to_owned(),
            ),
            Self::ScalingTasks(tasks) => lang.pick(
                format!("[scaling] expects {tasks} tasks; at least 1 and at most `most` can be"),
                format!("[scaling] の tasks = {tasks} は 1 以上 most 以下で指定してください"),
            ),
            Self::Steps(steps) => lang.pick(
                format!("a search of {steps} steps is none; let --to be above --from, and --growth such that there are at most 100"),
                format!("段階数が {steps} です。--to を --from より大きくし、100 段階以内になるよう --growth を指定してください"),
            ),
            Self::NoSuchPhase(name) => lang.pick(
                format!("a rule is about phase {name}, and there is none of that name"),
                format!("ルールで指定されたフェーズ {name} がありません"),
            ),
        }
    }
}

/// For programs that read a plan out of a report.
impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}
