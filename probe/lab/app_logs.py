"""What the event service writes to its log group, in its own JSON format.

A task that died before its container ran has no log: nothing is written for it.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from typing import Any

import ecs
from cloud import client

_ROUTES = (
    ("GET", "/events", 200),
    ("GET", "/events/{id}", 200),
    ("POST", "/events/{id}/join", 201),
    ("GET", "/health", 200),
)


def started(service: Any, task: Any, seconds_ago: float) -> None:
    """A task that came up well: two lines of the start and some ordinary requests."""
    lines = [
        _line(seconds_ago, "INFO", "service started", version="0.1.0"),
        _line(seconds_ago - 1, "INFO", "listening", address="0.0.0.0:8080"),
    ]
    for n in range(8):
        method, path, status = _ROUTES[n % len(_ROUTES)]
        lines.append(request(max(seconds_ago - 5 * n - 5, 0), method, path, status))
    write(service, task, lines)


def failed(service: Any, task: Any, failure: Any, app: Any, seconds_ago: float) -> None:
    """The last lines of a task whose container ran."""
    if failure.exit_code == 137:
        lines = [
            _line(seconds_ago + 40, "INFO", "service started", version="0.1.1"),
            _line(seconds_ago + 39, "INFO", "listening", address="0.0.0.0:8080"),
            request(seconds_ago + 3, "GET", "/events", 200),
        ]
    elif failure.exit_code == 1:
        lines = [
            _line(seconds_ago + 2, "INFO", "service started", version="0.1.1"),
            (seconds_ago, "thread 'main' panicked at service/src/main.rs:41:10:"),
            (seconds_ago, "called `Result::unwrap()` on an `Err` value: unknown variant `SLACK`"),
            (seconds_ago, "stack backtrace:"),
            (seconds_ago, "   0: std::panicking::begin_panic_handler"),
            (seconds_ago, "   1: core::panicking::panic_fmt"),
            (seconds_ago, "   2: service::main"),
        ]
    elif app.startup_seconds > 5:
        lines = [
            _line(seconds_ago + 60, "INFO", "service started", version="0.1.1"),
            _line(seconds_ago + 59, "INFO", "warming the search index", events=48000),
            _line(seconds_ago + 30, "INFO", "warming the search index", events=31000),
            _line(seconds_ago, "INFO", "SIGTERM received, draining"),
            _line(
                seconds_ago + 60 - app.startup_seconds,
                "INFO",
                f"listening after {app.startup_seconds} s",
                address="0.0.0.0:8080",
                startup_seconds=app.startup_seconds,
            ),
        ]
    elif app.health_status >= 500:
        lines = [
            request(seconds_ago + 30 * n, "GET", "/health", app.health_status) for n in range(5, 0, -1)
        ]
    elif app.health_seconds > 1:
        lines = [
            request(seconds_ago + 30 * n, "GET", "/health", 200, app.health_seconds * 1000)
            for n in range(5, 0, -1)
        ]
    else:
        lines = [_line(seconds_ago, "INFO", "SIGTERM received, draining")]
    write(service, task, lines)


def database_away(service: Any, task: Any, seconds_ago: float) -> None:
    """What the service logs while its database does not answer, and the requests that suffer."""
    lines = []
    for n in range(6):
        at = seconds_ago - 8 * n
        lines.append(_line(at, "ERROR", "the database is not reachable", reason="connect timed out after 3 s"))
        lines.append(request(at, "GET", "/events", 503, 3001.4))
        lines.append(request(at - 2, "GET", "/health", 200))
    write(service, task, lines)


def database_back(service: Any, task: Any, seconds_ago: float) -> None:
    lines = [
        _line(seconds_ago, "INFO", "the database is reachable again"),
        request(seconds_ago, "GET", "/events", 200),
    ]
    write(service, task, lines)


def request(seconds_ago: float, method: str, path: str, status: int, took: float | None = None) -> tuple:
    """One request as the service logs it."""
    return _line(
        seconds_ago,
        "ERROR" if status >= 500 else "INFO",
        "request",
        request_id=str(uuid.uuid4()),
        method=method,
        path=path,
        status=status,
        response_time_ms=took or round(random.uniform(0.4, 9.0), 2),
    )


def _line(seconds_ago: float, level: str, message: str, **fields: Any) -> tuple[float, str]:
    stamp = ecs.ago(seconds_ago).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return seconds_ago, json.dumps({"timestamp": stamp, "level": level, "message": message, **fields})


def write(service: Any, task: Any, lines: list[tuple[float, str]]) -> None:
    """Put lines into the stream of a task: prefix/container/task, as the awslogs driver names it."""
    container = ecs.definition(service, task.task_definition_arn).container_definitions[0]
    options = container["logConfiguration"]["options"]
    stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{task.id}"
    put(service.region_name, options["awslogs-group"], stream, lines)


def put(region: str, group: str, stream: str, lines: list[tuple[float, str]]) -> None:
    """Put lines, each with its age in seconds, into a stream that is made if it is missing."""
    logs = client("logs", region)
    known = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]
    if not known:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = time.time()
    events = [{"timestamp": int((now - age) * 1000), "message": text} for age, text in lines]
    events.sort(key=lambda entry: entry["timestamp"])
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
