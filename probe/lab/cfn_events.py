"""The events of the resources of a stack, of which moto keeps none.

moto notes when a stack begins and ends, and nothing in between, so that nobody could see which
resource failed and why.
"""

from __future__ import annotations

import datetime
from typing import Any

from moto.cloudformation.models import Event, Stack, cloudformation_backends

from cloud import ACCOUNT


def note(resources: Any, template: dict, logical_id: str, status: str, **about: str) -> None:
    """Add an event of a resource to its stack; `about` has `physical_id` and `reason`."""
    stack = cloudformation_backends[ACCOUNT][resources._region_name].stacks.get(resources.stack_id)
    if stack is None:
        return
    stack.events.append(
        Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=logical_id,
            physical_resource_id=about.get("physical_id", ""),
            resource_type=template["Type"],
            resource_status=status,
            resource_status_reason=about.get("reason"),
            resource_properties=None,
        )
    )


def begin_with_the_stack(stack: Stack) -> None:
    """Put the stack's own beginning first: moto asks for its outputs, and so makes it, before."""
    for event in stack.events:
        if event.logical_resource_id == stack.name:
            stack.events.remove(event)
            event.timestamp = stack.creation_time
            stack.events.insert(0, event)
            return


def grow_older(region: str, seconds: float) -> None:
    """Move what happened to all stacks into the past."""
    passed = datetime.timedelta(seconds=seconds)
    for stack in cloudformation_backends[ACCOUNT][region].stacks.values():
        stack.creation_time -= passed
        for event in stack.events:
            event.timestamp -= passed
