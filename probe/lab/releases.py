"""What several faults do to a service: a release, a new revision, a task stopped by hand."""

from __future__ import annotations

from typing import Any

import ecs
from programs import APPS, App
from stack import Stack


def release(stack: Stack, tag: str, app: App | None = None) -> None:
    """Roll out a tag; without an app, nobody pushed the image."""
    if app:
        stack.push_image(tag)
        APPS[tag] = app
    wanted = stack.task_definition()
    container = wanted["containerDefinitions"][0]
    container["image"] = container["image"].rpartition(":")[0] + f":{tag}"
    roll_out(stack, wanted)


def roll_out(stack: Stack, task_definition: dict) -> None:
    api = stack.client("ecs")
    made: Any = api.register_task_definition(**task_definition)["taskDefinition"]
    api.update_service(**stack.names, taskDefinition=made["taskDefinitionArn"])


def restart_one_task(stack: Stack) -> None:
    """Somebody stops a task, as one does; the next one cannot start."""
    task = ecs.live(stack.service)[0]
    stack.client("ecs").stop_task(cluster=stack.names["cluster"], task=task.task_arn)
