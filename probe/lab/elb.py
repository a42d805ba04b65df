"""Target health: moto calls every registered target healthy, for ever.

Here the health of a task's target follows from reality.py, unless `POST /lab/health` says
something else about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2.models import FakeHealthStatus, FakeTargetGroup

Verdict = tuple[str, str | None, str | None]  # state, reason, description


def install(verdict: Callable[[FakeTargetGroup, str], Verdict | None]) -> None:
    """Patch moto; `verdict(group, address)` gives the health of a registered target."""
    original = FakeTargetGroup.health_for

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
