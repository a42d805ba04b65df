//! What is normal must stay silent, and what is broken must not hide behind what is normal.

use chrono::TimeDelta;
use probe::{
    diagnose::{Verdict, diagnose},
    reading::{End, current_failures, stop_of},
    scenario,
    snapshot::{Container, Service, Snapshot, Target, Task, Unobserved},
};

use crate::{causes, healthy};

fn service(snapshot: &mut Snapshot) -> &mut Service {
    snapshot.service.as_mut().unwrap()
}

/// One more task, created so many seconds before the snapshot.
fn add_task(snapshot: &mut Snapshot, id: &str, seconds: i64, change: impl FnOnce(&mut Task)) {
    let created = snapshot.taken_at - TimeDelta::seconds(seconds);
    let tasks = snapshot.tasks.as_mut().unwrap();
    let mut task = tasks.values().next().unwrap().clone();
    (task.created_at, task.started_at, task.private_ip) =
        (Some(created), None, Some("10.0.11.77".into()));
    change(&mut task);
    tasks.insert(id.into(), task);
}

fn verdict_after(change: impl FnOnce(&mut Snapshot)) -> Verdict {
    let mut snapshot = healthy();
    change(&mut snapshot);
    let diagnosis = diagnose(&snapshot);
    let causes = causes(&diagnosis);
    assert!(
        diagnosis.verdict() == Verdict::Fault || causes.is_empty(),
        "{causes:?}"
    );
    diagnosis.verdict()
}

#[test]
fn a_scale_out_under_way_is_healthy_and_a_stuck_one_is_not() {
    let scale_out = |seconds| {
        move |snapshot: &mut Snapshot| {
            (service(snapshot).desired, service(snapshot).pending) = (3, 1);
            add_task(snapshot, "new", seconds, |task| {
                task.last_status = "PENDING".into()
            });
        }
    };
    assert_eq!(verdict_after(scale_out(30)), Verdict::Healthy);
    assert_eq!(verdict_after(scale_out(3_600)), Verdict::Fault);
}

#[test]
fn a_first_deployment_is_healthy_while_it_is_young() {
    let first = |seconds| {
        move |snapshot: &mut Snapshot| {
            (service(snapshot).running, service(snapshot).pending) = (0, 2);
            service(snapshot).events.clear();
            snapshot
                .target_groups
                .as_mut()
                .unwrap()
                .values_mut()
                .for_each(|group| group.targets.clear());
            snapshot.tasks.as_mut().unwrap().clear();
            let mut pending = healthy().tasks.unwrap();
            for task in pending.values_mut() {
                (task.last_status, task.started_at) = ("PENDING".into(), None);
                task.created_at = Some(snapshot.taken_at - TimeDelta::seconds(seconds));
            }
            snapshot.tasks = Ok(pending);
        }
    };
    assert_eq!(verdict_after(first(30)), Verdict::Healthy);
    assert_eq!(verdict_after(first(3_600)), Verdict::Fault);
}

#[test]
fn a_target_may_be_unhealthy_within_its_grace_period_only() {
    let starting = |seconds| {
        move |snapshot: &mut Snapshot| {
            service(snapshot).desired = 3;
            service(snapshot).running = 3;
            service(snapshot).grace_period_seconds = 300;
            let started = snapshot.taken_at - TimeDelta::seconds(seconds);
            add_task(snapshot, "new", seconds, |task| {
                task.started_at = Some(started)
            });
            let target = Target {
                id: "10.0.11.77".into(),
                port: 8080,
                state: "unhealthy".into(),
                reason: Some("Target.FailedHealthChecks".into()),
                description: Some("Health checks failed".into()),
            };
            let groups = snapshot.target_groups.as_mut().unwrap();
            groups
                .values_mut()
                .for_each(|group| group.targets.push(target.clone()));
        }
    };
    assert_eq!(verdict_after(starting(60)), Verdict::Healthy);
    assert_eq!(verdict_after(starting(900)), Verdict::Fault);
}

#[test]
fn normal_ends_and_draining_targets_are_no_faults() {
    for reason in [
        "Scaling activity initiated by (deployment ecs-svc/1)",
        "Task stopped by user",
        "Scaling activity initiated by deployment ecs-svc/1 deployment completed.",
    ] {
        let verdict = verdict_after(|snapshot| {
            let now = snapshot.taken_at;
            add_task(snapshot, "old", 7_200, |task| {
                (task.last_status, task.desired_status) = ("STOPPED".into(), "STOPPED".into());
                (task.stopped_at, task.stopped_reason) = (Some(now), Some(reason.into()));
            });
            assert_eq!(current_failures(snapshot).unwrap(), [], "{reason}");
            let groups = snapshot.target_groups.as_mut().unwrap();
            for group in groups.values_mut() {
                let mut draining = group.targets[0].clone();
                (draining.id, draining.state) = ("10.0.11.77".into(), "draining".into());
                group.targets.push(draining);
            }
        });
        assert_eq!(verdict, Verdict::Healthy, "{reason}");
    }
}

