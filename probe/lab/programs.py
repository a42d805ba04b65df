"""How the program in an image behaves; who breaks it sets it by the tag of the image."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class App:
    """How the program in an image behaves."""

    startup_seconds: int = 1
    health_seconds: float = 0.01
    health_status: int = 200
    memory_mib: int = 90
    exits: bool = False


APPS: dict[str, App] = {}  # by image tag; a tag that is not here is a program without faults


def app_of(task_definition: Any) -> App:
    image = task_definition.container_definitions[0]["image"]
    return APPS.get(image.rpartition(":")[2], App())
