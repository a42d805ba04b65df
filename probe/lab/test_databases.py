"""Faults of the database: what RDS shows, what programs log, and which repair heals."""

from __future__ import annotations

import json
import time
import unittest

from harness import Deployed, client, lab


class Databases(Deployed):
    def setUp(self) -> None:
        super().setUp()
        self.name = self.database()["DBInstanceIdentifier"]

    def database(self) -> dict:
        return client("rds").describe_db_instances()["DBInstances"][0]

    def said(self) -> str:
        found = client("rds").describe_events(SourceType="db-instance", Duration=60)["Events"]
        return "\n".join(event["Message"] for event in found)

    def away(self) -> dict:
        """The last outage that the event service logged."""
        lines = [json.loads(line) for line in self.logs() if line.startswith("{")]
        outages = [line for line in lines if line["message"] == "the database is not reachable"]
        self.assertTrue(outages, "no outage was logged")
        return max(outages, key=lambda line: line["timestamp"])

    def metric(self, name: str) -> float:
        api = client("cloudwatch")
        dimensions = [{"Name": "DBInstanceIdentifier", "Value": self.name}]
        metric = {"Namespace": "AWS/RDS", "MetricName": name, "Dimensions": dimensions}
        task = self.tasks("RUNNING")[0]["startedAt"]
        [found] = api.get_metric_data(
            StartTime=task.timestamp() - 900,
            EndTime=time.time(),
            MetricDataQueries=[
                {"Id": "it", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}
            ],
        )["MetricDataResults"]
        return found["Values"][0]

    def modify(self, **settings: object) -> None:
        client("rds").modify_db_instance(
            DBInstanceIdentifier=self.name, ApplyImmediately=True, **settings
        )

    def set_parameter(self, name: str, value: str) -> None:
        group = self.database()["DBParameterGroups"][0]["DBParameterGroupName"]
        parameter = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        client("rds").modify_db_parameter_group(DBParameterGroupName=group, Parameters=[parameter])

    def restart_tasks(self) -> None:
        client("ecs").update_service(**self.place, forceNewDeployment=True)

    def assert_away(self, scenario: str, kind: str, error: str) -> None:
        """The service goes on without its database, and says so."""
        self.break_(scenario)
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertEqual(kind, self.away()["class"])
        self.assertIn(error, self.away()["error"])
        self.assertTrue(any('"status": 503' in line for line in self.logs()))
        self.assert_stays_broken()

    def assert_dies(self, scenario: str, line: str) -> None:
        """The new program does not start without its database."""
        self.break_(scenario)
        self.assert_rolling()
        self.assert_failed_with("EssentialContainerExited", "Essential container in task exited")
        self.assertEqual({1}, {task["containers"][0]["exitCode"] for task in self.failed()})
        self.assertTrue(any(line in said for said in self.logs()), f"nobody said {line}")
        self.assert_stays_broken()


class Instance(Databases):
    """What RDS itself shows."""

    def test_rds_not_available(self) -> None:
        self.assert_away("rds-not-available", "timeout", "connection attempt timed out")
        self.assertEqual("stopped", self.database()["DBInstanceStatus"])
        self.assertIn("DB instance stopped", self.said())
        client("rds").start_db_instance(DBInstanceIdentifier=self.name)
        self.assert_recovers()
        self.assertTrue(any("reachable again" in line for line in self.logs()))

    def test_rds_storage_full(self) -> None:
        self.assert_away("rds-storage-full", "out-of-resources", "No space left on device")
        self.assertEqual("storage-full", self.database()["DBInstanceStatus"])
        self.assertIn("The allocated storage for the DB instance has been exhausted", self.said())
        self.assertEqual(0, self.metric("FreeStorageSpace"))
        self.modify(AllocatedStorage=40)
        self.assertGreater(self.metric("FreeStorageSpace"), 0)
        self.assert_recovers()

    def test_rds_memory_low(self) -> None:
        self.assert_away("rds-memory-low", "login-rejected", "PAM authentication failed")
        self.assertLess(self.metric("FreeableMemory"), 64 * 1024**2)
        self.modify(DBInstanceClass="db.t4g.small")
        self.assert_recovers()

    def test_rds_parameters_invalid(self) -> None:
        self.assert_away("rds-parameters-invalid", "timeout", "connection attempt timed out")
        self.assertEqual("incompatible-parameters", self.database()["DBInstanceStatus"])
        self.set_parameter("shared_buffers", "16384")
        self.assert_stays_broken()  # the parameter waits for a reboot
        client("rds").reboot_db_instance(DBInstanceIdentifier=self.name)
        self.assert_recovers()

    def test_rds_still_read_only(self) -> None:
        self.assert_away("rds-still-read-only", "read-only", "read-only transaction")
        self.assertIn("Multi-AZ instance failover completed", self.said())
        self.assertTrue(self.database()["MultiAZ"])
        self.restart_tasks()
        self.assert_recovers()

    def test_rds_restarted(self) -> None:
        self.break_("rds-restarted")
        self.assertIn("DB instance restarted", self.said())
        line = "terminating connection due to administrator command"
        self.assertTrue(any(line in said for said in self.logs()))
        self.assert_stays_broken()
        self.restart_tasks()
        self.assert_recovers()

    def test_rds_endpoint_is_replica(self) -> None:
        self.assert_away("rds-endpoint-is-replica", "read-only", "read-only transaction")
        self.roll_back()
        self.assert_recovers()

    def test_rds_connections_exhausted(self) -> None:
        self.assert_away("rds-connections-exhausted", "too-many-connections", "connection slots")
        self.assertEqual(112, self.metric("DatabaseConnections"))
        self.set_parameter("max_connections", "300")
        self.assert_stays_broken()  # the parameter waits for a reboot
        client("rds").reboot_db_instance(DBInstanceIdentifier=self.name)
        self.assert_recovers()


