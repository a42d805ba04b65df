"""The answers of ECS, RDS and CloudWatch that moto does not give by itself."""

from __future__ import annotations

import datetime
import json
import time
import unittest
import urllib.request

import cbor2

from harness import REGION, Deployed, client, lab, url


class Ecs(Deployed):
    def deployments(self) -> list[dict]:
        api = client("ecs")
        briefs = api.list_service_deployments(**self.place)["serviceDeployments"]
        arns = [brief["serviceDeploymentArn"] for brief in briefs]
        return api.describe_service_deployments(serviceDeploymentArns=arns)["serviceDeployments"]

    def task_definition_of(self, deployment: dict) -> str:
        arn = deployment["targetServiceRevision"]["arn"]
        found = client("ecs").describe_service_revisions(serviceRevisionArns=[arn])
        return found["serviceRevisions"][0]["taskDefinition"].split("/")[-1]

    def test_a_successful_deployment_is_remembered(self) -> None:
        [first] = self.deployments()
        self.assertEqual("SUCCESSFUL", first["status"])
        self.assertGreater(first["finishedAt"], first["createdAt"])
        self.assertEqual("MONITORING_COMPLETE", first["deploymentCircuitBreaker"]["status"])
        self.assertEqual(3, first["deploymentCircuitBreaker"]["threshold"])
        self.assertEqual("events-service:1", self.task_definition_of(first))
        self.assertTrue(first["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"])

    def test_a_deployment_that_goes_on_and_one_that_another_replaced(self) -> None:
        self.break_("ecs-image-tag-missing")
        second, first = self.deployments()
        self.assertEqual(("IN_PROGRESS", "SUCCESSFUL"), (second["status"], first["status"]))
        self.assertEqual("events-service:2", self.task_definition_of(second))
        self.assertEqual(2, second["deploymentCircuitBreaker"]["failureCount"])
        [source] = second["sourceServiceRevisions"]
        self.assertEqual(first["targetServiceRevision"]["arn"], source["arn"])
        self.assertEqual(2, source["runningTaskCount"])
        self.assertIn(second["serviceDeploymentArn"], self.service()["currentServiceDeployment"])
        self.roll_back()
        self.assert_recovers()
        statuses = [deployment["status"] for deployment in self.deployments()]
        self.assertEqual(["SUCCESSFUL", "STOPPED", "SUCCESSFUL"], statuses)
        only = client("ecs").list_service_deployments(**self.place, status=["STOPPED"])
        self.assertEqual(1, len(only["serviceDeployments"]))

    def test_ecs_forgets_a_stopped_task_after_an_hour(self) -> None:
        self.break_("ecs-container-exited")
        self.assertEqual(2, len(self.failed()))
        lab("age", seconds=1800)
        self.assertEqual(2, len(self.failed()))
        names = {task["taskArn"] for task in self.failed()}
        lab("age", seconds=1800)
        self.assertEqual([], self.tasks("STOPPED"))
        group = f"/aws/events/ecs-stopped-tasks/{self.place['cluster']}"
        found = client("logs").filter_log_events(logGroupName=group)["events"]
        events = [json.loads(line["message"]) for line in found]
        self.assertEqual(names, {event["detail"]["taskArn"] for event in events})
        for line, event in zip(found, events, strict=True):
            task = event["detail"]
            self.assertEqual(f"service:{self.place['service']}", task["group"])
            self.assertEqual("Essential container in task exited", task["stoppedReason"])
            self.assertEqual("EssentialContainerExited", task["stopCode"])
            self.assertEqual([1], [container["exitCode"] for container in task["containers"]])
            stopped = datetime.datetime.fromisoformat(task["stoppedAt"].replace("Z", "+00:00"))
            self.assertGreater(time.time() - stopped.timestamp(), 3600)
            self.assertAlmostEqual(line["timestamp"] / 1000, stopped.timestamp(), delta=1)

    def test_the_service_says_which_stack_made_it(self) -> None:
        [service] = client("ecs").describe_services(
            cluster=self.place["cluster"], services=[self.place["service"]], include=["TAGS"]
        )["services"]
        tags = {tag["key"]: tag["value"] for tag in service["tags"]}
        self.assertEqual("events-service", tags["aws:cloudformation:stack-name"])
        self.assertEqual("Service", tags["aws:cloudformation:logical-id"])


