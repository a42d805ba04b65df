//! Why a task stopped: whose words count, and which container died first.

use super::{Meaning, Place, Reading, classify};
use crate::snapshot::{Container, Task, TaskDefinition};

/// How a task ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct End {
    /// The class of the fault that ended it, [`UNRECOGNISED`] where no words tell; `None`: no fault.
    pub class: Option<&'static str>,
    /// The container that took the task with it, where one did.
    pub container: Option<String>,
    /// Its exit code.
    pub exit_code: Option<i32>,
    /// What the words name: a JSON key, a role, an image.
    pub object: Option<String>,
}

/// A task that failed in words that are not known.
pub const UNRECOGNISED: &str = "unrecognised";

impl End {
    /// Whether a fault of one of these classes ended the task.
    pub fn is(&self, classes: &[&str]) -> bool {
        self.class.is_some_and(|class| classes.contains(&class))
    }

    /// Whether the load balancer or the container's own health check found it unhealthy.
    pub fn is_unhealthy(&self) -> bool {
        self.class.is_some_and(|class| {
            class.starts_with("health-check-") || class.starts_with("container-health-check-")
        })
    }
}

/// Reads the end of a task on its own.
pub fn stop_of(task: &Task) -> End {
    end_of(task, None)
}

/// Reads the end of a task. The container's reason outranks the stop code, that the task's reason, and all of them
/// the exit code: a code of 137 alone may also be a SIGKILL after the stop timeout.
pub fn end_of(task: &Task, definition: Option<&TaskDefinition>) -> End {
    let code = task.stop_code.as_deref().unwrap_or_default();
    if code == "UserInitiated" {
        return normal(task); // with whatever reason the person gave
    }
    let reasons = task.containers.iter().filter_map(|(name, container)| {
        let reading = classify(container.reason.as_deref()?, Some(Place::ContainerReason));
        Some((name, container, reading.fault()?, reading))
    });
    // The surest words of any container; among equals those of the first by name.
    let surest = reasons.max_by(|a, b| a.3.confidence.cmp(&b.3.confidence).then(b.0.cmp(a.0)));
    if let Some((name, container, class, reading)) = surest {
        return End {
            class: Some(memory_of_child(class, container)),
            container: Some(name.clone()),
            exit_code: container.exit_code,
            object: reading.object,
        };
    }
    if ["SpotInterruption", "TerminationNotice"].contains(&code) {
        return End {
            class: Some("spot-interruption"),
            ..End::default()
        };
    }
    let stopped = task.stopped_reason.as_deref().unwrap_or_default();
    let Reading {
        meaning, object, ..
    } = classify(stopped, Some(Place::StoppedReason));
    match meaning {
        Meaning::Normal(_) => normal(task),
        Meaning::Fault(class) => End {
            class: Some(class),
            object,
            ..End::default()
        },
        Meaning::Unrecognised => match culprit(task, definition) {
            Some((name, exit_code)) if code == "EssentialContainerExited" => End {
                class: Some("app-exited-nonzero"),
                container: Some(name.clone()),
                exit_code: Some(exit_code),
                object: None,
            },
            _ => End {
                class: Some(UNRECOGNISED),
                ..End::default()
            },
        },
    }
}

/// A stop that somebody ordered. A container that had to be killed for it is named, but it is no failure of the task.
fn normal(task: &Task) -> End {
    let killed = exits(task).find(|(_, code)| *code == 137);
    End {
        class: None,
        container: killed.map(|(name, _)| name.clone()),
        exit_code: killed.map(|(_, code)| code),
        object: None,
    }
}

