"""The event service's own stacks, deployed into the lab from `cloudformation/`."""

from __future__ import annotations

import functools
import hashlib
import json
import pathlib
from typing import Any

import ecs
from cloud import ACCOUNT, REGION, client

TEMPLATES = pathlib.Path(__file__).resolve().parents[2] / "cloudformation"
_OCI = "application/vnd.oci.image"
LAYERS = ("network", "security", "data", "platform", "service")


class Stack:
    """A deployed set of stacks, with what scenarios need of it."""

    def __init__(self, prefix: str, region: str = REGION):
        self.prefix = prefix
        self.region = region

    def client(self, service: str) -> Any:
        return client(service, self.region)

    @functools.cached_property
    def exports(self) -> dict[str, str]:
        """The exports of all layers, without the prefix."""
        pages = self.client("cloudformation").get_paginator("list_exports").paginate()
        found = {e["Name"]: e["Value"] for page in pages for e in page["Exports"]}
        start = f"{self.prefix}-"
        return {n[len(start) :]: value for n, value in found.items() if n.startswith(start)}

    @functools.cached_property
    def names(self) -> dict[str, str]:
        """Cluster and service, as the outputs of the service stack name them."""
        stacks = self.client("cloudformation").describe_stacks(StackName=f"{self.prefix}-service")
        outputs = stacks["Stacks"][0]["Outputs"]
        values = {output["OutputKey"]: output["OutputValue"] for output in outputs}
        return {"cluster": values["ClusterName"], "service": values["ServiceName"]}

    @property
    def service(self) -> Any:
        """moto's object of the ECS service."""
        return ecs.backend(self.region)._get_service(self.names["cluster"], self.names["service"])

    def task_definition(self) -> dict:
        """The task definition in use, in the form in which a new revision is registered."""
        found = self.client("ecs").describe_task_definition(
            taskDefinition=self.service.task_definition
        )
        ignored = (
            "taskDefinitionArn",
            "revision",
            "status",
            "requiresAttributes",
            "compatibilities",
            "registeredAt",
            "registeredBy",
        )
        return {k: v for k, v in found["taskDefinition"].items() if k not in ignored}

    def database(self) -> dict:
        """The database instance behind DB_HOST."""
        found = self.client("rds").describe_db_instances()["DBInstances"]
        return next(d for d in found if d["Endpoint"]["Address"] == self.exports["DbHost"])

    def account(self) -> str:
        return ACCOUNT

    def role(self) -> str:
        """The name of the execution role."""
        return self.task_definition()["executionRoleArn"].split("/")[-1]

    def push_image(self, tag: str, architecture: str = "amd64") -> None:
        """Put an image with a tag into the repository, as buildx does: an index of one platform."""
        digest = "sha256:" + hashlib.sha256(f"{self.prefix}:{tag}".encode()).hexdigest()
        layer = {"mediaType": f"{_OCI}.layer.v1.tar+gzip", "size": 9_400_000, "digest": digest}
        config = {"mediaType": f"{_OCI}.config.v1+json", "size": 2210, "digest": digest}
        manifest = {
            "schemaVersion": 2,
            "mediaType": f"{_OCI}.manifest.v1+json",
            "config": config,
            "layers": [layer],
        }
        text = json.dumps(manifest)
        entry = {
            "mediaType": manifest["mediaType"],
            "digest": "sha256:" + hashlib.sha256(text.encode()).hexdigest(),
            "size": len(text),
            "platform": {"os": "linux", "architecture": architecture},
        }
        index = {"schemaVersion": 2, "mediaType": f"{_OCI}.index.v1+json", "manifests": [entry]}
        for body, name in ((text, {}), (json.dumps(index), {"imageTag": tag})):
            self.client("ecr").put_image(
                repositoryName=self.exports["RepositoryName"], imageManifest=body, **name
            )


def deploy(
    prefix: str,
    image_tag: str,
    region: str = REGION,
    environment: str = "dev",
    overrides: dict[str, str] | None = None,
) -> Stack:
    """Create the five stacks in order, with the parameters of an environment."""
    stack = Stack(prefix, region)
    file = TEMPLATES / "parameters" / f"{environment}.json"
    parameters = json.loads(file.read_text())["Parameters"] | (overrides or {})
    parameters |= {"Prefix": prefix, "ImageTag": image_tag}
    for layer in LAYERS:
        if layer == "service":
            arm = parameters.get("CpuArchitecture") == "ARM64"
            stack.push_image(image_tag, "arm64" if arm else "amd64")
        body = (TEMPLATES / f"{layer}.yaml").read_text()
        taken = [key for key in parameters if f"\n  {key}:\n    Type:" in body]
        stack.client("cloudformation").create_stack(
            StackName=f"{prefix}-{layer}",
            TemplateBody=body,
            Parameters=[{"ParameterKey": k, "ParameterValue": parameters[k]} for k in taken],
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "Project", "Value": prefix}, {"Key": "Environment", "Value": environment}],
        )
    return stack
