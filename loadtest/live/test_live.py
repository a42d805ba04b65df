"""The stand-in for a container engine, the shares and the bridge by themselves; all together where fakecloud is."""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request
from pathlib import Path
from unittest import mock

import bridge
import shares
from processes import all_of

HERE = Path(__file__).resolve().parent
# Takes a while to start, answers the health check like the service, and uses all the CPU that it gets.
BUSY = f"""#!{sys.executable}
import http.server, os, threading, time
time.sleep(1)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(os.environ["GREETING"].encode())
host, port = os.environ["LISTEN"].split(":")
server = http.server.HTTPServer((host, int(port)), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
while True:
    pass
"""
# A quarter of a CPU.
UNITS = 256


class Engine(unittest.TestCase):
    """The command that fakecloud is given in the place of docker."""

    def setUp(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="loadtest-live-test-", dir="/var/tmp"))
        self.home.chmod(0o755)
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.addCleanup(self.end_all)
        program = self.home / "busy"
        program.write_text(BUSY)
        program.chmod(0o755)
        self.environment = {
            **os.environ,
            "LIVE_HOME": str(self.home),
            "LIVE_PYTHON": sys.executable,
            "LIVE_SERVICE": str(program),
            "LIVE_CPU": str(UNITS),
        }

    def end_all(self) -> None:
        for process in all_of(self.home):
            process.stop(0)
            process.forget()

    def engine(self, *arguments: str, status: int = 0) -> str:
        argv = [HERE / "container", *arguments]
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.strip()

    def task(self) -> str:
        publish = ["--network", "of-the-task", "--publish", "8080/tcp"]
        where = ["-e", "GREETING=http://host.docker.internal:1"]
        return self.engine("run", "-d", "--name", "task-app", *publish, *where, "service:live")

    def state(self, of: str, what: str) -> str:
        return self.engine("inspect", "-f", f"{{{{.State.{what}}}}}", of)

    def test_a_task_answers_as_soon_as_it_counts_as_started_and_its_end_is_seen(self) -> None:
        task = self.task()
        address = self.engine("port", task, "8080/tcp")
        with urllib.request.urlopen(f"http://{address}/health", timeout=5) as answer:
            self.assertEqual(answer.read(), b"http://127.0.0.1:1")
        self.assertEqual(self.state(task, "Running"), "true")
        self.engine("stop", "--time", "5", task)
        self.assertEqual(self.state(task, "Running"), "false")
        self.assertEqual(self.state(task, "ExitCode"), "143")
        self.assertEqual(self.engine("wait", task), "143")
        self.engine("rm", "-f", task)
        self.assertEqual(all_of(self.home), [])

    def test_a_task_that_ends_at_once_never_counts_as_started(self) -> None:
        (self.home / "busy").write_text("#!/bin/sh\necho no database >&2\nexit 3\n")
        argv = [HERE / "container", "run", "-d", "--name", "task-app", "service:live"]
        done = subprocess.run(argv, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, done.stderr.strip()), (1, "no database"))
        self.assertEqual(all_of(self.home), [])

    def test_a_task_gets_its_share_of_a_cpu_and_the_meter_sees_that_it_uses_all_of_it(self) -> None:
        if refusal := shares.refusal():
            self.skipTest(f"NOT TESTED: no process can be held to a share here: {refusal}")
        self.task()
        meter = bridge.Meter(self.home, UNITS)
        self.assertIsNone(meter.read(time.monotonic()))
        time.sleep(3)
        percent = meter.read(time.monotonic())
        # On a machine with other work it may get less, but never more than its share.
        self.assertLess(percent, 115)
        self.assertGreater(percent, 30)

    def test_a_database_takes_the_password_it_was_made_with_and_keeps_its_data_over_a_restart(self) -> None:
        settings = {"POSTGRES_USER": "events", "POSTGRES_PASSWORD": "secret", "POSTGRES_DB": "events"}
        environment = [word for key, text in settings.items() for word in ("-e", f"{key}={text}")]
        database = self.engine("create", "-p", ":5432", *environment, "fakecloud-postgres:16")
        self.engine("start", database)
        port = self.engine("port", database, "5432").rpartition(":")[2]

        def psql(password: str, statement: str) -> subprocess.CompletedProcess:
            argv = ["psql", "-h", "127.0.0.1", "-p", port, "-U", "events", "-d", "events", "-Atc", statement]
            settings = {**os.environ, "PGPASSWORD": password}
            return subprocess.run(argv, env=settings, capture_output=True, text=True, timeout=30, check=False)

        self.assertEqual(psql("secret", "create table kept (it int)").returncode, 0)
        self.assertNotEqual(psql("wrong", "select 1").returncode, 0)
        self.engine("restart", database)
        end = time.monotonic() + 20
        while (found := psql("secret", "select count(*) from kept")).returncode and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(found.stdout.strip(), "0")


class Surplus(unittest.TestCase):
    """The tasks above the desired count."""

    def calls(self, desired: int, ages: list[int]) -> list[tuple]:
        """What is asked of AWS when tasks of these ages, in seconds, run."""
        aws = mock.Mock()
        now = datetime.datetime.now(datetime.timezone.utc)
        aws.describe_services.return_value = {"services": [{"desiredCount": desired}]}
        aws.list_tasks.return_value = {"taskArns": [f"task/{age}" for age in ages]}
        aws.describe_tasks.return_value = {
            "tasks": [
                {
                    "taskArn": f"task/{age}",
                    "createdAt": now - datetime.timedelta(seconds=age),
                    "attachments": [{"details": [{"name": "privateIPv4Address", "value": f"10.0.0.{age}"}]}],
                }
                for age in ages
            ]
        }
        with mock.patch.object(bridge, "DRAIN_S", 0):
            beside = bridge.Bridge(lambda _: aws, "live", "events", "group", 8080, mock.Mock())
            beside.end_surplus()
        asked = []
        for name, _, arguments in aws.method_calls:
            if name == "deregister_targets":
                asked.append((name, *(target["Id"] for target in arguments["Targets"])))
            elif name == "stop_task":
                asked.append((name, arguments["task"]))
        return asked

    def test_the_youngest_get_no_new_requests_first_and_are_stopped_then(self) -> None:
        self.assertEqual(
            self.calls(1, [90, 10, 50]),
            [("deregister_targets", "10.0.0.10", "10.0.0.50"), ("stop_task", "task/10"), ("stop_task", "task/50")],
        )

    def test_nothing_is_stopped_where_nothing_is_too_many(self) -> None:
        for desired in (3, 4):
            self.assertEqual(self.calls(desired, [90, 10, 50]), [])


class Proof(unittest.TestCase):
    """Two runs against the whole: some 9 minutes."""

    def test_scaling_by_load_passes_and_scaling_suspended_fails(self) -> None:
        if not (os.environ.get("FAKECLOUD") or shutil.which("fakecloud")):
            self.skipTest("NOT TESTED: fakecloud is not installed, so nothing here scaled by load")
        argv = [sys.executable, HERE / "live.py", "--prove"]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=1_200, check=False)
        self.assertEqual(done.returncode, 0, done.stdout[-4_000:] + done.stderr[-2_000:])


if __name__ == "__main__":
    unittest.main()
