"""The part of ECS that keeps the wanted number of tasks running.

`settle` moves a service as far as its configuration allows: to a steady state, or one failed
attempt further. Nothing happens by itself; a call of the API or a verb of the lab is what makes
time pass.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import app_logs
import ecs
import ecs_deployments
import placement
import reality
import reality_run
import rollback
from ecs import Failure
from programs import App, app_of

_TROUBLE = (
    "is unable to consistently start tasks successfully. For more information, "
    "see the Troubleshooting section of the Amazon ECS Developer Guide."
)
_STEADY = "has reached a steady state."
# The circuit breaker of a service of two tasks rolls back at the third failure. The lab shows the
# minutes before, in which the new deployment is still PRIMARY.
_FAILURES_BEFORE_ROLLBACK = 2
_FAILED_LISTED = 500  # seconds after its creation
_clock = {"seconds_ago": 0.0}


@contextlib.contextmanager
def at(seconds_ago: float) -> Iterator[None]:
    """Let what the API calls of this block cause have happened some time ago."""
    before, _clock["seconds_ago"] = _clock["seconds_ago"], seconds_ago
    try:
        yield
    finally:
        _clock["seconds_ago"] = before


def now() -> float:
    """How long ago the lab's present is."""
    return _clock["seconds_ago"]


def settle(service: Any) -> bool:
    """Bring a service to a steady state; False if the configuration does not let it."""
    with ecs.LOCK:
        steady = _step(service)
        ecs.refresh(service)
        ecs_deployments.note(service, now())
        return steady


def give_up_deployment(service: Any) -> bool:
    """Let so many tasks fail that the circuit breaker ends the deployment; says whether it did."""
    with ecs.LOCK:
        if service.deployments[0]["rolloutState"] != "IN_PROGRESS" or settle(service):
            return False
        _give_up(service, rollback.TASKS_FAILED)
        return True


def _step(service: Any) -> bool:
    primary = service.deployments[0]
    if primary["rolloutState"] == "FAILED":
        return False
    if rollback.alarm_fired(service, primary):
        return _give_up(service, rollback.ALARM)
    task_definition = ecs.definition(service, primary["taskDefinition"])
    failure = None
    if service.desired_count > len(_running(service, primary)):
        if refusal := placement.refusal(service, task_definition, primary):
            _forget_pending(service, primary)
            ecs.event(service, refusal, now())
            return False
        failure = reality.launch_failure(service, task_definition)
    if placement.interrupted(service):
        _interrupt(service, primary, now())
        return False
    if failure is None and service.desired_count > 0:
        failure = reality_run.run_failure(service, task_definition)
    if failure is None:
        return _reach_steady_state(service, primary, now())
    if failure.code == "ServiceSchedulerInitiated":
        _end_unhealthy_task(service, primary, failure, now())
    else:
        _fail_to_start(service, primary, failure, now())
    return False


def _give_up(service: Any, why: str) -> bool:
    failed = service.deployments[0]
    if rollback.give_up(service, why, now() + 30):
        # One task too many may have failed, or the new ones run and the alarm is on.
        for task in ecs.live(service, failed):
            _stop_surplus(service, service.deployments[0], [task], now())
        _step(service)
        ecs.refresh(service)
    ecs_deployments.note(service, now())
    return failed is not service.deployments[0]


def trouble(service: Any) -> None:
    """Say what ECS says after several failures in a row."""
    ecs.event(service, _TROUBLE, now())


def _running(service: Any, deployment: dict) -> list:
    return [task for task in ecs.live(service, deployment) if task.last_status == "RUNNING"]


def _names(tasks: list) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)


# ---- when all is well ----


def _reach_steady_state(service: Any, primary: dict, age: float) -> bool:
    _forget_pending(service, primary)
    mine = ecs.live(service, primary)
    started = [
        ecs.start(service, primary, age + 90) for _ in range(service.desired_count - len(mine))
    ]
    surplus = mine[: max(len(mine) - service.desired_count, 0)]
    kept = [task for task in surplus if task in placement.protected(service)]
    surplus = [task for task in surplus if task not in kept]
    replaced = [task for task in ecs.live(service) if task.started_by != primary["id"]]
    if started:
        _say_started(service, started, age + 90)
        for group, _ in ecs.target_groups(service):
            message = f"registered {len(started)} targets in (target-group {group.arn})"
            ecs.event(service, message, age + 80)
        for task in started:
            app_logs.started(service, task, age + 85)
    gone = surplus + replaced
    _stop_surplus(service, primary, gone, age)
    if kept:
        ecs.event(service, placement.blocked_scale_in(service, len(kept)), age)
    finished = primary["rolloutState"] != "COMPLETED"
    service.deployments[:] = [
        deployment
        for deployment in service.deployments
        if deployment is primary or _still_listed(deployment)
    ]
    primary["rolloutState"], primary["failedTasks"] = "COMPLETED", 0
    primary["rolloutStateReason"] = f"ECS deployment {primary['id']} completed."
    for task in ecs.live(service):
        ecs.set_container_health(task, "HEALTHY")
    if finished:
        ecs.event(service, f"(deployment {primary['id']}) deployment completed.", age + 1)
    if kept:
        return False
    complained = bool(service.events) and "unable to" in service.events[0]["message"]
    if started or gone or finished or complained:
        say_steady(service, age)
    return True


