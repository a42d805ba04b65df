"""What the configuration leads to: whether a task keeps running, and whether its target is healthy."""

from __future__ import annotations

import datetime
from typing import Any

import ecs
import reality_network
from ecs import Failure
from programs import App, app_of

LISTENS_ON = 8080


def run_failure(service: Any, task_definition: Any) -> Failure | None:
    """Why a task that started ends again, or would be ended."""
    app = app_of(task_definition)
    if app.exits:
        reason = "Essential container in task exited"
        return Failure(reason, "EssentialContainerExited", 1, ran=True)
    if app.memory_mib > int(task_definition.memory):
        reason = "Essential container in task exited"
        detail = "OutOfMemoryError: Container killed due to memory usage"
        return Failure(reason, "EssentialContainerExited", 137, detail, ran=True)
    for group, port in ecs.target_groups(service):
        if balancer_ends_task(service, group, port, app):
            reason = f"Task failed ELB health checks in (target-group {group.arn})"
            return Failure(reason, "ServiceSchedulerInitiated", 0, ran=True)
    return None


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
    state, reason, text = check(service, group, port, app_of(task_definition), up)
    if state == "unhealthy" and up < seconds_until_unhealthy(group):
        return "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"
    return state, reason, text


def check(service: Any, group: Any, port: int, app: App, up_seconds: float) -> tuple:
    """One health check of the load balancer against a program that is up for some seconds."""
    if group.health_check_port not in (None, "traffic-port"):
        port = int(group.health_check_port)
    if not reality_network.balancer_reaches_tasks(service, group, port):
        return "unhealthy", "Target.Timeout", "Request timed out"
    if port != LISTENS_ON or up_seconds < app.startup_seconds:
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
