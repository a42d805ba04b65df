"""The stacks in the order of their imports, and what their templates say of themselves.

A new stack is one entry here: `deploy` and `teardown` know no other list.
"""

import json
import os
import pathlib
import re
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent.parent
PREFIX = re.compile(r"[a-z][a-z0-9-]{0,19}")
# CloudFormation takes no larger template without a bucket to put it in first.
LARGEST_TEMPLATE = 51_200


@dataclass(frozen=True)
class Stack:
    """One template, deployed as PREFIX-NAME."""

    name: str
    optional: bool = False  # only with `deploy --with NAME`; kept up to date from then on
    capabilities: tuple[str, ...] = ("CAPABILITY_IAM",)
    region: str | None = None  # where AWS wants it, if not beside the others
    # Parameters that take an output of another stack, where there is one: from another Region, or from an
    # optional stack. What the parameter file says goes first.
    from_outputs: dict[str, tuple[str, str]] = field(default_factory=dict)
    # What must not happen to a resource in passing, in the words of stack policies; see stack_policy.py.
    protected: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def template(self) -> pathlib.Path:
        return HERE / f"{self.name}.yaml"

    def parameters(self) -> list[str]:
        """The names of the parameters that the template takes."""
        return re.findall(r"^  (\w+):", _section(self.template, "Parameters"), re.MULTILINE)

    def required(self) -> list[str]:
        """Those of them without a default."""
        blocks = re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", _section(self.template, "Parameters"), re.MULTILINE)
        return [name for name, body in blocks if not re.search(r"^    Default:", body, re.MULTILINE)]

    def purposes(self) -> dict[str, str]:
        """What each resource is for, by its logical name."""
        found = {}
        for name, body in re.findall(
            r"^  (\w+):\n((?:    .*\n|\n|  +#.*\n)+)", _section(self.template, "Resources"), re.MULTILINE
        ):
            if said := re.search(r'^    Metadata:.*?\bDescription: "(.*?)"', body, re.MULTILINE | re.DOTALL):
                found[name] = said[1]
        return found


def _section(template: pathlib.Path, name: str) -> str:
    """The lines under a top-level key; the templates are ours, so that their layout is known."""
    found = re.search(rf"^{name}:\n((?:[ #].*\n|\n)+)", template.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


# It holds data, which goes with it.
_KEEP = ("Update:Replace", "Update:Delete")
# Its weights are ECS's: any change sets them back, and may send people to a target group without tasks.
_LEAVE = ("Update:*",)
STACKS = (
    Stack("network"),
    Stack("security"),
    Stack("data", protected={"Database": _KEEP, "DbSecret": _KEEP}),
    Stack(
        "platform",
        protected={"Repository": _KEEP, "AccessLogBucket": _KEEP, "TestRule": _LEAVE, "ProductionRule": _LEAVE},
    ),
    # Before the service, and so deleted after it: it has the role in which CloudFormation keeps that stack.
    Stack("cicd", optional=True),
    Stack(
        "edge",
        optional=True,
        region="us-east-1",  # where CloudFront takes certificates and firewalls from
        from_outputs={
            "LoadBalancerArn": ("platform", "LoadBalancerArn"),
            "LoadBalancerDnsName": ("platform", "LoadBalancerDnsName"),
        },
    ),
    Stack("service", from_outputs={"PermissionsBoundaryArn": ("cicd", "TaskBoundaryArn")}),
    Stack("schedule", optional=True),
    Stack("rotation", optional=True, capabilities=("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")),
    Stack("probe-role", optional=True),
    Stack("load-workers", optional=True, protected={"ResultBucket": _KEEP}),
)


def parameters_of(environment: str) -> dict[str, str]:
    """What parameters/ENVIRONMENT.json says."""
    path = HERE / "parameters" / f"{environment}.json"
    return json.loads(path.read_text(encoding="utf-8"))["Parameters"]


def region() -> str | None:
    """The Region of the usual settings of the AWS CLI, as far as the environment names it."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
