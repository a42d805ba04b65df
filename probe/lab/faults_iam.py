"""Faults of the roles and of what they permit."""

from __future__ import annotations

import json

import iam
from releases import restart_one_task, roll_out
from scenarios import scenario
from stack import Stack


@scenario("iam-image-pull-denied")
def image_pull_denied(stack: Stack) -> None:
    _delete_policy(stack, "ecr:GetAuthorizationToken")
    restart_one_task(stack)


@scenario("iam-secret-read-denied")
def secret_read_denied(stack: Stack) -> None:
    _delete_policy(stack, "secretsmanager:GetSecretValue")
    restart_one_task(stack)


@scenario("iam-logs-write-denied")
def logs_write_denied(stack: Stack) -> None:
    _delete_policy(stack, "logs:CreateLogStream")
    restart_one_task(stack)


@scenario("iam-parameter-read-denied")
def parameter_read_denied(stack: Stack) -> None:
    """A release reads a parameter that exists, and nobody gave its role the permission."""
    name = f"/{stack.prefix}/feature-flags"
    stack.client("ssm").put_parameter(Name=name, Value="beta=off", Type="String")
    arn = f"arn:aws:ssm:{stack.region}:{stack.account()}:parameter{name}"
    add_secret(stack, "FEATURE_FLAGS", arn)


@scenario("iam-key-decrypt-denied")
def key_decrypt_denied(stack: Stack) -> None:
    """The secret is encrypted with a key of our own, which the role may not use."""
    _encrypt(stack)
    restart_one_task(stack)


@scenario("iam-key-decrypt-denied, by the policy of the key")
def key_policy_denies(stack: Stack) -> None:
    """The role may use the key, whose own policy is for its administrator alone."""
    key = _encrypt(stack)
    permit(stack, "decrypt-secrets", ["kms:Decrypt"], key)
    administrator = stack.client("iam").create_role(
        RoleName=f"{stack.prefix}-keys",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
    )["Role"]["Arn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": administrator},
        "Action": "kms:*",
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    stack.client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    restart_one_task(stack)


def _encrypt(stack: Stack) -> str:
    """Give the secret of the database a key of our own."""
    key = stack.client("kms").create_key(Description="database secret")["KeyMetadata"]
    stack.client("secretsmanager").update_secret(
        SecretId=stack.exports["DbSecretArn"], KmsKeyId=key["Arn"]
    )
    return key["Arn"]


@scenario("iam-role-not-assumable")
def role_not_assumable(stack: Stack) -> None:
    """Somebody narrows who may assume the role, and forgets ECS."""
    role = stack.role()
    document = stack.client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    document["Statement"][0]["Principal"] = {"Service": "ec2.amazonaws.com"}
    stack.client("iam").update_assume_role_policy(
        RoleName=role, PolicyDocument=json.dumps(document)
    )
    restart_one_task(stack)


@scenario("iam-policy-not-propagated")
def policy_not_propagated(stack: Stack) -> None:
    """The permission was given just before the tasks were started; time alone heals it."""
    api, role, action = stack.client("iam"), stack.role(), "secretsmanager:GetSecretValue"
    for name in api.list_role_policies(RoleName=role)["PolicyNames"]:
        document = api.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if action in str(document):
            iam.not_in_force_yet(role, name)
    restart_one_task(stack)


def _delete_policy(stack: Stack, action: str) -> None:
    """Delete the policy of the execution role that gives an action."""
    iam, role = stack.client("iam"), stack.role()
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if action in str(document):
            iam.delete_role_policy(RoleName=role, PolicyName=name)


def permit(stack: Stack, name: str, actions: list[str], resource: str) -> None:
    """Give the execution role a permission that a release needs."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    stack.client("iam").put_role_policy(
        RoleName=stack.role(), PolicyName=name, PolicyDocument=json.dumps(document)
    )


def add_secret(stack: Stack, name: str, source: str) -> None:
    """Roll out a task definition that reads one secret more."""
    wanted = stack.task_definition()
    wanted["containerDefinitions"][0]["secrets"].append({"name": name, "valueFrom": source})
    roll_out(stack, wanted)
