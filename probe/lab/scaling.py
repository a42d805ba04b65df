"""Application Auto Scaling: what happened, and the minimum that a new target enforces.

moto stores targets and policies, answers DescribeScalingActivities with an HTML page of status
500, and leaves the service's count alone when it is below the minimum.
"""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

import ecs
from cloud import ACCOUNT, client


def install() -> None:
    """Patch moto."""
    handler = ApplicationAutoScalingResponse
    register = handler.register_scalable_target

    def register_scalable_target(self: Any) -> Any:
        result = register(self)
        if self._get_param("ServiceNamespace") == "ecs":
            _lift(self.region, self._get_param("ResourceId"), self._get_param("MinCapacity") or 0)
        return result

    def describe_scaling_activities(self: Any) -> str:
        wanted = self._get_param("ResourceId")
        found = [a for a in activities(self.region) if wanted in (None, a["ResourceId"])]
        return json.dumps({"ScalingActivities": found})

    handler.register_scalable_target = register_scalable_target
    handler.describe_scaling_activities = describe_scaling_activities


def _lift(region: str, resource_id: str, minimum: int) -> None:
    _, cluster, name = resource_id.split("/")
    service = ecs.backend(region)._get_service(cluster, name)
    if service.desired_count < minimum:
        record(service, minimum, f"minimum capacity was set to {minimum}")
        client("ecs", region).update_service(cluster=cluster, service=name, desiredCount=minimum)


def activities(region: str) -> list[dict]:
    """The scaling activities of a region, newest first; they go when moto is reset."""
    backend = applicationautoscaling_backends[ACCOUNT][region]
    return backend.__dict__.setdefault("lab_activities", [])


def record(service: Any, desired: int, cause: str) -> None:
    """Add an activity as Application Auto Scaling writes it."""
    now = time.time()
    activities(service.region_name).insert(
        0,
        {
            "ActivityId": str(uuid.uuid4()),
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{service.cluster_name}/{service.name}",
            "ScalableDimension": "ecs:service:DesiredCount",
            "Description": f"Setting desired count to {desired}.",
            "Cause": cause,
            "StartTime": now,
            "EndTime": now,
            "StatusCode": "Successful",
            "StatusMessage": f"Successfully set desired count to {desired}. "
            "Change successfully fulfilled by ecs.",
        },
    )
