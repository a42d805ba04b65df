"""Each fault shows what AWS would show, stays until it is repaired, and goes when it is."""

from __future__ import annotations

import json
import unittest

from botocore.exceptions import ClientError

from harness import TEMPLATES, Deployed, client

SERVICE = TEMPLATES.parent / "service" / "src"


class Network(Deployed):
    def test_network_database_port_closed(self) -> None:
        self.break_("network-database-port-closed")
        lines = [json.loads(line) for line in self.logs()]
        away = [line for line in lines if line["message"] == "the database is not reachable"]
        self.assertEqual({"timeout"}, {line["class"] for line in away})
        refused = [line for line in lines if line.get("status") == 503]
        self.assertEqual({"WARN"}, {line["level"] for line in refused})
        # The words of service/src: the request names the database, and then what it says of it.
        self.assertEqual({f"database timeout: {away[0]['error']}"}, {r["error"] for r in refused})
        program = (SERVICE / "db" / "manager.rs").read_text()
        self.assertIn(f'"{away[0]["error"].rpartition(": ")[2]}"', program)
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertEqual([], self.failed())
        self.assert_stays_broken()
        self.open_port("DbSecurityGroupId", "TaskSecurityGroupId", 5432)
        self.assert_recovers()
        ordered = sorted(map(json.loads, self.logs()), key=lambda line: line["timestamp"])
        said = [line["message"] for line in ordered if "reachable" in line["message"]]
        self.assertEqual("the database is reachable again", said[-1])

    def test_network_target_port_closed(self) -> None:
        self.break_("network-target-port-closed")
        self.assert_unhealthy("Target.Timeout", "Request timed out")
        self.assert_stays_broken()
        self.open_port("TaskSecurityGroupId", "AlbSecurityGroupId", 8080)
        self.assert_recovers()


class Start(Deployed):
    """Tasks that do not start."""

    def tearDown(self) -> None:
        never_ran = [t for t in self.failed() if t["stopCode"] == "TaskFailedToStart"]
        dead = {task["taskArn"].split("/")[-1] for task in never_ran}
        self.assertTrue(dead)
        self.assertFalse(dead & set(self.streams()), "a task that never ran has a log")

    def test_ecs_image_tag_missing(self) -> None:
        self.break_("ecs-image-tag-missing")
        self.assert_rolling()
        self.assert_failed_with("TaskFailedToStart", "CannotPullContainerError")
        self.assertIn("not found", self.failed()[0]["containers"][0]["reason"])
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()

    def test_iam_image_pull_denied(self) -> None:
        self.break_("iam-image-pull-denied")
        self.assert_short_of_tasks()
        self.assert_failed_with(
            "TaskFailedToStart", "perform: ecr:GetAuthorizationToken on resource: *"
        )
        self.assertEqual("implicitDeny", self.simulate("ecr:GetAuthorizationToken", "*"))
        self.assert_stays_broken()
        self.put_policy("ecr:GetAuthorizationToken", "*")
        self.assert_stays_broken()  # the pull itself is still denied
        self.assertIn("403 Forbidden", self.failed()[-1]["stoppedReason"])
        self.put_policy("ecr:*", "*")
        self.assert_recovers()

    def test_iam_secret_read_denied(self) -> None:
        self.break_("iam-secret-read-denied")
        self.assert_short_of_tasks()
        self.assert_failed_with(
            "TaskFailedToStart", "perform: secretsmanager:GetSecretValue on resource: arn:"
        )
        self.assert_stays_broken()
        self.put_policy("secretsmanager:GetSecretValue", self.exports["DbSecretArn"])
        self.assert_recovers()

    def test_secrets_secret_missing(self) -> None:
        self.break_("secrets-secret-missing")
        self.assert_rolling()
        reason = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
        self.assert_failed_with("TaskFailedToStart", reason)
        arn = ":".join(
            self.definition()["containerDefinitions"][0]["secrets"][0]["valueFrom"].split(":")[:7]
        )
        with self.assertRaises(ClientError):
            client("secretsmanager").describe_secret(SecretId=arn)
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()

    def test_secrets_json_key_missing(self) -> None:
        self.break_("secrets-json-key-missing")
        self.assert_rolling()
        self.assert_failed_with("TaskFailedToStart", "did not contain json key user")
        self.assert_stays_broken()
        secrets, secret = client("secretsmanager"), self.exports["DbSecretArn"]
        value = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
        value["user"] = value["username"]
        secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(value))
        self.assert_recovers()


