"""What the tests of the lab share: one running lab, clients of it, and a deployed stack.

The tests read the states back with boto3 and repair with plain calls, so that nothing of the
lab's own code is trusted.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import pathlib
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
from typing import Any

import boto3
from botocore.config import Config

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "cloudformation"
REGION = "ap-northeast-1"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"


class Running:
    """A lab of our own; it ends when this process does, because its standard input closes."""

    def __init__(self) -> None:
        command = [sys.executable, str(HERE / "lab.py")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.urls: dict[str, str] = json.loads(self.process.stdout.readline())

    def close(self) -> int:
        """Close its standard input, and give its exit status."""
        self.process.stdin.close()
        return self.process.wait(timeout=10)


@functools.cache
def running() -> Running:
    """The one lab that all tests use."""
    lab = Running()
    atexit.register(lab.close)
    return lab


def url(endpoint: str = "aws") -> str:
    return running().urls[endpoint]


def post(address: str, body: Any) -> Any:
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(address, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def lab(verb: str, **body: Any) -> dict:
    return post(f"{url()}/lab/{verb}", body)


@functools.cache
def client(service: str, region: str = REGION) -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=url(),
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def aws(endpoint: str, *arguments: str, attempts: int = 1) -> subprocess.CompletedProcess:
    """The AWS CLI, as people use it."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": url(endpoint),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_MAX_ATTEMPTS": str(attempts),
        "AWS_PAGER": "",
    }
    command = [sys.executable, "-m", "awscli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


class Deployed(unittest.TestCase):
    """A test that begins with a healthy stack."""

    def setUp(self) -> None:
        began = time.monotonic()
        lab("reset")
        self.stack = lab("deploy")
        self.deploy_seconds = time.monotonic() - began
        self.exports = self.stack["exports"]
        self.place = {"cluster": self.stack["cluster"], "service": self.stack["service"]}

    def service(self) -> dict:
        found = client("ecs").describe_services(
            cluster=self.place["cluster"], services=[self.place["service"]]
        )
        return found["services"][0]

    def messages(self) -> str:
        return "\n".join(event["message"] for event in self.service()["events"])

    def tasks(self, status: str) -> list[dict]:
        api, cluster = client("ecs"), self.place["cluster"]
        arns = api.list_tasks(
            cluster=cluster, serviceName=self.place["service"], desiredStatus=status
        )["taskArns"]
        return api.describe_tasks(cluster=cluster, tasks=arns)["tasks"] if arns else []

    def failed(self) -> list[dict]:
        return [t for t in self.tasks("STOPPED") if t["stopCode"] != "UserInitiated"]

    def health(self) -> list[dict]:
        found = client("elbv2").describe_target_health(
            TargetGroupArn=self.exports["TargetGroupArn"]
        )
        return [target["TargetHealth"] for target in found["TargetHealthDescriptions"]]

    def logs(self) -> list[str]:
        group = self.exports["TaskLogGroupName"]
        pages = client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return [event["message"] for page in pages for event in page["events"]]

    def streams(self) -> list[str]:
        group = self.exports["TaskLogGroupName"]
        found = client("logs").describe_log_streams(logGroupName=group)["logStreams"]
        return [stream["logStreamName"].split("/")[-1] for stream in found]

    def definition(self) -> dict:
        name = self.service()["taskDefinition"]
        found = client("ecs").describe_task_definition(taskDefinition=name)
        return found["taskDefinition"]

    def role(self) -> str:
        return self.definition()["executionRoleArn"].split("/")[-1]

    def simulate(self, action: str, resource: str) -> str:
        [result] = client("iam").simulate_principal_policy(
            PolicySourceArn=self.definition()["executionRoleArn"],
            ActionNames=[action],
            ResourceArns=[resource],
        )["EvaluationResults"]
        return result["EvalDecision"]

    def roll_back(self) -> None:
        """Go back to the revision before, as an operator does."""
        old = self.service()["taskDefinition"].rpartition(":")[0] + ":1"
        client("ecs").update_service(**self.place, taskDefinition=old)

    def revision(self) -> dict:
        """The task definition in use, to be registered with a change."""
        keep = (
            "family",
            "executionRoleArn",
            "taskRoleArn",
            "networkMode",
            "containerDefinitions",
            "requiresCompatibilities",
            "cpu",
            "memory",
            "runtimePlatform",
        )
        return {key: value for key, value in self.definition().items() if key in keep}

    def roll_out(self, revision: dict) -> None:
        made = client("ecs").register_task_definition(**revision)["taskDefinition"]
        client("ecs").update_service(**self.place, taskDefinition=made["taskDefinitionArn"])

    def push_image(self, tag: str) -> str:
        repository = self.exports["RepositoryName"]
        old = client("ecr").batch_get_image(
            repositoryName=repository, imageIds=[{"imageTag": "v1"}]
        )
        manifest = json.loads(old["images"][0]["imageManifest"]) | {"annotations": {"tag": tag}}
        client("ecr").put_image(
            repositoryName=repository, imageManifest=json.dumps(manifest), imageTag=tag
        )
        return f"{self.exports['RepositoryUri']}:{tag}"

    def modify_target_group(self, **settings: Any) -> None:
        client("elbv2").modify_target_group(
            TargetGroupArn=self.exports["TargetGroupArn"], **settings
        )

    def put_policy(self, action: str, resource: str) -> None:
        statement = {"Effect": "Allow", "Action": action, "Resource": resource}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        client("iam").put_role_policy(
            RoleName=self.role(), PolicyName="repair", PolicyDocument=json.dumps(document)
        )

    def open_port(self, group: str, source: str, port: int) -> None:
        permission = {
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
            "UserIdGroupPairs": [{"GroupId": self.exports[source]}],
        }
        client("ec2").authorize_security_group_ingress(
            GroupId=self.exports[group], IpPermissions=[permission]
        )

    def assert_rolling(self) -> None:
        """The new deployment is PRIMARY and fails; the tasks of the old one go on serving."""
        primary, active = self.service()["deployments"]
        self.assertEqual(("PRIMARY", "ACTIVE"), (primary["status"], active["status"]))
        self.assertEqual("IN_PROGRESS", primary["rolloutState"])
        self.assertGreater(primary["failedTasks"], 0)
        self.assertEqual((0, 2), (primary["runningCount"], active["runningCount"]))
        self.assertIn("is unable to consistently start tasks successfully", self.messages())
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])

    def assert_short_of_tasks(self) -> None:
        service = self.service()
        self.assertEqual((2, 1), (service["desiredCount"], service["runningCount"]))

    def assert_failed_with(self, code: str, reason: str) -> None:
        failed = self.failed()
        self.assertGreaterEqual(len(failed), 2)
        for task in failed:
            self.assertEqual(code, task["stopCode"])
            self.assertIn(reason, task["stoppedReason"])

    def assert_unhealthy(self, reason: str, description: str) -> None:
        self.assertEqual(
            [{"State": "unhealthy", "Reason": reason, "Description": description}], self.health()
        )
        self.assertIn(
            f"is unhealthy in (target-group {self.exports['TargetGroupArn']})", self.messages()
        )
        self.assertIn(f"due to (reason {description}).", self.messages())
        ended = f"Task failed ELB health checks in (target-group {self.exports['TargetGroupArn']})"
        self.assert_failed_with("ServiceSchedulerInitiated", ended)
        self.assert_short_of_tasks()

    def assert_recovers(self) -> None:
        self.assertTrue(lab("recover")["healthy"])
        service = self.service()
        self.assertEqual(
            (2, 2, 0), tuple(service[k] for k in ("desiredCount", "runningCount", "pendingCount"))
        )
        self.assertEqual(["COMPLETED"], [d["rolloutState"] for d in service["deployments"]])
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertIn("has reached a steady state", service["events"][0]["message"])
        for task in self.failed():
            if not task["stoppedReason"].startswith("Scaling activity"):
                age = time.time() - task["stoppedAt"].timestamp()
                self.assertGreater(age, 290, "time has passed since a task failed")

    def break_(self, scenario: str) -> None:
        """Break the stack; time alone does not repair it."""
        lab("break", scenario=scenario)

    def assert_stays_broken(self) -> None:
        self.assertFalse(lab("recover")["healthy"], "nobody repaired it")
