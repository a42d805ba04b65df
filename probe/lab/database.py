"""What the configuration leads to: whether the program of a task can use its database.

Most follows from the settings of the task, the instance and the roles, so that the ordinary repair
repairs. What no call to AWS shows (a program that cannot speak the server's protocol) is known
of the program: `App.database_trouble`.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from botocore.exceptions import ClientError
from moto.rds.models import DBInstance, rds_backends

import ecs
import iam
import metrics
import rds
import rds_parameters
import reality_network
from cloud import ACCOUNT, client
from programs import App, app_of

_LOW_MEMORY = 64 * 1024**2
_STILL = {"rebooting": "starting", "starting": "starting", "storage-full": "storage-full"}


@dataclasses.dataclass(frozen=True)
class Trouble:
    """Why the database is of no use, and the place that the program looks for it."""

    kind: str  # the id of the fault, or "timeout" and "starting"
    place: dict


def trouble(service: Any, task_definition: Any, task: Any = None) -> Trouble | None:
    """Why a program cannot use its database; `task` is one that was there when things changed."""
    container = task_definition.container_definitions[0]
    settings = {each["name"]: each["value"] for each in container.get("environment", [])}
    app = app_of(task_definition)
    host = settings.get("DB_HOST", "")
    port, name = int(settings.get("DB_PORT", 5432)), settings.get("DB_NAME", "events")
    database = _at(service.region_name, host)
    kind = (
        app.database_trouble
        or ("host-unset" if not host else None)
        or ("hostname-wrong" if database is None else None)
        or _of_way(service, database, port)
        or _of_instance(database)
        or _of_login(service.region_name, database, settings, container, task_definition)
        or _of_connections(service.region_name, database)
        or _of_past(database, app, task)
    )
    if kind is None:
        return None
    about = {
        "host": host,
        "port": port,
        "name": name,
        "user": database.master_username if database else "events",
        "server": "10.0.21.40",
        "task": (ecs.address(task) if task else None) or "10.0.11.57",
    }
    return Trouble(kind, about)


def _at(region: str, host: str) -> DBInstance | None:
    known = rds_backends[ACCOUNT][region].databases.values()
    return next((it for it in known if host in (it.address, it.lab_name)), None)


def _of_way(service: Any, database: DBInstance, port: int) -> str | None:
    api = client("rds", service.region_name)
    name = database.db_instance_identifier
    [found] = api.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    endpoint = {**found["Endpoint"], "Port": port}
    if not reality_network.tasks_reach_database(service, {**found, "Endpoint": endpoint}):
        return "timeout"
    # The host is there, and nothing listens on the port. Where the lab was told to show another
    # database, the task's own settings are as good as ever.
    elsewhere = port != int(database.port) and not getattr(database, "lab_address", None)
    return "connection-refused" if elsewhere else None


def _of_instance(database: DBInstance) -> str | None:
    if database.status in _STILL:
        return _STILL[database.status]
    if database.status in ("stopped", "stopping", "failed") or database.status.startswith("incom"):
        return "timeout"
    free = getattr(database, "lab_metrics", {}).get("FreeableMemory")
    if free is not None and free < _LOW_MEMORY:
        return "memory-low"
    return "endpoint-is-replica" if database.is_replica else None


def _of_login(
    region: str, database: DBInstance, settings: dict, container: dict, task_definition: Any
) -> str | None:
    mode = settings.get("DB_SSLMODE", "prefer")
    if mode == "disable" and rds_parameters.value(database, "rds.force_ssl") == 1:
        return "ssl-required"
    if mode.startswith("verify") and "rds" not in settings.get("DB_SSLROOTCERT", ""):
        return "certificate-not-trusted"
    if settings.get("DB_AUTH") == "iam":
        role = (getattr(task_definition, "task_role_arn", None) or "").split("/")[-1]
        if not role or not iam.allowed(role, "rds-db:connect", "*"):
            return "iam-login-denied"
    elif getattr(database, "lab_rds_iam", False):
        return "iam-role-blocks-password"
    elif _password(region, container) not in (None, database._master_user_password):
        return "password-wrong"
    if settings.get("DB_NAME", "events") != database.db_name:
        return "database-missing"
    return None


def _password(region: str, container: dict) -> str | None:
    """The password in the secret that the task reads; None if that cannot be said."""
    for secret in container.get("secrets", []):
        if secret["name"] == "DB_PASSWORD":
            parts = secret["valueFrom"].split(":")
            try:
                found = client("secretsmanager", region).get_secret_value(
                    SecretId=":".join(parts[:7])
                )
                return json.loads(found["SecretString"])[parts[7]]
            except (ClientError, ValueError, KeyError, IndexError):
                return None  # such a task does not even start
    return None


def _of_connections(region: str, database: DBInstance) -> str | None:
    wanted = metrics.connections(region, database.lab_name)
    most = rds_parameters.value(database, "max_connections")
    return "connections-exhausted" if wanted > most else None


def _of_past(database: DBInstance, app: App, task: Any) -> str | None:
    """A program that keeps its connections has those of before."""
    if task is None or not app.keeps_connections:
        return None
    for kind, said in (("still-read-only", "failover-completed"), ("restarted", "restarted")):
        when = rds.last_said(database, said)
        if when and task.created_at.replace(tzinfo=None) < when:
            return kind
    return None
