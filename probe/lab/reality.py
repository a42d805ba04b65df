"""What the configuration leads to: whether a task can start.

reality_run.py says whether it keeps running, reality_network.py what reaches what.

The rules are ours. They say, from the state of the account, what ECS and the load balancer would
report, in wordings that were seen in the field; they do not prove that AWS behaves so.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from botocore.exceptions import ClientError

import ecs
import iam
from cloud import ACCOUNT, client
from ecs import Failure

_ASM = (
    "ResourceInitializationError: unable to pull secrets or registry auth: "
    "execution resource retrieval failed: unable to retrieve secret from asm: "
    "service call has been retried 1 time(s): "
)
_REGISTRY = (
    "ResourceInitializationError: unable to pull secrets or registry auth: "
    "execution resource retrieval failed: unable to retrieve ecr registry auth: "
    "service call has been retried 1 time(s): "
)


def launch_failure(service: Any, task_definition: Any) -> Failure | None:
    """Why a task cannot start, looked at in the order in which Fargate prepares one."""
    region = service.region_name
    role = task_definition.execution_role_arn.split("/")[-1]
    container = task_definition.container_definitions[0]
    return (
        _registry_failure(role)
        or _secret_failure(region, role, container.get("secrets", []))
        or _image_failure(region, role, container["image"])
    )


def _denied(role: str, action: str, resource: str) -> str:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{uuid.uuid4().hex}"
    return (
        f"AccessDeniedException: User: {session} is not authorized to perform: {action} "
        f"on resource: {resource} because no identity-based policy allows the {action} action "
        f"status code: 400, request id: {uuid.uuid4()}"
    )


def _registry_failure(role: str) -> Failure | None:
    action = "ecr:GetAuthorizationToken"
    if iam.allowed(role, action, "*"):
        return None
    return Failure(_REGISTRY + _denied(role, action, "*"), "TaskFailedToStart")


def _secret_failure(region: str, role: str, secrets: list[dict]) -> Failure | None:
    for secret in secrets:
        parts = secret["valueFrom"].split(":")
        arn, key = ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""
        fetch = f"failed to fetch secret {arn} from secrets manager: "
        if not iam.allowed(role, "secretsmanager:GetSecretValue", arn):
            why = fetch + _denied(role, "secretsmanager:GetSecretValue", arn)
            return Failure(_ASM + why, "TaskFailedToStart")
        try:
            value = client("secretsmanager", region).get_secret_value(SecretId=arn)["SecretString"]
        except ClientError as error:
            about = error.response["Error"]
            why = f"{_ASM}{fetch}{about['Code']}: {about['Message']}"
            return Failure(why, "TaskFailedToStart")
        if key and key not in json.loads(value):
            why = f"retrieved secret from Secrets Manager did not contain json key {key}"
            return Failure(_ASM + why, "TaskFailedToStart")
    return None


def _image_failure(region: str, role: str, image: str) -> Failure | None:
    host_and_name, _, tag = image.rpartition(":")
    host, _, repository = host_and_name.partition("/")
    arn = f"arn:aws:ecr:{region}:{ACCOUNT}:repository/{repository}"
    pull = (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        f"failed to resolve ref {image}: "
    )
    if not all(
        iam.allowed(role, action, arn)
        for action in ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    ):
        why = f"pulling from host {host} failed with status code [manifests {tag}]: 403 Forbidden"
        return Failure(pull + why, "TaskFailedToStart", container_reason=pull + why)
    try:
        wanted = [{"imageTag": tag}]
        client("ecr", region).describe_images(repositoryName=repository, imageIds=wanted)
    except ClientError:
        why = f"{image}: not found"
        return Failure(pull + why, "TaskFailedToStart", container_reason=pull + why)
    return None
