//! The container health check calls a program that the image does not have.

use super::container_health_check_failed::failing;
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Severity},
    remedy,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-health-check-tool-missing",
    classes: &["container-health-check-tool-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the container health check calls a program that the image does not have",
        ja: "コンテナのヘルスチェックが、イメージにないプログラムを呼び出しています",
    },
    explains: &[
        "ecs-container-health-check-failed",
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
    let said = case.logged(&["container-health-check-tool-missing"])?;
    let Some(newest) = said.first() else {
        return Ok(vec![]);
    };
    let expected = words!("the check can run", "ヘルスチェックを実行できる");
    let mut evidence = vec![failed.evidence.clone()];
    evidence.extend(proof(&said, expected));
    let check = failed.definition.and_then(|one| one.health_check.as_ref());
    let command = check.map_or_else(String::new, |check| {
        check
            .command
            .iter()
            .map(|word| &**word)
            .collect::<Vec<_>>()
            .join(" ")
    });
    let tool = newest
        .reading
        .object
        .clone()
        .unwrap_or_else(|| "curl".into());
    let tool = tool.trim_end_matches(':').to_owned();
    if check.is_some() {
        evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition healthCheck.command",
            saw: Words::verbatim(command),
            expected: words!(
                "a command that is in the image, such as the program's own health check",
                "アプリケーション自身のヘルスチェックなど、イメージに含まれるコマンド"
            ),
        });
    }
    let (arn, container, revision) = (&failed.revision_arn, &failed.container, failed.revision());
    let selected = remedy::container(container);
    let mut fix: Vec<_> = remedy::go_back(case).into_iter().collect();
    fix.push(remedy::edit(
        case,
        arn,
        &format!("del({selected}.healthCheck)"),
        words!(
            "or leave the container's own check out: the load balancer still checks (lasting: a command that the image has)",
            "または、コンテナ自身のヘルスチェックを外す。ロードバランサーのチェックは残る (恒久対策はイメージにあるコマンドを使うこと)"
        ),
    ));
    Ok(vec![Finding {
        subject: arn.clone(),
        message: words!(
            "the health check of the container {container} of {revision} calls {tool}, which its image does not have",
            "{revision} のコンテナ {container} のヘルスチェックは {tool} を呼び出しますが、イメージに {tool} がありません"
        ),
        evidence,
        fix,
    }])
}
