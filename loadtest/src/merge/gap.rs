//! What is missing from a run that several workers shared, or does not fit, and what to do about it.

use crate::lang::{Lang, count};

/// Something that is missing or does not fit.
#[derive(Debug, Clone, PartialEq)]
pub enum Gap {
    /// Nothing is there of some workers.
    WorkersMissing {
        /// Their numbers.
        workers: Vec<u32>,
        /// How many there should be.
        of: u32,
    },
    /// A worker did not live to write its end.
    WorkerKilled {
        /// Its number.
        worker: u32,
        /// For how many seconds something is there, at most.
        after_s: u64,
    },
    /// Of a worker that reached its end some seconds are not there.
    SecondsMissing {
        /// Its number.
        worker: u32,
        /// The first of them.
        first: u64,
        /// How many.
        count: usize,
    },
    /// The service did not tell some workers what time it is.
    ClocksUnknown {
        /// Their numbers.
        workers: Vec<u32>,
    },
    /// The clocks of two workers do not agree.
    ClocksApart {
        /// One.
        worker: u32,
        /// The other.
        other: u32,
        /// So much at least, in milliseconds.
        apart_ms: f64,
    },
    /// A worker began at another time than the run.
    BegunElsewhen {
        /// Its number.
        worker: u32,
        /// So much later, in milliseconds; earlier is less than zero.
        late_ms: f64,
    },
    /// The load balancer counted other requests than the workers made.
    RequestsDiffer {
        /// What the workers made at most.
        made: u64,
        /// What the load balancer counted.
        counted: u64,
    },
    /// What the load balancer counted is not known.
    RequestsUncounted {
        /// Why.
        why: Uncounted,
    },
}

/// Why it is not known what the load balancer counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncounted {
    /// Somebody began to watch when a worker had already come.
    BegunLate,
    /// Somebody ended before CloudWatch had all minutes of the run.
    EndedEarly,
    /// CloudWatch gave nothing.
    NoData,
}

impl Gap {
    /// Whether no figure can be trusted with it; else it only forbids a pass.
    pub fn spoils(&self) -> bool {
        !matches!(
            self,
            Self::RequestsDiffer { .. } | Self::RequestsUncounted { .. }
        )
    }

    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WorkersMissing { .. } => "workers-missing",
            Self::WorkerKilled { .. } => "worker-killed",
            Self::SecondsMissing { .. } => "seconds-missing",
            Self::ClocksUnknown { .. } => "clocks-unknown",
            Self::ClocksApart { .. } => "clocks-apart",
            Self::BegunElsewhen { .. } => "worker-begun-elsewhen",
            Self::RequestsDiffer { .. } => "requests-differ",
            Self::RequestsUncounted { .. } => "requests-uncounted",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::WorkersMissing { workers, of } => {
                let workers = numbers(workers, lang);
                lang.pick(
                    format!("there are no results of {workers} of {of} workers; fetch them, or see in their logs why there are none and run again"),
                    format!("全 {of} ワーカーのうち {workers} の結果がありません。結果を取得するか、ログで原因を確認してから再実行してください"),
                )
            }
            Self::WorkerKilled { worker, after_s } => lang.pick(
                format!("worker {worker} was killed after {after_s} s; see why its task stopped, and run again"),
                format!("ワーカー {worker} が {after_s} 秒で強制終了されました。タスクの停止理由を確認し、再実行してください"),
            ),
            Self::SecondsMissing { worker, first, count } => lang.pick(
                format!("{count} seconds of worker {worker} are missing, from second {first} on; its file is damaged: fetch it once more, or run again"),
                format!("ワーカー {worker} の結果が {first} 秒目から {count} 秒分欠けています。ファイルが壊れているため、取得し直すか再実行してください"),
            ),
            Self::ClocksUnknown { workers } => {
                let workers = numbers(workers, lang);
                lang.pick(
                    format!("the clocks of {workers} could not be compared: the service's /health did not say what time it is (timestamp)"),
                    format!("{workers} の時計を比較できません。サービスの /health が時刻 (timestamp) を返しませんでした"),
                )
            }
            Self::ClocksApart { worker, other, apart_ms } => lang.pick(
                format!("the clocks of workers {worker} and {other} are at least {apart_ms:.0} ms apart, so their seconds are not the same; set them by NTP and run again"),
                format!("ワーカー {worker} と {other} の時計が少なくとも {apart_ms:.0} ms ずれており、同じ秒として合算できません。NTP で時刻を合わせて再実行してください"),
            ),
            Self::BegunElsewhen { worker, late_ms } => lang.pick(
                format!("worker {worker} began {late_ms:.0} ms after the run, or its clock was set meanwhile; choose a later --begin, and run again"),
                format!("ワーカー {worker} の開始が予定より {late_ms:.0} ms ずれたか、実行中に時計が変更されました。--begin を遅くして再実行してください"),
            ),
            Self::RequestsDiffer { made, counted } => {
                let [made, counted] = [*made, *counted].map(count);
                lang.pick(
                    format!("the load balancer counted {counted} requests and the workers made {made}: others use the service, or something is between it and the workers; run again while nobody else does"),
                    format!("ロードバランサーが数えたリクエストは {counted} 件、ワーカーが送信したのは {made} 件です。他の利用者がいるか、途中に別の経路があります。他の利用がない時間に再実行してください"),
                )
            }
            Self::RequestsUncounted { why } => why.text(lang).to_owned(),
        }
    }
}

impl Uncounted {
    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::BegunLate => lang.pick(
                "what the load balancer counted is not known: begin `loadtest watch` before the first worker",
                "ロードバランサーのリクエスト数が不明です。`loadtest watch` は最初のワーカーより先に開始してください",
            ),
            Self::EndedEarly => lang.pick(
                "what the load balancer counted is not known: let `loadtest watch` go on for five minutes after the last worker, for CloudWatch has its values late",
                "ロードバランサーのリクエスト数が不明です。CloudWatch の値は遅れて届くため、`loadtest watch` は最後のワーカーの終了後も 5 分間続けてください",
            ),
            Self::NoData => lang.pick(
                "what the load balancer counted is not known: `loadtest watch` saw no RequestCount; may it call cloudwatch:GetMetricData, and does the service have a load balancer?",
                "ロードバランサーのリクエスト数が不明です。`loadtest watch` が RequestCount を取得できませんでした。cloudwatch:GetMetricData の権限と、ロードバランサーの有無を確認してください",
            ),
        }
    }
}

/// Some workers by their numbers.
fn numbers(workers: &[u32], lang: Lang) -> String {
    let listed: Vec<String> = workers.iter().map(ToString::to_string).collect();
    let listed = listed.join(", ");
    let noun = if workers.len() == 1 {
        "worker"
    } else {
        "workers"
    };
    lang.pick(format!("{noun} {listed}"), format!("ワーカー {listed}"))
}
