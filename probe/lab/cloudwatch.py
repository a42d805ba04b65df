"""A bridge for the CloudWatch protocol of the AWS SDK for Rust.

That SDK speaks only rpc-v2-cbor (`POST /service/GraniteServiceVersion20100801/operation/X`), which
moto answers with 404. The bridge turns such a request into the JSON protocol and the answer back.
"""

from __future__ import annotations

import datetime
import functools
import io
import json
from collections.abc import Callable, Iterable
from typing import Any

import boto3
import cbor2
from werkzeug.wrappers import Request

_TARGET = "GraniteServiceVersion20100801"


def is_cbor(environ: dict) -> bool:
    return environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor"


@functools.lru_cache(maxsize=1)
def _model() -> Any:
    return boto3.session.Session()._session.get_service_model("cloudwatch")


def bridge(environ: dict, start_response: Callable, app: Callable) -> Iterable[bytes]:
    """Answer a CBOR request with what `app` says to the same request in JSON."""
    operation = environ["PATH_INFO"].rsplit("/", 1)[1]
    parameters = cbor2.loads(Request(environ).get_data() or b"\xa0")
    body = json.dumps(parameters, default=lambda time: time.timestamp()).encode()
    inner = {
        **environ,
        "PATH_INFO": "/",
        "RAW_URI": "/",
        "REQUEST_URI": "/",
        "CONTENT_TYPE": "application/x-amz-json-1.0",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_AMZ_TARGET": f"{_TARGET}.{operation}",
        "wsgi.input": io.BytesIO(body),
    }
    for key in ("HTTP_SMITHY_PROTOCOL", "werkzeug.request"):
        inner.pop(key, None)
    status: list[str] = []
    parts = app(inner, lambda line, headers, exc_info=None: status.append(line))
    answer = json.loads(b"".join(parts) or "{}")
    if status[0].startswith("200"):
        answer = typed(_model().operation_model(operation).output_shape, answer)
    headers = [("Content-Type", "application/cbor"), ("Smithy-Protocol", "rpc-v2-cbor")]
    start_response(status[0], headers)
    return [cbor2.dumps(answer)]


def typed(shape: Any, value: Any) -> Any:
    """Give numbers and times the types that CBOR readers insist on."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure":
        known = {key: item for key, item in value.items() if item is not None}
        return {key: typed(shape.members.get(key), item) for key, item in known.items()}
    if shape.type_name == "list":
        return [typed(shape.member, item) for item in value]
    if shape.type_name == "timestamp":
        return cbor2.CBORTag(1, _seconds(value))
    return float(value) if shape.type_name in ("double", "float") else value


def _seconds(value: Any) -> float:
    if not isinstance(value, str):
        return float(value)
    return datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
