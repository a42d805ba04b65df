//! What a task must reach before its containers run, as its definition says.

use std::fmt;

use crate::snapshot::{Service, Snapshot, TaskDefinition};

/// Something that a starting task must reach by HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// An API of AWS, or S3 for the layers of an image.
    Aws {
        /// As endpoints name it: `ecr.api`, `ecr.dkr`, `s3`, `secretsmanager`, `ssm`, `logs`.
        api: &'static str,
        /// Its Region.
        region: String,
        /// The action that is called.
        action: &'static str,
        /// The resource that it is called on.
        resource: String,
    },
    /// A registry outside of ECR.
    Registry(String),
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Aws { api, .. } => f.write_str(api),
            Self::Registry(host) => f.write_str(host),
        }
    }
}

impl Need {
    /// Whether it is S3, from which the layers of an image in ECR come.
    pub fn is_layers(&self) -> bool {
        matches!(self, Self::Aws { api: "s3", .. })
    }

    /// The name of the VPC endpoint service that stands for it.
    pub fn endpoint_service(&self) -> Option<String> {
        match self {
            Self::Aws { api, region, .. } => {
                let prefix = if region.starts_with("cn-") {
                    "cn.com"
                } else {
                    "com"
                };
                Some(format!("{prefix}.amazonaws.{region}.{api}"))
            }
            Self::Registry(_) => None,
        }
    }
}

/// What the tasks of a service need to reach when they start, each once.
///
/// Secrets Manager and Parameter Store call KMS themselves, so no task needs a way to it.
pub fn needs(snapshot: &Snapshot, service: &Service, definition: &TaskDefinition) -> Vec<Need> {
    if !is_fargate(service) {
        return vec![]; // on EC2 the container instance fetches all this, over its own network
    }
    let region = &snapshot.target.region;
    let aws = |api, region: &str, action, resource: String| Need::Aws {
        api,
        region: region.to_owned(),
        action,
        resource,
    };
    let account = definition.arn.split(':').nth(4).unwrap_or_default();
    let partition = definition.arn.split(':').nth(1).unwrap_or("aws");
    let mut needs = vec![];
    for container in &definition.containers {
        match ecr(&container.image) {
            Some((owner, home, repository)) => {
                let arn = format!("arn:{partition}:ecr:{home}:{owner}:repository/{repository}");
                let bucket =
                    format!("arn:{partition}:s3:::prod-{home}-starport-layer-bucket/layer");
                needs.push(aws(
                    "ecr.api",
                    home,
                    "ecr:GetAuthorizationToken",
                    "*".into(),
                ));
                needs.push(aws("ecr.dkr", home, "ecr:BatchGetImage", arn));
                needs.push(aws("s3", home, "s3:GetObject", bucket));
            }
            None => needs.push(Need::Registry(registry(&container.image).to_owned())),
        }
        if let Some(log) = container.log.as_ref().filter(|log| log.driver == "awslogs") {
            let home = log.region.as_deref().unwrap_or(region);
            let group = log.group.as_deref().unwrap_or_default();
            let arn =
                format!("arn:{partition}:logs:{home}:{account}:log-group:{group}:log-stream:task");
            needs.push(aws("logs", home, "logs:CreateLogStream", arn));
        }
        for secret in &container.secrets {
            needs.push(match secret.secret_arn() {
                Some(arn) => {
                    let home = arn.split(':').nth(3).unwrap_or(region).to_owned();
                    aws(
                        "secretsmanager",
                        &home,
                        "secretsmanager:GetSecretValue",
                        arn,
                    )
                }
                None => {
                    let named = &secret.value_from;
                    let is_arn = named.starts_with("arn:");
                    let home = named.split(':').nth(3).filter(|_| is_arn).unwrap_or(region);
                    let arn = match is_arn {
                        true => named.clone(),
                        false => {
                            let name = named.trim_start_matches('/');
                            format!("arn:{partition}:ssm:{home}:{account}:parameter/{name}")
                        }
                    };
                    aws("ssm", home, "ssm:GetParameters", arn)
                }
            });
        }
        if let Some(arn) = &container.registry_credentials {
            let action = "secretsmanager:GetSecretValue";
            needs.push(aws("secretsmanager", region, action, arn.clone()));
        }
    }
    needs.sort();
    needs.dedup();
    needs
}

fn is_fargate(service: &Service) -> bool {
    let providers = &service.capacity_providers;
    match service.launch_type.as_deref() {
        Some(launch_type) => launch_type == "FARGATE",
        None => providers.is_empty() || providers.iter().any(|name| name.starts_with("FARGATE")),
    }
}

/// Account, Region and repository of an image in ECR.
fn ecr(image: &str) -> Option<(&str, &str, &str)> {
    let (host, rest) = image.split_once('/')?;
    let (account, rest_of_host) = host.split_once(".dkr.ecr.")?;
    let region = rest_of_host.split(".amazonaws.com").next()?;
    let repository = rest.split(['@', ':']).next()?;
    Some((account, region, repository))
}

/// The host from which an image reference is pulled.
fn registry(image: &str) -> &str {
    match image.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "registry-1.docker.io",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_pulled_from_its_registry() {
        for (image, home) in [
            (
                "1.dkr.ecr.eu-west-1.amazonaws.com/a/b:v1",
                Some(("1", "eu-west-1", "a/b")),
            ),
            (
                "1.dkr.ecr.cn-north-1.amazonaws.com.cn/a@sha256:0",
                Some(("1", "cn-north-1", "a")),
            ),
            ("public.ecr.aws/nginx/nginx:1", None),
            ("nginx", None),
        ] {
            assert_eq!(ecr(image), home, "{image}");
        }
        for (image, host) in [
            ("nginx", "registry-1.docker.io"),
            ("library/nginx:1", "registry-1.docker.io"),
            ("quay.io/a/b", "quay.io"),
            ("registry:5000/a", "registry:5000"),
        ] {
            assert_eq!(registry(image), host);
        }
    }

    #[test]
    fn a_definition_names_what_its_tasks_need() {
        let mut snapshot = crate::scenario::snapshot("healthy").unwrap().unwrap();
        let mut definition = snapshot.task_definition.clone().unwrap();
        let mut service = snapshot.service.clone().unwrap();
        let show = |snapshot: &Snapshot, service: &Service, definition: &TaskDefinition| {
            let needs = needs(snapshot, service, definition);
            needs.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let all = ["ecr.api", "ecr.dkr", "logs", "s3", "secretsmanager"];
        assert_eq!(show(&snapshot, &service, &definition), all);
        let container = &mut definition.containers[0];
        container.image = "nginx".into();
        container.log = None;
        container.secrets.truncate(1);
        container.secrets[0].value_from = "/db/password".into();
        assert_eq!(
            show(&snapshot, &service, &definition),
            ["ssm", "registry-1.docker.io"]
        );
        snapshot.target.region = "cn-north-1".into();
        let need = &needs(&snapshot, &service, &definition)[0];
        assert_eq!(
            need.endpoint_service().unwrap(),
            "cn.com.amazonaws.cn-north-1.ssm"
        );
        service.launch_type = Some("EC2".into());
        assert_eq!(show(&snapshot, &service, &definition), [""; 0]);
    }
}
