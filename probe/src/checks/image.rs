//! Faults of the image on its way from the registry to the task.

catalogue! {
    reference_invalid,
    repository_missing,
    cross_account_denied,
    platform_mismatch,
    rate_limited,
    registry_login_failed,
    disk_full,
    architecture_mismatch,
    pull_failed,
}

use crate::{case::Case, check::Fix, evidence::revision_of, snapshot::TaskDefinition, words};

/// The CPU of the task as registries write it.
fn architecture(definition: &TaskDefinition) -> &'static str {
    match definition.cpu_architecture.as_deref() {
        Some("ARM64") => "arm64",
        _ => "amd64",
    }
}

/// What mends an image for the wrong CPU: go back, build it again, or run it where it fits.
fn rebuild(case: &Case<'_>, definition: &TaskDefinition, image: &str, built: &str) -> Vec<Fix> {
    let architecture = architecture(definition);
    // Under a new tag: a registry whose tags are immutable refuses the present one.
    let named = image.split('@').next().unwrap_or(image);
    let repository = match named.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => repository,
        _ => named,
    };
    let mut fix = go_back(case);
    fix.push(Fix {
        title: words!(
            "build the image for the task's CPU under a new tag, push it, and deploy that tag",
            "タスクの CPU に合わせてイメージを新しいタグでビルドし、プッシュして、そのタグをデプロイする"
        ),
        command: format!(
            "docker buildx build --platform linux/{architecture} --tag {repository}:<NEW_TAG> --push ."
        ),
    });
    let other = match architecture {
        "amd64" => ("ARM64", "linux/arm64"),
        _ => ("X86_64", "linux/amd64"),
    };
    if built.contains(other.1) {
        fix.push(Fix {
            title: words!(
                "or let the task run on the CPU that the image was built for, in the template",
                "または、テンプレートでイメージに合う CPU を指定する"
            ),
            command: format!(
                "TaskDefinition:\n  Properties:\n    RuntimePlatform:\n      OperatingSystemFamily: LINUX\n      CpuArchitecture: {}",
                other.0
            ),
        });
    }
    fix
}

/// Back to the revision that still runs, where there is one: the safest while an image is being mended.
fn go_back(case: &Case<'_>) -> Vec<Fix> {
    let (cluster, service, region) = (
        &case.target.cluster,
        &case.target.service,
        &case.target.region,
    );
    let running = case.service.iter().flat_map(|service| &service.deployments);
    let previous = running
        .filter(|deployment| deployment.status == "ACTIVE" && deployment.running > 0)
        .map(|deployment| revision_of(&deployment.task_definition));
    let fix = |revision: &str| Fix {
        title: words!(
            "go back to the revision that still runs",
            "動作中のリビジョンに戻す"
        ),
        command: format!(
            "aws ecs update-service --cluster {cluster} --service {service} --task-definition {revision} --region {region}"
        ),
    };
    previous.take(1).map(fix).collect()
}