class Rds(Deployed):
    def setUp(self) -> None:
        super().setUp()
        [self.database] = client("rds").describe_db_instances()["DBInstances"]
        self.name = self.database["DBInstanceIdentifier"]

    def parameters(self, group: str, *names: str) -> dict[str, str]:
        wanted = [{"Name": "parameter-name", "Values": list(names)}]
        found = client("rds").describe_db_parameters(DBParameterGroupName=group, Filters=wanted)
        return {p["ParameterName"]: p["ParameterValue"] for p in found["Parameters"]}

    def said(self) -> list[str]:
        found = client("rds").describe_events(
            SourceType="db-instance", SourceIdentifier=self.name, Duration=60
        )
        return [event["Message"] for event in found["Events"]]

    def test_certificate(self) -> None:
        certificate = self.database["CertificateDetails"]
        self.assertEqual("rds-ca-rsa2048-g1", certificate["CAIdentifier"])
        self.assertGreater(certificate["ValidTill"].timestamp(), time.time())

    def test_parameters_of_a_group_and_the_defaults_of_the_engine(self) -> None:
        group = self.database["DBParameterGroups"][0]["DBParameterGroupName"]
        found = self.parameters(group, "max_connections", "rds.force_ssl")
        formula = "LEAST({DBInstanceClassMemory/9531392},5000)"
        self.assertEqual({"max_connections": formula, "rds.force_ssl": "1"}, found)
        for family, default in (("14", "0"), ("15", "1")):
            self.assertEqual(
                {"rds.force_ssl": default},
                self.parameters(f"default.postgres{family}", "rds.force_ssl"),
            )

    def test_events_of_a_stop_and_a_restart(self) -> None:
        api = client("rds")
        api.reboot_db_instance(DBInstanceIdentifier=self.name)
        self.assertEqual(["DB instance shutdown", "DB instance restarted"], self.said()[-2:])
        api.stop_db_instance(DBInstanceIdentifier=self.name)
        self.assertEqual("DB instance stopped", self.said()[-1])
        past = datetime.datetime.now() - datetime.timedelta(hours=3)
        earlier = api.describe_events(
            StartTime=past, EndTime=past + datetime.timedelta(hours=1)
        )
        self.assertEqual([], earlier["Events"])

    def test_metrics_in_the_protocol_of_the_rust_sdk(self) -> None:
        path = "/service/GraniteServiceVersion20100801/operation/GetMetricData"
        scope = f"test/20260101/{REGION}/monitoring/aws4_request"
        headers = {
            "smithy-protocol": "rpc-v2-cbor",
            "content-type": "application/cbor",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        }
        names = ("DatabaseConnections", "FreeStorageSpace", "FreeableMemory", "CPUUtilization")
        dimensions = [{"Name": "DBInstanceIdentifier", "Value": self.name}]
        queries = [
            {
                "Id": name.lower(),
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/RDS", "MetricName": name, "Dimensions": dimensions},
                    "Period": 60,
                    "Stat": "Average",
                },
            }
            for name in names
        ]
        now = time.time()
        between = {
            "StartTime": cbor2.CBORTag(1, now - 600),
            "EndTime": cbor2.CBORTag(1, now),
        }
        body = cbor2.dumps({"MetricDataQueries": queries, **between})
        request = urllib.request.Request(url() + path, body, headers, method="POST")
        with urllib.request.urlopen(request) as response:
            results = cbor2.loads(response.read())["MetricDataResults"]
        values = {result["Id"]: result["Values"] for result in results}
        self.assertEqual({name.lower() for name in names}, set(values))
        self.assertEqual({6.0}, set(values["databaseconnections"]))
        self.assertLess(values["freestoragespace"][0], 20 * 1024**3)
        lab("scale", desired=4)
        with urllib.request.urlopen(request) as response:
            [first, *_] = cbor2.loads(response.read())["MetricDataResults"]
        self.assertEqual({12.0}, set(first["Values"]))


if __name__ == "__main__":
    unittest.main()
