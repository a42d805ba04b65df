"""Database instances as RDS shows them.

moto gives every instance a made-up host name, no certificate, and no events but those of its
creation. `set_database` points DescribeDBInstances at a real PostgreSQL, or changes the status;
what starts, stops, reboots or grows an instance leaves its events behind.
"""

from __future__ import annotations

import datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBInstance, Event, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

import metrics
import rds_parameters
import rds_upkeep
from cloud import ACCOUNT

# What RDS says, and under which category.
WORDS = {
    "stopped": ("notification", "DB instance stopped"),
    "started": ("notification", "DB instance started"),
    "shutdown": ("availability", "DB instance shutdown"),
    "restarted": ("availability", "DB instance restarted"),
    "failover-started": ("failover", "Multi-AZ instance failover started."),
    "failover-completed": ("failover", "Multi-AZ instance failover completed"),
    "storage-full": (
        "low storage",
        "The allocated storage for the DB instance has been exhausted. "
        "Allocate additional storage to the DB instance to resolve this issue.",
    ),
    "storage-modified": ("configuration change", "Finished applying modification to allocated storage"),
    "bad-parameters": (
        "failure",
        "The DB instance can't be started because a parameter of its parameter group has a value "
        "that isn't compatible with the instance class. Change the parameter and reboot the instance.",
    ),
    "multi-az": ("configuration change", "Finished applying modification to convert to a Multi-AZ DB Instance"),
    "out-of-memory": ("failure", "The DB instance is out of memory and the engine was restarted."),
}


def install() -> None:
    """Patch moto."""
    rds_parameters.install()
    rds_upkeep.install()
    DBInstance.lab_name = DBInstance.address
    DBInstance.address = property(
        lambda self: getattr(self, "lab_address", None) or self.lab_name
    )
    DBInstance.certificate_details = property(_certificate)
    RDSBackend.describe_events = _describe_events
    stop, start = RDSBackend.stop_db_instance, RDSBackend.start_db_instance
    modify = RDSBackend.modify_db_instance

    def stop_db_instance(self: RDSBackend, name: str, *args: Any, **kwargs: Any) -> DBInstance:
        database = stop(self, name, *args, **kwargs)
        say(database, "shutdown")
        say(database, "stopped")
        return database

    def start_db_instance(self: RDSBackend, name: str) -> DBInstance:
        database = start(self, name)
        say(database, "restarted")
        say(database, "started")
        return database

    def reboot_db_instance(self: Any) -> ActionResult:
        database = self.backend.describe_db_instances(self.params["DBInstanceIdentifier"])[0]
        if self.params.get("ForceFailover"):
            say(database, "failover-started", 60)
            say(database, "failover-completed", 5)
        boot(database)
        return ActionResult({"DBInstance": database})

    def modify_db_instance(self: RDSBackend, name: str, wanted: dict) -> DBInstance:
        old = self.describe_db_instances(name)[0]
        before, old_class = int(old.allocated_storage), old.db_instance_class
        database = modify(self, name, wanted)
        if database.db_instance_class != old_class:
            metrics.set_metric(database, "FreeableMemory", None)
            boot(database)
        if int(database.allocated_storage) > before:
            say(database, "storage-modified")
            metrics.set_metric(database, "FreeStorageSpace", None)
            if database.status == "storage-full":
                database.status = "available"
        return database

    RDSBackend.stop_db_instance = stop_db_instance
    RDSBackend.start_db_instance = start_db_instance
    RDSResponse.reboot_db_instance = reboot_db_instance
    RDSBackend.modify_db_instance = modify_db_instance


def find(region: str, name: str) -> DBInstance:
    """moto's object of an instance."""
    return rds_backends[ACCOUNT][region].databases[name]


def set_database(region: str, name: str, wanted: dict) -> None:
    """Change what `wanted` names of address, port, status, and rds_iam of the database's user."""
    database = find(region, name)
    database.lab_address = wanted.get("address", getattr(database, "lab_address", None))
    database.port = wanted.get("port", database.port)
    database.status = wanted.get("status", database.status)
    database.lab_rds_iam = wanted.get("rds_iam", getattr(database, "lab_rds_iam", False))


def boot(database: DBInstance, seconds_ago: float = 0) -> None:
    """Restart the engine, which fails with parameters that its memory cannot bear."""
    say(database, "shutdown", seconds_ago + 20)
    rds_parameters.forget_boot(database)
    if rds_parameters.fit_memory(database):
        say(database, "restarted", seconds_ago)
        database.status = "available"
    else:
        say(database, "bad-parameters", seconds_ago)
        database.status = "incompatible-parameters"


def say(database: DBInstance, what: str, seconds_ago: float = 0) -> None:
    """Add an event of an instance."""
    category, message = WORDS[what]
    event = Event.__new__(Event)
    event.source_identifier = database.resource_id
    event.source_type = database.event_source_type
    event.source_arn = database.arn
    event.message, event.event_categories = message, [category]
    event.date = _now() - datetime.timedelta(seconds=seconds_ago)
    database.backend.events.append(event)


def last_said(database: DBInstance, *what: str) -> datetime.datetime | None:
    """When RDS said one of these things of an instance."""
    messages = [WORDS[each][1] for each in what]
    dates = [
        event.date
        for event in database.backend.events
        if event.source_identifier == database.resource_id and event.message in messages
    ]
    return max(dates, default=None)


def grow_older(region: str, seconds: float) -> None:
    """Move the events of a region into the past."""
    for event in rds_backends[ACCOUNT][region].events:
        event.date -= datetime.timedelta(seconds=seconds)


def _certificate(self: DBInstance) -> dict:
    identifier = self.ca_certificate_identifier
    valid_till = getattr(self, "lab_certificate_valid_till", None) or _now() + datetime.timedelta(
        days=340
    )
    return {"CAIdentifier": identifier, "ValidTill": valid_till}


def _describe_events(
    self: RDSBackend,
    source_identifier: str | None = None,
    source_type: str | None = None,
    start_time: Any = None,
    end_time: Any = None,
    duration: Any = None,
    event_categories: Any = None,
    **_: Any,
) -> list[Event]:
    """The events of the wanted time, oldest first; of the last hour if no time is given."""
    end = _moment(end_time) or _now() + datetime.timedelta(seconds=1)
    start = _moment(start_time) or end - datetime.timedelta(minutes=int(duration or 60))
    found = [
        event
        for event in self.events
        if source_identifier in (None, event.source_identifier)
        and source_type in (None, event.source_type)
        and start <= event.date <= end
        and (not event_categories or set(event_categories) & set(event.event_categories))
    ]
    return sorted(found, key=lambda event: event.date)


def _moment(value: Any) -> datetime.datetime | None:
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if isinstance(value, datetime.datetime) and value.tzinfo:
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return value


def _now() -> datetime.datetime:
    """As moto keeps times: of UTC, without saying so."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
