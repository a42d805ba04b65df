"""The tools that make load, and what they say. A wrong answer ends the run: what is fast and wrong is not measured."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Answers:
    """What a load tool has seen."""

    count: int
    rate: float
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True)
class Oha:
    """The load tool for HTTP."""

    program: Path

    def flood(self, urls: list[str], connections: int, seconds: int) -> Answers:
        """Requests on all connections, each as soon as the one before is answered."""
        return self._ask(urls, "-c", str(connections), "-z", f"{seconds}s", "-w")

    def pour(self, url: str, rate: float, connections: int, seconds: int) -> Answers:
        """Requests at a rate, whether or not those before are answered; who has to wait for a connection waits."""
        steady = ["-q", f"{rate:.0f}", "--latency-correction"]
        return self._ask([url], "-c", str(connections), "-z", f"{seconds}s", "-w", *steady)

    def drip(self, url: str, count: int, body: str | None = None) -> Answers:
        """Some requests, one after the other; with a body, they create something."""
        create = ["-m", "POST", "-T", "application/json", "-d", body] if body else []
        return self._ask([url], "-c", "1", "-n", str(count), *create, expected="201" if body else "200")

    def _ask(self, urls: list[str], *options: str, expected: str = "200") -> Answers:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
            listed.write("".join(f"{url}\n" for url in urls))
            listed.flush()
            output = run(
                [str(self.program), "--no-tui", "--output-format", "json", *options, "--urls-from-file", listed.name]
            )
        report = json.loads(output)
        statuses = report["statusCodeDistribution"]
        if set(statuses) != {expected} or report["errorDistribution"]:
            raise SystemExit(f"{urls[0]}: {statuses} {report['errorDistribution']}")
        percentiles = report["latencyPercentiles"]
        return Answers(
            count=statuses[expected],
            rate=report["summary"]["requestsPerSec"],
            p50_ms=percentiles["p50"] * 1000,
            p99_ms=percentiles["p99"] * 1000,
        )


def pgbench(url: str, script: str, connections: int, seconds: int) -> Answers:
    """A script, over and over on all connections, with statements that are prepared once."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        # One thread is enough: it waits most of the time.
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(connections), "-T", str(seconds), "-f", file.name, url]
        output = run(command)
    failed = int(re.search(r"number of failed transactions: (\d+)", output)[1])
    if failed:
        raise SystemExit(f"pgbench: {failed} transactions failed\n{output}")
    latency = float(re.search(r"latency average = ([\d.]+) ms", output)[1])
    rate = float(re.search(r"tps = ([\d.]+) \(without initial connection time\)", output)[1])
    count = int(re.search(r"number of transactions actually processed: (\d+)", output)[1])
    return Answers(count=count, rate=rate, p50_ms=latency, p99_ms=float("nan"))


def run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout[-500:]}\n{done.stderr[-2000:]}")
    return done.stdout
