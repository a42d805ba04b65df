"""What the configuration leads to: whether a task can start.

reality_image.py looks at the image, reality_secrets.py at secrets and parameters, reality_network.py
at what reaches what; reality_run.py says whether a task that started keeps running.

The rules are ours. They say, from the state of the account, what ECS and the load balancer would
report, in wordings that were seen in the field; they do not prove that AWS behaves so.
"""

from __future__ import annotations

from typing import Any

import ecs
import iam
import reality_image
import reality_network
import reality_secrets
import wordings
from cloud import ACCOUNT, client
from ecs import Failure
from start import Start

_FAILED = "TaskFailedToStart"


def refusal(service: Any, task_definition: Any) -> str | None:
    """Why ECS does not even make a task: a role that it cannot take on."""
    for arn in (_execution_role(task_definition), getattr(task_definition, "task_role_arn", None)):
        role = (arn or "").split("/")[-1]
        if arn and not iam.trusts(role, "ecs-tasks.amazonaws.com", service.region_name):
            return wordings.not_assumable(arn)
    return None


def _execution_role(task_definition: Any) -> str:
    return getattr(task_definition, "execution_role_arn", None) or ""


def launch_failure(service: Any, task_definition: Any) -> Failure | None:
    """Why a task cannot start, looked at in the order in which Fargate prepares one."""
    if _no_address_left(service):
        text = "Timeout waiting for network interface provisioning to complete."
        return Failure(text, _FAILED)
    newer = sum(task.last_status == "STOPPED" for task in ecs.tasks(service)) % 2 == 1
    for place in reality_network.task_places(service):
        start = Start(
            region=service.region_name,
            role=_execution_role(task_definition).split("/")[-1],
            vpc=reality_network.of(service),
            place=place,
            newer=newer,
        )
        for container in task_definition.container_definitions:
            failure = (
                reality_image.login_failure(start, container)
                or reality_secrets.failure(start, container.get("secrets", []))
                or reality_image.failure(start, container, task_definition)
                or _log_failure(start, container.get("logConfiguration"))
            )
            if failure:
                return failure
    return None


def _no_address_left(service: Any) -> bool:
    """A task needs an address of its own in its subnet, for as long as it lives."""
    subnets = service.network_configuration["awsvpcConfiguration"]["subnets"]
    found = client("ec2", service.region_name).describe_subnets(SubnetIds=subnets)["Subnets"]
    return any(subnet["AvailableIpAddressCount"] < 1 for subnet in found)


def _log_failure(start: Start, configuration: dict | None) -> Failure | None:
    if not configuration or configuration["logDriver"] != "awslogs":
        return None
    options = configuration["options"]
    group, region = options["awslogs-group"], options.get("awslogs-region", start.region)
    if not start.vpc.calls(start.place, "logs"):
        text = wordings.no_logs(region, start.address_of("logs"), start.newer)
        return Failure(text, _FAILED)
    stream = f"arn:aws:logs:{region}:{ACCOUNT}:log-group:{group}:log-stream:"
    if not iam.allowed(start.role, "logs:CreateLogStream", f"{stream}*"):
        why = wordings.denied(start.role, "logs:CreateLogStream", stream)
        return Failure(wordings.logger(why), _FAILED)
    found = client("logs", region).describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    if group not in [about["logGroupName"] for about in found]:
        why = "ResourceNotFoundException: The specified log group does not exist."
        return Failure(wordings.logger(why), _FAILED)
    return None


