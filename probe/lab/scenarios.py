"""The faults: each changes the deployed stack through AWS's own API.

What AWS shows after the change (tasks that stop, target health, events, counts) follows from
reality.py and scheduler.py, so that a repair with plain AWS calls repairs, and half a repair
does not. A scenario has the id of the check of `probe` that must find it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import app_logs
import ecs
import reality
import scheduler
from reality import App
from stack import Stack

_SCENARIOS: dict[str, Callable[[Stack], None]] = {}
_MISSING_KEY = "user"


class Mistake(Exception):
    """What a caller asked for does not exist."""


def clear() -> None:
    """Forget what was broken, together with the account."""
    _database_was_away.clear()


def _scenario(name: str) -> Callable:
    def register(function: Callable[[Stack], None]) -> Callable[[Stack], None]:
        _SCENARIOS[name] = function
        return function

    return register


_database_was_away: set[str] = set()
_FIRST, _SECOND = 230, 40  # how many seconds ago tasks of a broken service stopped


def break_stack(stack: Stack, name: str) -> dict:
    """Put the fault in and let some minutes pass."""
    if name not in _SCENARIOS:
        raise Mistake(f"no scenario {name!r}; there are {', '.join(_SCENARIOS)}")
    with scheduler.at(_FIRST):
        _SCENARIOS[name](stack)
        if not _stopped(stack.service):
            scheduler.settle(stack.service)
    service = stack.service
    if not reality.tasks_reach_database(service, stack.database()):
        _database_was_away.add(stack.prefix)
        for task in ecs.live(service):
            app_logs.database_away(service, task, stack.database(), _FIRST)
    with scheduler.at(_SECOND):
        scheduler.settle(service)
    if _stopped(service):
        with scheduler.at(5):
            scheduler.trouble(service)
    return state(stack)


def _stopped(service: Any) -> bool:
    return any(task.last_status == "STOPPED" for task in ecs.tasks(service))


def recover(stack: Stack) -> dict:
    """Let the time pass that a repair needs; what is still broken stays broken."""
    service = stack.service
    ecs.grow_older(service, 300)
    app_logs.grow_older(service, 300)
    healthy = scheduler.settle(service)
    if not healthy:
        scheduler.trouble(service)
    if not reality.tasks_reach_database(service, stack.database()):
        healthy = False
        for task in ecs.live(service):
            app_logs.database_away(service, task, stack.database(), 120)
    elif stack.prefix in _database_was_away:
        _database_was_away.discard(stack.prefix)
        for task in ecs.live(service):
            app_logs.database_back(service, task, stack.database(), 60)
        scheduler.say_steady(service)
    return {"healthy": healthy, **state(stack)}


def state(stack: Stack) -> dict:
    """The counts of the service, for whoever called the verb."""
    service = stack.service
    return {
        **stack.names,
        "desired": service.desired_count,
        "running": service.running_count,
        "pending": service.pending_count,
    }


# ---- network ----


@_scenario("network-database-port-closed")
def database_port_closed(stack: Stack) -> None:
    _revoke_ingress(stack, stack.exports["DbSecurityGroupId"], 5432)


@_scenario("network-target-port-closed")
def target_port_closed(stack: Stack) -> None:
    _revoke_ingress(stack, stack.exports["TaskSecurityGroupId"], 8080)


def _revoke_ingress(stack: Stack, group: str, port: int) -> None:
    ec2 = stack.client("ec2")
    mine = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=mine)["SecurityGroupRules"]
    ids = [
        rule["SecurityGroupRuleId"]
        for rule in rules
        if not rule["IsEgress"] and rule.get("FromPort") == port
    ]
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=ids)


# ---- image, permissions, secrets ----


@_scenario("ecs-image-tag-missing")
def image_tag_missing(stack: Stack) -> None:
    _release(stack, tag="v2")


@_scenario("iam-image-pull-denied")
def image_pull_denied(stack: Stack) -> None:
    _delete_policy(stack, "ecr:GetAuthorizationToken")
    _restart_one_task(stack)


@_scenario("iam-secret-read-denied")
def secret_read_denied(stack: Stack) -> None:
    _delete_policy(stack, "secretsmanager:GetSecretValue")
    _restart_one_task(stack)


@_scenario("secrets-secret-missing")
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


@_scenario("secrets-json-key-missing")
def json_key_missing(stack: Stack) -> None:
    _change_secrets(stack, lambda value: value.replace(":username:", f":{_MISSING_KEY}:"))


def _delete_policy(stack: Stack, action: str) -> None:
    """Delete the policy of the execution role that gives an action."""
    iam, role = stack.client("iam"), stack.role()
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        if action in str(document):
            iam.delete_role_policy(RoleName=role, PolicyName=name)


def _restart_one_task(stack: Stack) -> None:
    """Somebody stops a task, as one does; the next one cannot start."""
    task = ecs.live(stack.service)[0]
    stack.client("ecs").stop_task(cluster=stack.names["cluster"], task=task.task_arn)


def _change_secrets(stack: Stack, change: Callable[[str], str]) -> None:
    wanted = stack.task_definition()
    for secret in wanted["containerDefinitions"][0]["secrets"]:
        secret["valueFrom"] = change(secret["valueFrom"])
    _roll_out(stack, wanted)


# ---- the program ----


@_scenario("ecs-container-out-of-memory")
def out_of_memory(stack: Stack) -> None:
    _release(stack, tag="v2", app=App(memory_mib=700))


@_scenario("ecs-container-exited")
def container_exited(stack: Stack) -> None:
    _release(stack, tag="v2", app=App(exits=True))


@_scenario("ecs-grace-period-too-short")
def grace_period_too_short(stack: Stack) -> None:
    """The program needs 90 s to start, and after the grace period of 60 s nothing waits for it.

    With the checks of the template the load balancer itself would wait for 150 s: only quicker
    checks make the grace period matter.
    """
    stack.client("elbv2").modify_target_group(
        TargetGroupArn=stack.exports["TargetGroupArn"],
        HealthCheckIntervalSeconds=15,
        UnhealthyThresholdCount=2,
    )
    _release(stack, tag="v2", app=App(startup_seconds=90))


def _release(stack: Stack, tag: str, app: App | None = None) -> None:
    """Roll out a tag; without an app, nobody pushed the image."""
    if app:
        stack.push_image(tag)
        reality.APPS[tag] = app
    wanted = stack.task_definition()
    container = wanted["containerDefinitions"][0]
    container["image"] = container["image"].rpartition(":")[0] + f":{tag}"
    _roll_out(stack, wanted)


def _roll_out(stack: Stack, task_definition: dict) -> None:
    api = stack.client("ecs")
    made: Any = api.register_task_definition(**task_definition)["taskDefinition"]
    api.update_service(**stack.names, taskDefinition=made["taskDefinitionArn"])


# ---- health checks ----


@_scenario("alb-health-check-path-wrong")
def health_check_path_wrong(stack: Stack) -> None:
    _modify_target_group(stack, HealthCheckPath="/healthz")


@_scenario("alb-health-check-port-wrong")
def health_check_port_wrong(stack: Stack) -> None:
    _modify_target_group(stack, HealthCheckPort="9090")


@_scenario("alb-health-check-timeout")
def health_check_timeout(stack: Stack) -> None:
    """The running program has become slow: it needs longer than the 5 s of the check."""
    _running_app_becomes(stack, App(health_seconds=7.2))


@_scenario("alb-health-check-server-error")
def health_check_server_error(stack: Stack) -> None:
    _running_app_becomes(stack, App(health_status=500))


def _modify_target_group(stack: Stack, **settings: str) -> None:
    arn = stack.exports["TargetGroupArn"]
    stack.client("elbv2").modify_target_group(TargetGroupArn=arn, **settings)


def _running_app_becomes(stack: Stack, app: App) -> None:
    image = stack.task_definition()["containerDefinitions"][0]["image"]
    reality.APPS[image.rpartition(":")[2]] = app
