//! The log group that the task definition names does not exist: the log driver fails before the container starts.

use std::collections::BTreeSet;

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::failed_naming,
    snapshot::{LogConfiguration, LogGroup, Observed},
    supply::not_read,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "logs-group-missing",
    classes: &["log-group-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the log group of the containers does not exist",
        ja: "コンテナのロググループが存在しません",
    },
    explains: &[
        "iam-logs-write-denied",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// The groups that must be there before a container starts: `awslogs` makes its group only where it is told to.
fn groups<'a>(logs: impl Iterator<Item = &'a LogConfiguration>) -> BTreeSet<&'a String> {
    logs.filter(|log| log.driver == "awslogs" && !log.creates_group)
        .filter_map(|log| log.group.as_ref())
        .collect()
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let logs = definition
        .containers
        .iter()
        .filter_map(|container| container.log.as_ref());
    let said = case.said(&["log-group-missing"]);
    let mut unseen = None;
    let mut findings = vec![];
    for group in groups(logs) {
        let evidence = match case.log_groups.get(group) {
            Some(Ok(LogGroup::Present { .. })) => continue,
            Some(Ok(LogGroup::Missing)) => {
                let seen = Evidence {
                    source: "logs:DescribeLogGroups",
                    saw: words!("{group}: none", "{group}: なし"),
                    expected: words!("the log group exists", "ロググループが存在する"),
                };
                let told = said.as_deref().ok().and_then(|said| {
                    proof(
                        said,
                        words!("the log stream is made", "ログストリームが作成される"),
                    )
                });
                std::iter::once(seen)
                    .chain(told.or_else(|| failed_naming(case, group)))
                    .collect()
            }
            unread => {
                let why = unread.and_then(|seen| seen.as_ref().err().cloned());
                unseen = Some(why.unwrap_or_else(|| not_read("logs:DescribeLogGroups", group)));
                // Only a message tells, and the words for a closed network are nearly the same: reading knows them.
                let said = said.as_deref().unwrap_or_default();
                match proof(
                    said,
                    words!("the log stream is made", "ログストリームが作成される"),
                ) {
                    Some(told) => vec![told],
                    None => continue,
                }
            }
        };
        findings.push(finding(case, group, evidence));
    }
    match (findings.is_empty(), unseen) {
        (true, Some(unobserved)) => Err(unobserved),
        _ => Ok(findings),
    }
}

fn finding(case: &Case<'_>, group: &str, evidence: Vec<Evidence>) -> Finding {
    let region = &case.target.region;
    Finding {
        subject: group.to_owned(),
        message: words!(
            "the log group {group}, to which the containers write, does not exist in {region}",
            "コンテナの出力先であるロググループ {group} が {region} に存在しません"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "make the log group; the next task starts",
                    "ロググループを作成する (次のタスクから起動する)"
                ),
                command: format!(
                    "aws logs create-log-group --log-group-name {group} --region {region} && aws logs put-retention-policy --log-group-name {group} --retention-in-days 30 --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "in the template, let the group be a resource and refer to it",
                    "テンプレートではロググループをリソースとして定義し、参照する"
                ),
                command: "TaskLogGroup:\n  Type: AWS::Logs::LogGroup\n  Properties:\n    RetentionInDays: 30\n# LogConfiguration of the container:\n#   Options:\n#     awslogs-group: !Ref TaskLogGroup".into(),
            },
        ],
    }
}
