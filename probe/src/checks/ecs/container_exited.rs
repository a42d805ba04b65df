//! The application ends by itself with an error, and takes its task with it.

use super::sidecar_exited::is_sidecar;
use crate::{
    case::Case,
    check::{Check, Finding, Severity},
    evidence::{last_lines, revision_of, stopped},
    reading::End,
    remedy,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-container-exited",
    classes: &["app-exited-nonzero"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the application exits by itself",
        ja: "アプリケーションが自ら終了しています",
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
    let by_itself = |end: &End| end.is(CHECK.classes) && !is_sidecar(case, end);
    let Some(failed) = stopped(case, |_, end| by_itself(end))? else {
        return Ok(vec![]);
    };
    let (id, task, end) = &failed.newest;
    let (Some(container), Some(code)) = (&end.container, end.exit_code) else {
        return Ok(vec![]);
    };
    let revision = revision_of(&task.task_definition);
    let meaning = meaning_of(code);
    let (en, ja) = (&meaning.en, &meaning.ja);
    let mut evidence = vec![failed.evidence];
    evidence.extend(last_lines(case, id, 5));
    let mut fix = vec![remedy::read_task(case, id)];
    fix.extend(remedy::go_back(case));
    Ok(vec![Finding {
        subject: task.task_definition.clone(),
        message: Words {
            en: format!(
                "the essential container {container} of {revision} ends with exit code {code} ({en})"
            ),
            ja: format!(
                "{revision} の必須コンテナ {container} が終了コード {code} で終了しています ({ja})"
            ),
        },
        evidence,
        fix,
    }])
}

/// What an exit code says by itself. Codes above 128 are 128 plus the number of a signal.
fn meaning_of(code: i32) -> Words {
    match code {
        0 => words!(
            "it finished, but a service must keep running",
            "正常終了だが、サービスは動き続ける必要がある"
        ),
        1 => words!("an error of the application", "アプリケーションのエラー"),
        126 | 127 => words!(
            "the command cannot be run or does not exist in the image",
            "コマンドが実行できないか、イメージに存在しない"
        ),
        137 => words!(
            "SIGKILL: it did not end within the stop timeout, or was out of memory",
            "SIGKILL: 停止タイムアウト内に終了しなかったか、メモリ不足"
        ),
        139 => words!("SIGSEGV: a crash", "SIGSEGV: クラッシュ"),
        143 => words!("SIGTERM: it was asked to stop", "SIGTERM: 停止を要求された"),
        _ => words!("the application's own code", "アプリケーション独自のコード"),
    }
}
