"""Faults of a template: its stack is updated, ECS refuses, and CloudFormation goes back.

The tasks run on as before; only the events of the stack tell.
"""

from __future__ import annotations

from scenarios import scenario
from stack import TEMPLATES, Stack


@scenario("ecs-task-size-invalid")
def task_size_invalid(stack: Stack) -> None:
    """Somebody gives the task more memory than its CPU may have."""
    _update(stack, '      Memory: !Ref Memory\n', '      Memory: "4096"\n')


@scenario("ecs-target-group-arn-invalid")
def target_group_arn_invalid(stack: Stack) -> None:
    """Somebody puts the name of the target group where its ARN belongs."""
    imported = '          TargetGroupArn:\n            Fn::ImportValue: !Sub "${Prefix}-TargetGroupArn"'
    name = stack.exports["TargetGroupArn"].split("/")[1]
    _update(stack, imported, f"          TargetGroupArn: {name}")


@scenario("iam-execution-role-missing")
def execution_role_missing(stack: Stack) -> None:
    """Somebody takes the execution role for the task role, and leaves one of them out."""
    _update(stack, "      ExecutionRoleArn: !GetAtt ExecutionRole.Arn\n", "")


def _update(stack: Stack, old: str, new: str) -> None:
    """Update the stack of the service with a changed template."""
    body = (TEMPLATES / "service.yaml").read_text()
    if body.count(old) != 1:
        raise LookupError(f"the template has not one {old!r}")
    api, name = stack.client("cloudformation"), f"{stack.prefix}-service"
    given = api.describe_stacks(StackName=name)["Stacks"][0]["Parameters"]
    kept = [{"ParameterKey": each["ParameterKey"], "UsePreviousValue": True} for each in given]
    api.update_stack(
        StackName=name,
        TemplateBody=body.replace(old, new),
        Parameters=kept,
        Capabilities=["CAPABILITY_IAM"],
    )
