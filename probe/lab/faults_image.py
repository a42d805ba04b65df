"""Faults of the image."""

from __future__ import annotations

import json

import reality_image
from ecs import Failure
from faults_iam import permit
from programs import App
from releases import release, roll_out
from scenarios import scenario
from stack import Stack

_PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@scenario("ecs-image-tag-missing")
def image_tag_missing(stack: Stack) -> None:
    release(stack, tag="v2")


@scenario("image-repository-missing")
def repository_missing(stack: Stack) -> None:
    """A release takes its image from a repository that its role may read and nobody created."""
    image = stack.exports["RepositoryUri"].rpartition("/")[0] + "/evnets/service:v2"
    arn = f"arn:aws:ecr:{stack.region}:{stack.account()}:repository/evnets/service"
    permit(stack, "pull-new-repository", _PULL, arn)
    _use(stack, image)


@scenario("image-cross-account-denied")
def cross_account_denied(stack: Stack) -> None:
    """The image lies in another account, whose repository lets nobody else in."""
    host = f"210987654321.dkr.ecr.{stack.region}.amazonaws.com"
    arn = f"arn:aws:ecr:{stack.region}:210987654321:repository/shared/events"
    permit(stack, "pull-shared-image", _PULL, arn)
    _use(stack, f"{host}/shared/events:v2")


@scenario("image-platform-mismatch")
def platform_mismatch(stack: Stack) -> None:
    """The index of the image has only one for the other architecture."""
    platform = {"os": "linux", "architecture": "arm64"}
    digest = "sha256:" + "5" * 64
    entry = {"mediaType": _MANIFEST, "digest": digest, "size": 1203, "platform": platform}
    _push(stack, "v2", {"mediaType": _INDEX, "manifests": [entry]})
    release(stack, tag="v2")


@scenario("image-architecture-mismatch")
def architecture_mismatch(stack: Stack) -> None:
    """The image says nothing of its platform, and its program is for the other architecture."""
    end = Failure("Essential container in task exited", "EssentialContainerExited", 255, ran=True)
    said = ("exec /service: exec format error",)
    release(stack, tag="v2", app=App(ends=end, lines=said))


@scenario("image-reference-invalid")
def reference_invalid(stack: Stack) -> None:
    """The address of the repository with its scheme, as a browser shows it."""
    _use(stack, f"https://{stack.exports['RepositoryUri']}:v2")


@scenario("image-disk-full")
def disk_full(stack: Stack) -> None:
    """The layers are larger than the 20 GiB that a task has if nobody asks for more."""
    layers = [
        {
            "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
            "size": 13 * 2**30,
            "digest": f"sha256:{n * 64}",
        }
        for n in "67"
    ]
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2210}
    config["digest"] = "sha256:" + "8" * 64
    _push(stack, "v2", {"mediaType": _MANIFEST, "config": config, "layers": layers})
    release(stack, tag="v2")


@scenario("image-rate-limited")
def rate_limited(stack: Stack) -> None:
    """A release takes an image from Docker Hub, which has counted enough pulls of our address."""
    image = "docker.io/eventsorg/service:v2"
    reality_image.ELSEWHERE[image] = (
        "CannotPullContainerError: inspect image has been retried 5 time(s): httpReadSeeker: "
        "failed open: unexpected status code https://registry-1.docker.io/v2/eventsorg/service/"
        "manifests/v2: 429 Too Many Requests - Server message: toomanyrequests: You have reached "
        "your pull rate limit. You may increase the limit by authenticating and upgrading: "
        "https://www.docker.com/increase-rate-limits."
    )
    _use(stack, image)


@scenario("image-registry-login-failed")
def registry_login_failed(stack: Stack) -> None:
    """A release takes an image from a registry that refuses the name and password it is given."""
    image = "registry.example.com/events/service:v2"
    reality_image.ELSEWHERE[image] = (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        f"failed to resolve ref {image}: failed to authorize: failed to fetch oauth token: "
        "unexpected status: 401 Unauthorized"
    )
    _use(stack, image)


@scenario("image-pull-failed")
def pull_failed(stack: Stack) -> None:
    """A pull that fails, and a reason that is cut off before it says why."""
    image = "registry.example.com/events/service:v3"
    reality_image.ELSEWHERE[image] = (
        "CannotPullContainerError: inspect image has been retried 1 time(s)"
    )
    _use(stack, image)


def _use(stack: Stack, image: str) -> None:
    wanted = stack.task_definition()
    wanted["containerDefinitions"][0]["image"] = image
    roll_out(stack, wanted)


def _push(stack: Stack, tag: str, manifest: dict) -> None:
    stack.client("ecr").put_image(
        repositoryName=stack.exports["RepositoryName"],
        imageManifest=json.dumps({"schemaVersion": 2, **manifest}),
        imageManifestMediaType=manifest["mediaType"],
        imageTag=tag,
    )
