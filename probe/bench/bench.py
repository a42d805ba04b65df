"""Measures what `probe` promises of its speed, its memory and its calls, and prints two tables. Exits with 1 when a
limit is missed.

Runs of all measures of time alternate, so that a busy moment of the machine spoils no measure alone; medians count.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import account
import crowd
import large
import replay

ROOT = Path(__file__).resolve().parents[2]
REGION = "ap-northeast-1"
DELAY = 0.050
ROUNDS = 6
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true"}


class Measure:
    """A command that is run again and again, with the most milliseconds that it may take."""

    def __init__(self, name: str, command: list[str], limit: float | None, prepare=lambda: None):
        self.name, self.command, self.limit, self.prepare = name, command, limit, prepare
        self.times: list[float] = []

    def run(self) -> None:
        self.prepare()
        began = time.perf_counter()
        done = subprocess.run(self.command, env=environment(), capture_output=True, check=False)
        self.times.append((time.perf_counter() - began) * 1000)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(self.command)}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def is_missed(self) -> bool:
        return self.limit is not None and self.median > self.limit


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | KEYS | {"LC_ALL": "C.UTF-8"}


@contextlib.contextmanager
def lab():
    """The local AWS with the stacks deployed; it ends with its standard input."""
    python = ROOT / ".venv/bin/python"
    command = [python, ROOT / "probe/lab/lab.py", "--no-door"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        try:
            url = json.loads(server.stdout.readline())["aws"]
            verb(url, "deploy", {"prefix": "events", "image_tag": "v1"})
            yield url
        finally:
            server.stdin.close()
            server.wait(30)


def verb(url: str, name: str, body: dict) -> None:
    request = urllib.request.Request(f"{url}/lab/{name}", json.dumps(body).encode(), method="POST")
    urllib.request.urlopen(request, timeout=300).read()


def diagnose(binary: Path, url: str) -> list[str]:
    target = ["--stack", "events", "--region", REGION, "--endpoint-url", url]
    return [str(binary), "diagnose", *target, "-o", "json"]


def record(binary: Path, door: replay.Door) -> replay.Calls:
    """One diagnosis whose answers are kept."""
    door.forget()
    done = subprocess.run(diagnose(binary, door.url), env=environment(), capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"the recorded diagnosis ended with {done.returncode}: {done.stdout.decode()[-2000:]}")
    return door.calls()


def table(measures: list[Measure]) -> str:
    head = f"{'measure':<58} {'median':>9} {'limit':>9} {'ratio':>6} {'best':>9} {'worst':>9} {'runs':>4}"
    rows = [head, "-" * len(head)]
    for m in measures:
        limit = f"{m.limit:.0f} ms" if m.limit else "-"
        ratio = f"{m.median / m.limit:.2f}" if m.limit else "-"
        spread = f"{min(m.times):6.1f} ms {max(m.times):6.1f} ms"
        rows.append(f"{m.name:<58} {m.median:6.1f} ms {limit:>9} {ratio:>6} {spread} {len(m.times):>4}")
    return "\n".join(rows)


def times(binary: Path, aws: str, runs: int) -> bool:
    """Whether a limit of time is missed."""
    with tempfile.TemporaryDirectory() as folder, replay.Door(aws) as door:
        healthy, faulty, by_hand = large.write(ROOT / "probe/scenarios", Path(folder))
        record(binary, door)
        door.replay(DELAY)
        measures = [
            Measure("probe --help", [str(binary), "--help"], 20),
            Measure("diagnose --from: 2,000 tasks, as collected, healthy", from_file(binary, healthy), 50),
            Measure("diagnose --from: the same, database port closed", from_file(binary, faulty), 50),
            Measure("diagnose --from: with 10,000 lines, more than collected", from_file(binary, by_hand), None),
            Measure(
                "diagnose, 50 ms a call, answers from memory",
                diagnose(binary, door.url),
                ROUNDS * DELAY * 1000 + 150,
                door.forget,
            ),
            Measure("diagnose against the local AWS itself (Python)", diagnose(binary, aws), None),
        ]
        for _ in range(runs):
            for measure in measures:
                measure.run()
        delayed = door.calls()
        if delayed.unknown:
            raise SystemExit(f"not recorded: {delayed.unknown}")
    print(table(measures))
    print(f"\nthe longest chain of calls, each after the end of another: {delayed.rounds}")
    return any(measure.is_missed for measure in measures)


def in_a_crowd(binary: Path, aws: str) -> bool:
    """Whether a command asks about others, or holds more than it may."""
    with replay.Door(aws) as door:
        alone = account.looks(binary, door, REGION, environment())
        crowd.gather(aws, REGION)
        beside = account.looks(binary, door, REGION, environment())
    others = f"{crowd.SERVICES} services with {crowd.TASKS} tasks and {crowd.STREAMS} log streams"
    print(f"\nalone in the account, and beside {others}:\n{account.table(alone, beside)}")
    missed = account.missed(alone, beside)
    print("\n".join(missed))
    return bool(missed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--probe", type=Path, default=ROOT / "target/release/probe")
    parser.add_argument("--runs", type=int, default=15, help="of each measure of time; 0 leaves these out")
    args = parser.parse_args()
    binary = args.probe.resolve()
    with lab() as aws:
        is_slow = args.runs > 0 and times(binary, aws, args.runs)
        return int(in_a_crowd(binary, aws) or is_slow)


def from_file(binary: Path, file: Path) -> list[str]:
    return [str(binary), "diagnose", "--from", str(file), "-o", "json"]


if __name__ == "__main__":
    sys.exit(main())
