"""What AWS does by itself and fakecloud 0.51 does not: it measures the tasks' CPU, and ends tasks that are too many.

How many there shall be is fakecloud's decision alone: its target tracking reads the metric and sets the desired count.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path

import shares
from processes import all_of

# As often as ECS measures where it measures finely.
MEASURE_S = 20
# So long a target gets no new requests before its task is told to stop.
DRAIN_S = 2
# fakecloud's target tracking looks for the CPU under the name of the policy's metric.
NAMES = ("CPUUtilization", "ECSServiceAverageCPUUtilization")


class Meter:
    """How much of their share the tasks used, between two readings."""

    def __init__(self, home: Path, units: int) -> None:
        self._home, self._share = home, units / shares.UNITS
        self._before: dict[int, tuple[float, float]] = {}

    def read(self, now: float) -> float | None:
        """The mean over all tasks, in percent of the share; nothing where no task ran at both ends."""
        after: dict[int, tuple[float, float]] = {}
        for process in all_of(self._home):
            pid = process.pid
            if process.is_database or pid is None or process.exit_code is not None:
                continue
            used = shares.cpu_seconds(pid)
            if used is not None:
                after[pid] = (now, used)
        both = [(after[pid], self._before[pid]) for pid in after if pid in self._before]
        self._before = after
        seconds = sum(end - begin for (end, _), (begin, _) in both)
        if seconds <= 0:
            return None
        return 100 * sum(end - begin for (_, end), (_, begin) in both) / (seconds * self._share)


class Bridge(threading.Thread):
    """Runs beside fakecloud until it is told to end."""

    def __init__(self, clients, cluster: str, service: str, group: str, port: int, meter: Meter) -> None:
        super().__init__(daemon=True)
        self._clients, self._meter = clients, meter
        self._cluster, self._service = cluster, service
        self._group, self._port = group, port
        self.over = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        due = time.monotonic()
        try:
            while not self.over.wait(1):
                self.end_surplus()
                if time.monotonic() >= due:
                    due += MEASURE_S
                    self._publish(self._meter.read(time.monotonic()))
        except Exception as error:  # a person reads it: see live.py
            if not self.over.is_set():
                self.failure = error

    def _publish(self, percent: float | None) -> None:
        if percent is None:
            return
        dimensions = [
            {"Name": "ClusterName", "Value": self._cluster},
            {"Name": "ServiceName", "Value": self._service},
        ]
        data = [{"MetricName": name, "Dimensions": dimensions, "Value": percent, "Unit": "Percent"} for name in NAMES]
        self._clients("cloudwatch").put_metric_data(Namespace="AWS/ECS", MetricData=data)

    def end_surplus(self) -> None:
        """Stops as many tasks as there are above the desired count."""
        ecs = self._clients("ecs")
        service = ecs.describe_services(cluster=self._cluster, services=[self._service])["services"][0]
        arns = ecs.list_tasks(cluster=self._cluster, serviceName=self._service, desiredStatus="RUNNING")["taskArns"]
        surplus = len(arns) - service["desiredCount"]
        if surplus <= 0:
            return
        tasks = ecs.describe_tasks(cluster=self._cluster, tasks=arns)["tasks"]
        youngest = sorted(tasks, key=lambda task: task["createdAt"], reverse=True)[:surplus]
        # As ECS: first no new requests, then the signal.
        targets = [{"Id": ip, "Port": self._port} for task in youngest for ip in _addresses(task)]
        if targets:
            self._clients("elbv2").deregister_targets(TargetGroupArn=self._group, Targets=targets)
        self.over.wait(DRAIN_S)
        for task in youngest:
            ecs.stop_task(cluster=self._cluster, task=task["taskArn"], reason="Scaling in: above the desired count")


def _addresses(task: dict) -> list[str]:
    details = [detail for attachment in task["attachments"] for detail in attachment["details"]]
    return [detail["value"] for detail in details if detail["name"] == "privateIPv4Address"]