def _still_listed(deployment: dict) -> bool:
    """DescribeServices shows a deployment that failed for some minutes more."""
    return deployment["rolloutState"] == "FAILED" and deployment["createdAt"] > ecs.ago(
        _FAILED_LISTED
    )


def _stop_surplus(service: Any, primary: dict, tasks: list, age: float) -> None:
    """Stop tasks that ran well and are not wanted any more."""
    for task in tasks:
        reason = f"Scaling activity initiated by (deployment {primary['id']})"
        app = app_of(ecs.definition(service, task.task_definition_arn))
        if app.ignores_sigterm:
            timeout = reality_run.stop_timeout(service, task)
            end = Failure(reason, "ServiceSchedulerInitiated", 137, ran=True)
            ecs.stop(service, task, end, age + 8, stopping_for=timeout)
        else:
            end = Failure(reason, "ServiceSchedulerInitiated", 0, ran=True)
            ecs.stop(service, task, end, age + 8)
    if tasks:
        ecs.event(service, f"has stopped {len(tasks)} running tasks: {_names(tasks)}.", age + 10)


def say_steady(service: Any, seconds_ago: float = 0) -> None:
    """Say once that a service is steady; not already when the tasks of this step were asked for."""
    asked_for = ecs.ago(seconds_ago + 95)
    service.events[:] = [
        event
        for event in service.events
        if not event["message"].endswith(_STEADY) or event["createdAt"] < asked_for
    ]
    ecs.event(service, _STEADY, seconds_ago)


def _forget_pending(service: Any, deployment: dict) -> int:
    """Take back what was asked for and does not run yet; says how many tasks that were."""
    pending = [t for t in ecs.live(service, deployment) if t.last_status == "PENDING"]
    for task in pending:
        del service._backend.tasks[service.cluster_name][task.task_arn]
    return len(pending)


def _say_started(service: Any, tasks: list, age: float) -> None:
    ecs.event(service, f"has started {len(tasks)} tasks: {_names(tasks)}.", age)


# ---- when it is not ----


def _fail_to_start(service: Any, primary: dict, failure: Failure, age: float) -> None:
    """A task does not come up, or its program ends, and ECS asks for another."""
    task = ecs.start(service, primary, age + 45, register=failure.ran)
    _say_started(service, [task], age + 45)
    if failure.ran:
        app = reality_run.behaviour(service, ecs.definition(service, primary["taskDefinition"]))
        app_logs.failed(service, task, failure, app, age)
    ecs.stop(service, task, failure, age)
    _count_failure(primary)
    _ask_for_another(service, primary, age)


def _interrupt(service: Any, primary: dict, age: float) -> None:
    """AWS takes the Spot capacity of a task back, and has none for another."""
    _forget_pending(service, primary)
    missing = service.desired_count - len(_running(service, primary))
    started = [ecs.start(service, primary, age + 200) for _ in range(missing)]
    if started:
        _say_started(service, started, age + 200)
    task = _running(service, primary)[0]
    ecs.stop(service, task, placement.INTERRUPTED, age, stopping_for=30)
    _ask_for_another(service, primary, age)


def _end_unhealthy_task(service: Any, primary: dict, failure: Failure, age: float) -> None:
    """ECS stops a task that the load balancer finds unhealthy, and asks for another."""
    app = reality_run.behaviour(service, ecs.definition(service, primary["taskDefinition"]))
    lifetime = _lifetime(service, app)
    born = age + lifetime
    waiting = _forget_pending(service, primary)
    if primary["rolloutState"] != "COMPLETED":
        waiting = max(waiting, 1)
    replacements = [ecs.start(service, primary, born) for _ in range(waiting)]
    if replacements:
        _say_started(service, replacements, born)
    task = _running(service, primary)[0]
    app_logs.failed(service, task, failure, app, age)
    if failure.reason == reality_run.CONTAINER_UNHEALTHY:
        ecs.event(service, f"(task {task.id}) failed container health checks.", age + 5)
    else:
        _explain_health(service, app, age + 5)
    ecs.event(service, f"has stopped 1 running tasks: {_names([task])}.", age + 4)
    for group, _ in ecs.target_groups(service):
        ecs.event(service, f"deregistered 1 targets in (target-group {group.arn})", age + 3)
    ecs.stop(service, task, failure, age, stopping_for=max(lifetime - _patience(service), 2))
    if app.health_status >= 400 or app.health_seconds > 5 or not app.checks_itself:
        for other in _running(service, primary):  # the container's own check fails as well
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
