//! A password stands in the task definition, where everybody who may describe it can read it.

use super::{advice, finding};
use crate::{
    case::Case,
    check::{Check, Finding, Fix},
    snapshot::{ContainerDefinition, Observed},
    words,
    words::{Phrase, Words},
};

pub(super) const CHECK: Check = advice(
    "advice-plain-credentials",
    Phrase {
        en: "the task definition holds a credential in plain text",
        ja: "タスク定義に認証情報が平文で書かれています",
    },
    find,
);

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let definition = case.task_definition()?;
    let region = &case.target.region;
    let open = definition
        .containers
        .iter()
        .filter(|container| !container.plain_credentials.is_empty());
    let about = |container: &ContainerDefinition| {
        let container_name = &container.name;
        let names = container.plain_credentials.join(", ");
        let first = &container.plain_credentials[0];
        let family = definition.arn.rsplit('/').next().unwrap_or_default();
        let family = family.split(':').next().unwrap_or_default();
        finding(
            &definition.arn,
            words!(
                "the container {container_name} has {names} as plain text in its environment: everybody who may describe the task definition can read it, in every old revision too",
                "コンテナ {container_name} の環境変数 {names} に認証情報が平文で書かれています。タスク定義を参照できる人は誰でも、過去のリビジョンも含めて読めてしまいます"
            ),
            (
                "ecs:DescribeTaskDefinition containerDefinitions[].environment",
                Words::verbatim(&names),
                words!(
                    "a reference under secrets; the values are not kept by probe",
                    "secrets による参照 (probe は値を保持しません)"
                ),
            ),
            vec![
                Fix {
                    title: words!(
                        "make a new credential, and keep it in Secrets Manager; the command reads it from the terminal, end with Ctrl-D",
                        "認証情報を新しく発行し、Secrets Manager に保存する (値は端末から入力し、Ctrl-D で終える)"
                    ),
                    command: format!(
                        "aws secretsmanager create-secret --name {family}/{first} --secret-string file:///dev/stdin --region {region}"
                    ),
                },
                Fix {
                    title: words!(
                        "let ECS put it into the environment",
                        "ECS に環境変数として渡させる"
                    ),
                    command: format!(
                        "Secrets:\n  - Name: {first}\n    ValueFrom: !Sub \"arn:aws:secretsmanager:${{AWS::Region}}:${{AWS::AccountId}}:secret:{family}/{first}\""
                    ),
                },
            ],
        )
    };
    Ok(open.map(about).collect())
}
