//! A log group keeps everything for ever: it costs more each month, and personal data never goes.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{LogGroup, Observed},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = advice(
    "advice-log-retention-missing",
    Phrase {
        en: "a log group keeps its events for ever",
        ja: "ロググループに保持期間が設定されていません",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let region = &case.target.region;
    let for_ever = case.log_groups.iter().filter(|(_, group)| {
        matches!(
            group,
            Ok(LogGroup::Present {
                retention_days: None
            })
        )
    });
    Ok(for_ever
        .map(|(group, _)| {
            finding(
                group,
                words!(
                    "the log group {group} keeps every event for ever: its cost only grows, and what users left in it never goes",
                    "ロググループ {group} は保持期間が無期限です。料金が増え続け、ログに残った利用者の情報も消えません"
                ),
                (
                    "logs:DescribeLogGroups retentionInDays",
                    words!("not set", "未設定"),
                    words!("a number of days, for example 30", "日数 (例: 30)"),
                ),
                vec![Fix {
                    title: words!(
                        "set how long events are kept; older ones are deleted",
                        "保持期間を設定する (それより古いログは削除される)"
                    ),
                    command: format!(
                        "aws logs put-retention-policy --log-group-name {group} --retention-in-days 30 --region {region}"
                    ),
                }],
            )
        })
        .collect())
}
