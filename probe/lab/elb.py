"""Target health: moto calls every registered target healthy, for ever.

Here the health of a task's target follows from reality.py, unless `POST /lab/health` says
something else about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from moto.elbv2.models import (
    FakeAction,
    FakeHealthStatus,
    FakeLoadBalancer,
    FakeTargetGroup,
    elbv2_backends,
)

from cloud import ACCOUNT

Verdict = tuple[str, str | None, str | None]  # state, reason, description


def balancers_of(group: FakeTargetGroup) -> list[FakeLoadBalancer]:
    """The load balancers of which a listener sends requests to a target group."""
    known = elbv2_backends[ACCOUNT][group.region_name].load_balancers.values()
    return [balancer for balancer in known if any(_names(group, it) for it in _actions(balancer))]


def _actions(balancer: FakeLoadBalancer) -> Iterator[FakeAction]:
    for listener in balancer.listeners.values():
        for rule in listener.rules.values():
            yield from rule.actions


def _names(group: FakeTargetGroup, action: FakeAction) -> bool:
    return action.type == "forward" and group.arn in json.dumps(action.data, default=str)


def install(verdict: Callable[[FakeTargetGroup, str], Verdict | None]) -> None:
    """Patch moto; `verdict(group, address)` gives the health of a registered target."""
    original = FakeTargetGroup.health_for
    # moto remembers a load balancer even after its listener sends requests elsewhere.
    FakeTargetGroup.load_balancer_arns = property(
        lambda self: [balancer.arn for balancer in balancers_of(self)], lambda self, _: None
    )

    def health_for(self: FakeTargetGroup, target: dict, ec2_backend: Any) -> FakeHealthStatus:
        health = original(self, target, ec2_backend)
        if health.status != "healthy":  # not registered, draining
            return health
        set_by_hand = getattr(self, "lab_health", {})
        found = set_by_hand.get(target["Id"]) or set_by_hand.get("*") or verdict(self, target["Id"])
        # AWS names the port that it checks, not the word "traffic-port".
        port = (
            str(health.port) if self.health_check_port == "traffic-port" else self.health_check_port
        )
        state, reason, description = found or ("healthy", None, None)
        return FakeHealthStatus(health.instance_id, health.port, port, state, reason, description)

    FakeTargetGroup.health_for = health_for


def set_health(group: FakeTargetGroup, address: str, verdict: Verdict | None) -> None:
    """Pin the health of one target, or of all with "*"; None lets it follow the rest again."""
    pinned = dict(getattr(group, "lab_health", {}))
    pinned.pop(address, None)
    group.lab_health = {**pinned, address: verdict} if verdict else pinned