class Login(Databases):
    """The way in."""

    def test_rds_password_wrong(self) -> None:
        self.assert_away("rds-password-wrong", "login-rejected", "password authentication failed")
        self.modify(MasterUserPassword="rotated-and-nobody-told-the-database")
        self.assert_recovers()

    def test_rds_iam_role_blocks_password(self) -> None:
        words = "PAM authentication failed"
        self.assert_away("rds-iam-role-blocks-password", "login-rejected", words)
        self.assertTrue(self.database()["IAMDatabaseAuthenticationEnabled"])
        lab("db", rds_iam=False)
        self.assert_recovers()

    def test_rds_iam_login_denied(self) -> None:
        self.break_("rds-iam-login-denied")
        self.assertTrue(any("PAM authentication failed for user" in line for line in self.logs()))
        self.assertIn("Health checks failed with these codes: [503]", self.messages())
        self.assert_stays_broken()
        statement = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": "*"}
        client("iam").put_role_policy(
            RoleName=self.definition()["taskRoleArn"].split("/")[-1],
            PolicyName="repair",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )
        self.assert_recovers()

    def test_rds_ssl_required(self) -> None:
        self.break_("rds-ssl-required")
        self.assertTrue(any("no pg_hba.conf entry for host" in line for line in self.logs()))
        self.assertIn("Health checks failed with these codes: [503]", self.messages())
        self.assert_stays_broken()
        self.set_parameter("rds.force_ssl", "0")
        self.assert_recovers()

    def test_rds_connection_refused(self) -> None:
        self.assert_away("rds-connection-refused", "connection-refused", "Connection refused")
        self.roll_back()
        self.assert_recovers()


class Program(Databases):
    """A release whose program does not start."""

    def assert_dies_until_it_is_rolled_back(self, scenario: str, line: str) -> None:
        self.assert_dies(scenario, line)
        self.roll_back()
        self.assert_recovers()


for _scenario, _line in {
    "rds-certificate-not-trusted": "self-signed certificate in certificate chain",
    "rds-schema-permission-denied": "pq: permission denied for schema public",
    "rds-client-too-old": "SCRAM authentication requires libpq version 10 or above",
    "rds-password-not-encoded": "net/url: invalid userinfo",
    "rds-hostname-wrong": "could not translate host name",
    "rds-host-unset": "connect ECONNREFUSED 127.0.0.1:5432",
    "rds-database-missing": 'pq: database "event" does not exist',
}.items():
    setattr(
        Program,
        f"test_{_scenario.replace('-', '_')}",
        lambda self, scenario=_scenario, line=_line: self.assert_dies_until_it_is_rolled_back(
            scenario, line
        ),
    )


class Serves(Databases):
    def test_rds_idle_in_transaction(self) -> None:
        self.break_("rds-idle-in-transaction")
        line = "terminating connection due to idle-in-transaction timeout"
        self.assertTrue(any(line in said for said in self.logs()))
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()


if __name__ == "__main__":
    unittest.main()
