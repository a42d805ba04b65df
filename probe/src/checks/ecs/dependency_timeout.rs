//! A container that another one waits for does not reach its condition in time.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    evidence::{last_lines, revision_of},
    reading::{UNRECOGNISED, current_failures},
    remedy,
    snapshot::{ContainerDefinition, Dependency, Observed, Task, TaskDefinition},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-dependency-timeout",
    classes: &["container-dependency-timeout"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a container that another one depends on does not get ready in time",
        ja: "依存先のコンテナが時間内に必要な状態になっていません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

/// ECS waits for so long where the task definition does not say.
const START_TIMEOUT: i32 = 120;

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let failures = current_failures(case)?;
    let late = ["container-dependency-timeout", UNRECOGNISED];
    let bare: Vec<(&String, &Task)> = failures
        .iter()
        .filter(|(_, task, end)| end.is(&late[..1]) || end.is(&late) && is_bare(task))
        .map(|(id, task, _)| (*id, *task))
        .collect();
    let Some((id, task)) = bare.first() else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let Some((waiting, dependency, waited)) = unmet(definition, task) else {
        return Ok(vec![]);
    };
    let (count, total) = (bare.len(), failures.len());
    let revision = revision_of(&task.task_definition);
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    let timeout = waited
        .and_then(|waited| waited.start_timeout_seconds)
        .unwrap_or(START_TIMEOUT);
    let Dependency {
        container,
        condition,
    } = dependency;
    let name = &waiting.name;
    let end = task.containers.get(container);
    let mut state = end
        .and_then(|end| end.last_status.clone())
        .unwrap_or_default();
    if let Some(code) = end.and_then(|end| end.exit_code) {
        state = format!("{state} exit code {code}").trim_start().to_owned();
    }
    let mut evidence = vec![
        Evidence {
            source: "ecs:DescribeTasks stoppedReason",
            saw: words!(
                "{count} of {total} failed tasks, the newest is {id}: {reason}, without a reason of any container",
                "失敗したタスク {total} 件中 {count} 件、最新は {id}: {reason} (コンテナの理由はない)"
            ),
            expected: words!("all containers start", "すべてのコンテナが起動する"),
        },
        Evidence {
            source: "ecs:DescribeTaskDefinition dependsOn",
            saw: words!(
                "{name} waits for {container} to be {condition}, at most {timeout} s",
                "{name} は {container} が {condition} になるまで最大 {timeout} 秒待つ"
            ),
            expected: words!(
                "{container} is {condition} in time",
                "{container} が時間内に {condition} になる"
            ),
        },
    ];
    if !state.is_empty() {
        evidence.push(Evidence {
            source: "ecs:DescribeTasks containers[]",
            saw: Words::verbatim(format!("{container}: {state}")),
            expected: Words::verbatim(condition.clone()),
        });
    }
    evidence.extend(last_lines(case, id, 5));
    let longer = timeout * 2;
    let selected = remedy::container(container);
    let mut fix = vec![remedy::read_task(case, id)];
    fix.extend(remedy::go_back(case));
    fix.push(remedy::edit(
        case,
        &task.task_definition,
        &format!("{selected}.startTimeout = {longer}"),
        words!(
            "or, where the log shows that {container} only needs longer, give it {longer} s",
            "または、{container} に時間がかかっているだけだとログから分かれば、{longer} 秒まで待つようにする"
        ),
    ));
    Ok(vec![Finding {
        subject: task.task_definition.clone(),
        message: words!(
            "tasks of {revision} do not start: {name} waits for {container} to be {condition}, which takes longer than {timeout} s or fails",
            "{revision} のタスクが起動しません。{name} は {container} が {condition} になるのを待っていますが、{timeout} 秒以内にならないか、失敗しています"
        ),
        evidence,
        fix,
    }])
}

/// Whether the task's end has no more words than that it did not start.
fn is_bare(task: &Task) -> bool {
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    reason
        .trim_end_matches('.')
        .eq_ignore_ascii_case("task failed to start")
        && task.containers.values().all(|one| one.reason.is_none())
}

/// The dependency that was not met: the one whose container ended in another way, else the first.
fn unmet<'a>(
    definition: &'a TaskDefinition,
    task: &Task,
) -> Option<(
    &'a ContainerDefinition,
    &'a Dependency,
    Option<&'a ContainerDefinition>,
)> {
    let all = || {
        definition.containers.iter().flat_map(|waiting| {
            waiting
                .depends_on
                .iter()
                .map(move |dependency| (waiting, dependency))
        })
    };
    let failed = |(_, dependency): &(&ContainerDefinition, &Dependency)| {
        let end = task.containers.get(&dependency.container);
        end.is_some_and(|end| end.exit_code.is_some_and(|code| code != 0))
    };
    let (waiting, dependency) = all().find(failed).or_else(|| all().next())?;
    let mut containers = definition.containers.iter();
    let waited = containers.find(|one| one.name == dependency.container);
    Some((waiting, dependency, waited))
}
