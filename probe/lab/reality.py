"""What the configuration leads to: whether a task can start, and whether its target is healthy.

The rules are ours. They say, from the state of the account, what ECS and the load balancer would
report, in wordings that were seen in the field; they do not prove that AWS behaves so.
"""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import json
import uuid
from typing import Any

from botocore.exceptions import ClientError

import ecs
import iam
from cloud import ACCOUNT, client
from ecs import Failure

LISTENS_ON = 8080
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


@dataclasses.dataclass(frozen=True)
class App:
    """How the program in an image behaves."""

    startup_seconds: int = 1
    health_seconds: float = 0.01
    health_status: int = 200
    memory_mib: int = 90
    exits: bool = False


APPS: dict[str, App] = {}  # by image tag; a tag that is not here is a program without faults


def app_of(task_definition: Any) -> App:
    image = task_definition.container_definitions[0]["image"]
    return APPS.get(image.rpartition(":")[2], App())


# ---- can a task start? ----


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


# ---- does it keep running? ----


def run_failure(service: Any, task_definition: Any) -> Failure | None:
    """Why a task that started ends again, or would be ended."""
    app = app_of(task_definition)
    if app.exits:
        reason = "Essential container in task exited"
        return Failure(reason, "EssentialContainerExited", 1, ran=True)
    if app.memory_mib > int(task_definition.memory):
        reason = "Essential container in task exited"
        detail = "OutOfMemoryError: Container killed due to memory usage"
        return Failure(reason, "EssentialContainerExited", 137, detail, ran=True)
    for group, port in ecs.target_groups(service):
        if balancer_ends_task(service, group, port, app):
            reason = f"Task failed ELB health checks in (target-group {group.arn})"
            return Failure(reason, "ServiceSchedulerInitiated", 0, ran=True)
    return None


def balancer_ends_task(service: Any, group: Any, port: int, app: App) -> bool:
    """ECS ends a task whose target is unhealthy once the grace period is over."""
    if check(service, group, port, app, up_seconds=10**6)[0] == "unhealthy":
        return True
    return app.startup_seconds > max(grace_period(service), seconds_until_unhealthy(group))


def grace_period(service: Any) -> int:
    return getattr(service, "health_check_grace_period_seconds", None) or 0


def seconds_until_unhealthy(group: Any) -> int:
    """How long the load balancer tries before it calls a new target unhealthy."""
    return int(group.health_check_interval_seconds) * int(group.unhealthy_threshold_count)


# ---- is its target healthy? ----


def target_health(group: Any, address: str) -> tuple[str, str | None, str | None] | None:
    """State, reason and description of a target, in AWS's words; None if it is no task's."""
    found = ecs.task_at(group.region_name, address)
    if found is None:
        return None
    service, task = found
    port = int(group.targets[address]["Port"])
    up = (datetime.datetime.now(datetime.timezone.utc) - task.created_at).total_seconds()
    task_definition = ecs.definition(service, task.task_definition_arn)
    state, reason, text = check(service, group, port, app_of(task_definition), up)
    if state == "unhealthy" and up < seconds_until_unhealthy(group):
        return "initial", "Elb.InitialHealthChecking", "Initial health checks in progress"
    return state, reason, text


def check(service: Any, group: Any, port: int, app: App, up_seconds: float) -> tuple:
    """One health check of the load balancer against a program that is up for some seconds."""
    if group.health_check_port not in (None, "traffic-port"):
        port = int(group.health_check_port)
    if not balancer_reaches_tasks(service, group, port):
        return "unhealthy", "Target.Timeout", "Request timed out"
    if port != LISTENS_ON or up_seconds < app.startup_seconds:
        return "unhealthy", "Target.FailedHealthChecks", "Health checks failed"
    if app.health_seconds > int(group.health_check_timeout_seconds):
        return "unhealthy", "Target.Timeout", "Request timed out"
    status = app.health_status if group.health_check_path == "/health" else 404
    if not _matches(group.matcher or {"HttpCode": "200"}, status):
        text = f"Health checks failed with these codes: [{status}]"
        return "unhealthy", "Target.ResponseCodeMismatch", text
    return "healthy", None, None


def _matches(matcher: dict, status: int) -> bool:
    """A matcher is a list such as "200,202-204"."""
    for part in matcher["HttpCode"].split(","):
        low, _, high = part.partition("-")
        if int(low) <= status <= int(high or low):
            return True
    return False


# ---- do the security groups let it through? ----


def balancer_reaches_tasks(service: Any, group: Any, port: int) -> bool:
    api = client("elbv2", service.region_name)
    balancers = api.describe_load_balancers(LoadBalancerArns=list(group.load_balancer_arns))
    tasks = service.network_configuration["awsvpcConfiguration"]["securityGroups"]
    return any(
        allows(service.region_name, balancer.get("SecurityGroups", []), tasks, port)
        for balancer in balancers["LoadBalancers"]
    )


def tasks_reach_database(service: Any, database: dict) -> bool:
    tasks = service.network_configuration["awsvpcConfiguration"]["securityGroups"]
    groups = [group["VpcSecurityGroupId"] for group in database["VpcSecurityGroups"]]
    return allows(service.region_name, tasks, groups, database["Endpoint"]["Port"])


def allows(region: str, sources: list[str], targets: list[str], port: int) -> bool:
    """Whether one set of groups may open a TCP connection to a port behind another set."""
    found = client("ec2", region).describe_security_groups(GroupIds=[*sources, *targets])
    groups = {group["GroupId"]: group for group in found["SecurityGroups"]}
    leaves = [rule for group in sources for rule in groups[group]["IpPermissionsEgress"]]
    enters = [rule for group in targets for rule in groups[group]["IpPermissions"]]
    return any(_admits(rule, targets, port) for rule in leaves) and any(
        _admits(rule, sources, port) for rule in enters
    )


def _admits(rule: dict, peers: list[str], port: int) -> bool:
    if rule["IpProtocol"] not in ("-1", "tcp"):
        return False
    if rule["IpProtocol"] == "tcp" and not rule["FromPort"] <= port <= rule["ToPort"]:
        return False
    if any(pair["GroupId"] in peers for pair in rule.get("UserIdGroupPairs", [])):
        return True
    # All peers live in the VPC of the templates.
    inside = ipaddress.ip_network("10.0.0.0/16")
    ranges = (ipaddress.ip_network(r["CidrIp"]) for r in rule.get("IpRanges", []))
    return any(inside.subnet_of(network) for network in ranges)
