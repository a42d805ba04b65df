"""DescribeDBParameters with the defaults of PostgreSQL on RDS.

moto returns only what somebody has set, and takes no filter.
"""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBParameterGroupNotFoundError
from moto.rds.models import DBInstance
from moto.rds.responses import RDSResponse

# Name: value, static or dynamic, type, allowed values. {} stands for a rule of the version.
_DEFAULTS: dict[str, tuple[str | None, str, str, str]] = {
    "max_connections": ("LEAST({DBInstanceClassMemory/9531392},5000)", "static", "integer", "6-262143"),
    "shared_buffers": ("{DBInstanceClassMemory/32768}", "static", "integer", "16-1073741823"),
    "effective_cache_size": ("{DBInstanceClassMemory/16384}", "dynamic", "integer", "1-2147483647"),
    "work_mem": (None, "dynamic", "integer", "64-2147483647"),
    "idle_in_transaction_session_timeout": ("86400000", "dynamic", "integer", "0-2147483647"),
    "statement_timeout": (None, "dynamic", "integer", "0-2147483647"),
    "log_min_duration_statement": (None, "dynamic", "integer", "-1-2147483647"),
    "rds.logical_replication": ("0", "static", "boolean", "0,1"),
    "rds.force_ssl": ("", "dynamic", "boolean", "0,1"),
    "password_encryption": ("", "dynamic", "string", "md5,scram-sha-256"),
}
# Memory of an instance by class, in GiB; the template's is db.t4g.micro.
_MEMORY = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}
_FORMULA = re.compile(r"\{DBInstanceClassMemory/(\d+)\}")


def install() -> None:
    """Patch moto."""
    RDSResponse.describe_db_parameters = _describe


def memory(database: DBInstance) -> int:
    """The memory of an instance in bytes."""
    return _MEMORY.get(database.db_instance_class.rpartition(".")[2], 4) * 1024**3


def value(database: DBInstance, name: str) -> int:
    """A number of an instance's parameters, its formula worked out; a static one is that of its boot."""
    if _DEFAULTS[name][1] == "dynamic":
        return _given(database, name)
    of_boot = database.__dict__.setdefault("lab_booted_with", {})
    return of_boot.setdefault(name, _given(database, name))


def forget_boot(database: DBInstance) -> None:
    """Let the static parameters that were changed take effect."""
    database.lab_booted_with = {}


def _given(database: DBInstance, name: str) -> int:
    group = database.backend.db_parameter_groups.get(database.db_parameter_group_name)
    given = group.parameters.get(name, {}) if group else {}
    default = _DEFAULTS[name][0]
    if name == "rds.force_ssl":
        default = "1" if int(str(database.engine_version).partition(".")[0]) >= 15 else "0"
    text = str(given.get("ParameterValue") or default)
    bytes_of = memory(database)
    numbers = _FORMULA.sub(lambda found: str(bytes_of // int(found[1])), text)
    return min(int(number) for number in re.findall(r"\d+", numbers))


def fit_memory(database: DBInstance) -> bool:
    """Whether the instance can give its engine the shared memory that the parameters ask for."""
    return value(database, "shared_buffers") * 8192 < memory(database)


def _describe(self: Any) -> ActionResult:
    name = self.params.get("DBParameterGroupName").lower()
    if name.startswith("default."):
        family, given = name.removeprefix("default."), {}
    else:
        group = self.backend.db_parameter_groups.get(name)
        if group is None:
            raise DBParameterGroupNotFoundError(name)
        family, given = group.family or "postgres17", group.parameters
    found = [_parameter(each, family, given.get(each)) for each in sorted({*_DEFAULTS, *given})]
    for wanted in self.params.get("Filters") or []:
        if wanted["Name"] == "parameter-name":
            found = [p for p in found if p["ParameterName"] in wanted["Values"]]
    if source := self.params.get("Source"):
        found = [p for p in found if p["Source"] == source]
    return ActionResult({"Parameters": found})


def _parameter(name: str, family: str, given: dict | None) -> dict:
    default, apply_type, kind, allowed = _DEFAULTS.get(name, (None, "dynamic", "string", ""))
    major = int(re.sub(r"\D", "", family) or 0)
    if name == "rds.force_ssl":
        default = "1" if major >= 15 else "0"
    if name == "password_encryption":
        default = "scram-sha-256" if major >= 14 else "md5"
    about = {
        "ParameterName": name,
        "Source": "user" if given else "system" if default is not None else "engine-default",
        "ApplyType": apply_type,
        "DataType": kind,
        "IsModifiable": True,
        "ApplyMethod": "pending-reboot",
    }
    if allowed:
        about["AllowedValues"] = allowed
    if default is not None:
        about["ParameterValue"] = default
    return {**about, **(given or {})}
