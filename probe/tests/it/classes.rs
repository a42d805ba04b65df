//! The class that a report names, where a check covers several.

use probe::{
    diagnose::diagnose,
    report::Report,
    scenario,
    snapshot::{Snapshot, Task},
    words::Lang,
};

fn class(scenario: &str, change: impl Fn(&mut Task)) -> Option<&'static str> {
    let mut snapshot: Snapshot = scenario::snapshot(scenario).unwrap().unwrap();
    let tasks = snapshot.tasks.as_mut().unwrap().values_mut();
    tasks
        .filter(|task| task.stopped_at.is_some())
        .for_each(change);
    let report = Report::new(&snapshot, &diagnose(&snapshot), Lang::En);
    assert_eq!(report.causes[0].id, scenario);
    report.causes[0].class
}

#[test]
fn memory_tells_the_container_and_its_child_apart() {
    for (exit_code, expected) in [(137, "container-oom"), (1, "container-oom-child-process")] {
        let seen = class("ecs-container-out-of-memory", |task| {
            for container in task.containers.values_mut() {
                container.exit_code = container.exit_code.map(|_| exit_code);
            }
        });
        assert_eq!(seen, Some(expected), "{exit_code}");
    }
}

#[test]
fn a_closed_way_is_of_the_api_that_is_missed() {
    let id = "network-no-route-to-aws";
    assert_eq!(class(id, |_| ()), Some("no-route-to-logs"));
    let secrets = "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull secrets from AWS Secrets Manager. There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret from secrets manager: operation error Secrets Manager: GetSecretValue, https response error StatusCode: 0, RequestID: , canceled, context deadline exceeded";
    let seen = class(id, |task| task.stopped_reason = Some(secrets.into()));
    assert_eq!(seen, Some("no-route-to-aws-api"));
}
