"""Processes in the place of containers: a directory for each, with what it is, its log, its id and its end."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from pathlib import Path

import shares

# Written by the shell around the process, the end as a whole.
SUPERVISOR = '"$@" & echo $! >pid.new; mv pid.new pid; wait $!; echo $? >exit.new; mv exit.new exit'


@dataclasses.dataclass(frozen=True)
class Process:
    """One of them."""

    home: Path
    what: dict  # what it was created from: name, image, environment and port

    @classmethod
    def create(cls, home: Path, what: dict) -> Process:
        """Writes down what it shall be; it does not run yet."""
        process = cls(home / "containers" / uuid.uuid4().hex, what)
        process.home.mkdir(parents=True)
        whole = process.home / "what.new"
        whole.write_text(json.dumps(what))
        whole.rename(process.home / "what.json")
        return process

    @property
    def group(self) -> str:
        """The name of the group that holds it to its share."""
        return f"live-{self.home.name}"

    @property
    def exit_code(self) -> int | None:
        """How it ended; nothing while it has not."""
        return self._number("exit")

    @property
    def pid(self) -> int | None:
        """Its process; nothing before it starts."""
        return self._number("pid")

    @property
    def is_database(self) -> bool:
        """Whether it is PostgreSQL; else it is a task."""
        return "postgres" in self.what["image"]

    def _number(self, name: str) -> int | None:
        try:
            return int((self.home / name).read_text())
        except (OSError, ValueError):
            return None

    def start(self, argv: list[str], environment: dict[str, str], group: Path | None) -> None:
        """Starts it in a session of its own, in a group if it is to be held to a share."""
        for old in ("pid", "exit"):
            (self.home / old).unlink(missing_ok=True)
        with (self.home / "log").open("ab") as log:
            subprocess.Popen(
                ["sh", "-c", SUPERVISOR, "sh", *argv],
                cwd=self.home,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=(lambda: shares.join(group)) if group else None,
            )
        _until(lambda: self.pid is not None, 10)

    def stop(self, patience_s: float = 10) -> None:
        """Asks it to end, and ends it when it does not."""
        # PostgreSQL would wait for its clients at the other signal.
        polite = signal.SIGINT if self.is_database else signal.SIGTERM
        for sign, wait_s in ((polite, patience_s), (signal.SIGKILL, 10)):
            if self.pid is None or self.exit_code is not None:
                return
            try:
                os.kill(self.pid, sign)
            except ProcessLookupError:
                pass
            _until(lambda: self.exit_code is not None, wait_s)

    def forget(self) -> None:
        """Removes all of it but the log, which people may want to read; it has ended."""
        with contextlib.suppress(OSError):
            shares.remove(self.group)
        log = self.home / "log"
        if log.exists():
            logs = self.home.parent.parent / "logs"
            logs.mkdir(exist_ok=True)
            log.replace(logs / f"{self.what['name'] or self.home.name}.log")
        shutil.rmtree(self.home, ignore_errors=True)


def all_of(home: Path) -> list[Process]:
    """Every process there is."""
    found = []
    for file in (home / "containers").glob("*/what.json"):
        with contextlib.suppress(FileNotFoundError):  # gone meanwhile
            found.append(Process(file.parent, json.loads(file.read_text())))
    return found


def free_port() -> int:
    """A port of this machine that nobody has just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until(is_so, patience_s: float) -> bool:
    end = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
