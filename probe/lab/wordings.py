"""The words in which Fargate says why a task cannot start, older and newer ones.

AWS changes its texts now and then, and stopped tasks of one account show both. A task's own number
chooses, so that a service that fails several times shows several wordings.
"""

from __future__ import annotations

import random
import uuid

from cloud import ACCOUNT

_PULL = "ResourceInitializationError: unable to pull secrets or registry auth: "
_RETRIEVE = _PULL + "execution resource retrieval failed: "
_LOGGER = "ResourceInitializationError: failed to validate logger args: "
_NAMES = {
    "ecr.api": "Amazon ECR",
    "secretsmanager": "AWS Secrets Manager",
    "ssm": "AWS Systems Manager",
}


def secrets(why: str, times: int = 1) -> str:
    """Secrets Manager was asked and answered badly."""
    return (
        f"{_RETRIEVE}unable to retrieve secret from asm: "
        f"service call has been retried {times} time(s): {why}"
    )


def parameters(why: str, times: int = 1) -> str:
    """Systems Manager was asked and answered badly."""
    return (
        f"{_RETRIEVE}unable to retrieve secrets from ssm: "
        f"service call has been retried {times} time(s): {why}"
    )


def registry(why: str, times: int = 1) -> str:
    """ECR was asked for a login and answered badly."""
    return (
        f"{_RETRIEVE}unable to retrieve ecr registry auth: "
        f"service call has been retried {times} time(s): {why}"
    )


def logger(why: str) -> str:
    """CloudWatch Logs was asked for a stream and answered badly."""
    return (
        f"{_LOGGER}create stream has been retried 1 times: "
        f"failed to create Cloudwatch log stream: {why} : exit status 1"
    )


def timed_out(region: str, service: str, address: str, about: str, newer: bool) -> str:
    """An API that did not answer: ecr.api, secretsmanager or ssm; `about` is what was fetched."""
    host = f"{service.removesuffix('.api')}.{region}.amazonaws.com"
    if service == "ecr.api":
        host = f"api.{host}"
    timeout = (
        "RequestError: send request failed caused by: "
        f'Post "https://{host}/": dial tcp {address}:443: i/o timeout'
    )
    say = {"ecr.api": registry, "secretsmanager": secrets, "ssm": parameters}[service]
    if not newer:
        return say(f"{about}{timeout}", times=5)
    what = {
        "ecr.api": "The task cannot pull registry auth from Amazon ECR: ",
        "secretsmanager": "unable to retrieve secret from asm: ",
        "ssm": "unable to retrieve secrets from ssm: ",
    }[service]
    return (
        f"{_PULL}{what}There is a connection issue between the task and {_NAMES[service]}. "
        f"Check your task network configuration. {about}{timeout}"
    )


def no_logs(region: str, address: str, newer: bool) -> str:
    """CloudWatch Logs did not answer; the newer words wrongly speak of a missing group."""
    if newer:
        return (
            f"{_LOGGER}The task cannot find the Amazon CloudWatch log group defined in the task "
            "definition. There is a connection issue between the task and Amazon CloudWatch. "
            "Check your network configuration. : signal: killed"
        )
    return logger(
        "RequestError: send request failed caused by: "
        f'Post "https://logs.{region}.amazonaws.com/": dial tcp {address}:443: i/o timeout'
    )


def manifest_refused(image: str, why: str, times: int = 1) -> str:
    """The registry was asked for the manifest of an image."""
    return (
        f"CannotPullContainerError: pull image manifest has been retried {times} time(s): "
        f"failed to resolve ref {image}: {why}"
    )


def manifest_timed_out(image: str, address: str, newer: bool) -> str:
    """The registry did not answer."""
    host, _, rest = image.partition("/")
    name, _, tag = rest.rpartition(":")
    head = f'failed to do request: Head "https://{host}/v2/{name}/manifests/{tag}"'
    if newer and ".dkr.ecr." in host:
        return (
            f"CannotPullContainerError: The task cannot pull {rest} from the Amazon Elastic "
            f"Container Registry repository {host}/{name}. There is a connection issue between the "
            "task and Amazon ECR. Check your task network configuration. : "
            f"{head}: dial tcp {address}:443: i/o timeout"
        )
    return manifest_refused(image, f"{head}: dial tcp {address}:443: i/o timeout", times=5)


def layers(region: str, why: str) -> str:
    """S3 was asked for the layers of an image."""
    bucket = f"prod-{region}-starport-layer-bucket"
    return (
        "CannotPullContainerError: ref pull has been retried 5 time(s): failed to copy: "
        f"httpReadSeeker: failed open: {why.format(host=f'{bucket}.s3.{region}.amazonaws.com')}"
    )


def denied(role: str, action: str, resource: str) -> str:
    """A permission that the execution role lacks."""
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{uuid.uuid4().hex}"
    return (
        f"AccessDeniedException: User: {session} is not authorized to perform: {action} "
        f"on resource: {resource} because no identity-based policy allows the {action} action "
        f"status code: 400, request id: {uuid.uuid4()}"
    )


def not_assumable(role_arn: str) -> str:
    """A role that ECS cannot take on; an event, since no task is started."""
    return (
        f"failed to launch a task with (error ECS was unable to assume the role '{role_arn}' that "
        "was provided for this task. Please verify that the role being passed has the proper trust "
        "relationship and permissions and that your IAM user has permissions to pass this role.)."
    )


def address(private: str | None = None) -> str:
    """Where a name resolved to: an endpoint in the VPC, else some public address of AWS."""
    return private or f"52.119.{random.randint(184, 215)}.{random.randint(1, 254)}"
