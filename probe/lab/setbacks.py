"""What ECS does while a service cannot have the tasks that it wants.

Each step is one more task that fails, is ended or is taken away, and another that is asked for.
"""

from __future__ import annotations

from typing import Any

import app_logs
import ecs
import placement
import reality_run
from ecs import Failure
from programs import App

# The circuit breaker of a service of two tasks rolls back at the third failure. The lab shows the
# minutes before, in which the new deployment is still PRIMARY.
_FAILURES_BEFORE_ROLLBACK = 2


def fail_to_start(service: Any, primary: dict, failure: Failure, age: float) -> None:
    """A task does not come up, or its program ends, and ECS asks for another."""
    task = ecs.start(service, primary, age + 45, register=failure.ran)
    say_started(service, [task], age + 45)
    if failure.ran:
        app = reality_run.behaviour(service, ecs.definition(service, primary["taskDefinition"]))
        app_logs.failed(service, task, failure, app, age)
    ecs.stop(service, task, failure, age)
    _count_failure(primary)
    _ask_for_another(service, primary, age)


def interrupt(service: Any, primary: dict, age: float) -> None:
    """AWS takes the Spot capacity of a task back, and has none for another."""
    forget_pending(service, primary)
    missing = service.desired_count - len(running(service, primary))
    started = [ecs.start(service, primary, age + 200) for _ in range(missing)]
    if started:
        say_started(service, started, age + 200)
    task = running(service, primary)[0]
    ecs.stop(service, task, placement.INTERRUPTED, age, stopping_for=30)
    _ask_for_another(service, primary, age)


def end_unhealthy_task(service: Any, primary: dict, failure: Failure, age: float) -> None:
    """ECS stops a task that the load balancer finds unhealthy, and asks for another."""
    app = reality_run.behaviour(service, ecs.definition(service, primary["taskDefinition"]))
    lifetime = _lifetime(service, app)
    born = age + lifetime
    waiting = forget_pending(service, primary)
    if primary["rolloutState"] != "COMPLETED":
        waiting = max(waiting, 1)
    replacements = [ecs.start(service, primary, born) for _ in range(waiting)]
    if replacements:
        say_started(service, replacements, born)
    task = running(service, primary)[0]
    app_logs.failed(service, task, failure, app, age)
    if failure.reason == reality_run.CONTAINER_UNHEALTHY:
        ecs.event(service, f"(task {task.id}) failed container health checks.", age + 5)
    else:
        _explain_health(service, app, age + 5)
    ecs.event(service, f"has stopped 1 running tasks: {names([task])}.", age + 4)
    for group, _ in ecs.target_groups(service):
        ecs.event(service, f"deregistered 1 targets in (target-group {group.arn})", age + 3)
    ecs.stop(service, task, failure, age, stopping_for=max(lifetime - _patience(service), 2))
    if app.health_status >= 400 or app.health_seconds > 5 or not app.checks_itself:
        for other in running(service, primary):  # the container's own check fails as well
            ecs.set_container_health(other, "UNHEALTHY")
    _count_failure(primary)
    _ask_for_another(service, primary, age)


def _count_failure(deployment: dict) -> None:
    """ECS stops counting once a deployment has had tasks that ran well."""
    if deployment["rolloutState"] != "COMPLETED":
        failed = deployment["failedTasks"] + 1
        deployment["failedTasks"] = min(failed, _FAILURES_BEFORE_ROLLBACK)


def _ask_for_another(service: Any, primary: dict, age: float) -> None:
    if len(ecs.live(service, primary)) < service.desired_count:
        task = ecs.start(service, primary, max(age - 5, 1), register=False)
        ecs.hold_pending(task)


def _lifetime(service: Any, app: App) -> float:
    """How many seconds an unhealthy task is there, from its creation to its end."""
    slow = ecs.SECONDS_TO_START + app.startup_seconds + app_logs.LISTENED_FOR
    return max(_patience(service), slow if app.startup_seconds > 5 else 0)


def _patience(service: Any) -> float:
    """How many seconds after its creation ECS asks an unhealthy task to stop."""
    groups = [group for group, _ in ecs.target_groups(service)]
    tries = max(reality_run.seconds_until_unhealthy(group) for group in groups)
    return ecs.SECONDS_TO_START + max(tries, reality_run.grace_period(service)) + 5


def _explain_health(service: Any, app: App, age: float) -> None:
    for group, port in ecs.target_groups(service):
        state, _, text = reality_run.check(service, group, port, app, up_seconds=10**6)
        if state == "healthy":  # in the end; not while the program was starting
            text = "Health checks failed"
        message = (
            f"(port {port}) is unhealthy in (target-group {group.arn}) due to (reason {text})."
        )
        ecs.event(service, message, age)


def running(service: Any, deployment: dict) -> list:
    return [task for task in ecs.live(service, deployment) if task.last_status == "RUNNING"]


def names(tasks: list) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)


def forget_pending(service: Any, deployment: dict) -> int:
    """Take back what was asked for and does not run yet; says how many tasks that were."""
    pending = [t for t in ecs.live(service, deployment) if t.last_status == "PENDING"]
    for task in pending:
        del service._backend.tasks[service.cluster_name][task.task_arn]
    return len(pending)


def say_started(service: Any, tasks: list, age: float) -> None:
    ecs.event(service, f"has started {len(tasks)} tasks: {names(tasks)}.", age)
