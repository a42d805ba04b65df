"""The faults: each changes the deployed stack through AWS's own API.

What AWS shows after the change (tasks that stop, target health, events, counts) follows from
reality.py and scheduler.py, so that a repair with plain AWS calls repairs, and half a repair
does not. A scenario has the id of the check of `probe` that must find it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import clock
import database_logs
import ecs
import ecs_deployments
import iam
import reality_network
import reality_run
import scheduler
from programs import app_of
from stack import Stack

_SCENARIOS: dict[str, Callable[[Stack], None]] = {}  # filled by the modules faults_*.py


class Mistake(Exception):
    """What a caller asked for does not exist."""


def clear() -> None:
    """Forget what was broken, together with the account."""
    _database_was_away.clear()
    iam.all_arrived()


def scenario(name: str) -> Callable:
    """Register the decorated function as a fault."""

    def register(function: Callable[[Stack], None]) -> Callable[[Stack], None]:
        _SCENARIOS[name] = function
        return function

    return register


_database_was_away: set[str] = set()
_FIRST, _SECOND = 230, 40  # how many seconds ago tasks of a broken service stopped


def break_stack(stack: Stack, names: list[str]) -> dict:
    """Put the faults in, one after the other, and let some minutes pass."""
    for name in names:
        if name not in _SCENARIOS:
            raise Mistake(f"no scenario {name!r}; there are {', '.join(_SCENARIOS)}")
    with scheduler.at(_FIRST):
        for name in names:
            _SCENARIOS[name](stack)
        if not _stopped(stack.service):
            scheduler.settle(stack.service)
    service = stack.service
    if database_logs.away(service, _FIRST):
        _database_was_away.add(stack.prefix)
    with scheduler.at(_SECOND):
        steady = scheduler.settle(service)
    if _stopped(service) and not steady:
        with scheduler.at(5):
            scheduler.trouble(service)
    return state(stack)


def _stopped(service: Any) -> bool:
    return any(task.last_status == "STOPPED" for task in ecs.tasks(service))


def recover(stack: Stack) -> dict:
    """Let the time pass that a repair needs; what is still broken stays broken."""
    service = stack.service
    clock.pass_time(service, 300)
    healthy = scheduler.settle(service)
    if not healthy and _stopped(service):
        scheduler.trouble(service)
    healthy = healthy and _as_released(service)
    if database_logs.away(service, 120):
        healthy = False
        _database_was_away.add(stack.prefix)
    elif stack.prefix in _database_was_away:
        _database_was_away.discard(stack.prefix)
        database_logs.back(service, 60)
        scheduler.say_steady(service)
    return {"healthy": healthy, **state(stack)}


def _as_released(service: Any) -> bool:
    """Whether every task gets requests, can be asked to stop, and runs what was released last."""
    app = app_of(ecs.definition(service))
    return (
        reality_run.all_served(service)
        and all(
            reality_network.clients_reach_balancer(service, group)
            for group, _ in ecs.target_groups(service)
        )
        and not app.ignores_sigterm
        and not ecs_deployments.rolled_back(service)
    )


def state(stack: Stack) -> dict:
    """The counts of the service, for whoever called the verb."""
    service = stack.service
    return {
        **stack.names,
        "desired": service.desired_count,
        "running": service.running_count,
        "pending": service.pending_count,
    }
