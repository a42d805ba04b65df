"""Faults of the program in the image, and of the way in which it is started."""

from __future__ import annotations

from typing import Any

from programs import APPS, App
from releases import release, roll_out
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


@scenario("ecs-command-not-executable")
def command_not_executable(stack: Stack) -> None:
    """Somebody wrote a whole command line where one word belongs."""
    _change_container(stack, entryPoint=["service --listen 0.0.0.0:8080"])


@scenario("ecs-container-user-missing")
def container_user_missing(stack: Stack) -> None:
    _change_container(stack, user="events")


@scenario("ecs-volume-hides-files")
def volume_hides_files(stack: Stack) -> None:
    wanted = stack.task_definition()
    wanted["volumes"] = [{"name": "data"}]
    mount = {"sourceVolume": "data", "containerPath": "/", "readOnly": False}
    wanted["containerDefinitions"][0]["mountPoints"] = [mount]
    roll_out(stack, wanted)


@scenario("ecs-sidecar-exited")
def sidecar_exited(stack: Stack) -> None:
    """The collector beside the program cannot read its settings, and takes the task with it."""
    APPS["collector-0.9"] = App(
        exits=True,
        lines=(
            "collector 0.9.0 starting",
            "error: invalid configuration: exporters: unknown type: \"promethues\"",
        ),
    )
    _add_container(stack, "collector", "collector-0.9", essential=True)


@scenario("ecs-dependency-timeout")
def dependency_timeout(stack: Stack) -> None:
    """The program waits for the migrations, and ECS waits for them for 60 s; they need 100."""
    APPS["migrations-4"] = App(startup_seconds=100)
    _add_container(
        stack,
        "migrations",
        "migrations-4",
        essential=False,
        startTimeout=60,
        depends_on={"containerName": "migrations", "condition": "SUCCESS"},
    )


@scenario("ecs-sigterm-not-handled")
def sigterm_not_handled(stack: Stack) -> None:
    """The program runs behind a shell that passes no signal on; each release must kill it."""
    image = stack.task_definition()["containerDefinitions"][0]["image"]
    APPS[image.rpartition(":")[2]] = App(ignores_sigterm=True)
    release(stack, tag="v2", app=App(ignores_sigterm=True))


@scenario("ecs-container-health-check-failed")
def container_health_check_failed(stack: Stack) -> None:
    """The program answers the load balancer, but its own check looks at another port."""
    lines = ("healthcheck: http://127.0.0.1:9000/health: connection refused",)
    release(stack, tag="v2", app=App(checks_itself=False, lines=lines))


@scenario("ecs-health-check-tool-missing")
def health_check_tool_missing(stack: Stack) -> None:
    check = stack.task_definition()["containerDefinitions"][0]["healthCheck"]
    command = ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"]
    _change_container(stack, healthCheck={**check, "command": command})


def _change_container(stack: Stack, **settings: Any) -> None:
    wanted = stack.task_definition()
    wanted["containerDefinitions"][0].update(settings)
    roll_out(stack, wanted)


def _add_container(
    stack: Stack, name: str, tag: str, depends_on: dict | None = None, **settings: Any
) -> None:
    """A release that puts a second container beside the program."""
    stack.push_image(tag)
    wanted = stack.task_definition()
    main = wanted["containerDefinitions"][0]
    other = {
        "name": name,
        "image": main["image"].rpartition(":")[0] + f":{tag}",
        "logConfiguration": main["logConfiguration"],
        **settings,
    }
    if depends_on:
        main["dependsOn"] = [depends_on]
    wanted["containerDefinitions"].append(other)
    roll_out(stack, wanted)
