"""What moto's CloudFormation engine lacks to deploy our templates unmodified.

moto 5.2.5 splits `!GetAtt A.B.C` on every dot, takes the zones of us-east-1 for `!GetAZs ""` in
every region, does not resolve `{{resolve:secretsmanager:...}}`, forgets outputs and exports of a
stack that a change set creates, keeps a stack whose creation failed in a state that it cannot
describe, and does not see that a resource changes when only a parameter inside `!Sub`, or a
resource that it refers to, has changed. `install` mends these; resource_types.py holds the types.
"""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from moto.cloudformation import parsing
from moto.cloudformation.models import CloudFormationBackend
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.logs.models import LogGroup

from cloud import client

_clean_json = parsing.clean_json
_build_resource_diff = parsing.ResourceMap.build_resource_diff
_update_resource = parsing.parse_and_update_resource
_create_stack = CloudFormationBackend.create_stack
_execute_change_set = CloudFormationBackend.execute_change_set
_SECRET = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]*)[^}]*\}\}")


def install() -> None:
    """Patch the engine; call it once, before the first request."""
    for loader in (yaml.Loader, yaml.FullLoader, yaml.SafeLoader, yaml.UnsafeLoader):
        yaml.add_constructor("!GetAtt", _get_att, loader)
    parsing.clean_json = clean_json
    parsing.resource_name_property_from_type = lambda kind: parsing.get_name_type_map().get(kind)
    parsing.parse_and_create_resource = create_resource
    parsing.parse_and_update_resource = update_resource
    parsing.ResourceMap.build_resource_diff = build_resource_diff
    LogGroup.get_cfn_attribute = lambda self, name: f"{self.arn}:*"  # moto leaves ":*" out
    CloudFormationBackend.create_stack = create_stack
    CloudFormationBackend.execute_change_set = execute_change_set


def _get_att(loader: Any, node: Any) -> dict:
    """`!GetAtt Database.Endpoint.Address` names a resource and one attribute with a dot in it."""
    if isinstance(node.value, str):
        return {"Fn::GetAtt": node.value.split(".", 1)}
    return {"Fn::GetAtt": loader.construct_sequence(node)}


def clean_json(node: Any, resources: Any) -> Any:
    """Resolve what moto resolves wrongly, and leave the rest to moto."""
    if isinstance(node, dict) and "Fn::GetAZs" in node:
        region = clean_json(node["Fn::GetAZs"], resources) or resources["AWS::Region"]
        return [zone.name for zone in RegionsAndZonesBackend.zones[region]]
    if isinstance(node, dict) and len(node.get("Fn::GetAtt", [])) > 2:
        resource, *attribute = node["Fn::GetAtt"]  # from "${A.B.C}"
        node = {"Fn::GetAtt": [resource, ".".join(attribute)]}
    clean = _clean_json(node, resources)
    # moto also asks for the text of a Sub before its variables are filled in.
    if isinstance(clean, str) and "{{resolve:secretsmanager:" in clean and "${" not in clean:
        region = resources["AWS::Region"]
        return _SECRET.sub(lambda found: _secret_value(region, *found.groups()), clean)
    return clean


def _secret_value(region: str, secret: str, key: str) -> str:
    value = client("secretsmanager", region).get_secret_value(SecretId=secret)["SecretString"]
    return str(json.loads(value)[key]) if key else value


def create_resource(
    logical_id: str, template: dict, resources: Any, account_id: str, region_name: str
) -> Any:
    """Create a resource as moto does, and remember its resolved properties for the next update."""
    condition = template.get("Condition")
    if condition and not resources.lazy_condition_map[condition]:
        return None
    parsed = parsing.parse_resource_and_generate_name(logical_id, template, resources)
    if not parsed:
        # moto would leave the resource out with nothing but a line in its log.
        raise parsing.ValidationError(
            message=f"Unrecognized resource types: [{template['Type']}] (not in this lab)"
        )
    model, clean, name = parsed
    resource = model.create_from_cloudformation_json(
        name,
        clean,
        account_id,
        region_name,
        LogicalId=logical_id,
        StackId=resources.stack_id,
        ResourceType=template["Type"],
    )
    resource.cf_resource_type = template["Type"]
    resource.logical_resource_id = logical_id
    resource.lab_properties = clean.get("Properties", {})
    _tag(region_name, resource)
    return resource


def _tag(region: str, resource: Any) -> None:
    """moto drops the tags of several EC2 types."""
    tags = resource.lab_properties.get("Tags")
    if not tags or not resource.cf_resource_type.startswith("AWS::EC2::"):
        return
    physical_id = getattr(resource, "allocation_id", None) or resource.physical_resource_id
    client("ec2", region).create_tags(Resources=[physical_id], Tags=tags)


def update_resource(
    logical_id: str, template: dict, resources: Any, account_id: str, region_name: str
) -> Any:
    """Touch a resource only if its resolved properties differ from those it was made with."""
    parsed = parsing.parse_resource_and_generate_name(logical_id, template, resources)
    if not parsed:
        return None
    original = resources[logical_id]
    properties = parsed[1].get("Properties", {})
    if original is not None and getattr(original, "lab_properties", None) == properties:
        return original
    updated = _update_resource(logical_id, template, resources, account_id, region_name)
    if updated is not None:
        updated.lab_properties = properties
    return updated


def references(node: Any) -> set[str]:
    """Every name that a piece of template refers to by Ref, GetAtt or inside Sub."""
    if isinstance(node, list):
        return set().union(*map(references, node)) if node else set()
    if isinstance(node, str):
        return set(re.findall(r"\$\{(\w+)", node))
    if not isinstance(node, dict):
        return set()
    found = set()
    for key, value in node.items():
        if key == "Ref":
            found.add(value)
        elif key == "Fn::GetAtt":
            found.add(value[0])
        else:
            found |= references(value)
    return found


def build_resource_diff(self: Any, other_template: dict, parameters: dict | None = None) -> dict:
    """Add to moto's list of changed resources those that refer to something that changed."""
    actions = _build_resource_diff(self, other_template, parameters)
    changed = {
        name
        for name in parameters or {}
        if str(self.resolved_parameters.get(name)) != str(parameters[name])
    } | set(actions["Modify"])
    resources = other_template["Resources"]
    grew = True
    while grew:
        more = {
            name
            for name, body in resources.items()
            if name in self._resource_json_map
            and name not in actions["Modify"]
            and references(body.get("Properties", {})) & changed
        }
        # In the template's order, so that a task definition comes before its service.
        actions["Modify"] += [name for name in resources if name in more]
        changed |= more
        grew = bool(more)
    return actions


def create_stack(self: CloudFormationBackend, name: str, *args: Any, **kwargs: Any) -> Any:
    """Forget a stack whose creation failed: moto could neither describe nor delete it."""
    try:
        return _create_stack(self, name, *args, **kwargs)
    except Exception:
        for stack_id in [s.stack_id for s in self.stacks.values() if s.name == name]:
            if self.stacks[stack_id].status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                del self.stacks[stack_id]
        raise


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
    stack.parameters = change_set.parameters
    stack.output_map = parsing.OutputMap(stack.resource_map, stack.template_dict, stack.stack_id)
    for export in stack.exports:
        self.exports[export.name] = export
