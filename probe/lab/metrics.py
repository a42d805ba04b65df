"""Metrics that AWS itself publishes: of the databases and of the load balancers.

A value a minute for the last quarter of an hour, made when somebody asks. The numbers follow from
the configuration (each task of the service holds some connections), unless a fault has set others.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.models import MetricDatum
from moto.core.common_models import CloudWatchMetricProvider
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends

import ecs
from cloud import ACCOUNT

MINUTES = 15
CONNECTIONS_PER_TASK = 3
GIB = 1024**3
# Memory of an instance by class, in GiB; the template's is db.t4g.micro.
_MEMORY = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}


class Published(CloudWatchMetricProvider):
    """moto asks every subclass of its provider."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[MetricDatum]:
        if account_id != ACCOUNT:
            return []
        return [*_of_databases(region), *_of_balancers(region)]


def memory(instance_class: str) -> int:
    """The memory of an instance class in bytes."""
    return _MEMORY.get(instance_class.rpartition(".")[2], 4) * GIB


def set_metric(resource: Any, name: str, value: float | None) -> None:
    """Let a metric of a resource have a value; None lets it follow the rest again."""
    pinned = resource.__dict__.setdefault("lab_metrics", {})
    pinned.pop(name, None)
    if value is not None:
        pinned[name] = value


def _of_databases(region: str) -> Iterator[MetricDatum]:
    for database in rds_backends[ACCOUNT][region].databases.values():
        if database.status in ("stopped", "stopping", "creating"):
            continue
        values = {
            "DatabaseConnections": _tasks_at(region, database.address) * CONNECTIONS_PER_TASK,
            "FreeStorageSpace": int(database.allocated_storage) * GIB * 0.8,
            "FreeableMemory": memory(database.db_instance_class) * 0.3,
            "CPUUtilization": 6.5,
            **getattr(database, "lab_metrics", {}),
        }
        dimensions = [
            {"Name": "DBInstanceIdentifier", "Value": database.db_instance_identifier}
        ]
        yield from _series("AWS/RDS", values, dimensions)


def _tasks_at(region: str, address: str) -> int:
    """How many running tasks have a database's address in their environment."""
    return sum(
        task.last_status == "RUNNING"
        for service in ecs.backend(region).services.values()
        for task in ecs.live(service)
        if address in str(ecs.definition(service, task.task_definition_arn).container_definitions)
    )


def _of_balancers(region: str) -> Iterator[MetricDatum]:
    for balancer in elbv2_backends[ACCOUNT][region].load_balancers.values():
        full_name = balancer.arn.split(":loadbalancer/")[-1]
        pinned = getattr(balancer, "lab_metrics", {})
        values = {"RequestCount": 120, **pinned}
        dimensions = [{"Name": "LoadBalancer", "Value": full_name}]
        yield from _series("AWS/ApplicationELB", values, dimensions)


def _series(namespace: str, values: dict, dimensions: list[dict]) -> Iterator[MetricDatum]:
    minute = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    for back in range(MINUTES):
        moment = minute - datetime.timedelta(minutes=back)
        for name, value in values.items():
            yield MetricDatum(namespace, name, value, dimensions, moment.replace(tzinfo=None))
