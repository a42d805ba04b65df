"""Metrics that AWS itself publishes: of the databases and of the load balancers.

A value a minute for the last quarter of an hour, made when somebody asks. The numbers follow from
the configuration (each task of the service holds some connections), unless a fault has set others.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.models import MetricDatum, Statistics
from moto.core.common_models import CloudWatchMetricProvider
from moto.elbv2.models import elbv2_backends
from moto.rds.models import rds_backends

import ecs
import rds_parameters
from cloud import ACCOUNT
from programs import app_of

MINUTES = 15
CONNECTIONS_PER_TASK = 3
# What a load balancer also counts for each target group.
_OF_GROUPS = ("RequestCount", "HTTPCode_Target_5XX_Count", "TargetResponseTime")
ANSWER_SECONDS = 0.042
GIB = 1024**3

def install() -> None:
    """Patch moto, which knows no percentiles and answers with null, which AWS never does."""
    original = Statistics.get_statistics_for_type

    def get_statistics_for_type(self: Statistics, stat: str) -> Any:
        if not stat.startswith("p"):
            return original(self, stat)
        values = sorted(self.metric_single_values_list)
        place = math.ceil(float(stat[1:]) / 100 * len(values))
        return values[max(place, 1) - 1]

    Statistics.get_statistics_for_type = get_statistics_for_type


class Published(CloudWatchMetricProvider):
    """moto asks every subclass of its provider."""

    @staticmethod
    def get_cloudwatch_metrics(account_id: str, region: str) -> list[MetricDatum]:
        if account_id != ACCOUNT:
            return []
        return [*_of_databases(region), *_of_balancers(region)]


def connections(region: str, address: str) -> int:
    """How many connections the running tasks want to a database; a large pool is used up."""
    wanted = 0
    for service in ecs.backend(region).services.values():
        for task in ecs.live(service):
            container = ecs.definition(service, task.task_definition_arn).container_definitions[0]
            settings = {each["name"]: each["value"] for each in container.get("environment", [])}
            if task.last_status == "RUNNING" and address in settings.values():
                pool = int(settings.get("DB_POOL_SIZE", 10))
                wanted += CONNECTIONS_PER_TASK if pool <= 10 else pool
    return wanted


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
            "DatabaseConnections": min(
                connections(region, database.lab_name),
                rds_parameters.value(database, "max_connections"),
            ),
            "FreeStorageSpace": int(database.allocated_storage) * GIB * 0.8,
            "FreeableMemory": rds_parameters.memory(database) * 0.3,
            "CPUUtilization": 6.5,
            **getattr(database, "lab_metrics", {}),
        }
        dimensions = [
            {"Name": "DBInstanceIdentifier", "Value": database.db_instance_identifier}
        ]
        yield from _series("AWS/RDS", values, dimensions)


def _of_balancers(region: str) -> Iterator[MetricDatum]:
    for balancer in elbv2_backends[ACCOUNT][region].load_balancers.values():
        full_name = balancer.arn.split(":loadbalancer/")[-1]
        pinned = getattr(balancer, "lab_metrics", {})
        values = {"RequestCount": 120, "TargetResponseTime": ANSWER_SECONDS, **pinned}
        dimensions = [{"Name": "LoadBalancer", "Value": full_name}]
        yield from _series("AWS/ApplicationELB", values, dimensions)
        counted = {name: values[name] for name in _OF_GROUPS if name in values}
        for group in elbv2_backends[ACCOUNT][region].target_groups.values():
            if balancer.arn in group.load_balancer_arns:
                of_group = {"Name": "TargetGroup", "Value": group.arn.split(":")[-1]}
                yield from _series("AWS/ApplicationELB", counted, [of_group, *dimensions])
        if since := _connections_cut_since(region, balancer):
            errors = {"HTTPCode_ELB_5XX_Count": 3, "HTTPCode_ELB_502_Count": 3}
            errors = {name: value for name, value in errors.items() if name not in pinned}
            yield from _series("AWS/ApplicationELB", errors, dimensions, since)


def _connections_cut_since(region: str, balancer: Any) -> datetime.datetime | None:
    """Since when a program behind a load balancer closes connections that this still wants to use."""
    idle = int(balancer.attrs.get("idle_timeout.timeout_seconds", 60))
    starts = [
        task.started_at
        for service in ecs.backend(region).services.values()
        for group, _ in ecs.target_groups(service)
        if balancer.arn in group.load_balancer_arns
        for task in ecs.live(service)
        if task.started_at
        and app_of(ecs.definition(service, task.task_definition_arn)).keep_alive_seconds <= idle
    ]
    return min(starts, default=None)


def _series(
    namespace: str,
    values: dict,
    dimensions: list[dict],
    since: datetime.datetime | None = None,
) -> Iterator[MetricDatum]:
    minute = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
    for back in range(MINUTES):
        moment = minute - datetime.timedelta(minutes=back)
        if since and moment < since:
            return
        for name, value in values.items():
            yield MetricDatum(namespace, name, value, dimensions, moment.replace(tzinfo=None))
