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
import setbacks
from ecs import Failure
from programs import app_of

_TROUBLE = (
    "is unable to consistently start tasks successfully. For more information, "
    "see the Troubleshooting section of the Amazon ECS Developer Guide."
)
_STEADY = "has reached a steady state."
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
    if service.desired_count > len(setbacks.running(service, primary)):
        if refusal := placement.refusal(service, task_definition, primary):
            setbacks.forget_pending(service, primary)
            ecs.event(service, refusal, now())
            return False
        failure = reality.launch_failure(service, task_definition)
    if placement.interrupted(service):
        setbacks.interrupt(service, primary, now())
        return False
    if failure is None and service.desired_count > 0:
        failure = reality_run.run_failure(service, task_definition)
    if failure is None:
        return _reach_steady_state(service, primary, now())
    if failure.code == "ServiceSchedulerInitiated":
        setbacks.end_unhealthy_task(service, primary, failure, now())
    else:
        setbacks.fail_to_start(service, primary, failure, now())
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


def _reach_steady_state(service: Any, primary: dict, age: float) -> bool:
    setbacks.forget_pending(service, primary)
    mine = ecs.live(service, primary)
    started = [
        ecs.start(service, primary, age + 90) for _ in range(service.desired_count - len(mine))
    ]
    surplus = mine[: max(len(mine) - service.desired_count, 0)]
    kept = [task for task in surplus if task in placement.protected(service)]
    surplus = [task for task in surplus if task not in kept]
    replaced = [task for task in ecs.live(service) if task.started_by != primary["id"]]
    if started:
        setbacks.say_started(service, started, age + 90)
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
        ecs.event(service, f"has stopped {len(tasks)} running tasks: {setbacks.names(tasks)}.", age + 10)


def say_steady(service: Any, seconds_ago: float = 0) -> None:
    """Say once that a service is steady; not already when the tasks of this step were asked for."""
    asked_for = ecs.ago(seconds_ago + 95)
    service.events[:] = [
        event
        for event in service.events
        if not event["message"].endswith(_STEADY) or event["createdAt"] < asked_for
    ]
    ecs.event(service, _STEADY, seconds_ago)


