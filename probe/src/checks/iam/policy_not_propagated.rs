//! A start was denied, and everything is allowed now: the policy had not arrived yet, or somebody has just added it.

use chrono::{DateTime, Utc};

use crate::{
    case::Case,
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::name_of,
    execution_role::{Answer, Decryption, answer, decryption, is_forbidden_elsewhere},
    reading::{classify, current_failures},
    remedy::start_again,
    snapshot::{Observed, Role, TaskDefinition},
    supply::{
        KeyUse, Need, ecr_image, home, image_needs, keys_in_use, log_needs, missing,
        parameter_needs, secret_needs,
    },
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = Check {
    id: "iam-policy-not-propagated",
    classes: &["iam-eventual-consistency"],
    severity: Severity::Warning,
    fault: Phrase {
        en: "a permission that is there now had not arrived when the task started",
        ja: "現在はある権限が、タスクの起動時にはまだ反映されていませんでした",
    },
    explains: &[
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// What a denial of this class is about, as far as the role's policies alone decide it.
fn needs(case: &Case<'_>, definition: &TaskDefinition, class: &str) -> Vec<Need> {
    let is_own = |container: &crate::snapshot::ContainerDefinition| {
        ecr_image(&container.image).is_none_or(|image| image.account == home(definition).1)
    };
    match class {
        // The registry of another account decides by a policy of its own.
        "exec-role-missing-ecr-permission" if definition.containers.iter().all(is_own) => {
            image_needs(definition)
        }
        "exec-role-missing-secret-permission" | "iam-eventual-consistency" => {
            secret_needs(case, definition)
        }
        "exec-role-missing-ssm-permission" => parameter_needs(case, definition),
        "exec-role-missing-logs-permission" => log_needs(case, definition),
        _ => vec![],
    }
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let missing = missing(case);
    let mut denied: Vec<(&String, DateTime<Utc>, &str, &str)> = vec![];
    for (id, task, _) in current_failures(case)? {
        let reasons = task
            .containers
            .values()
            .filter_map(|container| container.reason.as_deref());
        for text in task.stopped_reason.as_deref().into_iter().chain(reasons) {
            let is_about = missing.iter().any(|name| text.contains(name.as_str()));
            let class = classify(text, None).fault().unwrap_or_default();
            let is_denial =
                class.starts_with("exec-role-missing-") || class == "iam-eventual-consistency";
            if is_denial && !is_about && !is_forbidden_elsewhere(text) {
                denied.push((
                    id,
                    task.created_at.or(task.stopped_at).unwrap_or(case.taken_at),
                    class,
                    text,
                ));
            }
        }
    }
    let Some((id, at, class, text)) = denied.first().copied() else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let Some(role) = definition.execution_role.as_deref() else {
        return Ok(vec![]);
    };
    let keys = match class {
        "exec-role-missing-kms-decrypt" => keys_in_use(case, definition),
        _ => vec![],
    };
    let is_open = |key: &KeyUse<'_>| {
        matches!(
            decryption(case, role, key),
            Decryption::Allowed | Decryption::Unforbidden(_)
        )
    };
    let mut needs = needs(case, definition, class);
    let is_allowed = |need: &Need| {
        matches!(
            answer(case, role, need),
            Answer::Allowed | Answer::Unforbidden(_)
        )
    };
    if !keys.iter().all(is_open) || !needs.iter().all(is_allowed) {
        return Ok(vec![]);
    }
    needs.extend(keys.iter().filter_map(KeyUse::need));
    if needs.is_empty() {
        return Ok(vec![]);
    }
    let (name, count) = (name_of(role), denied.len());
    let mut actions: Vec<&str> = needs.iter().map(|need| need.action).collect();
    actions.dedup();
    let actions = actions.join(", ");
    let mut evidence = vec![
        Evidence {
            source: "ecs:DescribeTasks stoppedReason",
            saw: words!(
                "{count} tasks were denied, the newest is {id}: {text}",
                "{count} 件のタスクが拒否された、最新は {id}: {text}"
            ),
            expected: words!("tasks keep running", "タスクが動き続ける"),
        },
        Evidence {
            source: match case.permissions {
                Ok(_) => "iam:SimulatePrincipalPolicy",
                Err(_) => "iam:GetRolePolicy",
            },
            saw: words!("{actions}: allowed now", "{actions}: 現在は allowed"),
            expected: Words::verbatim("allowed"),
        },
    ];
    if let Some(Ok(Role::Present {
        created_at: Some(created),
        ..
    })) = case.roles.get(role)
    {
        let age = (at - *created).num_seconds();
        let is_young = (0..600).contains(&age);
        evidence.extend(is_young.then(|| Evidence {
            source: "iam:GetRole CreateDate",
            saw: words!("{age} s before that task", "そのタスクの {age} 秒前"),
            expected: words!("minutes before the first task", "最初のタスクの数分前"),
        }));
    }
    Ok(vec![Finding {
        subject: role.to_owned(),
        message: words!(
            "the execution role {name} was denied {actions} when a task started, and may do it now",
            "タスク実行ロール {name} はタスクの起動時に {actions} を拒否されましたが、現在は許可されています"
        ),
        evidence,
        fix: vec![
            start_again(
                case,
                words!(
                    "start new tasks now, instead of when ECS tries again; they should start",
                    "ECS の再試行を待たずに新しいタスクを起動する (今度は起動するはず)"
                ),
            ),
            Fix {
                title: words!(
                    "if they are denied again, a policy outside of the role decides (of the key, the secret, the endpoint or the organisation); for a new role, let the service wait for its policy in the template",
                    "再び拒否される場合は、ロール以外のポリシー (キー、シークレット、エンドポイント、組織) を確認する。新しいロールなら、テンプレートでサービスをポリシーの作成後にする"
                ),
                command: "Service:\n  DependsOn: ExecutionRolePolicy".into(),
            },
        ],
    }])
}
