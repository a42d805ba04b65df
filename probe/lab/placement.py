"""Why ECS does not even try to start or stop a task: capacity, mapping, percentages, protection.

Such a reason leaves no stopped task behind; ECS only says it as an event of the service.
"""

from __future__ import annotations

import math
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs import responses

import ecs
import reality

_DOCS = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
# What Fargate lacks; the lab's knowledge, since no call to AWS shows or changes it.
LACKS = {
    "quota": "You’ve reached the limit on the number of vCPUs you can run concurrently",
    "capacity": "Capacity is unavailable at this time. Please try again later or in a different "
    f"availability zone. {_DOCS}",
    "throttled": "ECS is throttling requests of this service. Please try again later",
}
INTERRUPTED = ecs.Failure(
    "Your Spot Task was interrupted.", "SpotInterruption", 143, ran=True
)
_DEADLOCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)


def install() -> None:
    """Add the operations of task protection, which moto has not."""
    handler = responses.EC2ContainerServiceResponse
    handler.update_task_protection = _update_protection
    handler.get_task_protection = _get_protection


def set_lack(service: Any, what: str | None) -> None:
    """Let Fargate have no room for the tasks of a service; None gives it room again."""
    service.lab_lack = what


def refusal(service: Any, task_definition: Any, primary: dict) -> str | None:
    """What ECS says instead of starting a task."""
    if unassumed := reality.refusal(service, task_definition):
        return unassumed
    if unmapped := _unmapped(service, task_definition):
        return f"failed to launch a task with (error {unmapped})."
    if _deadlocked(service, primary):
        return _DEADLOCK
    lack = getattr(service, "lab_lack", None)
    return f"was unable to place a task. Reason: {LACKS[lack]}." if lack in LACKS else None


def interrupted(service: Any) -> bool:
    """Whether AWS takes the Spot capacity of a service away."""
    providers = getattr(service, "capacity_provider_strategy", None) or []
    only_spot = bool(providers) and all("SPOT" in p["capacityProvider"] for p in providers)
    return only_spot and getattr(service, "lab_lack", None) == "spot"


def protected(service: Any) -> list:
    """The tasks that ECS may not stop."""
    names = getattr(service, "lab_protected", set())
    return [task for task in ecs.live(service) if task.task_arn in names]


def blocked_scale_in(service: Any, count: int) -> str:
    """What ECS says when protected tasks are more than it wants."""
    return f"was unable to scale in due to (reason {count} tasks under protection)."


def _unmapped(service: Any, task_definition: Any) -> str | None:
    for balancer in service.load_balancers:
        name, port = balancer["containerName"], int(balancer["containerPort"])
        containers = {c["name"]: c for c in task_definition.container_definitions}
        if name not in containers:
            return f"The container {name} does not exist in the task definition."
        mappings = containers[name].get("portMappings", [])
        if port not in [int(mapping["containerPort"]) for mapping in mappings]:
            return f"The container {name} did not have a container port {port} defined."
    return None


def _deadlocked(service: Any, primary: dict) -> bool:
    """Whether the percentages allow neither one task more nor one less."""
    old = [task for task in ecs.live(service) if task.started_by != primary["id"]]
    if not old:
        return False
    most = math.floor(service.desired_count * _percent(service, "maximumPercent", 200) / 100)
    least = math.ceil(service.desired_count * _percent(service, "minimumHealthyPercent", 100) / 100)
    here = len(ecs.live(service))
    return here >= most and here - 1 < least


def _percent(service: Any, name: str, default: int) -> int:
    return int(service.deployment_configuration.get(name, default))


# ---- the calls of task protection ----


def _of_request(self: Any) -> list[tuple[Any, Any]]:
    wanted = [name.split("/")[-1] for name in self._get_param("tasks") or []]
    return [
        (service, task)
        for service in self.ecs_backend.services.values()
        for task in ecs.live(service)
        if task.id in wanted
    ]


def _update_protection(self: Any) -> ActionResult:
    found = _of_request(self)
    for service, task in found:
        names = service.__dict__.setdefault("lab_protected", set())
        names.discard(task.task_arn)
        if self._get_param("protectionEnabled"):
            names.add(task.task_arn)
    return _protection(found)


def _get_protection(self: Any) -> ActionResult:
    return _protection(_of_request(self))


def _protection(found: list[tuple[Any, Any]]) -> ActionResult:
    tasks = [
        {"taskArn": task.task_arn, "protectionEnabled": task in protected(service)}
        for service, task in found
    ]
    return ActionResult({"protectedTasks": tasks, "failures": []})
