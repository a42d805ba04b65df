//! Faults of the service itself: how its tasks start, run and end, and how it is deployed.

catalogue! {
    container_exited,
    container_out_of_memory,
    deployment_failing,
    grace_period_too_short,
    image_tag_missing,
    service_under_capacity,
    tasks_failing_health_checks,
}