#[test]
fn a_failure_before_the_last_steady_state_is_past() {
    let failed = |hours_ago| {
        move |snapshot: &mut Snapshot| {
            let at = snapshot.taken_at - TimeDelta::hours(hours_ago);
            add_task(snapshot, "old", hours_ago * 3_600 + 60, |task| {
                (task.last_status, task.desired_status) = ("STOPPED".into(), "STOPPED".into());
                (task.stopped_at, task.stop_code) =
                    (Some(at), Some("EssentialContainerExited".into()));
                task.stopped_reason = Some("Essential container in task exited".into());
                task.containers
                    .values_mut()
                    .for_each(|container| container.exit_code = Some(1));
            });
        }
    };
    assert_eq!(verdict_after(failed(1)), Verdict::Healthy);
    assert_eq!(verdict_after(failed(0)), Verdict::Fault);
}

#[test]
fn a_service_without_security_groups_is_undetermined_and_no_panic() {
    assert_eq!(
        verdict_after(|snapshot| service(snapshot).security_groups.clear()),
        Verdict::Undetermined
    );
}

#[test]
fn a_service_without_database_or_load_balancer_is_healthy() {
    let verdict = verdict_after(|snapshot| {
        snapshot.database = Ok(None);
        service(snapshot).load_balancers.clear();
        snapshot.target_groups = Ok(std::collections::BTreeMap::new());
        snapshot.load_balancers = Ok(std::collections::BTreeMap::new());
    });
    assert_eq!(verdict, Verdict::Healthy);
}

#[test]
fn a_secret_marked_for_deletion_is_a_fault() {
    let verdict = verdict_after(|snapshot| {
        let at = Some(snapshot.taken_at);
        for secret in snapshot.secrets.values_mut() {
            *secret = Ok(probe::snapshot::Secret::Present {
                name: "db".into(),
                deleted_at: at,
                key: None,
                changed_at: None,
                stages: vec![],
                versions: vec![],
                shape: None,
            });
        }
    });
    assert_eq!(verdict, Verdict::Fault);
}

#[test]
fn unknown_parts_are_said_beside_a_fault() {
    let mut snapshot = scenario::snapshot("network-database-port-closed")
        .unwrap()
        .unwrap();
    let denied = Unobserved {
        operation: "logs:GetLogEvents".into(),
        code: "AccessDenied".into(),
        message: "no".into(),
    };
    snapshot.logs = Err(denied);
    let diagnosis = diagnose(&snapshot);
    assert_eq!(diagnosis.verdict(), Verdict::Fault);
    assert!(
        diagnosis
            .unknown
            .iter()
            .any(|(_, unobserved)| unobserved.operation == "logs:GetLogEvents")
    );
}

#[test]
fn of_several_containers_the_one_that_ended_by_itself_is_named() {
    let stop = |exits: &[(&str, i32)]| {
        let mut task = healthy().tasks.unwrap().into_values().next().unwrap();
        task.stop_code = Some("EssentialContainerExited".into());
        task.stopped_reason = Some("Essential container in task exited".into());
        let container = |code: i32| Container {
            last_status: None,
            exit_code: Some(code),
            reason: None,
            ..Container::default()
        };
        task.containers = exits
            .iter()
            .map(|(name, code)| ((*name).to_owned(), container(*code)))
            .collect();
        stop_of(&task)
    };
    for (exits, culprit, code) in [
        (vec![("app", 1), ("sidecar", 143)], "app", 1),
        (vec![("app", 0), ("sidecar", 137)], "app", 0),
        (vec![("agent", 143), ("app", 0)], "app", 0),
        (vec![("agent", 143), ("app", 137)], "app", 137),
    ] {
        assert_eq!(
            stop(&exits),
            End {
                class: Some("app-exited-nonzero"),
                container: Some(culprit.into()),
                exit_code: Some(code),
                object: None,
            },
            "{exits:?}"
        );
    }
}

#[test]
fn only_rolling_updates_lack_a_circuit_breaker() {
    for (strategy, lacks) in [
        (None, true),
        (Some("ROLLING"), true),
        (Some("BLUE_GREEN"), false),
        (Some("LINEAR"), false),
        (Some("CANARY"), false),
    ] {
        let mut snapshot = healthy();
        let configuration = &mut service(&mut snapshot).deployment_configuration;
        configuration.circuit_breaker = false;
        configuration.strategy = strategy.map(ToOwned::to_owned);
        let diagnosis = diagnose(&snapshot);
        let mut advice = diagnosis.advice.iter().map(|(check, _)| check.id);
        let advised = advice.any(|id| id == "advice-no-circuit-breaker");
        assert_eq!(advised, lacks, "{strategy:?}");
    }
}
