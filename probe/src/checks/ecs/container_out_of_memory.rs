//! A container was killed for exceeding its memory limit.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::{last_lines, revision_of, stopped},
    remedy,
    snapshot::Observed,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "ecs-container-out-of-memory",
    classes: &["container-oom", "container-oom-child-process"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a container is killed for exceeding its memory limit",
        ja: "コンテナがメモリ上限を超えて強制終了されています",
    },
    explains: &[
        "alb-health-check-failed",
        "alb-health-check-timeout",
        "alb-no-healthy-targets",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |_, stop| stop.is(CHECK.classes))? else {
        return Ok(vec![]);
    };
    let (task, _, end) = &failed.newest;
    let container = end.container.as_deref().unwrap_or_default();
    let definition = case.task_definition()?;
    let newest = failed.newest.1;
    let revision = revision_of(&newest.task_definition);
    let own = definition
        .containers
        .iter()
        .find(|one| one.name == container);
    let own = own.and_then(|own| own.memory);
    let whole: i32 = definition
        .memory
        .as_deref()
        .and_then(|memory| memory.parse().ok())
        .unwrap_or(512);
    // The limit of the container itself counts before that of the task.
    let limit = own.unwrap_or(whole);
    let cpu = definition.cpu.as_deref().and_then(|cpu| cpu.parse().ok());
    let (cpu, memory) = enough(cpu.unwrap_or(256), whole.max(limit * 2));
    let mut evidence = vec![failed.evidence];
    evidence.push(match own {
        Some(own) => Evidence {
            source: "ecs:DescribeTaskDefinition containerDefinitions[].memory",
            saw: words!(
                "{own} MiB for the container {container}",
                "コンテナ {container} に {own} MiB"
            ),
            expected: words!(
                "enough for the container's peak",
                "コンテナのピークに足りる量"
            ),
        },
        None => Evidence {
            source: "ecs:DescribeTaskDefinition memory",
            saw: words!("{whole} MiB for the whole task", "タスク全体で {whole} MiB"),
            expected: words!(
                "enough for the container's peak",
                "コンテナのピークに足りる量"
            ),
        },
    });
    let code = newest
        .containers
        .get(container)
        .and_then(|one| one.exit_code);
    if let Some(code) = code.filter(|code| *code != 137) {
        evidence.push(Evidence {
            source: "ecs:DescribeTasks containers[].exitCode",
            saw: words!(
                "{code}: what was killed is a child process, and its parent ended by itself",
                "{code}: 強制終了されたのは子プロセスで、親プロセスは自ら終了した"
            ),
            expected: words!("no process is killed", "プロセスが強制終了されない"),
        });
    }
    evidence.extend(last_lines(case, task, 3));
    let selected = remedy::container(container);
    let raised = match own {
        Some(own) => format!(
            ".cpu=\"{cpu}\" | .memory=\"{memory}\" | {selected}.memory={}",
            own * 2
        ),
        None => format!(".cpu=\"{cpu}\" | .memory=\"{memory}\""),
    };
    Ok(vec![Finding {
        subject: newest.task_definition.clone(),
        message: words!(
            "the container {container} of {revision} needs more than the {limit} MiB of memory that it may have",
            "{revision} のコンテナ {container} が、メモリ上限の {limit} MiB を超えました"
        ),
        evidence,
        fix: vec![
            Fix {
                title: words!(
                    "give the task more memory in service.yaml (the pair is one that Fargate offers)",
                    "service.yaml でタスクのメモリを増やす (Fargate が対応する CPU とメモリの組み合わせ)"
                ),
                command: format!(
                    "TaskDefinition:\n  Type: AWS::ECS::TaskDefinition\n  Properties:\n    Cpu: \"{cpu}\"\n    Memory: \"{memory}\""
                ),
            },
            remedy::edit(
                case,
                &newest.task_definition,
                &raised,
                words!(
                    "or deploy a revision with more memory now",
                    "すぐに、メモリを増やしたリビジョンをデプロイする場合"
                ),
            ),
        ],
    }])
}

/// The next size of Fargate with so much memory and no less CPU, with both in its units.
fn enough(cpu: i32, memory: i32) -> (i32, i32) {
    const MOST: [(i32, i32); 5] = [
        (256, 2048),
        (512, 4096),
        (1024, 8192),
        (2048, 16_384),
        (4096, 30_720),
    ];
    let fits = |(size, most): &&(i32, i32)| *size >= cpu && *most >= memory;
    let cpu = MOST.iter().find(fits).map_or(cpu, |(size, _)| *size);
    // Beyond 512 MiB Fargate counts in whole GiB, and no size has less than twice as many MiB as CPU units.
    let memory = if memory <= 512 {
        memory
    } else {
        (memory + 1023) / 1024 * 1024
    };
    (cpu, memory.max(cpu * 2))
}

#[cfg(test)]
mod tests {
    #[test]
    fn more_memory_is_a_size_of_fargate() {
        for (size, enough) in [
            ((256, 1024), (256, 1024)),
            ((256, 4096), (512, 4096)),
            ((1024, 3000), (1024, 3072)),
            ((2048, 20_480), (4096, 20_480)),
        ] {
            assert_eq!(super::enough(size.0, size.1), enough, "{size:?}");
        }
    }
}