class Program(Deployed):
    """Programs that end or are slow to begin."""

    def test_ecs_container_out_of_memory(self) -> None:
        self.break_("ecs-container-out-of-memory")
        self.assert_rolling()
        self.assert_failed_with("EssentialContainerExited", "Essential container in task exited")
        [container] = self.failed()[0]["containers"]
        self.assertEqual(137, container["exitCode"])
        self.assertEqual(
            "OutOfMemoryError: Container killed due to memory usage", container["reason"]
        )
        self.assert_stays_broken()
        self.roll_out(self.revision() | {"memory": "1024"})
        self.assert_recovers()

    def test_ecs_container_exited(self) -> None:
        self.break_("ecs-container-exited")
        self.assert_rolling()
        self.assert_failed_with("EssentialContainerExited", "Essential container in task exited")
        self.assertEqual(1, self.failed()[0]["containers"][0]["exitCode"])
        self.assertTrue(any("panicked at" in line for line in self.logs()))
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()

    def test_ecs_grace_period_too_short(self) -> None:
        self.break_("ecs-grace-period-too-short")
        self.assert_rolling()
        self.assert_failed_with("ServiceSchedulerInitiated", "Task failed ELB health checks in")
        for task in self.failed():
            asked = (task["stoppingAt"] - task["startedAt"]).total_seconds()
            ended = (task["stoppedAt"] - task["startedAt"]).total_seconds()
            self.assertTrue(60 <= asked < 90 <= ended, f"asked to stop after {asked}, ended after {ended}")
        self.assertTrue(any('"startup_seconds": 90' in line for line in self.logs()))
        self.assert_stays_broken()
        client("ecs").update_service(**self.place, healthCheckGracePeriodSeconds=120)
        self.assert_recovers()


class HealthCheck(Deployed):
    def test_alb_health_check_path_wrong(self) -> None:
        self.break_("alb-health-check-path-wrong")
        text = "Health checks failed with these codes: [404]"
        self.assert_unhealthy("Target.ResponseCodeMismatch", text)
        self.assert_stays_broken()
        self.modify_target_group(HealthCheckPath="/health")
        self.assert_recovers()

    def test_alb_health_check_port_wrong(self) -> None:
        self.break_("alb-health-check-port-wrong")
        # The security groups let only 8080 through, so that nothing answers on 9090.
        self.assert_unhealthy("Target.Timeout", "Request timed out")
        self.assert_stays_broken()
        self.modify_target_group(HealthCheckPort="traffic-port")
        self.assert_recovers()

    def test_alb_health_check_timeout(self) -> None:
        self.break_("alb-health-check-timeout")
        self.assert_unhealthy("Target.Timeout", "Request timed out")
        self.assert_stays_broken()
        self.modify_target_group(HealthCheckTimeoutSeconds=10)
        self.assert_recovers()

    def test_alb_health_check_server_error(self) -> None:
        self.break_("alb-health-check-server-error")
        text = "Health checks failed with these codes: [500]"
        self.assert_unhealthy("Target.ResponseCodeMismatch", text)
        self.assert_stays_broken()
        image = self.push_image("v1-fixed")
        wanted = self.revision()
        wanted["containerDefinitions"][0]["image"] = image
        self.roll_out(wanted)
        self.assert_recovers()


if __name__ == "__main__":
    unittest.main()
