//! The command of the container health check fails, while the load balancer is content.

use super::definition_of;
use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    checks,
    evidence::{last_lines, revision_of, serving, stopped},
    remedy,
    snapshot::{ContainerDefinition, Observed},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-container-health-check-failed",
    classes: &["container-health-check-failed"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the container health check fails",
        ja: "コンテナのヘルスチェックが失敗しています",
    },
    explains: &[
        "ecs-tasks-failing-health-checks",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = failing(case)? else {
        return Ok(vec![]);
    };
    // A program that has lost its database fails every check of its health: then the check is not what is wrong.
    let database: Vec<&str> = checks::all()
        .flat_map(|check| check.classes)
        .copied()
        .filter(|class| class.starts_with("db-"))
        .collect();
    if case.said(&database).is_ok_and(|said| !said.is_empty()) {
        return Ok(vec![]);
    }
    let (arn, container, revision) = (&failed.revision_arn, &failed.container, failed.revision());
    let mut evidence = vec![failed.evidence.clone()];
    if let Some(check) = failed.definition.and_then(|one| one.health_check.as_ref()) {
        let command: Vec<&str> = check.command.iter().map(|word| &**word).collect();
        let command = command.join(" ");
        let (timeout, retries, start) = (
            check.timeout_seconds,
            check.retries,
            check.start_period_seconds,
        );
        evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition healthCheck",
            saw: words!(
                "{command}, {timeout} s for an answer, {retries} failures in a row, after {start} s to start",
                "{command} (タイムアウト {timeout} 秒、連続 {retries} 回の失敗、起動猶予 {start} 秒)"
            ),
            expected: words!("it ends with exit code 0", "終了コード 0 で終わる"),
        });
    }
    evidence.extend(last_lines(case, &failed.task, 3));
    let selected = remedy::container(container);
    let mut fix = vec![remedy::read_task(case, &failed.task)];
    fix.extend(remedy::go_back(case));
    fix.push(remedy::edit(
        case,
        arn,
        &format!("{selected}.healthCheck.startPeriod = 120"),
        words!(
            "or, where the log shows that it only starts slowly, let failures not count for the first 120 s",
            "または、起動が遅いだけだとログから分かれば、最初の 120 秒間は失敗を数えないようにする"
        ),
    ));
    Ok(vec![Finding {
        subject: arn.clone(),
        message: words!(
            "the health check inside the container {container} of {revision} fails, and ECS replaces its tasks",
            "{revision} のコンテナ {container} 内のヘルスチェックが失敗し、ECS がタスクを置き換えています"
        ),
        evidence,
        fix,
    }])
}

/// Tasks that fail the check of their own container.
pub(super) struct Failing<'a> {
    pub(super) task: String,
    pub(super) revision_arn: String,
    pub(super) container: String,
    pub(super) definition: Option<&'a ContainerDefinition>,
    pub(super) evidence: Evidence,
}

impl Failing<'_> {
    pub(super) fn revision(&self) -> &str {
        revision_of(&self.revision_arn)
    }
}

/// The newest of the tasks that ECS ended for their container's own check.
pub(super) fn failing<'a>(case: &'a Case<'_>) -> Observed<Option<Failing<'a>>> {
    let own = ["container-health-check-failed"];
    let Some(failed) = stopped(case, |_, end| end.is(&own))? else {
        return Ok(None);
    };
    let (id, task, _) = failed.newest;
    let unhealthy = task
        .containers
        .iter()
        .find(|(_, one)| one.health.as_deref() == Some("UNHEALTHY"))
        .map(|(name, _)| name.as_str());
    let container = unhealthy.or(serving(case)).unwrap_or_default();
    Ok(Some(Failing {
        task: id.clone(),
        revision_arn: task.task_definition.clone(),
        container: container.to_owned(),
        definition: definition_of(case, &task.task_definition, container),
        evidence: failed.evidence,
    }))
}
