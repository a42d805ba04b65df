"""What the event service writes to its log group, in its own JSON format.

A task that died before its container ran has no log: nothing is written for it.
"""

from __future__ import annotations

import datetime
import json
import random
import time
import uuid
from typing import Any

from moto.logs.models import logs_backends

import ecs
from cloud import ACCOUNT, client
from programs import app_in

_ROUTES = (
    ("GET", "/events", 200),
    ("GET", "/events/{id}", 200),
    ("POST", "/events/{id}/join", 201),
    ("GET", "/health", 200),
)


def started(service: Any, task: Any, seconds_ago: float) -> None:
    """A task that came up well: the lines of its start, and some ordinary requests lately."""
    lines = _start(seconds_ago)
    for n in range(12):
        method, path, status = _ROUTES[n % len(_ROUTES)]
        age = min(420 - 15 * n, seconds_ago - 2 * n - 5)
        lines.append(request(age, method, path, status))
    write(service, task, lines)


# How long a slow program listens before it hears that it was asked to stop meanwhile, and ends.
LISTENED_FOR = 9


def failed(service: Any, task: Any, failure: Any, app: Any, seconds_ago: float) -> None:
    """The last lines of a task whose container ran."""
    if app.lines:
        lines = [(seconds_ago + 2, line) for line in app.lines]
    elif failure.exit_code == 137 and failure.container_reason is None:
        lines = []
    elif failure.exit_code == 137:
        lines = [*_start(seconds_ago + 30), request(seconds_ago + 3, "GET", "/events", 200)]
    elif failure.exit_code == 1:
        lines = [
            (
                seconds_ago + 1,
                "thread 'tokio-rt-worker' panicked at service/src/calendar.rs:41:10:",
            ),
            (seconds_ago + 1, "calendar: no time zone is set"),
            (seconds_ago + 1, "stack backtrace:"),
            (seconds_ago + 1, "   0: __rustc::rust_begin_unwind"),
            (seconds_ago + 1, "   1: core::panicking::panic_fmt"),
            (seconds_ago + 1, "   2: service::calendar::zone"),
            (seconds_ago, "error: the calendar could not be made: task 12 panicked"),
        ]
    elif app.startup_seconds > 5:
        lines = _slow_start(app.startup_seconds, seconds_ago)
    elif app.health_status >= 500:
        ages = [seconds_ago + 30 * n for n in range(5, 0, -1)]
        # The service answers 500 to nothing but a mistake of its own.
        cause = "panic: no entry found for key"
        lines = [request(age, "GET", "/health", app.health_status, error=cause) for age in ages]
    elif app.health_seconds > 1:
        ages = [seconds_ago + 30 * n for n in range(5, 0, -1)]
        lines = [request(age, "GET", "/health", 200, app.health_seconds * 1000) for age in ages]
    else:
        lines = []
    if failure.exit_code == 0:  # asked to stop, it said goodbye
        goodbye = "stopping: still serving for the drain time"
        lines.append(line(seconds_ago + 7, "INFO", goodbye, drain_seconds=5))
        lines.append(line(seconds_ago + 2, "INFO", "stopped"))
    write(service, task, lines)
    beside(service, task, failure, seconds_ago)


def beside(service: Any, task: Any, failure: Any, seconds_ago: float) -> None:
    """The last lines of the other containers of a task, as far as they ran."""
    containers = ecs.definition(service, task.task_definition_arn).container_definitions
    for container in containers[1:]:
        lines = app_in(container).lines
        if lines and container["name"] in failure.others:
            said = [(seconds_ago + 3 - n / 10, line) for n, line in enumerate(lines)]
            put(service.region_name, *_stream(container, task), said)


def _start(age: float) -> list:
    about = {"address": "0.0.0.0:8080", "version": "0.1.0"}
    return [
        line(age, "INFO", "listening", **about),
        line(age - 0.2, "INFO", "the tables are up to date"),
    ]


def _slow_start(startup_seconds: int, seconds_ago: float) -> list:
    """A long preparation, in which the program does not hear that ECS asks it to stop."""
    born = seconds_ago + startup_seconds + LISTENED_FOR
    return [
        line(born, "INFO", "building the search index", events=48000),
        line(born - 30, "INFO", "building the search index", done=16000, events=48000),
        line(born - 60, "INFO", "building the search index", done=32000, events=48000),
        line(
            seconds_ago + LISTENED_FOR,
            "INFO",
            "listening",
            address="0.0.0.0:8080",
            version="0.1.1",
            startup_seconds=startup_seconds,
        ),
    ]


def request(
    seconds_ago: float,
    method: str,
    path: str,
    status: int,
    took: float | None = None,
    **more: Any,
) -> tuple:
    """One request as the service logs it."""
    level = "WARN" if status == 503 else "ERROR" if status >= 500 else "INFO"
    return line(
        seconds_ago,
        level,
        "request",
        request_id=str(uuid.uuid4()),
        method=method,
        path=path,
        status=status,
        response_time_ms=took or round(random.uniform(0.4, 9.0), 3),
        **more,
    )


def line(seconds_ago: float, level: str, message: str, **fields: Any) -> tuple[float, str]:
    """One line as the service writes it."""
    stamp = ecs.ago(seconds_ago).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return seconds_ago, json.dumps(
        {"timestamp": stamp, "level": level, "message": message, **fields}
    )


def grow_older(service: Any, seconds: float) -> None:
    """Move what was logged into the past, together with the times inside the lines."""
    container = ecs.definition(service).container_definitions[0]
    name = container["logConfiguration"]["options"]["awslogs-group"]
    passed = datetime.timedelta(seconds=seconds)
    groups = logs_backends[ACCOUNT][service.region_name].groups
    if name not in groups:  # somebody deleted it
        return
    for stream in groups[name].streams.values():
        for event in stream.events:
            event.timestamp -= int(seconds * 1000)
            if event.message.startswith("{"):
                line = json.loads(event.message)
                before = datetime.datetime.fromisoformat(line["timestamp"].replace("Z", "+00:00"))
                after = (before - passed).isoformat(timespec="microseconds")
                line["timestamp"] = after.replace("+00:00", "Z")
                event.message = json.dumps(line)


def write(service: Any, task: Any, lines: list[tuple[float, str]]) -> None:
    """Put lines into the stream of a task, which awslogs names prefix/container/task."""
    container = ecs.definition(service, task.task_definition_arn).container_definitions[0]
    if lines and "logConfiguration" in container:
        put(service.region_name, *_stream(container, task), lines)


def _stream(container: dict, task: Any) -> tuple[str, str]:
    options = container["logConfiguration"]["options"]
    name = f"{options['awslogs-stream-prefix']}/{container['name']}/{task.id}"
    return options["awslogs-group"], name


def put(region: str, group: str, stream: str, lines: list[tuple[float, str]]) -> None:
    """Put lines, each with its age in seconds, into a stream that is made if it is missing."""
    if group not in logs_backends[ACCOUNT][region].groups:  # the lines of a running task are lost
        return
    logs = client("logs", region)
    known = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=stream)["logStreams"]
    if not known:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
    now = time.time()
    events = [{"timestamp": int((now - age) * 1000), "message": text} for age, text in lines]
    events.sort(key=lambda entry: entry["timestamp"])
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
