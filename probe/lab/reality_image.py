"""What the configuration leads to: whether the image of a container can be pulled."""

from __future__ import annotations

import json
import re
from typing import Any

from botocore.exceptions import ClientError

import iam
import wordings
from cloud import ACCOUNT, client
from ecs import Failure
from start import Start
from vpc import permits

_FAILED = "TaskFailedToStart"
_ECR = re.compile(r"^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/(.+?)(?::([^:@/]+))?$")
_REFERENCE = re.compile(
    r"^([a-z0-9.-]+(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$"
)
# What a public registry would say of an image; who breaks it sets it by the image.
ELSEWHERE: dict[str, str] = {}
_GIB = 2**30


def login_failure(start: Start, container: dict) -> Failure | None:
    """Whether ECR gives Fargate a login for the image, if it lies there."""
    if not _ECR.match(container["image"]):
        return None
    if not start.vpc.calls(start.place, "ecr.api"):
        address = start.address_of("ecr.api")
        text = wordings.timed_out(start.region, "ecr.api", address, "", start.newer)
        return Failure(text, _FAILED)
    action = "ecr:GetAuthorizationToken"
    if not iam.allowed(start.role, action, "*"):
        return Failure(wordings.registry(wordings.denied(start.role, action, "*")), _FAILED)
    return None


def failure(start: Start, container: dict, task_definition: Any) -> Failure | None:
    """Why the image of a container cannot be pulled."""
    image = container["image"]
    if not _REFERENCE.match(image):
        why = f'failed to normalize image reference "{image}": invalid reference format'
        return _failed(f"CannotPullContainerError: {why}")
    where = _ECR.match(image)
    why = _elsewhere(start, image) if where is None else _ecr(start, image, where)
    return _failed(why) if why else _content(start, image, where, task_definition)


def _failed(why: str) -> Failure:
    return Failure(why, _FAILED, container_reason=why)


def _elsewhere(start: Start, image: str) -> str | None:
    """An image of a public registry, which Fargate fetches through the internet."""
    host, _, rest = image.partition("/")
    if "." not in host:
        rest = image if "/" in image else f"library/{image}"
    if "." not in host or host == "docker.io":
        host = "registry-1.docker.io"
    if not start.vpc.leaves(start.place):
        return wordings.manifest_timed_out(f"{host}/{rest}", wordings.address(), start.newer)
    return ELSEWHERE.get(image)


def _ecr(start: Start, image: str, where: re.Match) -> str | None:
    account, region, repository, tag = where.groups()
    tag = tag or "latest"
    if not start.vpc.calls(start.place, "ecr.dkr"):
        address = start.address_of("ecr.dkr")
        return wordings.manifest_timed_out(image, address, start.newer)
    arn = f"arn:aws:ecr:{region}:{account}:repository/{repository}"
    host = image.partition("/")[0]
    actions = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    if account != ACCOUNT or not all(iam.allowed(start.role, action, arn) for action in actions):
        status = f"failed with status code [manifests {tag}]: 403 Forbidden"
        return wordings.manifest_refused(image, f"pulling from host {host} {status}")
    try:
        client("ecr", region).describe_images(
            repositoryName=repository, imageIds=[{"imageTag": tag}]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "RepositoryNotFoundException":
            return wordings.manifest_refused(image, f"{image}: not found")
        name = f"{host}/{repository}"
        if start.newer:
            why = error.response["Error"]["Message"]
            return wordings.manifest_refused(image, f"unexpected status: name unknown: {why}")
        return f"CannotPullContainerError: API error (404): repository {name} not found"
    return None


def _content(
    start: Start, image: str, where: re.Match | None, task_definition: Any
) -> Failure | None:
    """What is in the image: is it for this machine, can its layers be fetched, do they fit?"""
    if where is None:
        return None
    _, region, repository, tag = where.groups()
    wanted = {"repositoryName": repository, "imageIds": [{"imageTag": tag or "latest"}]}
    [found] = client("ecr", region).batch_get_image(**wanted)["images"]
    manifest = json.loads(found["imageManifest"])
    platform = _platform(task_definition)
    offered = [_name(entry["platform"]) for entry in manifest.get("manifests", [])]
    if offered and platform not in offered:
        what = f"image Manifest does not contain descriptor matching platform '{platform}'"
        text = f"CannotPullContainerError: pull image manifest has been retried 7 time(s): {what}."
        return _failed(text)
    endpoint = start.vpc.s3_endpoint(start.place.subnet)
    bucket = f"arn:aws:s3:::prod-{region}-starport-layer-bucket/*"
    digest = found["imageId"]["imageDigest"].removeprefix("sha256:")
    if not start.vpc.fetches_layers(start.place):
        address = wordings.address("52.219.16.27")
        request = f'failed to do request: Get "https://{{host}}/{digest[:8]}": '
        why = f"{request}dial tcp {address}:443: i/o timeout"
        return _failed(wordings.layers(region, why))
    if endpoint and not permits(endpoint, "s3:GetObject", bucket):
        why = f"unexpected status code https://{{host}}/{digest[:8]}: 403 Forbidden"
        return _failed(wordings.layers(region, why))
    size = sum(layer["size"] for layer in manifest.get("layers", []))
    storage = (getattr(task_definition, "ephemeral_storage", None) or {}).get("sizeInGiB", 20)
    if size > storage * _GIB:
        snapshot = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/86/fs"
        text = (
            "CannotPullContainerError: ref pull has been retried 1 time(s): failed to extract "
            f"layer sha256:{digest}: write {snapshot}/usr/share/model.bin: "
            "no space left on device: unknown"
        )
        return _failed(text)
    return None


def _platform(task_definition: Any) -> str:
    wanted = (getattr(task_definition, "runtime_platform", None) or {}).get("cpuArchitecture", "X86_64")
    return {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}[wanted]


def _name(platform: dict) -> str:
    return f"{platform['os']}/{platform['architecture']}"
