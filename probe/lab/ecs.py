"""ECS services that own tasks, load balancer targets, events and deployments.

moto 5.2.5 keeps a service as a record: no task is ever started for it, `events` stays empty,
`runningCount` is whatever was asked for, and a new task definition changes the record in place
instead of opening a deployment. Here are the steps of which Fargate's work consists: scheduler.py
decides when they are taken, reality.py why a task fails, ecs_api.py lets the API's calls do it.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import ipaddress
import random
import threading
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ecs import models
from moto.elbv2.models import elbv2_backends

import ecs_events
from cloud import ACCOUNT

LOCK = threading.RLock()


@dataclasses.dataclass(frozen=True)
class Failure:
    """How a task ends."""

    reason: str
    code: str
    exit_code: int | None = None
    container_reason: str | None = None
    ran: bool = False  # whether the container ran, so that there is a log of it
    # Exit code and reason of containers that end otherwise, by name.
    others: Mapping[str, tuple[int | None, str | None]] = dataclasses.field(default_factory=dict)


def ago(seconds: float) -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)


def backend(region: str) -> models.EC2ContainerServiceBackend:
    return models.ecs_backends[ACCOUNT][region]


def definition(service: models.Service, name: str | None = None) -> models.TaskDefinition:
    return service._backend.describe_task_definition(name or service.task_definition)


# ---- reading ----


def tasks(service: models.Service) -> list[models.Task]:
    """All tasks of a service that ECS still remembers, oldest first."""
    known = service._backend.tasks.get(service.cluster_name, {}).values()
    return [task for task in known if task.group == f"service:{service.name}"]


def live(service: models.Service, deployment: dict | None = None) -> list[models.Task]:
    """Tasks that ECS wants running, of one deployment or of all."""
    return [
        task
        for task in tasks(service)
        if task.desired_status == "RUNNING"
        and (deployment is None or task.started_by == deployment["id"])
    ]


def address(task: models.Task) -> str | None:
    details = (d for attachment in task.attachments for d in attachment["details"])
    return next((d["value"] for d in details if d["name"] == "privateIPv4Address"), None)


def target_groups(service: models.Service) -> Iterator[tuple[Any, int]]:
    groups = elbv2_backends[ACCOUNT][service.region_name].target_groups
    for balancer in service.load_balancers:
        if balancer["targetGroupArn"] in groups:
            yield groups[balancer["targetGroupArn"]], int(balancer["containerPort"])


def task_at(region: str, ip: str) -> tuple[models.Service, models.Task] | None:
    """The task behind a target."""
    for service in backend(region).services.values():
        for task in live(service):
            if address(task) == ip:
                return service, task
    return None


# ---- writing ----


# From a task's creation to its start: the network interface and the image.
SECONDS_TO_START = 10

def event(service: models.Service, message: str, seconds_ago: float = 0) -> None:
    """Add a service event; ECS returns the latest 100, newest first."""
    entry = {"id": str(uuid.uuid4()), "createdAt": ago(seconds_ago)}
    service.events.append({**entry, "message": f"(service {service.name}) {message}"})
    service.events.sort(key=lambda e: e["createdAt"], reverse=True)
    del service.events[100:]


def start(
    service: models.Service, deployment: dict, seconds_ago: float = 0, register: bool = True
) -> models.Task:
    """Start a task in the next subnet, with an address of that subnet, and register its targets."""
    task_definition = definition(service, deployment["taskDefinition"])
    network = service.network_configuration["awsvpcConfiguration"]
    turn = len(tasks(service)) % len(network["subnets"])
    subnets = network["subnets"][turn:] + network["subnets"][:turn]
    subnet = ec2_backends[ACCOUNT][service.region_name].get_subnet(subnets[0])
    hosts = ipaddress.ip_network(subnet.cidr_block)
    taken = {address(task) for task in tasks(service)}
    free = [str(host) for host in list(hosts)[5:-5] if str(host) not in taken]
    models.random_private_ip = lambda *_: random.choice(free)
    task = models.Task(
        service._backend._get_cluster(service.cluster_name),
        task_definition,
        None,
        None,
        service._backend,
        group=f"service:{service.name}",
        launch_type=service.launch_type,
        started_by=deployment["id"],
        networking_configuration={"awsvpcConfiguration": {**network, "subnets": subnets}},
        platform_version=service.platform_version,
    )
    task.id = uuid.uuid4().hex  # as ECS writes it; moto's has dashes
    task.created_at = ago(seconds_ago)
    task.pull_started_at = ago(max(seconds_ago - 5, 0))
    task.pull_stopped_at = ago(max(seconds_ago - 9, 0))
    task.started_at = ago(max(seconds_ago - SECONDS_TO_START, 0))
    task.connectivity = "CONNECTED"
    task.health_status = "HEALTHY"
    task.cpu, task.memory = task_definition.cpu, task_definition.memory
    task.availability_zone = subnet.availability_zone
    task.containers = [_container(task, about) for about in task_definition.container_definitions]
    service._backend.tasks.setdefault(service.cluster_name, {})[task.task_arn] = task
    if register:
        for group, port in target_groups(service):
            group.register([{"Id": address(task), "Port": port}])
    return task


def _container(task: models.Task, about: dict) -> models.Container:
    """moto makes one container, of the first definition."""
    container = copy.copy(task.containers[0])
    container.container_arn = f"{task.task_arn}/{uuid.uuid4()}".replace(":task/", ":container/")
    container.task_arn = task.task_arn
    container.name, container.image = about["name"], about.get("image")
    container.cpu, container.memory = about.get("cpu", 0), about.get("memory")
    container.last_status, container.exitCode = "RUNNING", None
    # Without a health check of its own, ECS knows nothing of it.
    container.health_status = "HEALTHY" if about.get("healthCheck") else "UNKNOWN"
    return container


def stop(
    service: models.Service,
    task: models.Task,
    end: Failure,
    seconds_ago: float = 0,
    stopping_for: float = 2,
) -> None:
    """Stop a task that took so many seconds to end; its targets leave the target groups with it."""
    task.last_status = task.desired_status = "STOPPED"
    set_container_health(task, "UNKNOWN")
    task.stopped_reason, task.stop_code = end.reason, end.code
    # The program goes on serving when it is asked to stop.
    drain = max(stopping_for, 8 if end.exit_code == 0 else 2)
    task.stopping_at, task.stopped_at = ago(seconds_ago + drain), ago(seconds_ago)
    if not end.ran:
        task.started_at = None
    for container in task.containers:
        container.last_status = "STOPPED"
        usual = (end.exit_code, end.container_reason)
        container.exitCode, container.reason = end.others.get(container.name, usual)
    for group, _ in target_groups(service):
        group.targets.pop(address(task), None)
    ecs_events.task_stopped(service.region_name, service.cluster_name, task.task_arn, task.stopped_at)


def hold_pending(task: models.Task) -> None:
    """Show a task that ECS has just asked for and that does not run yet."""
    task.last_status = "PENDING"
    task.started_at = task.pull_stopped_at = None
    set_container_health(task, "UNKNOWN")
    for container in task.containers:
        container.last_status = "PENDING"


def set_container_health(task: models.Task, health: str) -> None:
    """What the container's own health check says, for the task and the containers that have one."""
    task.health_status = health
    for container in task.containers:
        if container.health_status != "UNKNOWN" or container is task.containers[0]:
            container.health_status = health


