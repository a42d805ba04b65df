"""Holds a process to its share of the CPUs, as Fargate holds a task, where this machine lets us."""

from __future__ import annotations

import os
from pathlib import Path

# A task may use its share of each of these, as containers do.
PERIOD_US = 100_000
# So many units are one CPU, in ECS.
UNITS = 1024


def _mounts() -> list[tuple[str, Path, list[str]]]:
    lines = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    return [(kind, Path(where), options.split(",")) for _, where, kind, options, *_ in lines]


def _root() -> Path | None:
    """Where groups with a CPU quota are made: cgroup v1 has a hierarchy for them, v2 has one for everything."""
    for kind, where, options in _mounts():
        if kind == "cgroup" and "cpu" in options:
            return where
        controllers = where / "cgroup.controllers"
        if kind == "cgroup2" and controllers.exists() and "cpu" in controllers.read_text().split():
            return where
    return None


def make(name: str, units: int) -> Path:
    """A group of this name whose processes together have so many units; OSError says why there is none."""
    root = _root()
    if root is None:
        raise OSError("no cgroup hierarchy with a CPU quota is mounted")
    quota = PERIOD_US * units // UNITS
    group = root / name
    if (root / "cpu.cfs_quota_us").exists():
        group.mkdir(exist_ok=True)
        (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
        (group / "cpu.cfs_quota_us").write_text(str(quota))
    else:
        (root / "cgroup.subtree_control").write_text("+cpu")
        group.mkdir(exist_ok=True)
        (group / "cpu.max").write_text(f"{quota} {PERIOD_US}")
    return group


def join(group: Path) -> None:
    """Puts the calling process, and what it will start, into the group."""
    (group / "cgroup.procs").write_text(str(os.getpid()))


def refusal() -> str | None:
    """Why no process can be held to a share here; nothing where it can."""
    try:
        make(f"live-try-{os.getpid()}", UNITS).rmdir()
    except OSError as error:
        return str(error)
    return None


def cpu_seconds(pid: int) -> float | None:
    """How much CPU a process has used, all its threads together; nothing when it is gone."""
    try:
        # The name in parentheses may have anything in it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def remove(name: str) -> None:
    """Removes a group whose processes are gone."""
    root = _root()
    if root is not None:
        (root / name).rmdir()
