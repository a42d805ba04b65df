"""What moto's CloudFormation engine lacks to deploy our templates a second time.

moto 5.2.5 refuses a change set without changes where AWS makes one that says FAILED; compares the
parameters of an update, which are texts, with numbers and without the defaults that were used;
does not see that a resource changes when only a parameter inside `!Sub`, a condition, or a resource
that it refers to has changed; updates resources that do not differ, and also those whose condition
is false; and forgets outputs and exports of a stack that a change set creates.
"""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.exceptions import ClientError
from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Change, ChangeSet, CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse

import cfn_events
import cfn_refusals
import vpc
from cfn import create_resource

_build_resource_diff = parsing.ResourceMap.build_resource_diff
_load_parameters = parsing.ResourceMap.load_parameters
_update_resource = parsing.parse_and_update_resource
_create_change_set = CloudFormationBackend.create_change_set
_execute_change_set = CloudFormationBackend.execute_change_set
_validate_different_update = CloudFormationResponse._validate_different_update


def install() -> None:
    """Patch the engine; call it once, after cfn.py's, before the first request."""
    parsing.parse_and_update_resource = update_resource
    parsing.ResourceMap.build_resource_diff = build_resource_diff
    parsing.ResourceMap.load_parameters = load_parameters
    Stack.stack_parameters = property(lambda self: self.parameters)
    ChangeSet.diff = changes_of
    CloudFormationBackend.create_change_set = create_change_set
    CloudFormationBackend.execute_change_set = execute_change_set
    CloudFormationResponse._validate_different_update = validate_different_update


# ---- parameters ----


def fill_in(template: dict, parameters: dict[str, str]) -> None:
    """Add the defaults of a template, as texts: what is used counts as given."""
    for name, about in template.get("Parameters", {}).items():
        if "Default" in about:
            default = about["Default"]
            text = default if isinstance(default, str) else json.dumps(default)
            parameters.setdefault(name, text)


def load_parameters(self: parsing.ResourceMap) -> None:
    """Remember the defaults with what was given; the stack holds the same dictionary."""
    fill_in(self._template, self.input_parameters)
    _load_parameters(self)


# ---- change sets ----


def validate_different_update(self: CloudFormationResponse, *args: Any) -> None:
    """Leave it to UpdateStack to refuse an update without changes."""
    if self._get_action() != "CreateChangeSet":
        _validate_different_update(self, *args)


def create_change_set(
    self: CloudFormationBackend,
    stack_name: str,
    change_set_name: str,
    template: str,
    parameters: dict[str, str],
    **about: Any,
) -> tuple[str, str]:
    """Compare all parameters with those of the stack, not only those in the call.

    A stack that only waits for the review of an earlier change set is the one that is meant.
    """
    fill_in(Stack.parse_template(template), parameters)
    if about.get("change_set_type") == "CREATE":
        for shell in [s for s in self.stacks.values() if s.name == stack_name]:
            if shell.status != "REVIEW_IN_PROGRESS":
                raise ValidationError(message=f"Stack [{stack_name}] already exists and cannot be created again with the changeSet [{change_set_name}].")
            del self.stacks[shell.stack_id]
    return _create_change_set(self, stack_name, change_set_name, template, parameters, **about)


def execute_change_set(
    self: CloudFormationBackend, change_set_name: str, stack_name: str | None = None
) -> None:
    """Let a stack of a change set see other stacks' exports, and publish its own."""
    change_set = self.describe_change_set(change_set_name)
    stack = self.stacks[change_set.stack_id]
    stack.cross_stack_resources = self.exports
    stack.resource_map.cross_stack_resources = self.exports
    _execute_change_set(self, change_set_name, stack_name)
    stack._parse_template()
    stack.description = stack.template_dict.get("Description")
    stack.parameters = stack.resource_map.input_parameters
    stack.output_map = parsing.OutputMap(stack.resource_map, stack.template_dict, stack.stack_id)
    for export in stack.exports:
        self.exports[export.name] = export


def changes_of(self: ChangeSet) -> list[Change]:
    """List what an update touches because of a changed parameter, too."""
    resources = self.stack.resource_map
    names = resources.build_resource_diff(self.template_dict, self.parameters)
    types = {**resources._resource_json_map, **self.template_dict["Resources"]}
    absent = {name for name in names["Modify"] if resources._parsed_resources.get(name) is None}
    return [
        Change(action=action, logical_resource_id=name, resource_type=types[name]["Type"])
        for action in ("Add", "Modify", "Remove")
        for name in names[action]
        if action != "Modify" or name not in absent
    ]


# ---- resources ----


def references(node: Any) -> set[str]:
    """Every name that a piece of template refers to by Ref, GetAtt, Sub, If or Condition."""
    if isinstance(node, list):
        return set().union(*map(references, node)) if node else set()
    if isinstance(node, str):
        return set(re.findall(r"\$\{(\w+)", node))
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        if key == "Ref" or (key == "Condition" and isinstance(value, str)):
            found.add(value)
        elif key == "Fn::GetAtt":
            found.add(value[0])
        elif key == "Fn::If":
            found |= {value[0]} | references(value[1:])
        else:
            found |= references(value)
    return found


def build_resource_diff(
    self: parsing.ResourceMap, other_template: dict, parameters: dict | None = None
) -> dict:
    """Add to moto's list of changed resources those that refer to something that changed."""
    actions = _build_resource_diff(self, other_template, parameters)
    given = parameters or {}
    changed = {name for name in given if self.input_parameters.get(name) != given[name]}
    changed |= set(actions["Modify"])
    conditions = other_template.get("Conditions", {})
    resources = other_template["Resources"]
    grew = True
    while grew:
        more = {
            name
            for name, body in {**conditions, **resources}.items()
            if name not in changed and references(body) & changed
        }
        more -= set(actions["Add"])
        # In the template's order, so that a task definition comes before its service.
        actions["Modify"] += [name for name in resources if name in more]
        changed |= more
        grew = bool(more)
    return actions


def update_resource(
    logical_id: str, template: dict, resources: Any, account_id: str, region_name: str
) -> Any:
    """Touch a resource only if its resolved properties differ from those it was made with."""
    original = resources._parsed_resources.get(logical_id)
    if original is None:  # its condition has been false; perhaps it is true now
        return create_resource(logical_id, template, resources, account_id, region_name)
    condition = template.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        raise parsing.ValidationError(message=f"the lab cannot take {logical_id} away")
    _, clean, _ = parsing.parse_resource_and_generate_name(logical_id, template, resources)
    properties = clean.get("Properties", {})
    if original.lab_properties == properties:
        return original
    cfn_refusals.stop_if_refused(resources, logical_id)
    old = str(original.physical_resource_id)
    cfn_events.note(resources, template, logical_id, "UPDATE_IN_PROGRESS", physical_id=old)
    try:
        updated = _update_resource(logical_id, template, resources, account_id, region_name)
    except ClientError as why:
        cfn_refusals.refuse(resources, template, logical_id, old, why)
    if updated is None:
        raise parsing.ValidationError(message=f"the lab cannot update {template['Type']}")
    vpc.forget()
    new = str(updated.physical_resource_id)
    cfn_events.note(resources, template, logical_id, "UPDATE_COMPLETE", physical_id=new)
    updated.lab_properties = properties
    return updated
