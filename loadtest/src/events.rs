//! What happened beside the requests: moments on the time axis of a run.

use serde::{Deserialize, Serialize};

use crate::judge::abort::Certain;
use crate::lang::Lang;

/// Something that happened while the load ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Seconds since the schedule began; before it, less than zero.
    pub at_s: f64,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// Something was broken on purpose.
    FaultBegan {
        /// The name of the phase that asks for it.
        phase: String,
        /// The command, or which task was asked to stop.
        what: String,
    },
    /// The breaking was done, or failed.
    FaultEnded {
        /// The name of the phase.
        phase: String,
        /// Whether it did what it should.
        done: bool,
        /// The end of what it said: the exit status, the output, the error.
        said: String,
    },
    /// An alarm made the run stop.
    Alarm {
        /// The alarm.
        name: String,
        /// Why it is in that state, in the words of CloudWatch.
        why: String,
    },
    /// It was certain that the run would fail, and it was stopped.
    Doomed {
        /// What became certain.
        certain: Certain,
    },
    /// A search for the capacity has gone far enough past the knee.
    Enough,
    /// Somebody asked the run to stop.
    StopAsked,
    /// The run was killed: this stands in no file, it is what a file without an end means.
    Killed,
}

impl What {
    /// The sentence for people, short enough for a line.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::FaultBegan { phase, what } => lang.pick(
                format!("{phase}: fault begins: {what}"),
                format!("{phase}: 障害注入を開始: {what}"),
            ),
            Self::FaultEnded { phase, done, said } => {
                let said = said.lines().last().unwrap_or_default();
                if *done {
                    lang.pick(
                        format!("{phase}: fault done: {said}"),
                        format!("{phase}: 障害注入が完了: {said}"),
                    )
                } else {
                    lang.pick(
                        format!("{phase}: fault FAILED to be made: {said}"),
                        format!("{phase}: 障害注入に失敗: {said}"),
                    )
                }
            }
            Self::Alarm { name, why } => lang.pick(
                format!("alarm {name} stops the run: {why}"),
                format!("アラーム {name} により停止: {why}"),
            ),
            Self::Doomed { certain } => {
                let (failures, requests) = (certain.seen.failures, certain.seen.requests);
                lang.pick(
                    format!("the run is certain to fail and is stopped: {failures} failures of {requests}"),
                    format!("不合格が確実なため停止: {requests} 件中 失敗 {failures} 件"),
                )
            }
            Self::Killed => lang.pick(
                "the run was killed".to_owned(),
                "実行が強制終了されました".to_owned(),
            ),
            Self::Enough => lang.pick(
                "far enough past the knee".to_owned(),
                "限界を十分に超えたため終了".to_owned(),
            ),
            Self::StopAsked => lang.pick(
                "somebody asked the run to stop".to_owned(),
                "停止の要求を受け付けました".to_owned(),
            ),
        }
    }
}
