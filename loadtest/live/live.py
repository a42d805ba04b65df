"""A live stack on this machine: real balancing, real health checks, real target tracking. See the README of loadtest.

    python loadtest/live/live.py [--prove]

Needs fakecloud 0.51 on the PATH, or where FAKECLOUD says. Ends on Ctrl-C, or with --prove after two runs: one in which
the service must scale out and in, by load alone, and one with scaling suspended, which must fail for that reason.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import boto3
import bridge
import shares
import stack
from processes import all_of

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
OUT = ROOT / ".data/live"
PLAN = Path(__file__).with_name("autoscale.toml")
REGION = "ap-northeast-1"
AWS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# The load of the step on one task, of its share: the target asks for three tasks, and nobody waits meanwhile.
STEP_LOAD = 0.7
# At this rate, in requests per second, it is measured what a request costs.
TRIAL_RATE, TRIAL_S = 20, 20
STARTING_S = 60


def say(english: str, japanese: str) -> None:
    """In the reader's language."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    print(f"== {japanese if locale.startswith('ja') else english}", flush=True)


def fail(*lines: str) -> None:
    raise SystemExit("\n".join(f"live: {line}" for line in lines))


class Live:
    """fakecloud with the stack in it, and the bridge beside it."""

    def __init__(self, fakecloud: str, home: Path) -> None:
        self.home = home
        self._fakecloud = self._start(fakecloud)
        self.endpoint = self._endpoint()
        self.clients = functools.cache(
            lambda name: boto3.client(
                name, REGION, endpoint_url=self.endpoint, aws_access_key_id="test", aws_secret_access_key="test"
            )
        )
        self._bridge: bridge.Bridge | None = None

    def _start(self, fakecloud: str) -> subprocess.Popen:
        environment = {
            **os.environ,
            **AWS,
            "FAKECLOUD_CONTAINER_CLI": str(Path(__file__).with_name("container")),
            "LIVE_HOME": str(self.home),
            "LIVE_PYTHON": sys.executable,
            "LIVE_SERVICE": str(BINARIES / "service"),
            "LIVE_CPU": str(stack.CPU_UNITS),
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }
        argv = [fakecloud, "--addr", "127.0.0.1:0", "--region", REGION, "--log-level", "warn"]
        with (self.home / "fakecloud.log").open("wb") as log:
            # A session of its own: Ctrl-C ends it only after the tasks.
            return subprocess.Popen(
                argv,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )

    def _endpoint(self) -> str:
        for line in self._fakecloud.stdout:
            key, _, port = line.decode().strip().partition("=")
            if key == "FAKECLOUD_PORT":
                return f"http://127.0.0.1:{port}"
        fail("fakecloud ended:", (self.home / "fakecloud.log").read_text()[-500:])

    def bring_up(self) -> str:
        """Makes the stack, and gives the address of its load balancer."""
        vpc, subnets, guard = stack.network(self.clients)
        balancer, group = stack.balancer(self.clients, vpc, subnets, guard)
        where, password, secret = stack.database(self.clients)
        for command in ("migrate", "seed"):
            environment = {**os.environ, **where, "DB_PASSWORD": password}
            subprocess.run([BINARIES / "service", command], env=environment, check=True, stdout=subprocess.DEVNULL)
        stack.service(self.clients, subnets, guard, group, where, secret)
        stack.scaling(self.clients)
        meter = bridge.Meter(self.home, stack.CPU_UNITS)
        self._bridge = bridge.Bridge(self.clients, stack.CLUSTER, stack.SERVICE, group, stack.CONTAINER_PORT, meter)
        self._bridge.start()
        end = time.monotonic() + STARTING_S
        while stack.healthy(self.clients, group) < stack.LEAST:
            if time.monotonic() > end:
                fail("no task is healthy", (self.home / "fakecloud.log").read_text()[-500:])
            time.sleep(0.5)
        return self._host(balancer)

    def _host(self, balancer: str) -> str:
        """fakecloud's load balancer listens on a port of its own choice, whatever its listener says."""
        with urllib.request.urlopen(f"{self.endpoint}/_fakecloud/elbv2/load-balancers", timeout=10) as answer:
            found = json.load(answer)
        for it in found["loadBalancers"]:
            if it["arn"] == balancer and it.get("boundPort"):
                return f"http://127.0.0.1:{it['boundPort']}"
        fail("the load balancer does not listen")

    def check(self) -> None:
        """Ends everything when the bridge has ended: without it nothing scales."""
        if self._bridge and self._bridge.failure:
            raise self._bridge.failure

    def close(self) -> None:
        if self._bridge:
            self._bridge.over.set()
            self._bridge.join(30)
        self._fakecloud.send_signal(signal.SIGTERM)
        try:
            self._fakecloud.wait(20)
        except subprocess.TimeoutExpired:
            self._fakecloud.kill()
        for process in all_of(self.home):
            process.stop()
            process.forget()


