"""Faults of the program in the image, and of its deployment."""

from __future__ import annotations

from programs import App
from releases import release
from scenarios import scenario
from stack import Stack


@scenario("ecs-container-out-of-memory")
def out_of_memory(stack: Stack) -> None:
    release(stack, tag="v2", app=App(memory_mib=700))


@scenario("ecs-container-exited")
def container_exited(stack: Stack) -> None:
    release(stack, tag="v2", app=App(exits=True))


@scenario("ecs-grace-period-too-short")
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
    release(stack, tag="v2", app=App(startup_seconds=90))