def grow_older(service: models.Service, seconds: float) -> None:
    """Move everything that happened to a service into the past."""
    passed = datetime.timedelta(seconds=seconds)
    moments = (
        "created_at",
        "started_at",
        "pull_started_at",
        "pull_stopped_at",
        "stopping_at",
        "stopped_at",
    )
    for task in tasks(service):
        for moment in moments:
            if getattr(task, moment, None):
                setattr(task, moment, getattr(task, moment) - passed)
    for entry in [*service.events, *service.deployments]:
        entry["createdAt"] -= passed


def open_deployment(service: models.Service, seconds_ago: float = 0) -> dict:
    """Make the service's task definition the PRIMARY deployment; what ran stays ACTIVE."""
    old = service.deployments[0]
    old["status"] = "ACTIVE"
    new = {
        **old,
        "id": f"ecs-svc/{random.randint(10**18, 10**19 - 1)}",
        "status": "PRIMARY",
        "taskDefinition": service.task_definition,
        "createdAt": ago(seconds_ago),
        "failedTasks": 0,
        "rolloutState": "IN_PROGRESS",
    }
    new["rolloutStateReason"] = f"ECS deployment {new['id']} in progress."
    # What the old one only asked for is taken back, and it goes once it has no task.
    for task in [task for task in live(service) if task.last_status == "PENDING"]:
        del service._backend.tasks[service.cluster_name][task.task_arn]
    service.deployments[:] = [new] + [d for d in service.deployments if live(service, d)]
    refresh(service)
    return new


def refresh(service: models.Service) -> None:
    """Count the tasks into the service, its deployments and its cluster."""
    for deployment in service.deployments:
        mine = live(service, deployment)
        running = sum(task.last_status == "RUNNING" for task in mine)
        primary = deployment["status"] == "PRIMARY"
        deployment["desiredCount"] = service.desired_count if primary else len(mine)
        deployment["runningCount"] = running
        deployment["pendingCount"] = len(mine) - running
        # moto writes times without a zone, which cannot be compared with ours.
        deployment["createdAt"] = deployment["createdAt"].replace(tzinfo=datetime.timezone.utc)
        deployment["updatedAt"] = ago(0)
    everything = live(service)
    service.running_count = sum(task.last_status == "RUNNING" for task in everything)
    service.pending_count = len(everything) - service.running_count
    cluster = service._backend._get_cluster(service.cluster_name)
    cluster.running_tasks_count = service.running_count
    cluster.pending_tasks_count = service.pending_count
    cluster.active_services_count = 1
