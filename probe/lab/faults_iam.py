"""Faults of what a task start needs: permissions, secrets, and the image."""

from __future__ import annotations

import json
from collections.abc import Callable

from releases import release, restart_one_task, roll_out
from scenarios import scenario
from stack import Stack

_MISSING_KEY = "user"


@scenario("ecs-image-tag-missing")
def image_tag_missing(stack: Stack) -> None:
    release(stack, tag="v2")


@scenario("iam-image-pull-denied")
def image_pull_denied(stack: Stack) -> None:
    _delete_policy(stack, "ecr:GetAuthorizationToken")
    restart_one_task(stack)


@scenario("iam-secret-read-denied")
def secret_read_denied(stack: Stack) -> None:
    _delete_policy(stack, "secretsmanager:GetSecretValue")
    restart_one_task(stack)


@scenario("secrets-secret-missing")
def secret_missing(stack: Stack) -> None:
    """A release reads another secret, which its role may read and which nobody created."""
    secret = stack.exports["DbSecretArn"]
    absent = secret.replace(":secret:", ":secret:new-", 1)
    action = "secretsmanager:GetSecretValue"
    statement = {"Effect": "Allow", "Action": action, "Resource": absent}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    stack.client("iam").put_role_policy(
        RoleName=stack.role(),
        PolicyName="read-new-database-secret",
        PolicyDocument=json.dumps(document),
    )
    _change_secrets(stack, lambda value: value.replace(secret, absent))


@scenario("secrets-json-key-missing")
def json_key_missing(stack: Stack) -> None:
    _change_secrets(stack, lambda value: value.replace(":username:", f":{_MISSING_KEY}:"))


def _delete_policy(stack: Stack, action: str) -> None:
    """Delete the policy of the execution role that gives an action."""
    iam, role = stack.client("iam"), stack.role()
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if action in str(document):
            iam.delete_role_policy(RoleName=role, PolicyName=name)


def _change_secrets(stack: Stack, change: Callable[[str], str]) -> None:
    wanted = stack.task_definition()
    for secret in wanted["containerDefinitions"][0]["secrets"]:
        secret["valueFrom"] = change(secret["valueFrom"])
    roll_out(stack, wanted)
