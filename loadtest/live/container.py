"""What `container` does when it is more than a question: an image is our service, or PostgreSQL if it is called so.

It stands in for as much of an engine's command line as fakecloud 0.51 uses for ECS and RDS, and nothing else.
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import postgres
import shares
from processes import Process, all_of, free_port

HOME = Path(os.environ["LIVE_HOME"])
# Of `run` and `create`; every other flag has a value.
BARE = {"-d", "--privileged", "--init", "--tty", "--interactive", "--read-only", "--rm"}
# fakecloud writes the first for this machine, because inside a container it would be another one.
ALIASES = ("host.docker.internal", "host.containers.internal")
# A task counts as started when it answers; see `run`.
STARTING_S = 30


def find(name: str) -> Process:
    for process in all_of(HOME):
        if name in (process.home.name, process.what["name"]):
            return process
    sys.exit(f"no such container: {name}")


def create(arguments: list[str]) -> Process:
    """Reads what is wanted, and writes it down."""
    what: dict = {"name": "", "environment": {}, "port": free_port()}
    rest = iter(arguments)
    for word in rest:
        if not word.startswith("-"):
            what["image"] = word
            break
        if word in BARE:
            continue
        value = next(rest)
        if word == "--name":
            what["name"] = value
        elif word == "-e":
            key, _, text = value.partition("=")
            for alias in ALIASES:
                text = text.replace(alias, "127.0.0.1")
            what["environment"][key] = text
    return Process.create(HOME, what)


def start(process: Process) -> None:
    what = process.what
    if process.is_database:
        postgres.start(process, what["environment"], what["port"])
        return
    listen = f"127.0.0.1:{what['port']}"
    environment = {"PATH": os.environ["PATH"], **what["environment"], "LISTEN": listen}
    try:
        group = shares.make(process.group, int(os.environ["LIVE_CPU"]))
    except OSError:
        group = None  # whoever started us has said so
    process.start([os.environ["LIVE_SERVICE"], "serve"], environment, group)


def answers(process: Process) -> bool:
    try:
        url = f"http://127.0.0.1:{process.what['port']}/health"
        return urllib.request.urlopen(url, timeout=1).status == 200
    except (OSError, urllib.error.URLError):
        return False


def run(arguments: list[str]) -> None:
    """Starts a task, and answers when it does.

    fakecloud sends requests to a target that nobody has checked yet, which AWS does not: so it hears of a task only
    when that listens.
    """
    process = create(arguments)
    start(process)
    end = time.monotonic() + STARTING_S
    while not answers(process):
        if process.exit_code is not None or time.monotonic() > end:
            said = (process.home / "log").read_text(errors="replace")[-500:]
            process.stop(0)
            process.forget()
            sys.exit(said or "the task does not answer")
        time.sleep(0.1)
    print(process.home.name)


def stop(arguments: list[str]) -> None:
    patience = float(arguments[arguments.index("--time") + 1]) if "--time" in arguments else 10
    find(arguments[-1]).stop(patience)


def remove(arguments: list[str]) -> None:
    process = find(arguments[-1])
    process.stop(0)
    process.forget()


def wait(arguments: list[str]) -> None:
    process = find(arguments[-1])
    while process.exit_code is None:
        time.sleep(0.1)
    print(process.exit_code)


def main(verb: str, arguments: list[str]) -> None:
    """Does what is asked."""
    match verb:
        case "run":
            run(arguments)
        case "create":
            print(create(arguments).home.name)
        case "start":
            start(find(arguments[-1]))
            print(arguments[-1])
        case "restart":
            process = find(arguments[-1])
            stop(arguments)
            start(process)
        case "port":
            print(f"127.0.0.1:{find(arguments[0]).what['port']}")
        case "stop":
            stop(arguments)
        case "kill":
            find(arguments[-1]).stop(0)
        case "rm":
            remove(arguments)
        case "wait":
            wait(arguments)
        case "logs":
            print((find(arguments[-1]).home / "log").read_text(errors="replace"), end="")
        case "inspect":
            find(arguments[-1])
        case "network" if arguments[0] == "create":
            print(uuid.uuid4().hex)
        case "image":
            print("[]")
        case "info" | "version" | "pull" | "tag" | "login" | "ps" | "network" | "volume":
            pass
        case _:
            sys.exit(f"container: there is no {verb} here")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
