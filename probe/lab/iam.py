"""SimulatePrincipalPolicy, which moto answers with an HTML page of status 500.

The decision covers identity policies of a role: Action and NotAction, Resource and NotResource
with wildcards, an explicit Deny before an Allow. A statement with a Condition does not apply,
since no context is given. Permission boundaries and service control policies are not looked at.
"""

from __future__ import annotations

import fnmatch
import json
import urllib.parse
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse

from cloud import ACCOUNT


def install() -> None:
    """Add the operation to moto."""
    IamResponse.simulate_principal_policy = simulate_principal_policy


def allowed(role_name: str, action: str, resource: str) -> bool:
    """Whether the policies of a role permit an action on a resource."""
    backend = iam_backends[ACCOUNT]["aws"]
    return decide(documents(backend, backend.get_role(role_name)), action, resource) == "allowed"


def documents(backend: Any, role: Any) -> list[dict]:
    """The inline and attached policies of a role."""
    attached = [backend.managed_policies[arn].document for arn in role.managed_policies]
    return [_parse(document) for document in [*role.policies.values(), *attached]]


def _parse(document: Any) -> dict:
    if isinstance(document, dict):
        return document
    text = document if document.lstrip().startswith("{") else urllib.parse.unquote(document)
    return json.loads(text)


def decide(policies: list[dict], action: str, resource: str) -> str:
    """The word that the simulator uses for the outcome."""
    decision = "implicitDeny"
    for policy in policies:
        for statement in _list(policy["Statement"]):
            if not _applies(statement, action, resource):
                continue
            if statement["Effect"] == "Deny":
                return "explicitDeny"
            decision = "allowed"
    return decision


def _applies(statement: dict, action: str, resource: str) -> bool:
    if statement.get("Condition"):
        return False
    lower = action.lower()
    if "NotAction" in statement:
        action_fits = not any(_match(lower, p.lower()) for p in _list(statement["NotAction"]))
    else:
        action_fits = any(_match(lower, p.lower()) for p in _list(statement["Action"]))
    if "NotResource" in statement:
        return action_fits and not any(_match(resource, p) for p in _list(statement["NotResource"]))
    return action_fits and any(_match(resource, p) for p in _list(statement.get("Resource", "*")))


def _match(value: str, pattern: str) -> bool:
    # In a policy, "[" is an ordinary character.
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _list(value: Any) -> list:
    return value if isinstance(value, list) else [value]


def simulate_principal_policy(self: Any) -> ActionResult:
    role = self.backend.get_role_by_arn(self._get_param("PolicySourceArn"))
    policies = documents(self.backend, role)
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": decide(policies, action, resource),
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in self._get_param("ActionNames", [])
        for resource in self._get_param("ResourceArns", []) or ["*"]
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})
