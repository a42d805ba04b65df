"""What several faults do to a service: a release, a new revision, a task stopped by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import ecs
from programs import APPS, App
from stack import Stack


def release(
    stack: Stack,
    tag: str,
    app: App | None = None,
    settings: dict[str, str] | None = None,
    without: str = "",
) -> None:
    """Roll out a tag, with other settings in its environment; without an app, nobody pushed it.

    A second release of the same tag takes the next one, and keeps what was wrong with the first.
    """
    wanted = stack.task_definition()
    container = wanted["containerDefinitions"][0]
    repository, _, running = container["image"].rpartition(":")
    before = APPS.get(running, App()) if running in APPS and running.startswith(tag) else App()
    while tag == running or tag in APPS:
        tag += ".1"
    if app:
        stack.push_image(tag)
        usual = App()
        changed = {
            field.name: getattr(app, field.name)
            for field in dataclasses.fields(app)
            if getattr(app, field.name) != getattr(usual, field.name)
        }
        APPS[tag] = dataclasses.replace(before, **changed)
    container["image"] = f"{repository}:{tag}"
    new = settings or {}
    kept = [e for e in container["environment"] if e["name"] not in (without, *new)]
    container["environment"] = kept + [{"name": k, "value": v} for k, v in new.items()]
    roll_out(stack, wanted)


def roll_out(stack: Stack, task_definition: dict) -> None:
    api = stack.client("ecs")
    made: Any = api.register_task_definition(**task_definition)["taskDefinition"]
    api.update_service(**stack.names, taskDefinition=made["taskDefinitionArn"])


def restart_one_task(stack: Stack) -> None:
    """Somebody stops a task, as one does; the next one cannot start."""
    task = ecs.live(stack.service)[0]
    stack.client("ecs").stop_task(cluster=stack.names["cluster"], task=task.task_arn)
