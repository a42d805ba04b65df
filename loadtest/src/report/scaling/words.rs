//! How the service scaled, in words and rows: the same for every form of the report.

use super::Scaling;
use crate::lang::{Lang, clock, count};
use crate::scaling::took;
use crate::stopwatch::Stage;

impl Scaling {
    /// What users felt of it, a sentence.
    pub fn felt(&self, lang: Lang) -> String {
        let watch = &self.stopwatch;
        let objective = watch.objective.text(lang);
        let [missed, requests] = [watch.missed, watch.requests].map(count);
        let tasks = match (watch.tasks_before, watch.tasks_most) {
            (Some(before), Some(most)) => lang.pick(
                format!("; tasks: {before} before the step, {most} at most"),
                format!("。タスク数は増加前 {before}、最大 {most}"),
            ),
            _ => String::new(),
        };
        if watch.missed == 0 {
            return format!("{objective}{tasks}");
        }
        lang.pick(
            format!(
                "{objective}: {missed} of {requests} requests were slow or failed meanwhile{tasks}"
            ),
            format!("{objective} (その間の {requests} 件中 {missed} 件が遅延または失敗){tasks}"),
        )
    }

    /// The head of [`Scaling::rows`].
    pub fn head(&self, lang: Lang) -> [String; 3] {
        let published = self.stopwatch.published.map_or_else(
            || "AWS".to_owned(),
            |it| {
                let resolution = it.resolution_s;
                lang.pick(
                    format!("AWS, {resolution:.0} s metrics"),
                    format!("AWS の公表値 ({resolution:.0} 秒メトリクス)"),
                )
            },
        );
        [
            lang.pick("stage", "段階").to_owned(),
            lang.pick("after the step", "負荷増加からの時間").to_owned(),
            published,
        ]
    }

    /// Each stage with its time and with what AWS published for it.
    pub fn rows(&self, lang: Lang) -> Vec<[String; 3]> {
        let published = |stage| {
            let it = self.stopwatch.published?;
            match stage {
                Stage::Decided => Some(it.decided_s),
                Stage::Running => Some(it.running_s),
                _ => None,
            }
        };
        let stages = self.stopwatch.stages.iter();
        let row = |timed: &crate::stopwatch::Timed| {
            [
                timed.stage.name(lang).to_owned(),
                took(Some(timed.moment), lang),
                published(timed.stage).map_or_else(|| "–".to_owned(), clock),
            ]
        };
        stages.map(row).collect()
    }

    /// What could not be seen, a sentence each.
    pub fn unseen(&self, lang: Lang) -> Vec<String> {
        let gap = |gap: &crate::timeline::Gap| {
            let (operation, code) = (&gap.operation, &gap.code);
            let from = clock(gap.from_s.max(0.0));
            let to = gap.to_s.map_or_else(
                || lang.pick("the end", "終了").to_owned(),
                |to| clock(to.max(0.0)),
            );
            lang.pick(
                format!("not seen from {from} to {to}: {operation} gave {code}"),
                format!("{operation} が {code} を返したため、{from} から {to} まで確認できません"),
            )
        };
        self.gaps.iter().map(gap).collect()
    }
}