/// A container whose own process lived on until it ended itself lost a child to the kernel.
fn memory_of_child(class: &'static str, container: &Container) -> &'static str {
    match container.exit_code {
        Some(0 | 1) if class == "container-oom" => "container-oom-child-process",
        _ => class,
    }
}

fn exits(task: &Task) -> impl Iterator<Item = (&String, i32)> {
    task.containers
        .iter()
        .filter_map(|(name, container)| Some((name, container.exit_code?)))
}

/// The container that died first: the one that ECS did not end by a signal.
fn culprit<'a>(task: &'a Task, definition: Option<&TaskDefinition>) -> Option<(&'a String, i32)> {
    // What others wait for until it is done, and what is not essential, may end without ending the task.
    let may_end = |name: &str| {
        definition.is_some_and(|definition| {
            let mut all = definition.containers.iter();
            all.clone().any(|each| each.name == name && !each.essential)
                || all.any(|each| {
                    each.depends_on.iter().any(|dependency| {
                        dependency.container == name
                            && ["COMPLETE", "SUCCESS"].contains(&dependency.condition.as_str())
                    })
                })
        })
    };
    let candidates = || exits(task).filter(|(name, code)| *code != 0 || !may_end(name));
    let of_code = |wanted: i32| candidates().find(|(_, code)| *code == wanted);
    candidates()
        .find(|(name, code)| ![0, 137, 143].contains(code) && !may_end(name))
        .or_else(|| candidates().find(|(_, code)| ![0, 137, 143].contains(code)))
        .or_else(|| of_code(0))
        .or_else(|| of_code(137))
        .or_else(|| candidates().next())
        .or_else(|| exits(task).next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(code: &str, reason: &str, containers: &[(&str, i32, Option<&str>)]) -> Task {
        let healthy = crate::scenario::snapshot("healthy").unwrap().unwrap();
        let mut task = healthy.tasks.unwrap().into_values().next().unwrap();
        task.stop_code = Some(code.into());
        task.stopped_reason = Some(reason.into());
        let container = |exit_code, reason: Option<&str>| Container {
            exit_code: Some(exit_code),
            reason: reason.map(Into::into),
            ..Container::default()
        };
        task.containers = containers
            .iter()
            .map(|(name, code, reason)| ((*name).to_owned(), container(*code, *reason)))
            .collect();
        task
    }

    const EXITED: &str = "Essential container in task exited";

    #[test]
    fn exit_code_137_is_told_apart() {
        let memory = Some("OutOfMemoryError: Container killed due to memory usage");
        for (code, reason, exit, said, class) in [
            (
                "EssentialContainerExited",
                EXITED,
                137,
                memory,
                Some("container-oom"),
            ),
            (
                "EssentialContainerExited",
                EXITED,
                1,
                memory,
                Some("container-oom-child-process"),
            ),
            (
                "EssentialContainerExited",
                EXITED,
                137,
                None,
                Some("app-exited-nonzero"),
            ),
            (
                "ServiceSchedulerInitiated",
                "Scaling activity initiated by (deployment ecs-svc/1)",
                137,
                None,
                None,
            ),
            (
                "UserInitiated",
                "out of memory, says the person",
                137,
                None,
                None,
            ),
            (
                "ServiceSchedulerInitiated",
                "Task failed ELB health checks in (target-group arn:aws:x)",
                137,
                None,
                Some("health-check-failed-generic"),
            ),
            (
                "TaskFailedToStart",
                "something new",
                1,
                None,
                Some(UNRECOGNISED),
            ),
        ] {
            let end = stop_of(&task(code, reason, &[("app", exit, said)]));
            assert_eq!(end.class, class, "{code} {reason} {exit}");
        }
    }

    #[test]
    fn a_container_that_may_end_is_not_the_culprit() {
        let mut definition = crate::scenario::snapshot("healthy")
            .unwrap()
            .unwrap()
            .task_definition
            .unwrap();
        let mut init = definition.containers[0].clone();
        (init.name, init.essential) = ("init".into(), false);
        definition.containers.insert(0, init);
        let task = task(
            "EssentialContainerExited",
            EXITED,
            &[("app", 137, None), ("init", 0, None)],
        );
        let named = |definition| end_of(&task, definition).container;
        assert_eq!(named(Some(&definition)).as_deref(), Some("app"));
        assert_eq!(named(None).as_deref(), Some("init"));
    }

    #[test]
    fn words_name_their_object() {
        let end = stop_of(&task(
            "TaskFailedToStart",
            "ResourceInitializationError: unable to pull secrets or registry auth: retrieved secret from Secrets Manager did not contain json key passwort",
            &[],
        ));
        assert!(end.is(&["secret-json-key-missing"]));
        assert_eq!(end.object.as_deref(), Some("passwort"));
    }
}
