"""The policy of a stack: what no update may do to some of its resources, whoever makes it.

CloudFormation enforces it for change sets too, and takes no exception for a single one. So the
policy is loosened for what the person who runs us has named, and set again after the change.
"""

import json

from .cli import aws
from .watch import Live


def protect(live: Live, but: list[str] | None = None) -> None:
    """Give the stack its policy, without the resources that may change this time."""
    if not live.stack.protected:
        return
    statements = [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]
    for name, actions in live.stack.protected.items():
        if name not in (but or []):
            resource = f"LogicalResourceId/{name}"
            statements.append({"Effect": "Deny", "Action": list(actions), "Principal": "*", "Resource": resource})
    body = json.dumps({"Statement": statements})
    aws("cloudformation", "set-stack-policy", "--stack-name", live.name, "--stack-policy-body", body, region=live.region)


def forbids(live: Live, change: dict) -> bool:
    """Whether the policy stands against this change of a change set, or might."""
    actions = live.stack.protected.get(change["LogicalResourceId"], ())
    if change["Action"] == "Add":
        return False
    replaces = change.get("Replacement") in ("True", "Conditional")
    return bool(actions) and ("Update:*" in actions or change["Action"] == "Remove" or replaces)
