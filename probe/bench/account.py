"""What each command asks of AWS and holds in memory: alone in an account, and beside a crowd."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import replay

LIMIT_MIB = 100
OURS = ["--stack", "events"]
COMMANDS = {
    "diagnose": ["diagnose", *OURS],
    "status": ["status", *OURS],
    "tasks": ["tasks", *OURS],
    "tasks --timeline": ["tasks", "--timeline", *OURS],
    "targets": ["targets", *OURS],
    "logs": ["logs", "--since", "1h", *OURS],
    "logs --insights": ["logs", "--insights", "errors", *OURS],
    "db": ["db", *OURS],
    "slo": ["slo", *OURS],
    "cost": ["cost", *OURS],
    "cleanup": ["cleanup", *OURS],
    "doctor": ["doctor"],
}
# What runs in the stacks' own cluster is billed and keeps it from being deleted, whoever started it: these two ask for
# the hundred services there, ten a call, and for the one definition of their tasks.
MORE = {"cost": 11, "cleanup": 11}
# A process counts the memory of the one that started it: this one is small.
START = """
import os, sys
silent = [(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
_, status, used = os.wait4(child, 0)
print(os.waitstatus_to_exitcode(status), used.ru_maxrss)
"""


@dataclass
class Look:
    """One run of a command: how it ended, what it asked, and the most that it held."""

    code: int
    calls: list[str]
    mib: float


def looks(binary: Path, door: replay.Door, region: str, environment: dict[str, str]) -> dict[str, Look]:
    """Runs every command once."""
    where = ["--region", region, "--endpoint-url", door.url]
    return {name: look([str(binary), *command, *where], door, environment) for name, command in COMMANDS.items()}


def look(command: list[str], door: replay.Door, environment: dict[str, str]) -> Look:
    door.forget()
    start = [sys.executable, "-S", "-E", "-c", START, *command]
    done = subprocess.run(start, env=environment, capture_output=True, text=True, check=True)
    code, kib = map(int, done.stdout.split())
    # Some judge, and a doctor may not see all; but nobody may be refused or give up.
    if code not in (0, 1, 3):
        raise SystemExit(f"{' '.join(command)}: exit {code}\n{done.stderr[-2000:]}")
    return Look(code, door.calls().names, kib / 1024)


def table(alone: dict[str, Look], beside: dict[str, Look]) -> str:
    head = f"{'command':<18} {'calls':>5} {'beside':>6} {'limit':>5} {'memory':>10} {'limit':>10} {'ratio':>6}"
    rows = [head, "-" * len(head)]
    for name, look in beside.items():
        calls, most = len(alone[name].calls), len(alone[name].calls) + MORE.get(name, 0)
        rows.append(
            f"{name:<18} {calls:>5} {len(look.calls):>6} {most:>5} {look.mib:>6.1f} MiB {LIMIT_MIB:>6} MiB"
            f" {look.mib / LIMIT_MIB:>6.2f}"
        )
    return "\n".join(rows)


def missed(alone: dict[str, Look], beside: dict[str, Look]) -> list[str]:
    """What asked for more than its own, holds too much, or ends in another way beside a crowd."""
    wrong = []
    for name, look in beside.items():
        more = len(look.calls) - len(alone[name].calls)
        if more > MORE.get(name, 0):
            wrong.append(f"{name} makes {more} calls more beside the crowd")
        if look.mib > LIMIT_MIB:
            wrong.append(f"{name} holds {look.mib:.1f} MiB")
        if look.code != alone[name].code:
            wrong.append(f"{name} ends with {look.code} beside the crowd, and with {alone[name].code} alone")
    return wrong
