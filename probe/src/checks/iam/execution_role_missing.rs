//! The task definition names no execution role although its start needs one.

use crate::{
    case::{Case, proof},
    check::{Check, Evidence, Finding, Fix, Severity},
    evidence::revision_of,
    reading::Place,
    snapshot::{Observed, TaskDefinition},
    supply::{ecr_image, places},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "iam-execution-role-missing",
    classes: &["exec-role-missing"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the task definition needs an execution role and names none",
        ja: "タスク定義にタスク実行ロールが必要ですが、指定されていません",
    },
    explains: &[
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

/// What the execution role is needed for, as it stands in the task definition.
fn needs(definition: &TaskDefinition) -> Vec<String> {
    let containers = || definition.containers.iter();
    let images = containers()
        .filter(|container| ecr_image(&container.image).is_some())
        .map(|container| format!("image {}", container.image));
    let logs = containers()
        .filter(|container| {
            container
                .log
                .as_ref()
                .is_some_and(|log| log.driver == "awslogs")
        })
        .map(|container| format!("{}: logDriver awslogs", container.name));
    let secrets = places(definition.secrets());
    let secrets = (!secrets.is_empty()).then(|| format!("secrets {secrets}"));
    images.chain(logs).chain(secrets).collect()
}

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    if definition.execution_role.is_some() {
        return refused(case, definition);
    }
    let needs = needs(definition);
    if needs.is_empty() {
        return Ok(vec![]);
    }
    let needs = needs.join(", ");
    let revision = revision_of(&definition.arn);
    let mut evidence = vec![Evidence {
        source: "ecs:DescribeTaskDefinition executionRoleArn",
        saw: words!("none, although it uses {needs}", "なし ({needs} に必要)"),
        expected: words!("the ARN of a role", "ロールの ARN"),
    }];
    let said = case.said(&["exec-role-missing", "exec-role-missing-ecr-permission"]);
    evidence.extend(proof(
        said.as_deref().unwrap_or_default(),
        words!("tasks start", "タスクが起動する"),
    ));
    Ok(vec![Finding {
        subject: definition.arn.clone(),
        message: words!(
            "{revision} names no execution role, so ECS may neither pull its image nor read its secrets nor open its logs",
            "{revision} にタスク実行ロールの指定がなく、ECS がイメージ、シークレット、ログを扱えません"
        ),
        evidence,
        fix: fix(definition),
    }])
}

/// On Fargate ECS refuses to register such a task definition: then only the stack that asked for it tells.
fn refused(case: &Case<'_>, definition: &TaskDefinition) -> Observed<Vec<Finding>> {
    let mut said = case.said(CHECK.classes)?;
    said.retain(|said| said.place == Place::CfnEvent);
    let expected = words!(
        "the task definition is registered",
        "タスク定義が登録される"
    );
    let Some(told) = proof(&said, expected) else {
        return Ok(vec![]);
    };
    let (name, revision) = (&case.target.service, revision_of(&definition.arn));
    Ok(vec![Finding {
        subject: name.clone(),
        message: words!(
            "ECS refuses a new task definition of {name}, because it names no execution role; {revision} runs on",
            "タスク実行ロールの指定がないため、{name} の新しいタスク定義を ECS が受け付けません。{revision} が動き続けています"
        ),
        evidence: vec![told],
        fix: fix(definition),
    }])
}

fn fix(definition: &TaskDefinition) -> Vec<Fix> {
    let account = crate::supply::home(definition).1;
    vec![
            Fix {
                title: words!(
                    "name the role in the template and deploy: ECS registers a new revision",
                    "テンプレートでロールを指定してデプロイする (新しいリビジョンが登録される)"
                ),
                command: "TaskDefinition:\n  Properties:\n    ExecutionRoleArn: !GetAtt ExecutionRole.Arn".into(),
            },
            Fix {
                title: words!(
                    "if there is no such role yet, make arn:aws:iam::{account}:role/ecsTaskExecutionRole",
                    "ロールがまだない場合は arn:aws:iam::{account}:role/ecsTaskExecutionRole を作成する"
                ),
                command: r#"aws iam create-role --role-name ecsTaskExecutionRole --assume-role-policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}' && aws iam attach-role-policy --role-name ecsTaskExecutionRole --policy-arn arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"#.into(),
            },
        ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario;

    #[test]
    fn a_revision_in_use_that_names_no_role_is_found() {
        let mut snapshot = scenario::snapshot("healthy").unwrap().unwrap();
        snapshot.task_definition.as_mut().unwrap().execution_role = None;
        let found = find(&Case::new(&snapshot)).unwrap();
        assert!(
            found[0].evidence[0].saw.en.contains("logDriver awslogs"),
            "{found:?}"
        );
        for container in &mut snapshot.task_definition.as_mut().unwrap().containers {
            (container.image, container.log, container.secrets) = ("nginx".into(), None, vec![]);
        }
        assert_eq!(
            find(&Case::new(&snapshot)).unwrap(),
            [],
            "nothing needs one"
        );
    }
}
