"""Reads the templates, with CloudFormation's short tags, into plain dictionaries."""

import json
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
LAYERS = ["network", "security", "data", "platform", "service"]  # the order in which they deploy
OPTIONS = ["cicd", "edge", "load-workers", "probe-role", "rotation", "schedule"]  # each by itself, when wanted


class _Loader(yaml.SafeLoader):
    """YAML in which `!Sub x` means `{"Fn::Sub": x}` and a key may appear once only."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"{sorted(twice)} given twice {node.start_mark}")
        return super().construct_mapping(node, deep)


def _tag(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)
# A bare date such as the policy version 2012-10-17 stays the text that it is in AWS.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parse(text):
    """One template."""
    return yaml.load(text, _Loader)


def load():
    """All templates by name."""
    return {name: parse((ROOT / f"{name}.yaml").read_text(encoding="utf-8")) for name in LAYERS + OPTIONS}


def parameter_files():
    """The values of each environment by its name."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))["Parameters"]
        for path in sorted((ROOT / "parameters").glob("*.json"))
    }


def walk(value):
    """The value and everything inside it."""
    yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from walk(child)


def mappings(value, key):
    """What stands under `key`, anywhere inside the value."""
    return [found[key] for found in walk(value) if isinstance(found, dict) and key in found]


def imported(value):
    """`X` for an import of `${Prefix}-X`."""
    name = value.get("Fn::ImportValue") if isinstance(value, dict) else None
    name = name.get("Fn::Sub") if isinstance(name, dict) else None
    return name.removeprefix("${Prefix}-") if isinstance(name, str) else None


def resources_of(template, kind):
    """The resources of one type by name."""
    return {name: it for name, it in template["Resources"].items() if it["Type"] == kind}


def only(template, kind):
    """The properties of the one resource of that type."""
    (resource,) = resources_of(template, kind).values()
    return resource["Properties"]


def container_of(stacks):
    """The one container of a task."""
    (container,) = only(stacks["service"], "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    return container


def exported(stacks, name):
    """The stack and the resource behind an export: `!Ref X` and `!GetAtt X.Y` both lead to X."""
    for stack, template in stacks.items():
        value = template.get("Outputs", {}).get(name, {}).get("Value")
        if isinstance(value, dict):
            target = value.get("Ref") or (value.get("Fn::GetAtt") or [None])[0]
            if target in template["Resources"]:
                return stack, template["Resources"][target]
    return None, None


def as_list(value):
    """AWS takes a single value where a list may stand."""
    return value if isinstance(value, list) else [value]
