//! What happened beside the requests: moments on the time axis of a run.

use serde::{Deserialize, Serialize};

use crate::judge::abort::Certain;
use crate::lang::Lang;

/// So long, in seconds, the alarms may be unseen before that is worth a word in the report.
const LONG_S: f64 = 60.0;

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
    /// The alarms that stop the run cannot be seen any more.
    AlarmsLost {
        /// Why not.
        why: String,
    },
    /// They are seen again.
    AlarmsBack,
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
            Self::AlarmsLost { why } => lang.pick(
                format!("the alarms cannot be seen, and stop nothing: {why}"),
                format!("アラームを確認できないため、鳴っても停止しません: {why}"),
            ),
            Self::AlarmsBack => lang.pick(
                "the alarms can be seen again".to_owned(),
                "アラームを再び確認できるようになりました".to_owned(),
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

/// A time in which nobody saw the alarms that were to stop the run.
#[derive(Debug, Clone, PartialEq)]
pub struct Unwatched {
    /// Its beginning, in seconds after that of the schedule.
    pub from_s: f64,
    /// Its end; nothing if it lasted to that of the load.
    pub to_s: Option<f64>,
    /// Why.
    pub why: String,
}

/// The last time that lasted to the end of the load or longer than a minute: shorter ones an alarm may take to ring, too.
pub fn unwatched(events: &[Event]) -> Option<Unwatched> {
    // Of a run that several share each worker looks for itself, and stops for itself.
    let (mut blind, mut open, mut last) = (0_u32, None, None);
    for Event { at_s, what } in events {
        match what {
            What::AlarmsLost { why } => {
                blind += 1;
                open.get_or_insert_with(|| Unwatched {
                    from_s: *at_s,
                    to_s: None,
                    why: why.clone(),
                });
            }
            What::AlarmsBack => {
                blind = blind.saturating_sub(1);
                let over = if blind == 0 { open.take() } else { None };
                let over = over.filter(|over| at_s - over.from_s > LONG_S);
                last = over
                    .map(|over| Unwatched {
                        to_s: Some(*at_s),
                        ..over
                    })
                    .or(last);
            }
            _ => {}
        }
    }
    open.or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alarms_that_were_long_unseen_or_to_the_end_are_told() {
        let lost = |at_s| Event {
            at_s,
            what: What::AlarmsLost {
                why: "expired".to_owned(),
            },
        };
        let back = |at_s| Event {
            at_s,
            what: What::AlarmsBack,
        };
        let time = |from_s, to_s| {
            let why = "expired".to_owned();
            Some(Unwatched { from_s, to_s, why })
        };
        assert_eq!(unwatched(&[lost(20.0), back(80.0)]), None);
        assert_eq!(unwatched(&[lost(20.0), back(81.0)]), time(20.0, Some(81.0)));
        let again = [lost(20.0), back(81.0), lost(90.0), back(95.0)];
        assert_eq!(unwatched(&again), time(20.0, Some(81.0)));
        assert_eq!(
            unwatched(&[lost(20.0), back(30.0), lost(50.0)]),
            time(50.0, None)
        );
        // Of two workers one sees them again.
        let workers = [lost(20.0), lost(21.0), back(30.0)];
        assert_eq!(unwatched(&workers), time(20.0, None));
    }
}
