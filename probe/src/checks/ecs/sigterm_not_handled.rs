//! A container does not end when ECS asks it to, and is killed when the stop timeout is over.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    reading::stop_of,
    snapshot::{Observed, Task},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-sigterm-not-handled",
    classes: &["sigterm-not-handled"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "a container ignores SIGTERM and is killed when the stop timeout is over",
        ja: "コンテナが SIGTERM に応答せず、停止タイムアウト後に強制終了されています",
    },
    explains: &[],
    find,
};

/// ECS waits for so long where the task definition does not say.
const STOP_TIMEOUT: i32 = 30;

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let service = case.service()?;
    let tasks = case.tasks()?;
    let mut asked: Vec<(&String, &Task)> = tasks
        .iter()
        .filter(|(_, task)| task.stopped_at.is_some() && stop_of(task).class.is_none())
        .collect();
    asked.sort_by_key(|(_, task)| std::cmp::Reverse(task.stopped_at));
    // A deployment ends the tasks of the revision before: as long as none of its own has ended, theirs is what is known.
    let own = |task: &Task| task.task_definition == service.task_definition;
    let known = asked.iter().any(|(_, task)| own(task));
    let revision = match asked.first() {
        Some((_, newest)) if !known => &newest.task_definition,
        _ => &service.task_definition,
    };
    asked.retain(|(_, task)| task.task_definition == *revision);
    let killed: Vec<(&String, &Task, String)> = asked
        .iter()
        .filter_map(|(id, task)| Some((*id, *task, killed_in(task)?)))
        .collect();
    let Some((id, task, container)) = killed.first() else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let (count, total) = (killed.len(), asked.len());
    let timeout = definition
        .containers
        .iter()
        .find(|one| one.name == *container)
        .and_then(|one| one.stop_timeout_seconds)
        .unwrap_or(STOP_TIMEOUT);
    let ended = task.execution_stopped_at.or(task.stopped_at);
    let took = task
        .stopping_at
        .zip(ended)
        .map(|(asked, ended)| (ended - asked).num_seconds());
    let reason = task.stopped_reason.as_deref().unwrap_or_default();
    let mut evidence = vec![Evidence {
        source: "ecs:DescribeTasks containers[].exitCode",
        saw: words!(
            "{count} of {total} tasks that ECS stopped: exit code 137 without OutOfMemoryError, the newest is {id}: {reason}",
            "ECS が停止したタスク {total} 件中 {count} 件が、OutOfMemoryError のない終了コード 137。最新は {id}: {reason}"
        ),
        expected: words!("0 or 143", "0 または 143"),
    }];
    if let Some(took) = took {
        evidence.push(Evidence {
            source: "ecs:DescribeTasks stoppingAt, executionStoppedAt",
            saw: words!("it took {took} s to stop", "停止に {took} 秒かかった"),
            expected: words!(
                "less than the stop timeout of {timeout} s",
                "停止タイムアウトの {timeout} 秒より短い"
            ),
        });
    }
    let (name, region) = (revision_of(revision), &case.target.region);
    Ok(vec![Finding {
        subject: revision.clone(),
        message: words!(
            "the container {container} of {name} ignores SIGTERM: ECS kills it after {timeout} s, with the requests that it is answering",
            "{name} のコンテナ {container} が SIGTERM に応答せず、{timeout} 秒後に処理中のリクエストごと ECS に強制終了されています"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "see what receives the signal: a shell as process 1 does not pass it on",
                    "シグナルを受け取るプロセスを確認する。シェルが PID 1 だと、シグナルは渡されない"
                ),
                command: format!(
                    "aws ecs describe-task-definition --task-definition {name} --query 'taskDefinition.containerDefinitions[].[name,entryPoint,command,stopTimeout,linuxParameters.initProcessEnabled]' --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "start the program itself (in a script: exec), let it end on SIGTERM, and put an init before it in the template",
                    "プログラムを直接起動し (スクリプトでは exec を使う)、SIGTERM で終了するようにする。テンプレートで init を有効にする"
                ),
                command: format!(
                    "ContainerDefinitions:\n  - Name: {container}\n    LinuxParameters:\n      InitProcessEnabled: true\n    StopTimeout: {timeout}"
                ),
            },
        ],
    }])
}

/// The container that SIGKILL ended. For want of memory it is killed, too, but then the container says so.
fn killed_in(task: &Task) -> Option<String> {
    let end = stop_of(task);
    end.container.filter(|_| end.exit_code == Some(137))
}
