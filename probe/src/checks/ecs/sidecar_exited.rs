//! An essential container beside the application ends first and takes the task down.

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Severity},
    evidence::{last_lines, revision_of, serving, stopped},
    reading::End,
    remedy,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-sidecar-exited",
    classes: &["sidecar-exit-stops-task"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "a container beside the application ends and takes the task down",
        ja: "サイドカーコンテナの終了により、タスク全体が停止しています",
    },
    explains: &[
        "alb-health-check-failed",
        "alb-no-healthy-targets",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let Some(failed) = stopped(case, |_, end| is_sidecar(case, end))? else {
        return Ok(vec![]);
    };
    let (id, task, end) = &failed.newest;
    let (Some(sidecar), Some(code)) = (&end.container, end.exit_code) else {
        return Ok(vec![]);
    };
    let revision = revision_of(&task.task_definition);
    let main = serving(case).unwrap_or_default();
    let mut evidence = vec![failed.evidence];
    let main_code = task.containers.get(main).and_then(|one| one.exit_code);
    if let Some(main_code) = main_code {
        evidence.push(Evidence {
            source: "ecs:DescribeTasks containers[].exitCode",
            saw: words!(
                "{sidecar}: {code}; {main}: {main_code}, ended by ECS after it",
                "{sidecar}: {code}、{main}: {main_code} (その後 ECS が停止)"
            ),
            expected: words!("{sidecar} keeps running", "{sidecar} が動き続ける"),
        });
    }
    evidence.extend(last_lines(case, id, 5));
    let selected = remedy::container(sidecar);
    let mut fix = vec![remedy::read_task(case, id)];
    fix.extend(remedy::go_back(case));
    fix.push(remedy::edit(
        case,
        &task.task_definition,
        &format!("{selected}.essential = false"),
        words!(
            "or, where the application can do without it, let the task live on when {sidecar} ends",
            "または、{sidecar} がなくても動けるなら、終了してもタスクを続けるようにする"
        ),
    ));
    Ok(vec![Finding {
        subject: task.task_definition.clone(),
        message: Words {
            en: format!(
                "the container {sidecar} of {revision} ends first, with exit code {code}, and as it is essential ECS stops {main} with it"
            ),
            ja: format!(
                "{revision} のコンテナ {sidecar} が終了コード {code} で先に終了し、必須コンテナであるため {main} も ECS に停止されています"
            ),
        },
        evidence,
        fix,
    }])
}

/// Whether a container that does not serve took the task with it.
pub(super) fn is_sidecar(case: &Case<'_>, end: &End) -> bool {
    let known = serving(case).zip(end.container.as_deref());
    end.is(&["app-exited-nonzero"]) && known.is_some_and(|(main, ended)| main != ended)
}
