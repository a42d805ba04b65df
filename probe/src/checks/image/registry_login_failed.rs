//! A registry outside of ECR does not accept the credentials that ECS gives it.

use crate::{
    case::{Case, proof},
    check::{Check, Finding, Fix, Severity},
    evidence::name_of,
    snapshot::Observed,
    supply::container_of,
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "image-registry-login-failed",
    classes: &["registry-auth-failed"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "the image registry does not accept the credentials",
        ja: "イメージのレジストリが認証情報を受け付けません",
    },
    explains: &[
        "image-repository-missing",
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = case.said(&["registry-auth-failed"])?;
    let Some(told) = proof(
        &said,
        words!(
            "the registry lets ECS in",
            "レジストリへのログインに成功する"
        ),
    ) else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let container = said
        .first()
        .and_then(|said| container_of(case, definition, said));
    let image = container.map_or("?", |container| container.image.as_str());
    let host = match image.split_once('/') {
        Some((host, _)) if host.contains('.') => host,
        _ => "docker.io",
    };
    let region = &case.target.region;
    let role = name_of(
        definition
            .execution_role
            .as_deref()
            .unwrap_or("<EXECUTION_ROLE_NAME>"),
    );
    Ok(vec![Finding {
        subject: image.to_owned(),
        message: words!(
            "{host} does not accept the credentials with which ECS pulls {image}",
            "ECS が {image} を取得する際の認証情報を {host} が受け付けません"
        ),
        evidence: vec![told],
        fix: vec![
            Fix {
                title: words!(
                    "write a user and a token that work into a file as {{\"username\": \"…\", \"password\": \"…\"}}, store it, and delete the file",
                    "有効なユーザー名とトークンを {{\"username\": \"…\", \"password\": \"…\"}} の形でファイルに書いて保存する (ファイルは後で削除する)"
                ),
                command: format!(
                    "aws secretsmanager put-secret-value --secret-id <CREDENTIALS_SECRET> --secret-string file://credentials.json --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "and let the container use that secret, which {role} must be allowed to read",
                    "コンテナにそのシークレットを使わせる ({role} に読み取りの権限が必要)"
                ),
                command: "ContainerDefinitions:\n- RepositoryCredentials:\n    CredentialsParameter: !Ref RegistryCredentials".into(),
            },
        ],
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{scenario, words::Lang};

    #[test]
    fn an_image_without_a_host_is_of_docker_hub() {
        let mut snapshot = scenario::snapshot(CHECK.id).unwrap().unwrap();
        for container in &mut snapshot.task_definition.as_mut().unwrap().containers {
            container.image = "team/web:1".into();
        }
        let found = find(&Case::new(&snapshot)).unwrap();
        let message = found[0].message.in_lang(Lang::En);
        assert!(
            message.starts_with("docker.io does not accept"),
            "{message}"
        );
    }
}
