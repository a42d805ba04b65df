"""Faults of the containers of a task: those that cannot be made, and those that die."""

from __future__ import annotations

import unittest

from harness import Deployed, client


class Made(Deployed):
    """Containers that cannot be made."""

    def assert_not_made(self, scenario: str, *words: str) -> None:
        self.break_(scenario)
        self.assert_rolling()
        self.assert_failed_with("TaskFailedToStart", "Task failed to start")
        for task in self.failed():
            [container] = task["containers"]
            self.assertNotIn("exitCode", container)
            for word in words:
                self.assertIn(word, container["reason"])
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()

    def test_ecs_command_not_executable(self) -> None:
        self.assert_not_made(
            "ecs-command-not-executable",
            "CannotStartContainerError: ",
            'exec: "service --listen 0.0.0.0:8080": executable file not found in $PATH',
        )

    def test_ecs_container_user_missing(self) -> None:
        self.assert_not_made("ecs-container-user-missing", "/etc/passwd: no such file or directory")

    def test_ecs_volume_hides_files(self) -> None:
        self.assert_not_made("ecs-volume-hides-files", "stat /service: no such file or directory")

    def test_ecs_dependency_timeout(self) -> None:
        self.break_("ecs-dependency-timeout")
        self.assert_rolling()
        self.assert_failed_with("TaskFailedToStart", "Task failed to start")
        for task in self.failed():
            codes = {c["name"]: c.get("exitCode") for c in task["containers"]}
            self.assertEqual({"service": None, "migrations": 137}, codes)
        self.assert_stays_broken()
        wanted = self.revision()
        wanted["containerDefinitions"][1]["startTimeout"] = 120
        self.roll_out(wanted)
        self.assert_recovers()


class Dies(Deployed):
    """Containers that die, or that ECS must kill."""

    def test_ecs_sidecar_exited(self) -> None:
        self.break_("ecs-sidecar-exited")
        self.assert_rolling()
        self.assert_failed_with("EssentialContainerExited", "Essential container in task exited")
        for task in self.failed():
            codes = {c["name"]: c.get("exitCode") for c in task["containers"]}
            self.assertEqual({"service": 143, "collector": 1}, codes)
        group = self.exports["TaskLogGroupName"]
        streams = client("logs").describe_log_streams(
            logGroupName=group, logStreamNamePrefix="service/collector/"
        )["logStreams"]
        self.assertEqual(
            {task["taskArn"].split("/")[-1] for task in self.failed()},
            {stream["logStreamName"].split("/")[-1] for stream in streams},
        )
        self.assertTrue(any("invalid configuration" in line for line in self.logs()))
        self.assert_stays_broken()
        wanted = self.revision()
        wanted["containerDefinitions"][1]["essential"] = False
        self.roll_out(wanted)
        self.assert_recovers()

    def test_ecs_sigterm_not_handled(self) -> None:
        self.break_("ecs-sigterm-not-handled")
        stopped = self.tasks("STOPPED")
        self.assertEqual(2, len(stopped))
        for task in stopped:
            self.assertEqual(137, task["containers"][0]["exitCode"])
            self.assertNotIn("reason", task["containers"][0])
            self.assertTrue(task["stoppedReason"].startswith("Scaling activity initiated by"))
            waited = (task["stoppedAt"] - task["stoppingAt"]).total_seconds()
            self.assertAlmostEqual(60, waited, delta=1)
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assert_stays_broken()
        wanted = self.revision()
        wanted["containerDefinitions"][0]["image"] = self.push_image("v3")
        self.roll_out(wanted)
        self.assert_recovers()

    def test_ecs_container_health_check_failed(self) -> None:
        self.break_("ecs-container-health-check-failed")
        self.assert_container_check_fails("connection refused")
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()

    def test_ecs_health_check_tool_missing(self) -> None:
        self.break_("ecs-health-check-tool-missing")
        self.assert_container_check_fails("/bin/sh: curl: not found")
        self.assert_stays_broken()
        wanted = self.revision()
        wanted["containerDefinitions"][0]["healthCheck"]["command"] = ["CMD", "/service", "healthcheck"]
        self.roll_out(wanted)
        self.assert_recovers()

    def assert_container_check_fails(self, line: str) -> None:
        self.assert_failed_with("ServiceSchedulerInitiated", "Task failed container health checks")
        self.assertIn("failed container health checks.", self.messages())
        self.assertNotIn("is unhealthy in (target-group", self.messages())
        self.assertTrue(any(line in said for said in self.logs()))
        primary, active = self.service()["deployments"]
        self.assertEqual("IN_PROGRESS", primary["rolloutState"])
        self.assertEqual(2, active["runningCount"])
        new = [t for t in self.tasks("RUNNING") if t["startedBy"] == primary["id"]]
        self.assertNotIn("HEALTHY", [task["healthStatus"] for task in new])


if __name__ == "__main__":
    unittest.main()
