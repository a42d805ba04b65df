"""The programs that are measured, and what they take of the machine."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import resource
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A program that listens, and the file that has its log."""

    process: subprocess.Popen
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    @property
    def most_memory(self) -> float:
        """The most memory that it has had, in MiB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], folder: Path, **environment: str) -> Iterator[Server]:
    """A server on a free port, which `{listen}` in its command and environment stands for."""
    port = free_port()
    log = folder / f"{Path(command[0]).name}-{port}.log"
    fill = lambda text: text.replace("{listen}", f"127.0.0.1:{port}")
    settings = {name: fill(value) for name, value in environment.items()}
    # To a file, as into a pipe, each line of the log is written by itself; to nowhere it would cost nothing.
    with log.open("wb") as output:
        process = subprocess.Popen(
            [fill(word) for word in command], env=clean() | settings, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Server(process, port, log)
    finally:
        process.terminate()
        process.wait(30)
        log.unlink()


def clean() -> dict[str, str]:
    """The environment without what configures the service."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ}


def wait_for(server: Server, path: str, limit: float = 20) -> None:
    """Waits for the first answer 200."""

    def answers() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status == 200

    _try(server, answers, limit)


def wait_for_port(server: Server, limit: float = 20) -> None:
    """Waits until it listens."""

    def listens() -> bool:
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
        return True

    _try(server, listens, limit)


def _try(server: Server, succeeds: Callable[[], bool], limit: float) -> None:
    end = time.monotonic() + limit
    while time.monotonic() < end and server.process.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if succeeds():
                return
        time.sleep(0.0005)
    raise SystemExit(f"{server.process.args} does not answer:\n{server.log.read_text()[-2000:]}")


@dataclass(frozen=True)
class Work:
    """Processor time in seconds: of a server, of the database, of the load tools."""

    server: float
    database: float
    tool: float

    def __sub__(self, before: Work) -> Work:
        return Work(self.server - before.server, self.database - before.database, self.tool - before.tool)


def work(server: Server | None, postmaster: int) -> Work:
    """What was worked until now."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = worked(server.process.pid)[0] if server else 0.0
    return Work(own, database_worked(postmaster), children.ru_utime + children.ru_stime)


def database_worked(postmaster: int) -> float:
    """What the sessions of PostgreSQL have worked, those that are over included."""
    total = sum(worked(postmaster))
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(fields(folder.name)[1]) == postmaster:
                total += worked(int(folder.name))[0]
    return total


def worked(pid: int) -> tuple[float, float]:
    """The seconds of a process, and those of its children that are gone."""
    values = [int(value) / TICKS for value in fields(str(pid))[11:15]]
    return sum(values[:2]), sum(values[2:])


def fields(pid: str) -> list[str]:
    """The fields of `stat` from the third one on, the state."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
