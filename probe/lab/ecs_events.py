"""The events that ECS sends to EventBridge when a task stops, and where a rule puts them.

ECS forgets a stopped task after an hour; what a rule delivered to a log group stays there. moto
sends no such events, but keeps the rules and can match them.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Iterator

from moto.events.models import events_backends
from moto.logs.models import logs_backends

from cloud import ACCOUNT, client

_SERVICE = "events.amazonaws.com"


def task_stopped(region: str, cluster: str, task_arn: str, stopped_at: datetime.datetime) -> None:
    """Deliver the event of a task that stopped to the log groups that rules name for it."""
    [task] = client("ecs", region).describe_tasks(cluster=cluster, tasks=[task_arn])["tasks"]
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": _text(stopped_at)[:19] + "Z",
        "region": region,
        "resources": [task_arn],
        "detail": json.loads(json.dumps({**task, "version": 5}, default=_text)),
    }
    for name in _log_groups(region, event):
        backend, stream = logs_backends[ACCOUNT][region], str(uuid.uuid4())
        backend.create_log_stream(name, stream)
        line = {"timestamp": int(stopped_at.timestamp() * 1000), "message": json.dumps(event)}
        backend.put_log_events(name, stream, [line])


def grow_older(region: str, passed: datetime.timedelta) -> None:
    """Move the delivered events into the past, together with the times inside them."""
    for name, group in logs_backends[ACCOUNT][region].groups.items():
        if not name.startswith("/aws/events/"):
            continue
        for stream in group.streams.values():
            for entry in stream.events:
                entry.timestamp -= int(passed.total_seconds() * 1000)
                entry.message = json.dumps(_older(json.loads(entry.message), passed))


def _older(event: dict, passed: datetime.timedelta) -> dict:
    def earlier(text: str) -> str:
        return _text(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) - passed)

    times = {key: earlier(value) for key, value in event["detail"].items() if key.endswith("At")}
    time = earlier(event["time"])[:19] + "Z"
    return {**event, "time": time, "detail": {**event["detail"], **times}}


def _log_groups(region: str, event: dict) -> Iterator[str]:
    for rule in events_backends[ACCOUNT][region].event_buses["default"].rules.values():
        if rule.state == "ENABLED" and rule.event_pattern.matches_event(event):
            for target in rule.targets:
                name = target["Arn"].partition(":log-group:")[2].removesuffix(":*")
                if name and _may_deliver(region, name):
                    yield name


def _may_deliver(region: str, name: str) -> bool:
    """EventBridge needs the group, and a resource policy that lets it write; else the event is lost."""
    backend = logs_backends[ACCOUNT][region]
    policies = [str(policy.policy_document) for policy in backend.resource_policies.values()]
    return name in backend.groups and any(
        _SERVICE in policy and f":log-group:{name}:" in policy for policy in policies
    )


def _text(moment: datetime.datetime) -> str:
    moment = moment.astimezone(datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
