"""The lab calling its own AWS API, as any client would.

Everything that the lab creates or breaks goes through the public API of the server it runs in,
so that a state of the lab is one that calls to AWS can produce. The calls take the way of any
client up to the socket, which they leave out: the lab makes some hundred for each deployment.
"""

from __future__ import annotations

import functools
import io
import os
import urllib.parse
from collections.abc import Callable
from typing import Any

import boto3
from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config
from moto import backends
from werkzeug.test import EnvironBuilder, run_wsgi_app

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
_NUMBERS = {"integer": int, "long": int, "double": float, "float": float}


_application: list[Callable] = []


def install(application: Callable) -> None:
    """Tell which application answers; call it once, before the first request."""
    _application[:] = [application]
    # moto lists its own directory for each request.
    modules = list(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules


class _Body(io.BytesIO):
    """A body in the form in which botocore reads one."""

    def stream(self, **_: Any) -> Any:
        while part := self.read():
            yield part


def _send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    body = request.body.encode() if isinstance(request.body, str) else request.body
    headers = {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }
    url = urllib.parse.urlsplit(request.url)
    environ = EnvironBuilder(
        path=url.path or "/",
        base_url=os.environ["LAB_URL"],
        query_string=url.query,
        method=request.method,
        headers=headers,
        data=body or b"",
    ).get_environ()
    parts, status, answer = run_wsgi_app(_application[0], environ)
    whole = b"".join(parts)
    return AWSResponse(request.url, int(status.split()[0]), dict(answer), _Body(whole))


@functools.cache
def client(service: str, region: str = REGION) -> Any:
    """A boto3 client of this very server; LAB_URL is set before the first call."""
    made = boto3.client(
        service,
        region_name=region,
        endpoint_url=os.environ["LAB_URL"],
        aws_access_key_id="lab",
        aws_secret_access_key="lab",
        config=Config(retries={"total_max_attempts": 1}),
    )
    made.meta.events.register("before-send.*", _send)
    return made


def fit(shape: Any, value: Any) -> Any:
    """Turn CloudFormation properties into the parameters of a call.

    Templates write the same keys in another case and numbers as strings; keys that the call
    does not know (a property that belongs to another call) are left out. CloudFront's calls count
    the items of each list.
    """
    kind = shape.type_name
    if kind == "structure" and isinstance(value, list) and "Quantity" in shape.members:
        value = {"Quantity": len(value), "Items": value}
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
