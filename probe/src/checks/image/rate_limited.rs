//! Docker Hub refuses anonymous pulls beyond its limit, which all tasks behind one NAT gateway share.

use crate::{
    case::{Case, proof},
    check::{Check, Finding, Fix, Severity},
    snapshot::Observed,
    supply::{container_of, home},
    words,
    words::Phrase,
};

pub(super) const CHECK: Check = Check {
    id: "image-rate-limited",
    classes: &["dockerhub-rate-limit"],
    severity: Severity::Critical,
    fault: Phrase {
        en: "Docker Hub's pull limit is reached",
        ja: "Docker Hub の取得回数の上限に達しています",
    },
    explains: &[
        "image-pull-failed",
        "ecs-service-under-capacity",
        "ecs-deployment-failing",
    ],
    find,
};

fn find(case: &Case<'_>) -> Observed<Vec<Finding>> {
    let said = case.said(&["dockerhub-rate-limit"])?;
    let Some(told) = proof(&said, words!("the image is pulled", "イメージを取得できる"))
    else {
        return Ok(vec![]);
    };
    let definition = case.task_definition()?;
    let container = said
        .first()
        .and_then(|said| container_of(case, definition, said));
    let image = container.map_or("docker.io", |container| container.image.as_str());
    let (account, region) = (home(definition).1, &case.target.region);
    let bare = image
        .trim_start_matches("registry-1.")
        .trim_start_matches("docker.io/");
    let path = match bare.contains('/') {
        true => bare.to_owned(),
        false => format!("library/{bare}"),
    };
    Ok(vec![Finding {
        subject: image.to_owned(),
        message: words!(
            "Docker Hub refuses to hand out {image}: too many anonymous pulls came from the address of this network",
            "Docker Hub が {image} の取得を拒否しています (このネットワークの IP アドレスからの匿名の取得が上限に達しました)"
        ),
        evidence: vec![told],
        fix: vec![
            Fix {
                title: words!(
                    "pull through ECR, which keeps a copy (needs a Docker Hub account in a secret whose name begins with ecr-pullthroughcache/)",
                    "ECR のプルスルーキャッシュを使う (名前が ecr-pullthroughcache/ で始まるシークレットに Docker Hub のアカウントが必要)"
                ),
                command: format!(
                    "aws ecr create-pull-through-cache-rule --ecr-repository-prefix docker-hub --upstream-registry-url registry-1.docker.io --credential-arn <SECRET_ARN> --region {region}"
                ),
            },
            Fix {
                title: words!(
                    "then name that copy in the template and deploy; the limit itself ends within six hours",
                    "テンプレートでそのコピーを指定してデプロイする (上限自体は 6 時間以内に解除される)"
                ),
                command: format!(
                    "Image: {account}.dkr.ecr.{region}.amazonaws.com/docker-hub/{path}"
                ),
            },
        ],
    }])
}
