"""What RegisterTaskDefinition refuses and moto takes: a task on Fargate without the role it needs.

So no service can be brought into that state, neither on AWS nor here.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import EcsClientException
from moto.ecs.responses import EC2ContainerServiceResponse

_REFUSAL = "Fargate requires task definition to have execution role ARN to support"


def install() -> None:
    """Patch moto."""
    register = EC2ContainerServiceResponse.register_task_definition

    def register_task_definition(self: Any) -> Any:
        on_fargate = "FARGATE" in (self._get_param("requiresCompatibilities") or [])
        if on_fargate and not self._get_param("executionRoleArn"):
            for container in self._get_param("containerDefinitions") or []:
                if what := _needs(container):
                    raise EcsClientException(f"{_REFUSAL} {what}.")
        return register(self)

    EC2ContainerServiceResponse.register_task_definition = register_task_definition


def _needs(container: dict) -> str | None:
    if ".dkr.ecr." in container.get("image", ""):
        return "ECR images"
    if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
        return "log driver awslogs"
    return "secrets" if container.get("secrets") else None
