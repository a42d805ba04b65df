//! A CloudWatch alarm ended the deployment.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    reading::{Place, classify, rolled_back},
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-deployment-alarm-triggered",
    classes: &["deployment-alarm-rollback"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "a CloudWatch alarm ended the deployment",
        ja: "CloudWatch アラームによりデプロイが中止されています",
    },
    explains: &["ecs-deployment-failing", "ecs-deployment-rolled-back"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let by_alarm = |words: &str| {
        let reading = classify(words, Some(Place::ServiceEvent));
        reading.fault() == Some("deployment-alarm-rollback")
    };
    let back = rolled_back(case)?;
    let primary = service.primary();
    let (source, words, wanted) = match (&back, primary) {
        (Some(back), _) if by_alarm(&back.words) => {
            (back.source, back.words.clone(), back.wanted.clone())
        }
        (None, Some(primary)) if primary.rollout_state.as_deref() == Some("FAILED") => {
            let reason = primary.rollout_reason.as_deref().unwrap_or_default();
            if !by_alarm(reason) {
                return Ok(vec![]);
            }
            (
                "ecs:DescribeServices deployments[].rolloutStateReason",
                reason.to_owned(),
                primary.task_definition.clone(),
            )
        }
        _ => return Ok(vec![]),
    };
    let wanted = revision_of(&wanted);
    let (name, region) = (&case.target.service, &case.target.region);
    let names = &service.deployment_configuration.alarms;
    let list = names.join(", ");
    let quoted = names.join(" ");
    let watched = if names.is_empty() {
        Words::verbatim(name.clone())
    } else {
        words!("{list}", "{list}")
    };
    let mut evidence = vec![Evidence {
        source,
        saw: Words::verbatim(format!("{wanted}: {words}")),
        expected: Words::verbatim("SUCCESSFUL"),
    }];
    if !names.is_empty() {
        evidence.push(Evidence {
            source: "ecs:DescribeServices deploymentConfiguration.alarms",
            saw: Words::verbatim(list.clone()),
            expected: words!("OK while a deployment runs", "デプロイ中は OK 状態"),
        });
    }
    let filter = if quoted.is_empty() {
        "--state-value ALARM".to_owned()
    } else {
        format!("--alarm-names {quoted}")
    };
    let history = names
        .first()
        .map_or_else(String::new, |alarm| format!(" --alarm-name {alarm}"));
    Ok(vec![Finding {
        subject: name.clone(),
        message: Words {
            en: format!(
                "the deployment of {wanted} was ended by an alarm of CloudWatch, not by its tasks: {}",
                watched.en
            ),
            ja: format!(
                "{wanted} のデプロイは、タスクの失敗ではなく CloudWatch アラーム ({}) により中止されました",
                watched.ja
            ),
        },
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "see which alarm is on, and why",
                    "どのアラームがなぜ発生したか確認する"
                ),
                command: format!(
                    "aws cloudwatch describe-alarms {filter} --query 'MetricAlarms[].[AlarmName,StateValue,StateUpdatedTimestamp,StateReason]' --output table --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "see whether it was on before the deployment: then mend what it watches, and deploy again once it is OK",
                    "デプロイ前から発生していたか確認する。そうであれば監視対象を復旧し、OK になってから再度デプロイする"
                ),
                command: format!(
                    "aws cloudwatch describe-alarm-history{history} --history-item-type StateUpdate --max-items 10 --query 'AlarmHistoryItems[].[Timestamp,AlarmName,HistorySummary]' --output table --region {region}"
                ),
            },
        ],
    }])
}
