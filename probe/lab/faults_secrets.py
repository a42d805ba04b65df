"""Faults of secrets and parameters."""

from __future__ import annotations

from collections.abc import Callable

from faults_iam import add_secret, permit
from releases import restart_one_task, roll_out
from scenarios import scenario
from stack import Stack

_MISSING_KEY = "user"
_READ = ["secretsmanager:GetSecretValue"]


@scenario("secrets-secret-missing")
def secret_missing(stack: Stack) -> None:
    """A release reads another secret, which its role may read and which nobody created."""
    secret = stack.exports["DbSecretArn"]
    absent = secret.replace(":secret:", ":secret:new-", 1)
    permit(stack, "read-new-database-secret", _READ, absent)
    _change_secrets(stack, lambda value: value.replace(secret, absent))


@scenario("secrets-json-key-missing")
def json_key_missing(stack: Stack) -> None:
    _change_secrets(stack, lambda value: value.replace(":username:", f":{_MISSING_KEY}:"))


@scenario("secrets-not-json")
def not_json(stack: Stack) -> None:
    """Somebody puts the password itself where a JSON object was."""
    stack.client("secretsmanager").put_secret_value(
        SecretId=stack.exports["DbSecretArn"], SecretString="'planted-password'"
    )
    restart_one_task(stack)


@scenario("secrets-scheduled-for-deletion")
def scheduled_for_deletion(stack: Stack) -> None:
    stack.client("secretsmanager").delete_secret(
        SecretId=stack.exports["DbSecretArn"], RecoveryWindowInDays=7
    )
    restart_one_task(stack)


@scenario("secrets-version-missing")
def version_missing(stack: Stack) -> None:
    """A release reads the version of a rotation that is not under way."""
    _change_secrets(stack, lambda value: value.removesuffix("::") + ":AWSPENDING:")


@scenario("secrets-arn-ambiguous")
def arn_ambiguous(stack: Stack) -> None:
    """A secret whose own name ends in a hyphen and six characters, named without the six of AWS."""
    api = stack.client("secretsmanager")
    made = api.create_secret(Name=f"{stack.prefix}-signing-secret", SecretString="planted-secret")
    partial = made["ARN"].rpartition("-")[0]
    permit(stack, "read-signing-secret", _READ, f"{partial}*")
    add_secret(stack, "SIGNING_SECRET", partial)


@scenario("secrets-parameter-missing")
def parameter_missing(stack: Stack) -> None:
    """A release reads a parameter that its role may read and that nobody created."""
    arn = f"arn:aws:ssm:{stack.region}:{stack.account()}:parameter/{stack.prefix}/feature-flags"
    permit(stack, "read-parameters", ["ssm:GetParameters"], arn)
    add_secret(stack, "FEATURE_FLAGS", arn)


def _change_secrets(stack: Stack, change: Callable[[str], str]) -> None:
    wanted = stack.task_definition()
    for secret in wanted["containerDefinitions"][0]["secrets"]:
        secret["valueFrom"] = change(secret["valueFrom"])
    roll_out(stack, wanted)
