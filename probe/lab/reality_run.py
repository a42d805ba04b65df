"""What the configuration leads to: whether a task keeps running, and whether its target is healthy."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import database
import database_logs
import ecs
import elb
import reality_container
import reality_network
import reality_storage
from cloud import client
from ecs import Failure
from programs import App, app_of

LISTENS_ON = 8080
CONTAINER_UNHEALTHY = "Task failed container health checks"


def run_failure(service: Any, task_definition: Any) -> Failure | None:
    """Why a task that started ends again, or would be ended."""
    if failure := reality_storage.mount_failure(service, task_definition):
        return failure
    if failure := reality_container.container_failure(service, task_definition):
        return failure
    app = behaviour(service, task_definition)
    if app.exits:
        reason = reality_container.EXITED
        return Failure(reason, "EssentialContainerExited", 1, ran=True)
    if app.memory_mib > int(task_definition.memory):
        reason = "Essential container in task exited"
        detail = "OutOfMemoryError: Container killed due to memory usage"
        return Failure(reason, "EssentialContainerExited", 137, detail, ran=True)
    if not app.checks_itself:
        return Failure(CONTAINER_UNHEALTHY, "ServiceSchedulerInitiated", 0, ran=True)
    for group, port in ecs.target_groups(service):
        if balancer_ends_task(service, group, port, app):
            reason = f"Task failed ELB health checks in (target-group {group.arn})"
            return Failure(reason, "ServiceSchedulerInitiated", 0, ran=True)
    return None


def behaviour(service: Any, task_definition: Any) -> App:
    """How the program of a service behaves where it is put: its health check may fail there."""
    app = app_of(task_definition)
    container = task_definition.container_definitions[0]
    if not reality_container.has_health_check_tool(container):
        tool = container["healthCheck"]["command"][1].split()[0]
        app = dataclasses.replace(app, checks_itself=False, lines=(f"/bin/sh: {tool}: not found",))
    if app.without_database != "serves":
        if trouble := database.trouble(service, task_definition):
            lines = database_logs.last_words(app, trouble)
            change = {"exits": True} if app.without_database == "exits" else {"health_status": 503}
            app = dataclasses.replace(app, lines=lines, **change)
    return app


def stop_timeout(service: Any, task: Any) -> int:
    """For how many seconds ECS waits after SIGTERM before it kills the program of a task."""
    container = ecs.definition(service, task.task_definition_arn).container_definitions[0]
    return int(container.get("stopTimeout") or 30)


def all_served(service: Any) -> bool:
    """Whether the load balancer sends requests to every task that ECS wants running."""
    api = client("elbv2", service.region_name)
    for group, _ in ecs.target_groups(service):
        found = api.describe_target_health(TargetGroupArn=group.arn)["TargetHealthDescriptions"]
        healthy = {it["Target"]["Id"] for it in found if it["TargetHealth"]["State"] == "healthy"}
        if any(ecs.address(task) not in healthy for task in ecs.live(service)):
            return False
    return all(keeps_connections_long_enough(service, task) for task in ecs.live(service))


def keeps_connections_long_enough(service: Any, task: Any) -> bool:
    """Whether a program closes idle connections after the load balancer does; else some get 502."""
    app = app_of(ecs.definition(service, task.task_definition_arn))
    balancers = [b for group, _ in ecs.target_groups(service) for b in elb.balancers_of(group)]
    idle = [int(b.attrs.get("idle_timeout.timeout_seconds", 60)) for b in balancers]
    return all(app.keep_alive_seconds > seconds for seconds in idle)


def balancer_ends_task(service: Any, group: Any, port: int, app: App) -> bool:
    """ECS ends a task whose target is unhealthy once the grace period is over."""
    if check(service, group, port, app, up_seconds=10**6)[0] == "unhealthy":
        return True
    return app.startup_seconds > max(grace_period(service), seconds_until_unhealthy(group))


def grace_period(service: Any) -> int:
    return getattr(service, "health_check_grace_period_seconds", None) or 0


def seconds_until_unhealthy(group: Any) -> int:
    """How long the load balancer tries before it calls a new target unhealthy."""
    return int(group.health_check_interval_seconds) * int(group.unhealthy_threshold_count)


# ---- is its target healthy? ----


def target_health(group: Any, address: str) -> tuple[str, str | None, str | None] | None:
    """State, reason and description of a target, in AWS's words; None if it is no task's."""
    found = ecs.task_at(group.region_name, address)
    if found is None:
        return None
    service, task = found
    port = int(group.targets[address]["Port"])
    up = (datetime.datetime.now(datetime.timezone.utc) - task.created_at).total_seconds()
    task_definition = ecs.definition(service, task.task_definition_arn)
    if unused := _unused(group, task):
        return "unused", "Target.NotInUse", unused
    if not group.health_check_enabled:
        text = "Health checks are disabled for this target"
        return "unavailable", "Target.HealthCheckDisabled", text
    app = behaviour(service, task_definition)
    state, reason, text = check(service, group, port, app, up)
    if state == "unhealthy" and up < seconds_until_unhealthy(group):
        return "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"
    return state, reason, text


def _unused(group: Any, task: Any) -> str | None:
    """Why the load balancer does not even check a target."""
    balancers = elb.balancers_of(group)
    if not balancers:
        return "Target group is not configured to receive traffic from the load balancer"
    zones = {subnet.availability_zone for balancer in balancers for subnet in balancer.subnets}
    if task.availability_zone not in zones:
        return "Target is in an Availability Zone that is not enabled for the load balancer"
    return None


def check(service: Any, group: Any, port: int, app: App, up_seconds: float) -> tuple:
    """One health check of the load balancer against a program that is up for some seconds."""
    if not elb.balancers_of(group) or not group.health_check_enabled:
        return "unused", "Target.NotInUse", "Target group is not in use"
    if group.health_check_port not in (None, "traffic-port"):
        port = int(group.health_check_port)
    if not reality_network.balancer_reaches_tasks(service, group, port):
        return "unhealthy", "Target.Timeout", "Request timed out"
    if port != LISTENS_ON or up_seconds < app.startup_seconds or app.resets_checks:
        return "unhealthy", "Target.FailedHealthChecks", "Health checks failed"
    if app.health_seconds > int(group.health_check_timeout_seconds):
        return "unhealthy", "Target.Timeout", "Request timed out"
    status = app.health_status if group.health_check_path == "/health" else 404
    if not _matches(group.matcher or {"HttpCode": "200"}, status):
        text = f"Health checks failed with these codes: [{status}]"
        return "unhealthy", "Target.ResponseCodeMismatch", text
    return "healthy", None, None


def _matches(matcher: dict, status: int) -> bool:
    """A matcher is a list such as "200,202-204"."""
    for part in matcher["HttpCode"].split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False
