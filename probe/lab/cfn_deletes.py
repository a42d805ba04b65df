"""Deleting a stack, through the API of each resource, as CloudFormation does it.

moto deletes in no order, does not know the types that we make, keeps nothing that says Snapshot,
and fails the call itself where AWS writes DELETE_FAILED into the events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, Stack

import cfn_events
import vpc
from cfn_delete_types import DELETERS
from cfn_updates import references

_GONE = ("NotFound", "NoSuchEntity", "ResourceNotFoundException", "does not exist")


def install() -> None:
    """Patch the engine; call it once, before the first request."""
    Stack.delete = delete
    CloudFormationBackend.delete_stack = delete_stack


class _Outputs(dict):
    """The last outputs: moto works them out at each question, and makes anew what has gone."""

    def __init__(self, outputs: Any):
        super().__init__(outputs.items())
        self.exports = outputs.exports


def delete_stack(self: CloudFormationBackend, name_or_stack_id: str) -> None:
    """Delete a stack, or leave it as DELETE_FAILED; one that is not there is no mistake."""
    wanted = [s for s in self.stacks.values() if name_or_stack_id in (s.name, s.stack_id)]
    for stack in wanted:
        if stack.enable_termination_protection:
            raise ValidationError(
                message=f"Stack [{stack.name}] cannot be deleted while TerminationProtection is enabled"
            )
        shell = stack.status == "REVIEW_IN_PROGRESS"
        exports = [] if shell else [export.name for export in stack.exports]
        stack._add_stack_event("DELETE_IN_PROGRESS", resource_status_reason="User Initiated")
        reason = _import_of(self, stack, exports)
        if not shell:
            stack.output_map = _Outputs(stack.output_map)
        if not reason and not shell:
            stack.delete()
            if left := list(stack.resource_map.resources):
                reason = f"The following resource(s) failed to delete: [{', '.join(sorted(left))}]. "
        if reason:
            stack.status = "DELETE_FAILED"
            stack._add_stack_event("DELETE_FAILED", resource_status_reason=reason)
            continue
        stack.status = "DELETE_COMPLETE"
        stack._add_stack_event("DELETE_COMPLETE")
        self.deleted_stacks[stack.stack_id] = self.stacks.pop(stack.stack_id)
        for export in exports:
            self.exports.pop(export, None)


def _import_of(backend: CloudFormationBackend, stack: Stack, exports: list[str]) -> str | None:
    """AWS keeps what another stack uses."""
    for other in backend.stacks.values():
        if other is stack or other.status == "REVIEW_IN_PROGRESS":
            continue
        used = _imports(other.template_dict, other.resource_map)
        for export in exports:
            if export in used:
                return (
                    f"Delete canceled. Cannot delete export {export} as it is in use by {other.name}."
                )
    return None


def _imports(node: Any, resources: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*(_imports(item, resources) for item in node)) if node else set()
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        if key == "Fn::ImportValue":
            text = value.get("Fn::Sub", "") if isinstance(value, dict) else value
            for name in references(text):
                text = text.replace(f"${{{name}}}", str(resources.input_parameters.get(name, "")))
            found.add(text)
        else:
            found |= _imports(value, resources)
    return found


def delete(self: Stack) -> None:
    """Delete what the stack has made, the newest first; what cannot be deleted stays in it."""
    made, templates = self.resource_map._parsed_resources, self.resource_map._resource_json_map

    def forget(name: str) -> None:
        made.pop(name, None)
        templates.pop(name)  # else moto would make it again when it is asked for

    blocked: set[str] = set()
    for name in [name for name in templates if made.get(name) is None]:
        forget(name)
    for name in reversed([name for name in made if name in templates]):
        template, resource = templates[name], made[name]
        physical_id = str(getattr(resource, "physical_resource_id", ""))

        def note(status: str, reason: str | None = None) -> None:
            cfn_events.note(
                self.resource_map, template, name, status, physical_id=physical_id, reason=reason
            )

        policy = template.get("DeletionPolicy", "Delete")
        if policy.startswith("Retain"):
            note("DELETE_SKIPPED")
            forget(name)
            continue
        if name in blocked:
            continue
        note("DELETE_IN_PROGRESS")
        try:
            deleter(template["Type"])(self.region_name, resource, policy == "Snapshot")
        except ClientError as why:
            text = str(why)
            if not any(words in text for words in _GONE):
                note("DELETE_FAILED", f"Resource handler returned message: \"{text}\"")
                # What it stands on cannot go either.
                blocked |= _needed_by(self, name)
                continue
        note("DELETE_COMPLETE")
        vpc.forget()
        forget(name)


def _needed_by(stack: Stack, name: str) -> set[str]:
    resources = stack.resource_map._resource_json_map
    needed = {other for other in references(resources[name]) if other in resources}
    return needed.union(*(_needed_by(stack, other) for other in needed)) if needed else needed


def deleter(kind: str) -> Callable[[str, Any, bool], None]:
    """How a resource of a type is deleted."""
    if kind not in DELETERS:
        raise ValidationError(message=f"the lab cannot delete {kind}")
    return DELETERS[kind]
