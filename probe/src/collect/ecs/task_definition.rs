//! The task definition, without the values of its environment.

use aws_sdk_ecs::types as sdk;

use super::{
    Definition,
    environment::{database_settings, names_credential, plain_credentials},
    string, time,
};
use crate::{
    collect::{
        Clients,
        failure::{missing, unobserved},
    },
    snapshot::{
        ContainerDefinition, ContainerHealthCheck, Dependency, LogConfiguration, MountPoint,
        Observed, SecretReference, TaskDefinition, Text, Unobserved, Volume,
    },
};

pub(in crate::collect) async fn task_definition(
    clients: &Clients,
    arn: Result<&str, &Unobserved>,
) -> Observed<Definition> {
    const OPERATION: &str = "ecs:DescribeTaskDefinition";
    let arn = arn.map_err(Clone::clone)?;
    let answer = clients
        .ecs
        .describe_task_definition()
        .task_definition(arn)
        .send()
        .await
        .map_err(|error| unobserved(OPERATION, &error))?;
    let definition = answer
        .task_definition()
        .ok_or_else(|| missing(OPERATION, format!("no task definition {arn}")))?;
    let platform = definition.runtime_platform();
    let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
    let containers = definition.container_definitions();
    Ok(Definition {
        environment: containers.iter().flat_map(environment).collect(),
        shown: TaskDefinition {
            arn: string(definition.task_definition_arn()),
            cpu: owned(definition.cpu()),
            memory: owned(definition.memory()),
            execution_role: owned(definition.execution_role_arn()),
            task_role: owned(definition.task_role_arn()),
            containers: containers.iter().map(container).collect(),
            network_mode: owned(definition.network_mode().map(sdk::NetworkMode::as_str)),
            operating_system: platform
                .and_then(|platform| platform.operating_system_family())
                .map(|family| family.as_str().to_owned()),
            cpu_architecture: platform
                .and_then(|platform| platform.cpu_architecture())
                .map(|architecture| architecture.as_str().to_owned()),
            ephemeral_storage_gib: definition
                .ephemeral_storage()
                .map(|storage| storage.size_in_gib()),
            volumes: definition.volumes().iter().map(volume).collect(),
            registered_at: time(definition.registered_at()),
        },
    })
}

/// Name and value of each plain variable of a container.
fn environment(container: &sdk::ContainerDefinition) -> Vec<(String, String)> {
    container
        .environment()
        .iter()
        .map(|variable| (string(variable.name()), string(variable.value())))
        .collect()
}

fn container(container: &sdk::ContainerDefinition) -> ContainerDefinition {
    let environment = environment(container);
    ContainerDefinition {
        name: string(container.name()),
        image: string(container.image()),
        essential: container.essential().unwrap_or(true),
        ports: container
            .port_mappings()
            .iter()
            .filter_map(|mapping| mapping.container_port())
            .collect(),
        plain_credentials: plain_credentials(&environment),
        database: database_settings(&environment),
        environment: environment.into_iter().map(|(name, _)| name).collect(),
        secrets: container
            .secrets()
            .iter()
            .map(|secret| SecretReference {
                name: secret.name().to_owned(),
                value_from: secret.value_from().to_owned(),
            })
            .collect(),
        log: container.log_configuration().map(log),
        memory: container.memory(),
        memory_reservation: container.memory_reservation(),
        // ECS says 0 where none is set.
        cpu: Some(container.cpu()).filter(|cpu| *cpu > 0),
        entry_point: arguments(container.entry_point()),
        command: arguments(container.command()),
        user: container.user().map(ToOwned::to_owned),
        health_check: container.health_check().map(health_check),
        depends_on: container
            .depends_on()
            .iter()
            .map(|dependency| Dependency {
                container: dependency.container_name().to_owned(),
                condition: dependency.condition().as_str().to_owned(),
            })
            .collect(),
        start_timeout_seconds: container.start_timeout(),
        stop_timeout_seconds: container.stop_timeout(),
        mount_points: container
            .mount_points()
            .iter()
            .map(|mount| MountPoint {
                volume: string(mount.source_volume()),
                path: string(mount.container_path()),
            })
            .collect(),
        readonly_root: container.readonly_root_filesystem().unwrap_or(false),
        registry_credentials: container
            .repository_credentials()
            .map(|credentials| credentials.credentials_parameter().to_owned()),
    }
}

/// Words of a command line. What a flag such as `--password` is given is blanked here: a text cannot know the word
/// before it.
fn arguments(words: &[String]) -> Vec<Text> {
    let before = std::iter::once("").chain(words.iter().map(String::as_str));
    let is_value = |before: &str| before.starts_with('-') && names_credential(before);
    words
        .iter()
        .zip(before)
        .map(|(word, before)| match word.split_once('=') {
            _ if is_value(before) => "[redacted]".into(),
            Some((flag, _)) if names_credential(flag) => format!("{flag}=[redacted]").into(),
            _ => word.as_str().into(),
        })
        .collect()
}

/// The health check with the defaults of ECS where it names no number.
/// <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>
fn health_check(check: &sdk::HealthCheck) -> ContainerHealthCheck {
    ContainerHealthCheck {
        command: arguments(check.command()),
        interval_seconds: check.interval().unwrap_or(30),
        timeout_seconds: check.timeout().unwrap_or(5),
        retries: check.retries().unwrap_or(3),
        start_period_seconds: check.start_period().unwrap_or(0),
    }
}

fn log(log: &sdk::LogConfiguration) -> LogConfiguration {
    let option = |name: &str| log.options().and_then(|options| options.get(name)).cloned();
    LogConfiguration {
        driver: log.log_driver().as_str().to_owned(),
        group: option("awslogs-group"),
        stream_prefix: option("awslogs-stream-prefix"),
        region: option("awslogs-region"),
        creates_group: option("awslogs-create-group")
            .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        mode: option("mode"),
    }
}

fn volume(volume: &sdk::Volume) -> Volume {
    Volume {
        name: string(volume.name()),
        file_system: volume
            .efs_volume_configuration()
            .map(|efs| efs.file_system_id().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_that_follows_its_flag_is_blanked() {
        let words = [
            "/service",
            "--port",
            "80",
            "--db-password",
            "hunter2",
            "--token=x",
        ];
        let shown = arguments(&words.map(ToOwned::to_owned));
        let shown: Vec<&str> = shown.iter().map(|word| &**word).collect();
        assert_eq!(
            shown,
            [
                "/service",
                "--port",
                "80",
                "--db-password",
                "[redacted]",
                "--token=[redacted]"
            ]
        );
    }
}
