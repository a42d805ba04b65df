"""The part of ECS that keeps the wanted number of tasks running.

`settle` moves a service as far as its configuration allows: to a steady state, or one failed
attempt further. Nothing happens between calls; a call of the API or a verb of the lab is what
makes time pass.
"""

from __future__ import annotations

from typing import Any

import app_logs
import ecs
import reality
from ecs import Failure

_TROUBLE = (
    "is unable to consistently start tasks successfully. For more information, "
    "see the Troubleshooting section of the Amazon ECS Developer Guide."
)


def settle(service: Any, seconds_ago: float = 0) -> bool:
    """Bring a service to a steady state; False if the configuration does not let it."""
    with ecs.LOCK:
        primary = service.deployments[0]
        task_definition = ecs.definition(service, primary["taskDefinition"])
        missing = service.desired_count - len(_running(service, primary))
        failure = None
        if missing > 0:
            failure = reality.launch_failure(service, task_definition)
        if failure is None and service.desired_count > 0:
            failure = reality.run_failure(service, task_definition)
        if failure:
            _fail_once(service, primary, failure, seconds_ago)
            return False
        _reach_steady_state(service, primary, seconds_ago)
        return True


def _running(service: Any, deployment: dict) -> list:
    return [task for task in ecs.live(service, deployment) if task.last_status == "RUNNING"]


def _names(tasks: list) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)


def _reach_steady_state(service: Any, primary: dict, seconds_ago: float) -> None:
    pending = [task for task in ecs.live(service, primary) if task.last_status != "RUNNING"]
    for task in pending:  # what was only asked for is asked for anew, and runs
        del service._backend.tasks[service.cluster_name][task.task_arn]
    mine = ecs.live(service, primary)
    started = [
        ecs.start(service, primary, seconds_ago + 60)
        for _ in range(service.desired_count - len(mine))
    ]
    surplus = mine[: max(len(mine) - service.desired_count, 0)]
    replaced = [task for task in ecs.live(service) if task.started_by != primary["id"]]
    for task in surplus + replaced:
        reason = f"Scaling activity initiated by (deployment {primary['id']})"
        ecs.stop(service, task, Failure(reason, "ServiceSchedulerInitiated", 0, ran=True), seconds_ago)
    groups = [group.arn for group, _ in ecs.target_groups(service)]
    if started:
        ecs.event(service, f"has started {len(started)} tasks: {_names(started)}.", seconds_ago + 60)
        for arn in groups:
            message = f"registered {len(started)} targets in (target-group {arn})"
            ecs.event(service, message, seconds_ago + 55)
        for task in started:
            app_logs.started(service, task, seconds_ago + 55)
    if surplus or replaced:
        gone = surplus + replaced
        message = f"has stopped {len(gone)} running tasks: {_names(gone)}."
        ecs.event(service, message, seconds_ago + 10)
    finished = primary["rolloutState"] != "COMPLETED"
    service.deployments[:] = [primary]
    primary["rolloutState"], primary["failedTasks"] = "COMPLETED", 0
    primary["rolloutStateReason"] = f"ECS deployment {primary['id']} completed."
    for task in ecs.live(service):
        task.health_status = "HEALTHY"
        for container in task.containers:
            container.health_status = "HEALTHY"
    ecs.refresh(service)
    if finished:
        ecs.event(service, f"(deployment {primary['id']}) deployment completed.", seconds_ago + 1)
    if started or surplus or replaced or finished:
        ecs.event(service, "has reached a steady state.", seconds_ago)


def _fail_once(service: Any, primary: dict, failure: Failure, seconds_ago: float) -> None:
    """One task of the primary deployment fails, and ECS asks for the next."""
    app = reality.app_of(ecs.definition(service, primary["taskDefinition"]))
    lifetime = 45 if not failure.ran or failure.exit_code else _lifetime(service, app)
    running = _running(service, primary)
    if failure.ran and running and primary["rolloutState"] == "COMPLETED":
        task = running[0]
    else:
        task = ecs.start(service, primary, seconds_ago + lifetime)
        ecs.event(service, f"has started 1 tasks: {_names([task])}.", seconds_ago + lifetime)
    if failure.ran:
        app_logs.failed(service, task, failure, app, seconds_ago)
    if failure.code == "ServiceSchedulerInitiated":
        _explain_health(service, task, app, seconds_ago + 5)
        message = f"has stopped 1 running tasks: {_names([task])}."
        ecs.event(service, message, seconds_ago + 4)
        for group, _ in ecs.target_groups(service):
            message = f"deregistered 1 targets in (target-group {group.arn})"
            ecs.event(service, message, seconds_ago + 3)
    ecs.stop(service, task, failure, seconds_ago)
    if primary["rolloutState"] != "COMPLETED":
        # ECS stops counting once a deployment has had tasks that ran well.
        primary["failedTasks"] += 1
    _ask_for_replacement(service, primary, failure, app)
    ecs.refresh(service)


def _lifetime(service: Any, app: Any) -> float:
    """How long the load balancer and the grace period let an unhealthy task live."""
    [(group, _)] = ecs.target_groups(service)
    interval, count = int(group.health_check_interval_seconds), int(group.unhealthy_threshold_count)
    grace = getattr(service, "health_check_grace_period_seconds", None) or 0
    return max(grace, interval * count) + 5


def _explain_health(service: Any, task: Any, app: Any, seconds_ago: float) -> None:
    for group, port in ecs.target_groups(service):
        up = app.startup_seconds - 1
        _, reason, text = reality.check(service, group, port, app, up_seconds=max(up, 0))
        if reason is not None:
            message = (
                f"(port {port}) is unhealthy in (target-group {group.arn}) due to (reason {text})."
            )
            ecs.event(service, message, seconds_ago)


def _ask_for_replacement(service: Any, primary: dict, failure: Failure, app: Any) -> None:
    """Leave one task running if it would be for a while, and the rest asked for."""
    if app.health_status >= 500 or app.health_seconds > 5:
        for task in _running(service, primary):  # the container's own check fails as well
            task.health_status = "UNHEALTHY"
            for container in task.containers:
                container.health_status = "UNHEALTHY"
    missing = service.desired_count - len(ecs.live(service, primary))
    if missing > 0:
        ecs.hold_pending(service, ecs.start(service, primary, 10, register=False))


def trouble(service: Any, seconds_ago: float) -> None:
    """Say what ECS says after several failures in a row."""
    ecs.event(service, _TROUBLE, seconds_ago)
