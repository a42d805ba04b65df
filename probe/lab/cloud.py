"""The lab calling its own AWS API, as any client would.

Everything that the lab creates or breaks goes through the public API of the server it runs in,
so that a state of the lab is one that calls to AWS can produce.
"""

from __future__ import annotations

import functools
import os
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
_NUMBERS = {"integer": int, "long": int, "double": float, "float": float}


@functools.cache
def client(service: str, region: str = REGION) -> Any:
    """A boto3 client of this very server; LAB_URL is set before the first call."""
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=os.environ["LAB_URL"],
        aws_access_key_id="lab",
        aws_secret_access_key="lab",
        config=Config(retries={"total_max_attempts": 1}, max_pool_connections=20),
    )


def fit(shape: Any, value: Any) -> Any:
    """Turn CloudFormation properties into the parameters of a call.

    Templates write the same keys in another case and numbers as strings; keys that the call
    does not know (a property that belongs to another call) are left out.
    """
    kind = shape.type_name
    if kind == "structure":
        members = {name.lower(): name for name in shape.members}
        return {
            members[key.lower()]: fit(shape.members[members[key.lower()]], item)
            for key, item in value.items()
            if key.lower() in members and item is not None
        }
    if kind == "list":
        return [fit(shape.member, item) for item in value]
    if kind == "map":
        return {key: fit(shape.value, item) for key, item in value.items()}
    if kind == "boolean":
        return str(value).lower() == "true"
    if kind == "string":
        return str(value)
    return _NUMBERS.get(kind, lambda item: item)(value)


def call(region: str, service: str, operation: str, properties: dict, /, **extra: Any) -> dict:
    """Call an operation (in snake case) with the properties that it understands."""
    api = client(service, region)
    model = api.meta.service_model
    name = next(n for n in model.operation_names if xform_name(n) == operation)
    shape = model.operation_model(name).input_shape
    return getattr(api, operation)(**fit(shape, {**properties, **extra}))
