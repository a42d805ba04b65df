"""Large snapshots: the embedded scenarios, grown to 2,000 tasks, 100 events and 60 security groups."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta
from pathlib import Path

TASKS = 2000
# Collecting keeps the last 50 lines of eight tasks; whoever writes a snapshot by hand can have more.
COLLECTED = (8, 50)
BY_HAND = (TASKS, 5)
EVENTS = 100
GROUPS = 60
ERROR = "ERROR: connection to server at 10.0.21.5, port 5432 failed: timeout expired"


def write(scenarios: Path, folder: Path) -> list[Path]:
    """Writes a healthy one, one whose database's security group is closed, and that with far more log lines."""
    base = json.loads((scenarios / "healthy.json").read_text())
    broken = merge(base, json.loads((scenarios / "network-database-port-closed.json").read_text()))
    files = []
    for name, snapshot, share, lines in (
        ("healthy", base, 0, COLLECTED),
        ("faulty", broken, 10, COLLECTED),
        ("by-hand", broken, 10, BY_HAND),
    ):
        files.append(folder / f"{name}.json")
        files[-1].write_text(json.dumps(grow(snapshot, share, *lines)))
    return files


def merge(value, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, part in patch.items():
        if part is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), part)
    return merged


def grow(snapshot: dict, share: int, speakers: int, lines: int) -> dict:
    """So many tasks speak so many lines each, and so many in a hundred of these are errors."""
    snapshot = copy.deepcopy(snapshot)
    taken = datetime.fromisoformat(snapshot["taken_at"])
    at = lambda seconds: (taken - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")  # noqa: E731
    tasks, logs, service = (snapshot[name]["Ok"] for name in ("tasks", "logs", "service"))
    # A running task of the healthy stack is the model; the fault's own tasks stay.
    model = next(task for task in tasks.values() if task["last_status"] == "RUNNING")
    group = next(iter(snapshot["target_groups"]["Ok"].values()))
    for number in range(TASKS - len(tasks)):
        name = f"{number:032x}"
        address = f"10.0.{11 + number % 2}.{number % 200 + 30}"
        tasks[name] = model | {"private_ip": address}
        group["targets"].append({"id": address, "port": 8080, "state": "healthy"})
        if number < speakers:
            logs[name] = [line(at(5 * k), number * lines + k, share) for k in range(lines)]
    count = sum(task["last_status"] == "RUNNING" for task in tasks.values())
    service["desired"] = service["running"] = count
    for deployment in service["deployments"]:
        deployment["desired"] = deployment["running"] = count
    for number in range(EVENTS - len(service["events"])):
        text = f"(service {snapshot['target']['service']}) has started 1 tasks: (task {number:032x})."
        service["events"].append({"at": at(7200 + 60 * number), "message": text})
    groups = snapshot["security_groups"]["Ok"]
    for number in range(GROUPS - len(groups)):
        name = f"sg-0b{number:015x}"
        rule = {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidrs": [], "groups": [name], "prefix_lists": []}
        groups[name] = {"id": name, "name": f"stranger-{number}", "ingress": [rule], "egress": [rule]}
    return snapshot


def line(at: str, number: int, share: int) -> dict:
    if share and number % 100 < share:
        return {"at": at, "message": ERROR}
    text = {
        "timestamp": at,
        "level": "INFO",
        "message": "request",
        "request_id": f"00000000-0000-4000-8000-{number:012x}",
        "method": "POST",
        "path": "/events/{id}/join",
        "status": 201,
        "response_time_ms": 7.94,
    }
    return {"at": at, "message": json.dumps(text)}
