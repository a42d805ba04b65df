//! How each figure of a recommendation comes about, and what people call it.

use serde::Serialize;

use super::given::Given;
use crate::lang::Lang;

/// How a figure comes about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// What is reckoned.
    pub what: What,
    /// The reckoning, in figures.
    pub reckoning: String,
}

/// What is reckoned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The highest rate.
    Peak,
    /// What one task bears.
    Bears,
    /// The tasks.
    Tasks,
    /// The most tasks.
    Most,
    /// The connections.
    Connections,
    /// When to start.
    Lead,
    /// How long it would take without a schedule.
    Unscheduled,
    /// The target of CPU.
    CpuTarget,
    /// Whether the traffic comes faster than the load balancer grows.
    Doubles,
    /// Capacity units of the load balancer.
    Units,
    /// The price of the day.
    Cost,
    /// The price of every day.
    Always,
    /// The price of 20-second metrics.
    FastMetrics,
    /// The price of the reserved capacity units.
    Reserved,
    /// Their price if they were reserved always.
    ReservedAlways,
}

impl What {
    pub(super) fn name(self, given: &Given, lang: Lang) -> &'static str {
        match self {
            Self::Peak => lang.pick(
                "peak: people × requests / time × 2 for the busiest seconds, or as given",
                "ピーク: 人数 × リクエスト数 / 時間 × 2 (最も集中する数秒)、または指定値",
            ),
            Self::Bears => lang.pick(
                "one task bears, by the low end of its interval",
                "1 タスクの処理能力 (区間の下限を使用)",
            ),
            Self::Tasks => lang.pick(
                "tasks: peak / (what a task bears × what is not kept free), not fewer than always",
                "タスク数: ピーク / (1 タスクの処理能力 × 余裕を除いた割合)、普段の数以上",
            ),
            Self::Most => lang.pick(
                "at most: twice the tasks, as far as 80 % of the database's connections go",
                "最大タスク数: その 2 倍、ただしデータベース接続数の 80 % まで",
            ),
            Self::Connections => lang.pick(
                "connections: most tasks × pool, against 80 % of max_connections",
                "接続数: 最大タスク数 × プール、上限は max_connections の 80 %",
            ),
            Self::Lead if given.scale_out.is_measured => lang.pick(
                "lead: measured from the decision to healthy tasks, and 5 minutes",
                "前倒し: 決定から正常になるまでの実測値 + 5 分",
            ),
            Self::Lead => lang.pick(
                "lead: AWS's figure from the decision to running tasks, and 5 minutes",
                "前倒し: 決定から実行中までの AWS の公表値 + 5 分",
            ),
            Self::CpuTarget => lang.pick(
                "reactions of target tracking until the tasks are there, by CPU target",
                "CPU 目標値ごとの、必要タスク数に達するまでのスケール回数",
            ),
            Self::Unscheduled => lang.pick(
                "without a schedule it would take, by metrics of 20 s and of 60 s",
                "スケジュールなしの場合の所要時間 (20 秒・60 秒メトリクス)",
            ),
            Self::Doubles => lang.pick(
                "does the traffic more than double within 5 minutes, faster than a load balancer grows: peak against 2 × the rate before it (--usual)",
                "トラフィックが 5 分以内に 2 倍を超えるか (ロードバランサーの自動拡張が間に合わない条件): ピークと、直前のレート (--usual) × 2 の比較",
            ),
            Self::Units if given.needed.is_some() => lang.pick(
                "capacity units to reserve: PeakLCUs of the run × peak / the run's highest rate over a minute, at least 100",
                "予約する LCU: 実行時の PeakLCUs × ピーク / 実行時の最大レート (1 分平均)、最小 100",
            ),
            Self::Units => lang.pick(
                "capacity units to reserve, guessed: as if each request came on a new connection, 25 of which a unit bears each second; at least 100",
                "予約する LCU (推定): 全リクエストが新規接続と仮定 (1 LCU は毎秒 25 接続)、最小 100",
            ),
            Self::Cost => lang.pick(
                "cost of the day: tasks that are more × hours × price in Tokyo",
                "当日の費用: 増やすタスク数 × 時間 × 東京の単価",
            ),
            Self::Always => lang.pick(
                "cost of a month if they always ran instead",
                "常時稼働させた場合の月額",
            ),
            Self::FastMetrics => lang.pick(
                "cost of a month of 20-second metrics: 2 metrics, and 4 alarms that look at them more often",
                "20 秒メトリクスの月額: メトリクス 2 つと、評価間隔が短くなるアラーム 4 つの差額",
            ),
            Self::Reserved => lang.pick(
                "cost of the reserved capacity units, used or not: from 3 hours before until the end",
                "予約 LCU の費用 (未使用でも課金): 開始 3 時間前から終了まで",
            ),
            Self::ReservedAlways => lang.pick(
                "cost of a month if they were reserved always instead",
                "LCU を常時予約した場合の月額",
            ),
        }
    }
}
