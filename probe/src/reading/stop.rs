//! Why a task stopped, from the words of ECS.

use super::{capture, says};
use crate::snapshot::Task;

/// Why a task stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The registry has no such image.
    ImageNotFound,
    /// The registry refused the execution role.
    ImageDenied,
    /// Secrets Manager refused the execution role.
    SecretDenied,
    /// There is no such secret.
    SecretNotFound,
    /// The secret has no such JSON key.
    SecretKeyMissing {
        /// The key that ECS asked for.
        key: String,
    },
    /// The kernel ended a container for its memory.
    OutOfMemory {
        /// Name of the container.
        container: String,
    },
    /// A container ended by itself.
    Exited {
        /// Name of the container.
        container: String,
        /// Its exit code.
        code: i32,
    },
    /// The load balancer or the container's own health check found it unhealthy.
    Unhealthy,
    /// A deployment, a scale-in or a person ended it: not a fault.
    Normal,
    /// Words that are not known.
    Other,
}

patterns! {
    NORMAL = r"scaling activity initiated|deployment completed|task stopped by user|user.?initiated|terminated due to.*rebalanc|stopped by the user";
    UNHEALTHY = r"failed (?:elb|container) health checks|failed elb health|health checks? .*target.?group";
    SECRET_KEY = r"did not contain json key ([^\s,:;]+)";
    SECRET = r"unable to (?:retrieve|pull|fetch|get) secrets? |secretsmanager:GetSecretValue|from secrets manager|secret from asm";
    PARAMETER_STORE = r"from ssm|ssm:GetParameters";
    IMAGE = r"cannotpull|pull image|resolve ref|pull access denied|registry auth|can.t pull the image|ecr:";
    DENIED = r"accessdenied|not authorized to perform|403 forbidden|is not authorized|no basic auth credentials";
    NOT_FOUND = r"not found|marked for deletion|does not exist|can.t find|resourcenotfound|manifest unknown";
    OUT_OF_MEMORY = r"out ?of ?memory|oom.?kill";
}

/// Reads the end of a task. The container's reason outranks the task's, and both outrank the exit code:
/// an exit code of 137 alone may also be a SIGKILL after the stop timeout.
pub fn stop_of(task: &Task) -> Stop {
    if task.stop_code.as_deref() == Some("UserInitiated") {
        return Stop::Normal; // with whatever reason the person gave
    }
    let stopped = task.stopped_reason.as_deref().unwrap_or_default();
    for (name, container) in &task.containers {
        match container.reason.as_deref().map(message) {
            Some(Stop::OutOfMemory { .. }) => {
                return Stop::OutOfMemory {
                    container: name.clone(),
                };
            }
            Some(Stop::Other) | None => {}
            Some(read) => return read,
        }
    }
    match message(stopped) {
        Stop::Other => {}
        read => return read,
    }
    // With several containers ECS ends the others by signal: the culprit is the one that was not.
    let exits = || {
        task.containers
            .iter()
            .filter_map(|(name, container)| Some((name, container.exit_code?)))
    };
    let of_code = |wanted: i32| exits().find(|(_, code)| *code == wanted);
    let culprit = exits()
        .find(|(_, code)| ![0, 137, 143].contains(code))
        .or_else(|| of_code(0))
        .or_else(|| of_code(137))
        .or_else(|| exits().next());
    match culprit {
        Some((container, code))
            if task.stop_code.as_deref() == Some("EssentialContainerExited") =>
        {
            Stop::Exited {
                container: container.clone(),
                code,
            }
        }
        _ => Stop::Other,
    }
}

/// Reads one message of ECS, a `stoppedReason` or a container's reason.
pub fn message(text: &str) -> Stop {
    if says(&NORMAL, text) {
        return Stop::Normal;
    }
    if says(&UNHEALTHY, text) {
        return Stop::Unhealthy;
    }
    if let Some(key) = capture(&SECRET_KEY, text) {
        return Stop::SecretKeyMissing { key };
    }
    if says(&PARAMETER_STORE, text) {
        return Stop::Other; // another store than Secrets Manager, with permissions of its own
    }
    if says(&OUT_OF_MEMORY, text) {
        return Stop::OutOfMemory {
            container: String::new(),
        };
    }
    // "unable to pull secrets or registry auth" stands before both kinds: what follows it decides.
    let specific = text.replace("pull secrets or registry auth", "");
    let (secret, image) = (says(&SECRET, &specific), says(&IMAGE, &specific));
    match (
        secret,
        image,
        says(&DENIED, &specific),
        says(&NOT_FOUND, &specific),
    ) {
        (true, _, true, _) => Stop::SecretDenied,
        (true, _, false, true) => Stop::SecretNotFound,
        (false, true, true, _) => Stop::ImageDenied,
        (false, true, false, true) => Stop::ImageNotFound,
        _ => Stop::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_ecs_are_read() {
        let key = |key: &str| Stop::SecretKeyMissing { key: key.into() };
        let memory = || Stop::OutOfMemory {
            container: String::new(),
        };
        for (text, stop) in [
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/events:v2: not found",
                Stop::ImageNotFound,
            ),
            (
                "CannotPullContainerError: Error response from daemon: manifest for nginx:0f6b not found",
                Stop::ImageNotFound,
            ),
            (
                "CannotPullContainerError: API error (404): repository serverless-batch not found: does not exist or no pull access",
                Stop::ImageNotFound,
            ),
            (
                "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref x:latest: pulling from host 1.dkr.ecr.us-east-1.amazonaws.com failed with status code [manifests latest]: 403 Forbidden",
                Stop::ImageDenied,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User: x is not authorized to perform: ecr:GetAuthorizationToken",
                Stop::ImageDenied,
            ),
            (
                "The task can’t pull the image. Check that the role has the permissions to pull images from the registry. denied: User: x is not authorized to perform: ecr:BatchGetImage",
                Stop::ImageDenied,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:x from secrets manager: AccessDeniedException: User: y",
                Stop::SecretDenied,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:x from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
                Stop::SecretNotFound,
            ),
            (
                "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: retrieved secret from Secrets Manager did not contain json key passwort",
                key("passwort"),
            ),
            (
                "OutOfMemoryError: Container killed due to memory usage",
                memory(),
            ),
            (
                "OutofMemoryError: Container killed due to memory usage",
                memory(),
            ),
            (
                "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)",
                Stop::Unhealthy,
            ),
            (
                "Scaling activity initiated by (deployment ecs-svc/1)",
                Stop::Normal,
            ),
            ("Essential container in task exited", Stop::Other),
        ] {
            assert_eq!(message(text), stop, "{text}");
        }
    }
}
