"""What the configuration leads to: whether the containers of a task can be made, and which dies.

The image of the event service holds one program, /service, and no shell, no other program and no
list of users.
"""

from __future__ import annotations

import uuid
from typing import Any

from ecs import Failure
from programs import App, app_in

_PROGRAM = "/service"
_USERS = ("", "0", "root", "nonroot", "65532")
_CREATE = (
    "CannotStartContainerError: ResourceInitializationError: failed to create new container "
    "runtime task: failed to create shim task: OCI runtime create failed: runc create failed: "
    "unable to start container process: "
)
EXITED = "Essential container in task exited"


def container_failure(service: Any, task_definition: Any) -> Failure | None:
    """Why the containers of a task cannot be made, or which of them ends it."""
    main, *others = task_definition.container_definitions
    return (
        _user_failure(main)
        or _mount_failure(main)
        or _command_failure(main)
        or _dependency_failure(main, others)
        or _program_failure(main, others, app_in(main))
    )


def has_health_check_tool(container: dict) -> bool:
    """Whether the image holds what the container's own health check runs."""
    command = container.get("healthCheck", {}).get("command", [])
    return command[:1] != ["CMD-SHELL"] and command[1:2] in ([], [_PROGRAM])


def _not_started(reason: str) -> Failure:
    return Failure("Task failed to start", "TaskFailedToStart", container_reason=reason)


def _user_failure(container: dict) -> Failure | None:
    user = container.get("user", "").partition(":")[0]
    if user in _USERS or user.isdigit():
        return None
    mount = f"/tmp/containerd-mount{uuid.uuid4().int % 10**9}"
    return _not_started(
        "CannotStartContainerError: ResourceInitializationError: unable to create new container: "
        f"mount callback failed on {mount}: open {mount}/etc/passwd: no such file or directory"
    )


def _mount_failure(container: dict) -> Failure | None:
    """A volume over the program hides it."""
    for mount in container.get("mountPoints", []):
        if mount.get("containerPath") in ("/", _PROGRAM):
            why = f'exec: "{_PROGRAM}": stat {_PROGRAM}: no such file or directory: unknown'
            return _not_started(_CREATE + why)
    return None


def _command_failure(container: dict) -> Failure | None:
    first = next(iter(container.get("entryPoint") or []), None)
    if first in (None, _PROGRAM):
        return None
    why = (
        f"stat {first}: no such file or directory"
        if first.startswith("/")
        else "executable file not found in $PATH"
    )
    return _not_started(f'{_CREATE}exec: "{first}": {why}: unknown')


def _dependency_failure(main: dict, others: list[dict]) -> Failure | None:
    """The program waits for another container, which does not get ready in time."""
    for wanted in main.get("dependsOn", []):
        other = next((c for c in others if c["name"] == wanted["containerName"]), None)
        if other and app_in(other).startup_seconds > int(other.get("startTimeout") or 120):
            killed = {other["name"]: (137, None)}
            return Failure("Task failed to start", "TaskFailedToStart", others=killed)
    return None


def _program_failure(main: dict, others: list[dict], app: App) -> Failure | None:
    if app.ends:
        return app.ends
    if app.exits:
        return Failure(EXITED, "EssentialContainerExited", 1, ran=True)
    for other in others:
        if other.get("essential", True) and app_in(other).exits:
            # ECS asks the others to stop once one has ended.
            ends = {other["name"]: (1, None)}
            return Failure(EXITED, "EssentialContainerExited", 143, ran=True, others=ends)
    return None
