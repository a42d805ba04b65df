"""CloudFormation resource types that are made through the server's own API.

`makes` and `changes` register the types of the files types_*.py; `install` puts them over moto's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

Made = tuple[str, dict[str, Any]]  # the physical id (what Ref gives) and what GetAtt gives
Maker = Callable[[str, str, dict], Made]
_types: dict[str, ResourceType] = {}


class ResourceType:
    """How resources of one type are made, and changed where they can be."""

    def __init__(self, name: str, name_property: str, attributes: set[str], make: Maker):
        self.name = name
        self.name_property = name_property
        self.attributes = attributes
        self.make = make
        self.change: Callable[[str, str, dict], Made] | None = None


class Resource(CloudFormationModel):
    """What CloudFormation keeps of a resource that we made."""

    # moto counts instances by the second word of the module's name.
    __module__ = "moto.cloudformation"
    kind: ResourceType

    def __init__(self, region: str, made: Made):
        self.region = region
        self.physical_resource_id, self.values = made

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        return self.values[attribute_name]

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.kind.attributes

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict,
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> Resource:
        made = cls.kind.make(region_name, resource_name, cloudformation_json["Properties"])
        return cls(region_name, made)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Resource,
        new_resource_name: str,
        cloudformation_json: dict,
        account_id: str,
        region_name: str,
    ) -> Resource:
        if cls.kind.change is None:
            raise parsing.ValidationError(message=f"the lab cannot update {cls.kind.name}")
        name = original_resource.physical_resource_id
        made = cls.kind.change(region_name, name, cloudformation_json["Properties"])
        return cls(region_name, made)


def install() -> None:
    """Put the types registered so far over moto's; call it once, before the first request."""
    for name, kind in _types.items():
        about = {"kind": kind, "__module__": Resource.__module__}
        model = type(name.replace("::", ""), (Resource,), about)
        parsing.get_model_map()[name] = model
        parsing.get_name_type_map()[name] = kind.name_property


def makes(name: str, name_property: str = "", attributes: tuple[str, ...] = ()) -> Callable:
    """Register the decorated function as the maker of a type."""

    def register(make: Maker) -> Maker:
        _types[name] = ResourceType(name, name_property, set(attributes), make)
        return make

    return register


def changes(name: str) -> Callable:
    """Register the decorated function as the one that changes a resource of a type in place."""

    def register(change: Maker) -> Maker:
        _types[name].change = change
        return change

    return register
