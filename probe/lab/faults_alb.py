"""Faults of the target group and its health checks."""

from __future__ import annotations

from programs import APPS, App
from scenarios import scenario
from stack import Stack


@scenario("alb-health-check-path-wrong")
def health_check_path_wrong(stack: Stack) -> None:
    _modify_target_group(stack, HealthCheckPath="/healthz")


@scenario("alb-health-check-port-wrong")
def health_check_port_wrong(stack: Stack) -> None:
    _modify_target_group(stack, HealthCheckPort="9090")


@scenario("alb-health-check-timeout")
def health_check_timeout(stack: Stack) -> None:
    """The running program has become slow: it needs longer than the 5 s of the check."""
    _running_app_becomes(stack, App(health_seconds=7.2))


@scenario("alb-health-check-server-error")
def health_check_server_error(stack: Stack) -> None:
    _running_app_becomes(stack, App(health_status=500))


def _modify_target_group(stack: Stack, **settings: str) -> None:
    arn = stack.exports["TargetGroupArn"]
    stack.client("elbv2").modify_target_group(TargetGroupArn=arn, **settings)


def _running_app_becomes(stack: Stack, app: App) -> None:
    image = stack.task_definition()["containerDefinitions"][0]["image"]
    APPS[image.rpartition(":")[2]] = app
