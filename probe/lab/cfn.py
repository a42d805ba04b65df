"""What moto's CloudFormation engine lacks to deploy our templates unmodified.

moto 5.2.5 splits `!GetAtt A.B.C` on every dot, does not know `!Condition`, takes the zones of us-east-1 for `!GetAZs ""` in
every region, does not resolve `{{resolve:secretsmanager:...}}`, exports outputs whose condition is
false, keeps items of lists that are AWS::NoValue, reads each template several times, and keeps a
stack whose creation failed in a state that it cannot describe. `install` mends these;
cfn_updates.py mends the updates, cfn_events.py adds events, resource_types.py holds the types.
"""

from __future__ import annotations

import copy
import functools
import json
import re
from typing import Any

import yaml
from moto.cloudformation import parsing
from moto.cloudformation.models import CloudFormationBackend, Stack, cloudformation_backends
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.logs.models import LogGroup

import cfn_events
import vpc
from cloud import ACCOUNT, client

_clean_json = parsing.clean_json
_create_stack = CloudFormationBackend.create_stack
_TAGGED = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::SecretsManager::Secret",
    "AWS::RDS::DBInstance",
    "AWS::KMS::Key",
}
_UNTAGGED = {  # parts of other resources
    "AWS::EC2::Route",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress",
}
_SECRET = re.compile(r"\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]*)[^}]*\}\}")


def install() -> None:
    """Patch the engine; call it once, before the first request."""
    for loader in (yaml.Loader, yaml.FullLoader, yaml.SafeLoader, yaml.UnsafeLoader):
        yaml.add_constructor("!GetAtt", _get_att, loader)
        yaml.add_constructor("!Condition", lambda _, node: {"Condition": node.value}, loader)
    parsing.clean_json = clean_json
    parsing.resource_name_property_from_type = lambda kind: parsing.get_name_type_map().get(kind)
    parsing.parse_and_create_resource = create_resource
    LogGroup.get_cfn_attribute = lambda self, name: f"{self.arn}:*"  # moto leaves ":*" out
    CloudFormationBackend.create_stack = create_stack
    read = functools.lru_cache(maxsize=32)(Stack.parse_template)
    every = parsing.OutputMap.exports.fget
    parsing.OutputMap.exports = property(lambda self: every(_with_true_conditions(self)))
    Stack.parse_template = staticmethod(lambda template: copy.deepcopy(read(template)))


def _with_true_conditions(outputs: parsing.OutputMap) -> parsing.OutputMap:
    """moto exports an output even where its condition is false."""
    conditions = outputs._resource_map.lazy_condition_map
    true = copy.copy(outputs)
    true._output_json_map = {
        name: about
        for name, about in (outputs._output_json_map or {}).items()
        if "Condition" not in about or conditions[about["Condition"]]
    }
    return true


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
    if isinstance(clean, list):
        clean = [item for item in clean if item is not None]  # AWS::NoValue leaves an item out
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
    tags = _tags_of_stack(region_name, resources)
    cfn_events.note(resources, template, logical_id, "CREATE_IN_PROGRESS")
    resource = model.create_from_cloudformation_json(
        name,
        _with_tags(template["Type"], clean, tags),
        account_id,
        region_name,
        LogicalId=logical_id,
        StackId=resources.stack_id,
        ResourceType=template["Type"],
    )
    made = str(resource.physical_resource_id)
    cfn_events.note(resources, template, logical_id, "CREATE_COMPLETE", physical_id=made)
    vpc.forget()  # moto's own types do not go through the API
    resource.cf_resource_type = template["Type"]
    resource.logical_resource_id = logical_id
    resource.lab_properties = clean.get("Properties", {})
    _tag(region_name, resource, tags)
    return resource


def _tags_of_stack(region: str, resources: Any) -> list[dict]:
    """CloudFormation hands the tags of a stack on to what it makes."""
    stack = cloudformation_backends[ACCOUNT][region].stacks.get(resources.stack_id)
    return [{"Key": key, "Value": value} for key, value in ((stack and stack.tags) or {}).items()]


def _with_tags(kind: str, clean: dict, tags: list[dict]) -> dict:
    """The properties with the stack's tags, for types outside EC2 that are looked for by them."""
    if not tags or kind not in _TAGGED:
        return clean
    properties = clean.get("Properties", {})
    return {**clean, "Properties": {**properties, "Tags": [*properties.get("Tags", []), *tags]}}


def _tag(region: str, resource: Any, of_stack: list[dict]) -> None:
    """moto drops the tags of several EC2 types."""
    tags = [*resource.lab_properties.get("Tags", []), *of_stack]
    if resource.cf_resource_type in _UNTAGGED:
        return
    if not tags or not resource.cf_resource_type.startswith("AWS::EC2::"):
        return
    physical_id = getattr(resource, "allocation_id", None) or resource.physical_resource_id
    client("ec2", region).create_tags(Resources=[physical_id], Tags=tags)


def create_stack(self: CloudFormationBackend, name: str, *args: Any, **kwargs: Any) -> Any:
    """Forget a stack whose creation failed: moto could neither describe nor delete it."""
    try:
        stack = _create_stack(self, name, *args, **kwargs)
        cfn_events.begin_with_the_stack(stack)
        return stack
    except Exception:
        for stack_id in [s.stack_id for s in self.stacks.values() if s.name == name]:
            if self.stacks[stack_id].status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                del self.stacks[stack_id]
        raise
