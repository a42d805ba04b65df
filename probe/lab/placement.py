"""Why ECS does not even try to start or stop a task: capacity, mapping, percentages, protection.

Such a reason leaves no stopped task behind; ECS only says it as an event of the service.
"""

from __future__ import annotations

import math
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend, Zone
from moto.ecs import responses

import ecs
import reality
from cloud import client

_DOCS = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
# What Fargate lacks; the lab's knowledge, since no call to AWS shows or changes it.
_NO_CAPACITY = (
    "was unable to place a task. Reason: Capacity is unavailable at this time. Please try again "
    f"later or in a different availability zone. {_DOCS}"
)
LACKS = {
    "quota": "was unable to place a task. Reason: You’ve reached the limit on the number of vCPUs "
    "you can run concurrently.",
    "capacity": _NO_CAPACITY,
    "throttled": "operations are being throttled. Will try again later.",
}
_NO_INSTANCE = (
    "was unable to place a task because no container instance met all of its requirements. "
    "The closest matching container instance doesn't have enough CPU units available. " + _DOCS
)
# The oldest zone of Tokyo, in which only old accounts have subnets.
WITHOUT_FARGATE = Zone(
    region_name="ap-northeast-1", name="ap-northeast-1b", zone_id="apne1-az3"
)
_NO_FARGATE = "was unable to place a task. Reason: Internal error."
# Most Regions have ARM on Spot by now; those that have not refuse each task so.
_NO_ARM_ON_SPOT = "FARGATE_SPOT capacity provider is not supported when using ARM architecture."
INTERRUPTED = ecs.Failure(
    "Your Spot Task was interrupted.", "SpotInterruption", 143, ran=True
)
_DEADLOCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment "
    "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
)


def install() -> None:
    """Add the operations of task protection and the zone without Fargate, which moto has not."""
    zones = RegionsAndZonesBackend.zones[WITHOUT_FARGATE.region_name]
    if WITHOUT_FARGATE not in zones:
        zones.append(WITHOUT_FARGATE)
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
    if _providers(service) and not any("FARGATE" in name for name in _providers(service)):
        return _NO_INSTANCE  # the lab has no container instances
    if _reaches_beyond_fargate(service):
        return _NO_FARGATE
    platform = getattr(task_definition, "runtime_platform", None) or {}
    if _only_spot(service) and platform.get("cpuArchitecture") == "ARM64":
        return f"failed to launch a task with (error {_NO_ARM_ON_SPOT})."
    return LACKS.get(getattr(service, "lab_lack", None))


def interrupted(service: Any) -> bool:
    """Whether AWS takes the Spot capacity of a service away."""
    return _only_spot(service) and getattr(service, "lab_lack", None) == "spot"


def protected(service: Any) -> list:
    """The tasks that ECS may not stop."""
    names = getattr(service, "lab_protected", set())
    return [task for task in ecs.live(service) if task.task_arn in names]


def blocked_scale_in(service: Any, count: int) -> str:
    """What ECS says when protected tasks are more than it wants."""
    return f"was unable to scale in due to (reason {count} tasks under protection)."


def _providers(service: Any) -> list[str]:
    strategy = getattr(service, "capacity_provider_strategy", None) or []
    return [each["capacityProvider"] for each in strategy]


def _only_spot(service: Any) -> bool:
    return bool(_providers(service)) and all("SPOT" in name for name in _providers(service))


def _reaches_beyond_fargate(service: Any) -> bool:
    """Whether a subnet of a service lies in a zone in which Fargate does not run tasks."""
    subnets = service.network_configuration["awsvpcConfiguration"]["subnets"]
    found = client("ec2", service.region_name).describe_subnets(SubnetIds=subnets)["Subnets"]
    zones = {subnet["AvailabilityZoneId"] for subnet in found}
    return WITHOUT_FARGATE.zone_id in zones


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
