"""What RegisterTaskDefinition refuses and moto takes: a task on Fargate without a role or of no size.

So no service can be brought into that state, neither on AWS nor here; only the update of a stack
that asks for it fails.
"""

from __future__ import annotations

from typing import Any

from moto.ecs.exceptions import EcsClientException
from moto.ecs.responses import EC2ContainerServiceResponse

_NO_ROLE = "Fargate requires task definition to have execution role ARN to support"
_NO_SIZE = "No Fargate configuration exists for given values."
# What memory in MiB a task may have, by its CPU units.
_SIZES = {
    256: (512, 1024, 2048),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}


def install() -> None:
    """Patch moto."""
    register = EC2ContainerServiceResponse.register_task_definition

    def register_task_definition(self: Any) -> Any:
        on_fargate = "FARGATE" in (self._get_param("requiresCompatibilities") or [])
        if on_fargate and not self._get_param("executionRoleArn"):
            for container in self._get_param("containerDefinitions") or []:
                if what := _needs(container):
                    raise EcsClientException(f"{_NO_ROLE} {what}.")
        if on_fargate and not _is_size(self._get_param("cpu"), self._get_param("memory")):
            raise EcsClientException(_NO_SIZE)
        return register(self)

    EC2ContainerServiceResponse.register_task_definition = register_task_definition


def _is_size(cpu: str | None, memory: str | None) -> bool:
    if not str(cpu).isdigit() or not str(memory).isdigit():
        return True  # "1 vCPU" and "2 GB" are other ways to write it
    return int(memory) in _SIZES.get(int(cpu), ())


def _needs(container: dict) -> str | None:
    if ".dkr.ecr." in container.get("image", ""):
        return "ECR images"
    if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
        return "log driver awslogs"
    return "secrets" if container.get("secrets") else None
