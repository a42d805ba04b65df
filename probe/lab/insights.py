"""CloudWatch Logs Insights as far as a client of it is concerned: a query starts, runs for some looks,
and then has the rows that were set with POST /lab/insights; or it is stopped.

moto runs a query at once, knows of its commands `fields`, `sort` and `limit` only, and has no StopQuery.
What a query means is CloudWatch's to say: nobody evaluates it here.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse

# What the next queries answer: rows, for how many looks they run, and how they end.
_NEXT: dict[str, Any] = {}
# The queries so far, by id, in their order.
_QUERIES: dict[str, dict[str, Any]] = {}


def set_next(wanted: dict) -> dict:
    """Say what the next queries answer, and tell of those before."""
    asked = list(_QUERIES.values())
    forget()
    _NEXT.update(wanted)
    return {"asked": asked}


def forget() -> None:
    _NEXT.clear()
    _QUERIES.clear()


def install() -> None:
    """Patch moto."""
    LogsResponse.start_query = _start
    LogsResponse.get_query_results = _results
    LogsResponse.stop_query = _stop


def _start(self: LogsResponse) -> str:
    groups = self._get_param("logGroupNames") or [self._get_param("logGroupName")]
    if any(name not in self.logs_backend.groups for name in groups):
        raise ResourceNotFoundException("The specified log group does not exist.")
    identity = str(uuid.uuid4())
    _QUERIES[identity] = {
        "query": self._get_param("queryString"),
        "groups": groups,
        "start": self._get_int_param("startTime"),
        "end": self._get_int_param("endTime"),
        "looks": 0,
        "stopped": False,
    }
    return json.dumps({"queryId": identity})


def _results(self: LogsResponse) -> str:
    query = _QUERIES[self._get_param("queryId")]
    query["looks"] += 1
    if query["stopped"]:
        return json.dumps({"results": [], "status": "Cancelled"})
    if query["looks"] <= _NEXT.get("running", 1):
        return json.dumps({"results": [], "status": "Running"})
    rows = _NEXT.get("rows", [])
    # Values are text, and each row has a handle that only the console wants.
    results = [
        [*({"field": key, "value": str(value)} for key, value in row.items()), {"field": "@ptr", "value": "x"}]
        for row in rows
    ]
    statistics = {
        "recordsMatched": float(len(rows)),
        "recordsScanned": 12345.0,
        "bytesScanned": 1572864.0,
    }
    status = _NEXT.get("status", "Complete")
    return json.dumps({"results": results, "status": status, "statistics": statistics})


def _stop(self: LogsResponse) -> str:
    _QUERIES[self._get_param("queryId")]["stopped"] = True
    return json.dumps({"success": True})
