//! The image does not know the user that a container is to run as.

use super::{container_told, definition_of, failing_revision, told};
use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Severity},
    evidence::{revision_of, serving},
    remedy,
    snapshot::Observed,
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "ecs-container-user-missing",
    classes: &["bad-container-user"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the image does not know the user of a container",
        ja: "コンテナの実行ユーザーがイメージに存在しません",
    },
    explains: &["ecs-service-under-capacity", "ecs-deployment-failing"],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = told(case, &["bad-container-user"])?;
    let Some(newest) = said.first() else {
        return Ok(vec![]);
    };
    let expected = words!("the container starts", "コンテナが起動する");
    let mut evidence: Vec<Evidence> = proof(&said, expected).into_iter().collect();
    let arn = failing_revision(case)?;
    let revision = revision_of(&arn);
    let told = container_told(case, newest);
    let container = told.as_deref().or(serving(case)).unwrap_or_default();
    let user = definition_of(case, &arn, container).and_then(|definition| definition.user.clone());
    if let Some(user) = &user {
        evidence.push(Evidence {
            source: "ecs:DescribeTaskDefinition containerDefinitions[].user",
            saw: Words::verbatim(user.clone()),
            expected: words!(
                "a number, or a user in the image's /etc/passwd",
                "数値、またはイメージの /etc/passwd にあるユーザー"
            ),
        });
    }
    let user = user.unwrap_or_default();
    let selected = remedy::container(container);
    let mut fix: Vec<_> = remedy::go_back(case).into_iter().collect();
    fix.push(remedy::edit(
        case,
        &arn,
        &format!("{selected}.user = \"65532:65532\""),
        words!(
            "or give the user by number, which needs no /etc/passwd (65532 is the user of distroless images)",
            "または、/etc/passwd が不要な数値でユーザーを指定する (65532 は distroless イメージのユーザー)"
        ),
    ));
    Ok(vec![Finding {
        subject: arn.clone(),
        message: words!(
            "the container {container} of {revision} does not start: its image does not know the user {user}",
            "{revision} のコンテナ {container} が起動しません。ユーザー {user} がイメージに存在しません"
        ),
        evidence,
        fix,
    }])
}
