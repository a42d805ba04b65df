"""Permissions: what a role may do, who may assume it, and what of IAM moto lacks.

moto answers SimulatePrincipalPolicy with an HTML page of status 500, gives the inline policies
of a role made by CloudFormation as a text of Python and the versions of a policy without their
encoding, has none of the policies that AWS manages unless it loads all of them at each reset, and
calls what is not found in words of its own.

The decision covers identity policies of a role and the policy of a key: Action and NotAction,
Resource and NotResource with wildcards, an explicit Deny before an Allow. A statement applies
where its conditions hold for the context that is given; of the operators the two are known that
our policies have. Permission boundaries and service control policies are not looked at.
"""

from __future__ import annotations

import fnmatch
import functools
import json
import urllib.parse
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import NotFoundException
from moto.iam.models import AWSManagedPolicy, IAMBackend, Role, iam_backends
from moto.iam.responses import IamResponse

from cloud import ACCOUNT


def install() -> None:
    """Patch moto."""
    IamResponse.simulate_principal_policy = simulate_principal_policy
    IAMBackend._init_aws_policies = managed_by_aws
    get_role, get_role_policy = IAMBackend.get_role, IAMBackend.get_role_policy
    put_policy, get_version = Role.put_policy, IamResponse.get_policy_version

    def put_text(self: Role, name: str, document: Any) -> None:
        put_policy(self, name, document if isinstance(document, str) else json.dumps(document))

    def find_role(self: IAMBackend, role_name: str) -> Role:
        try:
            return get_role(self, role_name)
        except NotFoundException:
            text = f"The role with name {role_name} cannot be found."
            raise NotFoundException(text) from None

    def find_role_policy(self: IAMBackend, role_name: str, policy_name: str) -> tuple[str, str]:
        self.get_role(role_name)
        try:
            return get_role_policy(self, role_name, policy_name)
        except NotFoundException:
            text = f"The role policy with name {policy_name} cannot be found."
            raise NotFoundException(text) from None

    def encoded_version(self: IamResponse) -> ActionResult:
        version = get_version(self).result["PolicyVersion"]
        about = {
            "Document": urllib.parse.quote(version.document, safe=""),
            "VersionId": version.version_id,
            "IsDefaultVersion": version.is_default,
            "CreateDate": version.create_date,
        }
        return ActionResult({"PolicyVersion": about})

    Role.put_policy = put_text
    IAMBackend.get_role = find_role
    IAMBackend.get_role_policy = find_role_policy
    IamResponse.get_policy_version = encoded_version


# Those that people attach to the roles of a task.
_MANAGED = (
    "AmazonECSTaskExecutionRolePolicy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonSSMReadOnlyAccess",
    "CloudWatchLogsFullAccess",
    "SecretsManagerReadWrite",
    "AdministratorAccess",
)


@functools.cache
def _managed_data() -> dict[str, dict]:
    everything = json.loads(aws_managed_policies_data)
    return {name: everything[name] for name in _MANAGED}


def managed_by_aws(self: IAMBackend) -> list[AWSManagedPolicy]:
    return [
        AWSManagedPolicy.from_data(name, self.account_id, self.region_name, about)
        for name, about in _managed_data().items()
    ]


# Inline policies that IAM shows already and that are not in force yet, by role and name.
_on_their_way: set[tuple[str, str]] = set()


def not_in_force_yet(role_name: str, policy_name: str) -> None:
    """Let a policy that was just given to a role need some minutes to arrive everywhere."""
    _on_their_way.add((role_name, policy_name))


def all_arrived() -> None:
    """What was given a while ago is in force."""
    _on_their_way.clear()


def allowed(role_name: str, action: str, resource: str, context: dict[str, str] | None = None) -> bool:
    """Whether the policies of a role that are in force permit an action on a resource."""
    if not exists(role_name):
        return False
    backend = iam_backends[ACCOUNT]["aws"]
    late = {name for role, name in _on_their_way if role == role_name}
    known = documents(backend, backend.get_role(role_name), without=late)
    return decide(known, action, resource, context) == "allowed"


