"""What the configuration leads to: whether the secrets and parameters of a task can be read."""

from __future__ import annotations

import dataclasses
import json
import re
import uuid
from typing import Any

from botocore.exceptions import ClientError

import iam
import wordings
from cloud import ACCOUNT, client
from ecs import Failure
from start import Start

_FAILED = "TaskFailedToStart"
_RANDOM_END = re.compile(r"-[A-Za-z0-9]{6}$")


def failure(start: Start, secrets: list[dict]) -> Failure | None:
    """The first secret of a container that Fargate cannot give to it, and why."""
    for secret in secrets:
        source = secret["valueFrom"]
        read = _secret if ":secretsmanager:" in source else _parameter
        if why := read(_there(start, source), source):
            return Failure(why, _FAILED)
    return None


def _there(start: Start, source: str) -> Start:
    """The start as seen from the Region of an ARN; what is named without one is in its own."""
    parts = source.split(":")
    region = parts[3] if len(parts) > 3 and parts[3] else start.region
    return dataclasses.replace(start, region=region)


def _secret(start: Start, source: str) -> str | None:
    parts = [*source.split(":"), "", "", ""][:10]
    arn, (key, stage, version) = ":".join(parts[:7]), parts[7:10]
    fetch = f"failed to fetch secret {arn} from secrets manager: "
    if not start.vpc.calls(start.place, "secretsmanager"):
        address = start.address_of("secretsmanager")
        return wordings.timed_out(start.region, "secretsmanager", address, fetch, start.newer)
    if not iam.allowed(start.role, "secretsmanager:GetSecretValue", arn):
        action = "secretsmanager:GetSecretValue"
        return wordings.secrets(fetch + wordings.denied(start.role, action, arn))
    wanted = {"SecretId": arn}
    if stage:
        wanted["VersionStage"] = stage
    if version:
        wanted["VersionId"] = version
    api = client("secretsmanager", start.region)
    try:
        wanted["SecretId"] = _found(start.region, arn)
        about = api.describe_secret(SecretId=wanted["SecretId"])
        if "DeletedDate" not in about and not _decrypts(
            start, "secretsmanager", about.get("KmsKeyId")
        ):
            code = f"status code: 400, request id: {uuid.uuid4()}"
            denied = f"AccessDeniedException: Access to KMS is not allowed {code}"
            return wordings.secrets(fetch + denied)
        value = api.get_secret_value(**wanted)["SecretString"]
    except ClientError as error:
        about = error.response["Error"]
        return wordings.secrets(f"{fetch}{about['Code']}: {about['Message']}")
    return _key_failure(value, key) if key else None


def _found(region: str, arn: str) -> str:
    """The secret that an ARN names.

    Secrets Manager takes a hyphen and six characters at the end for what it added itself, so that
    a secret whose own name ends so is not found by an ARN without that addition.
    """
    pages = client("secretsmanager", region).get_paginator("list_secrets")
    known = [s["ARN"] for p in pages.paginate(IncludePlannedDeletion=True) for s in p["SecretList"]]
    if arn in known or _RANDOM_END.search(arn):
        return arn if arn in known else f"{arn}:none"
    return next((full for full in known if _RANDOM_END.sub("", full) == arn), arn)


def _key_failure(value: str, key: str) -> str | None:
    try:
        content: Any = json.loads(value)
    except ValueError:
        first = value[:1].replace("'", "\\'")  # as Go writes a character
        return wordings.secrets(f"invalid character '{first}' looking for beginning of value")
    if key not in content:
        why = f"retrieved secret from Secrets Manager did not contain json key {key}"
        return wordings.secrets(why)
    return None


def _decrypts(start: Start, service: str, key_id: str | None) -> bool:
    """Whether the execution role may use the key of a secret; AWS's own key is open to it."""
    if not key_id or "alias/aws/" in key_id:
        return True
    kms = client("kms", start.region)
    try:
        key = kms.describe_key(KeyId=key_id)["KeyMetadata"]
        policy = kms.get_key_policy(KeyId=key["Arn"], PolicyName="default")["Policy"]
    except ClientError:
        return False
    host = f"{service}.{start.region}.amazonaws.com"
    return key["Enabled"] and iam.decrypts(start.role, key, policy, host)


def _parameter(start: Start, source: str) -> str | None:
    """A parameter of Systems Manager, by its ARN or, in the same region, by its name."""
    name = source.partition(":parameter")[2] or source
    arn = f"arn:aws:ssm:{start.region}:{ACCOUNT}:parameter/{name.lstrip('/')}"
    if not start.vpc.calls(start.place, "ssm"):
        address = start.address_of("ssm")
        return wordings.timed_out(start.region, "ssm", address, "", start.newer)
    if not iam.allowed(start.role, "ssm:GetParameters", arn):
        return wordings.parameters(wordings.denied(start.role, "ssm:GetParameters", arn))
    api = client("ssm", start.region)
    found = api.describe_parameters(
        ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [name]}]
    )["Parameters"]
    if not found:
        return wordings.parameters(f"invalid ssm parameters: {name}")
    if found[0]["Type"] == "SecureString" and not _decrypts(
        start, "ssm", found[0].get("KeyId")
    ):
        key = client("kms", start.region).describe_key(KeyId=found[0]["KeyId"])["KeyMetadata"]
        return wordings.parameters(wordings.denied(start.role, "kms:Decrypt", key["Arn"]))
    return None
