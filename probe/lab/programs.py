"""How the program in an image behaves; who breaks it sets it by the tag of the image."""

from __future__ import annotations

import dataclasses
from typing import Any

from ecs import Failure


@dataclasses.dataclass(frozen=True)
class App:
    """How the program in an image behaves."""

    startup_seconds: int = 1
    health_seconds: float = 0.01
    health_status: int = 200
    resets_checks: bool = False  # whether it hangs up on the load balancer's check
    memory_mib: int = 90
    exits: bool = False
    ends: Failure | None = None  # every task ends so
    lines: tuple[str, ...] = ()  # what it logs before it ends, or while it serves badly
    ignores_sigterm: bool = False
    checks_itself: bool = True  # whether the container's own health check passes
    keep_alive_seconds: int = 75  # how long it keeps an idle connection open
    language: str = "service"  # whose words its errors have: see database_words.py
    without_database: str = "serves"  # else "is unhealthy" or "exits"
    database_trouble: str | None = None  # what only it suffers from, whatever the database does
    keeps_connections: bool = False  # even those that are of no use any more


APPS: dict[str, App] = {}  # by image tag; a tag that is not here is a program without faults


def app_of(task_definition: Any) -> App:
    """The program of the container that serves."""
    return app_in(task_definition.container_definitions[0])


def app_in(container: dict) -> App:
    """The program in the image of a container."""
    return APPS.get(container["image"].rpartition(":")[2], App())
