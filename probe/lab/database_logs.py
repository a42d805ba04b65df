"""What programs log while their database is of no use to them, and when it is again."""

from __future__ import annotations

from typing import Any

import app_logs
import database
import database_words
import ecs
from programs import App, app_of

_CONNECT_LIMIT_MS = 2500  # after which the service gives an attempt up
_EVERY = 20  # seconds


def away(service: Any, seconds_ago: float) -> bool:
    """Let the running tasks log their trouble; says whether any of them has some."""
    found = False
    for task in ecs.live(service):
        task_definition = ecs.definition(service, task.task_definition_arn)
        trouble = database.trouble(service, task_definition, task)
        if trouble is None:
            continue
        found = True
        if task.last_status == "RUNNING":
            age = min(seconds_ago, _age(task) - 3)
            _write(service, task, app_of(task_definition), trouble, max(age, 1))
    return found


def last_words(app: App, trouble: database.Trouble) -> tuple[str, ...]:
    """What a program says that does not go on without its database."""
    return database_words.lines(app.language, trouble.kind, trouble.place)


def back(service: Any, seconds_ago: float) -> None:
    """The line that says that it is over, and requests that are served again."""
    for task in ecs.live(service):
        task_definition = ecs.definition(service, task.task_definition_arn)
        if app_of(task_definition).language != "service" or task.last_status != "RUNNING":
            continue
        settings = task_definition.container_definitions[0].get("environment", [])
        values = {each["name"]: each["value"] for each in settings}
        place = f"{values.get('DB_HOST')}:{values.get('DB_PORT', 5432)}"
        age = max(min(seconds_ago, _age(task) - 3), 1)
        again = "the database is reachable again"
        lines = [app_logs.line(age, "INFO", again, database=place)]
        lines += [app_logs.request(max(age - 5 * n, 0), "GET", "/events", 200) for n in range(6)]
        app_logs.write(service, task, lines)


def _write(
    service: Any, task: Any, app: App, trouble: database.Trouble, seconds_ago: float
) -> None:
    if app.language == "service":
        _write_as_service(service, task, trouble, seconds_ago)
        return
    lines = []
    age = seconds_ago
    while age > 0:
        words = database_words.lines(app.language, trouble.kind, trouble.place)
        lines += [(max(age - n / 10, 0), line) for n, line in enumerate(words)]
        age -= _EVERY
    app_logs.write(service, task, lines)


def _write_as_service(
    service: Any, task: Any, trouble: database.Trouble, seconds_ago: float
) -> None:
    kind, words = database_words.service_words(trouble.kind)
    error = words.format(**trouble.place)
    place = f"{trouble.place['host']}:{trouble.place['port']}"
    about = {"class": kind, "database": place, "error": error}
    lines = [app_logs.line(seconds_ago, "ERROR", "the database is not reachable", **about)]
    took = _CONNECT_LIMIT_MS + 1.4 if kind == "timeout" else 6.2
    method, path = ("POST", "/events") if kind == "read-only" else ("GET", "/events")
    age = seconds_ago
    while age > 0:
        answer = {"error": f"database {kind}: {error}"}
        lines.append(app_logs.request(age, method, path, 503, took, **answer))
        lines.append(app_logs.request(max(age - 2, 0), "GET", "/health", 200))
        age -= _EVERY
    app_logs.write(service, task, lines)


def _age(task: Any) -> float:
    return (ecs.ago(0) - task.created_at).total_seconds()
