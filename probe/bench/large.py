"""Large snapshots: the embedded scenarios, grown to 2,000 tasks, 10,000 log lines and 60 security groups."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta
from pathlib import Path

TASKS = 2000
LINES_PER_TASK = 5
EVENTS = 100
GROUPS = 60
ERROR = "ERROR: connection to server at 10.0.21.5, port 5432 failed: timeout expired"


def write(scenarios: Path, folder: Path) -> tuple[Path, Path]:
    """Writes a healthy one, and one whose database's security group is closed."""
    base = json.loads((scenarios / "healthy.json").read_text())
    broken = merge(base, json.loads((scenarios / "network-database-port-closed.json").read_text()))
    files = []
    for name, snapshot, share in (("healthy", base, 0), ("faulty", broken, 10)):
        file = folder / f"{name}.json"
        file.write_text(json.dumps(grow(snapshot, share)))
        files.append(file)
    return files[0], files[1]


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


def grow(snapshot: dict, share: int) -> dict:
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
        logs[name] = [line(at(60 * k), number, share) for k in range(LINES_PER_TASK)]
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
