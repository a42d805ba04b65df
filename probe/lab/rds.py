"""A database instance whose address, port and status can be set.

moto gives every instance a made-up host name. `POST /lab/db` points DescribeDBInstances at a
real PostgreSQL, or changes the status.
"""

from __future__ import annotations

from moto.rds.models import DBInstance, rds_backends

from cloud import ACCOUNT


def install() -> None:
    """Patch moto."""
    original = DBInstance.address.fget
    DBInstance.address = property(lambda self: getattr(self, "lab_address", None) or original(self))


def set_database(region: str, name: str, wanted: dict) -> None:
    """Change what `wanted` names of address, port and status."""
    database = rds_backends[ACCOUNT][region].databases[name]
    database.lab_address = wanted.get("address", getattr(database, "lab_address", None))
    database.port = wanted.get("port", database.port)
    database.status = wanted.get("status", database.status)
