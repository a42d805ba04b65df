"""An update of a stack that an API refuses: what CloudFormation writes down, and how it goes back.

moto tries a refused resource four more times, and then fails the call itself; the stack stays as if
nothing had happened.
"""

from __future__ import annotations

import uuid
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation.models import Stack

import cfn_events

_update = Stack.update
_SERVICES = {"ECS": "AmazonECS", "ElasticLoadBalancingV2": "ElasticLoadBalancingV2"}


class Refused(Exception):
    """A resource that could not be changed; its events are written."""


def install() -> None:
    """Patch the engine; call it once, before the first request."""
    Stack.update = update


def refuse(resources: Any, template: dict, logical_id: str, physical_id: str, why: ClientError) -> None:
    """Write down that a resource could not be changed."""
    resources.__dict__.setdefault("lab_refused", []).append(logical_id)
    reason = _reason(template["Type"], why)
    cfn_events.note(
        resources, template, logical_id, "UPDATE_FAILED", physical_id=physical_id, reason=reason
    )
    raise Refused(logical_id)


def stop_if_refused(resources: Any, logical_id: str) -> None:
    """CloudFormation tries once."""
    if logical_id in resources.__dict__.get("lab_refused", []):
        raise Refused(logical_id)


def update(
    self: Stack,
    template: str,
    role_arn: str | None = None,
    parameters: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
) -> None:
    """Update a stack, and go back to what it was if a resource cannot be changed."""
    before, given = self.template, dict(self.parameters)
    try:
        _update(self, template, role_arn, parameters, tags)
    except Refused:
        refused = self.resource_map.__dict__.pop("lab_refused")
        reason = f"The following resource(s) failed to update: [{', '.join(refused)}]. "
        self._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", resource_status_reason=reason)
        self.template = before
        self._parse_template()
        self.resource_map.update(self.template_dict, given)
        self._add_stack_event("UPDATE_ROLLBACK_COMPLETE")
        self.status = "UPDATE_ROLLBACK_COMPLETE"


def _reason(kind: str, why: ClientError) -> str:
    """The words in which the handler of a resource type repeats what an API said."""
    _, service, resource = kind.split("::")
    about = why.response["Error"]
    operation = f"{why.operation_name} error"
    if why.operation_name.startswith("Register"):  # nothing is updated, another one is created
        operation = f"Create {resource}"
    return (
        f'Resource handler returned message: "Invalid request provided: {operation}: '
        f"{about['Message']} (Service: {_SERVICES.get(service, service)}; Status Code: 400; "
        f"Error Code: {about['Code']}; Request ID: {uuid.uuid4()}; Proxy: null)\" "
        f"(RequestToken: {uuid.uuid4()}, HandlerErrorCode: InvalidRequest)"
    )