def decrypts(role_name: str, key: dict, policy: str, service: str) -> bool:
    """Whether a service may decrypt with a key for a role of the key's account.

    The policy of the key names the role or everybody, or leaves the decision to the account.
    """
    if not exists(role_name):
        return False
    arn, context = key["Arn"], {"kms:viaservice": service, "kms:calleraccount": ACCOUNT}
    role = iam_backends[ACCOUNT]["aws"].get_role(role_name).arn
    account = {ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"}
    meant: dict[str, list[dict]] = {"role": [], "account": []}
    for statement in _list(_parse(policy)["Statement"]):
        who = statement.get("Principal", {})
        named = {"*"} if who == "*" else set(_list(who.get("AWS", [])))
        if named & {"*", role} or statement["Effect"] == "Deny" and named & account:
            meant["role"].append(statement)
        elif named & account:
            meant["account"].append(statement)
    by_role, by_account = (
        decide([{"Statement": statements}], "kms:Decrypt", arn, context)
        for statements in meant.values()
    )
    left = by_account == "allowed" and allowed(role_name, "kms:Decrypt", arn, context)
    return by_role != "explicitDeny" and (by_role == "allowed" or left)


def exists(role_name: str) -> bool:
    return any(role.name == role_name for role in iam_backends[ACCOUNT]["aws"].get_roles())


def trusts(role_name: str, principal: str, region: str) -> bool:
    """Whether a role lets ECS take it on for a task of this account and region."""
    if not exists(role_name):
        return False
    document = iam_backends[ACCOUNT]["aws"].get_role(role_name).assume_role_policy_document
    given = {
        "aws:sourceaccount": ACCOUNT,
        "aws:sourcearn": f"arn:aws:ecs:{region}:{ACCOUNT}:task/cluster/id",
    }
    trusted = False
    for statement in _list(_parse(document)["Statement"]):
        who = statement.get("Principal", {})
        services = ["*"] if who == "*" else _list(who.get("Service", []))
        actions = [action.lower() for action in _list(statement.get("Action", []))]
        if not {principal, "*"} & set(services) or not any(_match("sts:assumerole", a) for a in actions):
            continue
        if not all(_holds(*test, given) for test in statement.get("Condition", {}).items()):
            continue
        if statement["Effect"] == "Deny":
            return False
        trusted = True
    return trusted


def _holds(operator: str, wanted: dict[str, Any], given: dict[str, str]) -> bool:
    """One operator of a condition; those that the trust of a task's role and policies for keys are made of."""
    if operator not in ("StringEquals", "StringLike", "ArnEquals", "ArnLike"):
        return False
    return all(
        any(_match(given.get(key.lower(), ""), value) for value in _list(values))
        for key, values in wanted.items()
    )


def documents(backend: Any, role: Any, without: set[str] = frozenset()) -> list[dict]:
    """The inline and attached policies of a role, without some of the inline ones."""
    policies = [backend.managed_policies[arn] for arn in role.managed_policies]
    attached = [
        version.document
        for policy in policies
        for version in policy.versions
        if version.version_id == policy.default_version_id
    ]
    inline = [document for name, document in role.policies.items() if name not in without]
    return [_parse(document) for document in [*inline, *attached]]


def _parse(document: Any) -> dict:
    if isinstance(document, dict):
        return document
    text = document if document.lstrip().startswith("{") else urllib.parse.unquote(document)
    return json.loads(text)


def decide(
    policies: list[dict], action: str, resource: str, context: dict[str, str] | None = None
) -> str:
    """The word that the simulator uses for the outcome."""
    decision = "implicitDeny"
    for policy in policies:
        for statement in _list(policy["Statement"]):
            if not _applies(statement, action, resource, context or {}):
                continue
            if statement["Effect"] == "Deny":
                return "explicitDeny"
            decision = "allowed"
    return decision


def _applies(statement: dict, action: str, resource: str, context: dict[str, str]) -> bool:
    if not all(_holds(*test, context) for test in statement.get("Condition", {}).items()):
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
    context = {
        entry["ContextKeyName"].lower(): entry["ContextKeyValues"][0]
        for entry in self._get_param("ContextEntries", [])
    }
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": decide(policies, action, resource, context),
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in self._get_param("ActionNames", [])
        for resource in self._get_param("ResourceArns", []) or ["*"]
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})
