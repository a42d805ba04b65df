//! CloudFormation: how the stack that made the service fares.

use aws_sdk_cloudformation::types::StackEvent;

use super::{
    Clients,
    ecs::time,
    failure::{missing, unobserved},
};
use crate::snapshot::{Event, Observed, Service, Stack, Unobserved};

/// The stack that the service's tag names, else the one that a person named; `None` where there is neither.
pub(super) async fn stack(
    clients: &Clients,
    service: Result<&Service, &Unobserved>,
    named: Option<&str>,
) -> Observed<Option<Stack>> {
    let tagged = service.ok().and_then(|service| service.stack.as_deref());
    let Some(name) = tagged.or(named) else {
        // A service that was not seen may have a stack all the same.
        return service.map(|_| None).map_err(Clone::clone);
    };
    let (status, failures) = futures::try_join!(status(clients, name), failures(clients, name))?;
    Ok(Some(Stack {
        name: name.to_owned(),
        status,
        failures,
    }))
}

async fn status(clients: &Clients, name: &str) -> Observed<String> {
    const OPERATION: &str = "cloudformation:DescribeStacks";
    let answer = clients
        .cloudformation
        .describe_stacks()
        .stack_name(name)
        .send()
        .await
        .map_err(|error| unobserved(OPERATION, &error))?;
    let status = answer
        .stacks()
        .first()
        .and_then(|stack| stack.stack_status());
    let status = status.map(|status| status.as_str().to_owned());
    status.ok_or_else(|| missing(OPERATION, format!("no stack {name}")))
}

/// What failed in the last operation, newest first.
async fn failures(clients: &Clients, name: &str) -> Observed<Vec<Event>> {
    let mut pages = clients
        .cloudformation
        .describe_stack_events()
        .stack_name(name)
        .into_paginator()
        .items()
        .send();
    let mut failures = vec![];
    while let Some(event) = pages.next().await {
        let event =
            event.map_err(|error| unobserved("cloudformation:DescribeStackEvents", &error))?;
        failures.extend(failure(&event));
        if begins_operation(&event) {
            break;
        }
    }
    Ok(failures)
}

/// An operation begins when a person or a pipeline asks for it; what comes before it is over.
fn begins_operation(event: &StackEvent) -> bool {
    let is_of_stack = event.physical_resource_id() == event.stack_id();
    let status = event.resource_status().map(|status| status.as_str());
    let begins = [
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
        "IMPORT_IN_PROGRESS",
    ];
    is_of_stack && status.is_some_and(|status| begins.contains(&status))
}

/// A failure and its reason; what was only cancelled because something else failed tells nothing.
fn failure(event: &StackEvent) -> Option<Event> {
    let status = event.resource_status()?.as_str();
    let reason = event.resource_status_reason().unwrap_or_default();
    let is_told = status.ends_with("_FAILED") && !reason.ends_with("cancelled");
    let goes_back = status.ends_with("ROLLBACK_IN_PROGRESS") && !reason.is_empty();
    if !is_told && !goes_back {
        return None;
    }
    let resource = event.logical_resource_id().unwrap_or_default();
    Some(Event {
        at: time(event.timestamp())?,
        message: format!("{resource} {status}: {reason}").into(),
    })
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::DateTime;

    use super::*;

    fn event(resource: &str, status: &str, reason: &str) -> StackEvent {
        StackEvent::builder()
            .stack_id("stack/1")
            .logical_resource_id(resource)
            .physical_resource_id(if resource == "events" {
                "stack/1"
            } else {
                "other"
            })
            .resource_status(status.into())
            .resource_status_reason(reason)
            .timestamp(DateTime::from_secs(0))
            .build()
    }

    #[test]
    fn a_failure_is_told_with_its_reason_and_without_secrets() {
        let failed = event(
            "Service",
            "UPDATE_FAILED",
            "bad DSN postgres://app:hunter2@db/x",
        );
        assert_eq!(
            failure(&failed)
                .map(|event| event.message.to_string())
                .as_deref(),
            Some("Service UPDATE_FAILED: bad DSN postgres://[redacted]@db/x")
        );
        let goes_back = event("events", "UPDATE_ROLLBACK_IN_PROGRESS", "[Service] failed");
        assert!(failure(&goes_back).is_some());
        for told_nothing in [
            event("Queue", "CREATE_FAILED", "Resource creation cancelled"),
            event("Service", "UPDATE_COMPLETE", ""),
            event("events", "UPDATE_ROLLBACK_COMPLETE", ""),
        ] {
            assert_eq!(failure(&told_nothing), None);
        }
    }

    #[test]
    fn an_operation_begins_with_the_stack_itself() {
        assert!(begins_operation(&event(
            "events",
            "UPDATE_IN_PROGRESS",
            "User Initiated"
        )));
        for within in [
            event("Service", "UPDATE_IN_PROGRESS", ""),
            event("events", "UPDATE_ROLLBACK_IN_PROGRESS", ""),
            event("events", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ] {
            assert!(!begins_operation(&within));
        }
    }
}
