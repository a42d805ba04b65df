"""The end of a deployment that fails: ECS gives it up and, if told so, goes back.

Afterwards the service is healthy again, on the old revision: only its events and the history of
its deployments say that the release is not what runs.
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

import ecs
import ecs_deployments
from cloud import ACCOUNT

TASKS_FAILED, ALARM = "tasks failed to start", "alarm detected"


def alarm_fired(service: Any, primary: dict) -> bool:
    """Whether an alarm that watches the deployment of a service is on."""
    alarms = service.deployment_configuration.get("alarms", {})
    watched = primary["rolloutState"] == "IN_PROGRESS" and "lab_rolling_back" not in primary
    if not watched or not alarms.get("enable"):
        return False
    known = cloudwatch_backends[ACCOUNT][service.region_name].alarms
    states = [known[name].state_value for name in alarms["alarmNames"] if name in known]
    return "ALARM" in states


def give_up(service: Any, why: str, seconds_ago: float) -> bool:
    """End the deployment that is PRIMARY; says whether another took its place."""
    failed, *others = service.deployments
    by_alarm = why == ALARM
    words = "alarm" if by_alarm else "circuit breaker"
    settings = service.deployment_configuration.get(
        "alarms" if by_alarm else "deploymentCircuitBreaker", {}
    )
    if not by_alarm:
        failed["failedTasks"] = ecs_deployments.threshold(service)
    failed["rolloutState"] = "FAILED"
    failed["rolloutStateReason"] = f"ECS deployment {words}: {why}."
    ecs.event(service, f"(deployment {failed['id']}) deployment failed: {why}.", seconds_ago)
    for task in [t for t in ecs.live(service, failed) if t.last_status == "PENDING"]:
        del service._backend.tasks[service.cluster_name][task.task_arn]
    ecs.refresh(service)
    ecs_deployments.note(service, seconds_ago)
    if not others or not settings.get("rollback"):
        return False
    target = others[0]
    ecs.event(service, f"rolling back to deployment {target['id']}.", seconds_ago - 1)
    service.task_definition = target["taskDefinition"]
    failed["status"], target["status"] = "ACTIVE", "PRIMARY"
    target["rolloutState"], target["lab_rolling_back"] = "IN_PROGRESS", True
    target["rolloutStateReason"] = f"ECS deployment {words}: rolling back to deploymentId {target['id']}."
    service.deployments[:] = [target, failed]
    reason = ecs_deployments.ROLLED_BACK_BY_ALARM if by_alarm else ecs_deployments.ROLLED_BACK
    ecs_deployments.roll_back(service, failed, target, reason, seconds_ago)
    return True