def loadtest(live: Live, host: str, *arguments: str) -> int:
    """Runs it against the stack, and gives the exit code."""
    argv = [str(BINARIES / "loadtest"), "run", "--host", host, *arguments]
    print("$", *argv, flush=True)
    done = subprocess.run(argv, env={**os.environ, **AWS, "AWS_ENDPOINT_URL": live.endpoint}, check=False)
    live.check()
    return done.returncode


def step_rate(live: Live, host: str) -> int:
    """The rate at which one task of this build on this machine is loaded as the step shall load it."""
    argv = [BINARIES / "loadtest", "run", "--host", host, f"--rate={TRIAL_RATE}/s", f"--duration={TRIAL_S}s"]
    trial = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    meter = bridge.Meter(live.home, stack.CPU_UNITS)
    time.sleep(TRIAL_S / 4)
    meter.read(time.monotonic())
    time.sleep(TRIAL_S / 2)
    percent = meter.read(time.monotonic())
    trial.wait()
    if not percent:
        fail("the task used no CPU under load")
    say(
        f"A task uses {percent:.0f} % of its share at {TRIAL_RATE} requests per second",
        f"タスクは毎秒 {TRIAL_RATE} リクエストで割り当て CPU の {percent:.0f}% を使用",
    )
    return round(TRIAL_RATE * STEP_LOAD * 100 / percent)


def prove(live: Live, host: str) -> None:
    """Once as it should be, and once with scaling suspended."""
    rate = step_rate(live, host)
    watched = ["--cluster", stack.CLUSTER, "--service", stack.SERVICE]
    load = ["--plan", str(PLAN), "--rate", f"{rate}/s", *watched]

    def report(name: str) -> list[str]:
        return ["--json", str(OUT / f"{name}.json"), "--html", str(OUT / f"{name}.html")]

    say("One task, a step of the load, and back: this must PASS", "1 タスクから負荷を上げて戻す: PASS になるはず")
    if (status := loadtest(live, host, *load, *report("scaled"))) != 0:
        fail(f"expected PASS (0), got {status}: see {OUT}/scaled.html")
    stack.suspend(live.clients, suspended=True)
    say("The same with scaling suspended: this must FAIL", "スケーリングを停止して同じ負荷: FAIL になるはず")
    if (status := loadtest(live, host, *load, *report("suspended"))) != 1:
        fail(f"expected FAIL (1), got {status}: see {OUT}/suspended.html")
    stack.suspend(live.clients, suspended=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prove", action="store_true", help="run both load tests, and end")
    arguments = parser.parse_args()
    fakecloud = os.environ.get("FAKECLOUD") or shutil.which("fakecloud")
    if not fakecloud:
        fail(
            "fakecloud is missing. It is a program of its own (AGPL-3.0-or-later) that you install yourself:",
            "  cargo install fakecloud --version 0.51.0 --locked",
        )
    OUT.mkdir(parents=True, exist_ok=True)
    # PostgreSQL's own user must be able to enter it.
    home = Path(tempfile.mkdtemp(prefix="loadtest-live-", dir="/var/tmp"))
    home.chmod(0o755)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if refusal := shares.refusal():
        say(
            f"Tasks are NOT held to their share of the CPUs here: {refusal}",
            f"このマシンではタスクの CPU を割り当て分に制限できません: {refusal}",
        )
    live = None
    try:
        live = Live(fakecloud, home)
        host = live.bring_up()
        say(f"The service is at {host}, its AWS at {live.endpoint}", f"サービス {host}、AWS {live.endpoint}")
        if arguments.prove:
            prove(live, host)
            return
        rate = step_rate(live, host)
        print(
            "export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
            f" AWS_REGION={REGION} AWS_ENDPOINT_URL={live.endpoint}\n"
            f"{BINARIES}/loadtest run --host {host} --plan {PLAN} --rate {rate}/s"
            f" --cluster {stack.CLUSTER} --service {stack.SERVICE} --html scaled.html"
        )
        say("Until you press Ctrl-C", "Ctrl-C を押すまで動作します")
        while True:
            time.sleep(1)
            live.check()
    except KeyboardInterrupt:
        pass
    finally:
        if live:
            live.close()
        with contextlib.suppress(OSError):
            for log in [home / "fakecloud.log", *(home / "logs").glob("*.log")]:
                shutil.copy(log, OUT)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
