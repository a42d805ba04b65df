//! What was shown of scaling, in words.

use super::{Expectation, Failure, Shown};
use crate::judge::Verdict;
use crate::lang::{Lang, clock, count};
use crate::stopwatch::{Objective, Stage};
use crate::timeline::Moment;

impl Shown {
    /// The stable name, by which programs tell reasons apart.
    pub fn code(&self) -> &'static str {
        match (self.verdict, &self.expectation) {
            (Verdict::Pass, Expectation::ScalesOut { .. }) => "scaled-out",
            (Verdict::Pass, Expectation::ScalesIn { .. }) => "scaled-in",
            (Verdict::Pass, Expectation::DropsNothing { .. }) => "scale-in-dropped-nothing",
            (Verdict::Pass, Expectation::StaysBelow { .. }) => "stayed-below-maximum",
            (Verdict::Pass, Expectation::HasRoom { .. }) => "room-left",
            (Verdict::Fail, Expectation::ScalesOut { .. }) => "not-scaled-out",
            (Verdict::Fail, Expectation::ScalesIn { .. }) => "not-scaled-in",
            (Verdict::Fail, Expectation::DropsNothing { .. }) => "scale-in-dropped-requests",
            (Verdict::Fail, Expectation::StaysBelow { .. }) => "above-maximum",
            (Verdict::Fail, Expectation::HasRoom { .. }) => "held-at-maximum",
            (Verdict::Pass, Expectation::FitsDatabase { .. }) => "connections-fit",
            (Verdict::Fail, Expectation::FitsDatabase { .. }) => "connections-exceeded",
            (Verdict::Inconclusive, _) => "scaling-not-seen",
        }
    }

    /// The sentence for people.
    pub fn text(&self, lang: Lang) -> String {
        match (&self.expectation, self.verdict) {
            (
                Expectation::ScalesOut {
                    tasks,
                    within_s,
                    seen,
                    most,
                },
                verdict,
            ) => {
                let (within, took) = (clock(*within_s), took(*seen, lang));
                match (verdict, seen) {
                    (Verdict::Inconclusive, _) => lang.pick(
                        format!("scaling: it was not seen whether {tasks} tasks run within {within} of the step"),
                        format!("スケーリング: 負荷の増加から {within} 以内に {tasks} タスクになったかを確認できませんでした"),
                    ),
                    (_, Some(_)) => lang.pick(
                        format!("scaling: {tasks} tasks ran {took} after the step, {within} was expected"),
                        format!("スケーリング: 負荷の増加から {took} で {tasks} タスクになりました (期待は {within} 以内)"),
                    ),
                    (_, None) => lang.pick(
                        format!("scaling: within {within} of the step at most {most} of the expected {tasks} tasks ran"),
                        format!("スケーリング: 負荷の増加から {within} 以内に {tasks} タスクに達しませんでした (最大 {most} タスク)"),
                    ),
                }
            }
            (
                Expectation::ScalesIn {
                    tasks,
                    within_s,
                    seen,
                    most,
                },
                verdict,
            ) => {
                let (within, took) = (clock(*within_s), took(*seen, lang));
                match (verdict, seen) {
                    (Verdict::Inconclusive, _) if 0 < *most && most <= tasks => lang.pick(
                        format!("scaling: never more than {tasks} tasks ran, so nothing is shown of the way back"),
                        format!("スケーリング: タスクが {tasks} より増えなかったため、縮小については判定できません"),
                    ),
                    (Verdict::Inconclusive, _) => lang.pick(
                        format!("scaling: it was not seen whether the service is back at {tasks} tasks within {within}; let the last phase take longer"),
                        format!("スケーリング: {within} 以内に {tasks} タスクへ戻ったかを確認できませんでした。最後のフェーズを長くしてください"),
                    ),
                    (_, Some(_)) => lang.pick(
                        format!("scaling: back at {tasks} tasks {took} after the load went down, {within} was expected"),
                        format!("スケーリング: 負荷の減少から {took} で {tasks} タスクに戻りました (期待は {within} 以内)"),
                    ),
                    (_, None) => lang.pick(
                        format!("scaling: not back at {tasks} tasks {within} after the load went down"),
                        format!("スケーリング: 負荷の減少から {within} たっても {tasks} タスクに戻りませんでした"),
                    ),
                }
            }
            (Expectation::DropsNothing { failed, tasks }, verdict) => {
                let failed = count(*failed);
                match verdict {
                    Verdict::Pass => lang.pick(
                        format!("scaling: no request failed while {tasks} tasks were taken away"),
                        format!("スケーリング: タスクを {tasks} 個減らす間に失敗したリクエストはありません"),
                    ),
                    Verdict::Fail => lang.pick(
                        format!("scaling: {failed} requests failed while {tasks} tasks were taken away"),
                        format!("スケーリング: タスクを {tasks} 個減らす間に {failed} 件のリクエストが失敗しました"),
                    ),
                    Verdict::Inconclusive => lang.pick(
                        "scaling: no task was seen being taken away, so nothing is shown of requests in it".to_owned(),
                        "スケーリング: スケールインを確認できなかったため、その間のリクエストは判定できません".to_owned(),
                    ),
                }
            }
            (Expectation::StaysBelow { most, seen }, verdict) => match verdict {
                Verdict::Inconclusive => lang.pick(
                    format!("scaling: it was not seen whether more than {most} tasks were desired"),
                    format!("スケーリング: 上限の {most} タスクを超えたかどうかを確認できませんでした"),
                ),
                _ => lang.pick(
                    format!("scaling: {seen} tasks were desired at most, {most} may be"),
                    format!("スケーリング: 必要タスク数は最大 {seen} でした (上限 {most})"),
                ),
            },
            (
                Expectation::HasRoom {
                    most,
                    allowed_s,
                    seen_s,
                },
                verdict,
            ) => {
                let (allowed, seen) = (clock(*allowed_s), clock(*seen_s));
                match verdict {
                    Verdict::Inconclusive => lang.pick(
                        format!("scaling: it was not seen how long the service was at its maximum of {most} tasks"),
                        format!("スケーリング: 上限の {most} タスクに達していた時間を確認できませんでした"),
                    ),
                    _ => lang.pick(
                        format!("scaling: {seen} at the maximum of {most} tasks under load, {allowed} is allowed"),
                        format!("スケーリング: 負荷中に上限の {most} タスクに達していた時間は {seen} です (許容 {allowed})"),
                    ),
                }
            }
            (Expectation::FitsDatabase { pools, most }, verdict) => match verdict {
                Verdict::Inconclusive => lang.pick(
                    "scaling: it was not seen how many connections the tasks can take".to_owned(),
                    "スケーリング: 全タスクの接続数を確認できませんでした".to_owned(),
                ),
                _ => lang.pick(
                    format!("scaling: the pools of the tasks can take {pools} connections, the database has {most}"),
                    format!("スケーリング: 全タスクの接続プールは最大 {pools}、データベースの max_connections は {most} です"),
                ),
            },
        }
    }
}

/// How long something took, and how well that is known.
pub(crate) fn took(moment: Option<Moment>, lang: Lang) -> String {
    let Some(Moment { at_s, within_s }) = moment else {
        return "–".to_owned();
    };
    let at = clock(at_s);
    if within_s < 1.5 {
        return at;
    }
    lang.pick(
        format!("{at} (or up to {within_s:.0} s less)"),
        format!("{}〜{at}", clock((at_s - within_s).max(0.0))),
    )
}

impl Failure {
    /// The stable name.
    pub fn code(self) -> &'static str {
        match self {
            Self::CpuCannotSee => "cpu-cannot-see",
            Self::StuckAtMaximum => "stuck-at-maximum",
            Self::Suspended => "suspended",
            Self::Cooldown => "cooldown",
            Self::NoCapacity => "no-capacity",
            Self::DeploymentBlocksScaleIn => "deployment-blocks-scale-in",
            Self::TooManyConnections => "too-many-connections",
            Self::AlarmWithoutData => "alarm-without-data",
        }
    }

    /// What it is and what to do, a sentence for people.
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::CpuCannotSee => lang.pick(
                "users wait while the CPU is below its target, so a policy on CPU adds no task: scale by requests per target, or widen what is really short (connections of the database, say)",
                "利用者が待たされているのに CPU は目標値未満のため、CPU のポリシーではタスクが増えません。ターゲットあたりのリクエスト数でスケールするか、実際に不足しているもの (データベース接続など) を増やしてください",
            ),
            Self::StuckAtMaximum => lang.pick(
                "the service is at its maximum and needs more: raise MaxCapacity, once the connections of the database allow it",
                "上限のタスク数に達しても足りていません。データベースの接続数に余裕があることを確かめたうえで MaxCapacity を上げてください",
            ),
            Self::Suspended => lang.pick(
                "scaling is suspended: aws application-autoscaling register-scalable-target with --suspended-state resumes it",
                "スケーリングが一時停止されています。aws application-autoscaling register-scalable-target の --suspended-state で再開してください",
            ),
            Self::Cooldown => lang.pick(
                "each scale-out waits for the cooldown of the one before: shorten ScaleOutCooldown",
                "スケールアウトのたびに前回のクールダウンの終了を待っています。ScaleOutCooldown を短くしてください",
            ),
            Self::NoCapacity => lang.pick(
                "ECS finds nothing to run a task on: check the quota of Fargate vCPUs, the free addresses of the subnets, and a second capacity provider",
                "ECS がタスクの配置先を確保できません。Fargate の vCPU クォータ、サブネットの空きアドレス、別のキャパシティプロバイダーを確認してください",
            ),
            Self::DeploymentBlocksScaleIn => lang.pick(
                "no task is taken away while a deployment is under way: let it finish, or keep deployments off the event day",
                "デプロイ中はスケールインが行われません。デプロイの完了を待つか、イベント当日のデプロイを避けてください",
            ),
            Self::TooManyConnections => lang.pick(
                "the pools of all tasks want more connections than the database has: make them smaller, or the database larger",
                "全タスクの接続プールの合計がデータベースの max_connections を超えています。プールを小さくするか、データベースを大きくしてください",
            ),
            Self::AlarmWithoutData => lang.pick(
                "the alarm of the policy has too little data to ring: see whether the metric has values at all",
                "ポリシーのアラームがデータ不足のため発報しません。メトリクスに値があるかを確認してください",
            ),
        }
    }
}

impl Stage {
    /// What it is called.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Metric => lang.pick("metric above its target", "メトリクスが目標値を超過"),
            Self::Alarm => lang.pick("alarm", "アラーム"),
            Self::Decided => lang.pick("more tasks desired", "必要タスク数の増加"),
            Self::Pending => lang.pick("task pending", "タスク起動中 (PENDING)"),
            Self::Running => lang.pick("task running", "タスク実行中 (RUNNING)"),
            Self::Healthy => lang.pick("target healthy", "ターゲット正常"),
            Self::Restored => lang.pick("objective restored", "目標値に回復"),
        }
    }
}

impl Objective {
    /// What became of it, for people.
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Kept => lang.pick(
                "users got what they should all the time",
                "利用者への応答は終始目標どおりでした",
            ),
            Self::Restored => lang.pick(
                "users did not get what they should at first",
                "利用者への応答は一時的に目標を外れました",
            ),
            Self::Missed => lang.pick(
                "users did not get what they should until the load went down",
                "利用者への応答は負荷が下がるまで目標を外れたままでした",
            ),
        }
    }
}
