"""The lab, as a client of it sees it: `python -m unittest` beside this file, or run this file.

One server serves all tests. They read the states back with boto3 and repair with plain calls, so
that nothing of the lab's own code is trusted.
"""

from __future__ import annotations

import functools
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import unittest
import urllib.error
import urllib.request
from typing import Any

import boto3
import cbor2
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = pathlib.Path(__file__).resolve().parent
TEMPLATES = HERE.parents[1] / "cloudformation"
REGION = "ap-northeast-1"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
LAB: dict[str, Any] = {}


def setUpModule() -> None:
    command = [sys.executable, str(HERE / "lab.py")]
    LAB["process"] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    LAB.update(json.loads(LAB["process"].stdout.readline()))


def tearDownModule() -> None:
    LAB["process"].stdin.close()
    status = LAB["process"].wait(timeout=10)
    LAB["process"].stdout.close()
    if status != 0:
        raise AssertionError(f"the lab ended with status {status} when its input closed")


def post(url: str, body: Any) -> Any:
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def lab(verb: str, **body: Any) -> dict:
    return post(f"{LAB['aws']}/lab/{verb}", body)


@functools.lru_cache(maxsize=None)
def client(service: str) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=LAB["aws"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def aws(endpoint: str, *arguments: str, attempts: int = 1) -> subprocess.CompletedProcess:
    """The AWS CLI, as people use it."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": LAB[endpoint],
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
        old = client("ecr").batch_get_image(repositoryName=repository, imageIds=[{"imageTag": "v1"}])
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
        self.assertIn(f"is unhealthy in (target-group {self.exports['TargetGroupArn']})", self.messages())
        self.assertIn(f"due to (reason {description}).", self.messages())
        ended = f"Task failed ELB health checks in (target-group {self.exports['TargetGroupArn']})"
        self.assert_failed_with("ServiceSchedulerInitiated", ended)
        self.assert_short_of_tasks()

    def assert_recovers(self) -> None:
        self.assertTrue(lab("recover")["healthy"])
        service = self.service()
        self.assertEqual((2, 2, 0), tuple(service[k] for k in ("desiredCount", "runningCount", "pendingCount")))
        self.assertEqual(["COMPLETED"], [d["rolloutState"] for d in service["deployments"]])
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertIn("has reached a steady state", service["events"][0]["message"])
        stopped = [task["stoppedAt"] for task in self.failed()]
        self.assertTrue(all(service["events"][0]["createdAt"] > time for time in stopped))

    def break_(self, scenario: str) -> None:
        """Break the stack; time alone does not repair it."""
        lab("break", scenario=scenario)

    def assert_stays_broken(self) -> None:
        self.assertFalse(lab("recover")["healthy"], "nobody repaired it")


class Healthy(Deployed):
    def test_the_deployed_stack_is_healthy(self) -> None:
        service = self.service()
        self.assertEqual((2, 2, 0), tuple(service[k] for k in ("desiredCount", "runningCount", "pendingCount")))
        self.assertEqual(60, service["healthCheckGracePeriodSeconds"])
        self.assertTrue(service["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"])
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertIn("has reached a steady state", service["events"][0]["message"])
        lines = [json.loads(line) for line in self.logs()]
        self.assertIn("/events/{id}", [line.get("path") for line in lines])
        self.assertEqual([], self.tasks("STOPPED"))
        self.assertEqual("allowed", self.simulate("ecr:GetAuthorizationToken", "*"))

    def test_deploying_anew_is_quick(self) -> None:
        self.assertLess(self.deploy_seconds, 6)  # about 1.5 s; this machine may be busy

    def test_egress_of_the_groups_is_what_the_template_says(self) -> None:
        [group] = client("ec2").describe_security_groups(
            GroupIds=[self.exports["DbSecurityGroupId"]]
        )["SecurityGroups"]
        cidrs = [r["CidrIp"] for rule in group["IpPermissionsEgress"] for r in rule["IpRanges"]]
        self.assertEqual(["127.0.0.1/32"], cidrs)

    def test_primitives(self) -> None:
        lab("event", message="hello", seconds_ago=60)
        self.assertIn("hello", self.messages())
        lab("health", state="unhealthy", reason="Target.Timeout", description="Request timed out")
        self.assertEqual({"Target.Timeout"}, {target["Reason"] for target in self.health()})
        lab("health")
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertEqual(4, lab("scale", desired=4)["running"])
        activities = client("application-autoscaling").describe_scaling_activities(
            ServiceNamespace="ecs"
        )["ScalingActivities"]
        self.assertIn("Setting desired count to 4.", activities[0]["Description"])
        lab("db", address="127.0.0.1", port=5433, status="rebooting")
        [database] = client("rds").describe_db_instances()["DBInstances"]
        self.assertEqual({"Address": "127.0.0.1", "Port": 5433}, {
            key: database["Endpoint"][key] for key in ("Address", "Port")
        })
        self.assertEqual("rebooting", database["DBInstanceStatus"])
        lab("log", lines=["one line"])
        self.assertIn("one line", self.logs())
        task = lab("stop", stoppedReason="Timeout waiting for network interface provisioning to complete.")
        self.assertEqual([task["task"]], [stopped["taskArn"] for stopped in self.failed()])

    def test_a_mistaken_call_says_why(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as caught:
            lab("break", scenario="no-such-thing")
        with caught.exception as answer:
            self.assertEqual(400, answer.code)
            self.assertIn("no-such-thing", answer.read().decode())


class Network(Deployed):
    def test_network_database_port_closed(self) -> None:
        self.break_("network-database-port-closed")
        lines = [json.loads(line) for line in self.logs()]
        away = [line for line in lines if line["message"] == "the database is not reachable"]
        self.assertEqual({"timeout"}, {line["class"] for line in away})
        self.assertIn(503, [line.get("status") for line in lines])
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
        self.assert_failed_with("TaskFailedToStart", "perform: ecr:GetAuthorizationToken on resource: *")
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
        self.assert_failed_with("TaskFailedToStart", "perform: secretsmanager:GetSecretValue on resource: arn:")
        self.assert_stays_broken()
        self.put_policy("secretsmanager:GetSecretValue", self.exports["DbSecretArn"])
        self.assert_recovers()

    def test_secrets_secret_missing(self) -> None:
        self.break_("secrets-secret-missing")
        self.assert_rolling()
        reason = "ResourceNotFoundException: Secrets Manager can't find the specified secret."
        self.assert_failed_with("TaskFailedToStart", reason)
        arn = ":".join(self.definition()["containerDefinitions"][0]["secrets"][0]["valueFrom"].split(":")[:7])
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
        self.assertEqual("OutOfMemoryError: Container killed due to memory usage", container["reason"])
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
            lived = (task["stoppedAt"] - task["createdAt"]).total_seconds()
            self.assertTrue(60 <= lived < 90, lived)
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


class Templates(unittest.TestCase):
    """The AWS CLI deploys with change sets, and a change reaches what depends on it."""

    def setUp(self) -> None:
        lab("reset")

    def deploy(self, layer: str, *overrides: str) -> None:
        done = aws(
            "aws",
            *("cloudformation", "deploy", "--stack-name", f"other-{layer}"),
            *("--template-file", str(TEMPLATES / f"{layer}.yaml")),
            *("--capabilities", "CAPABILITY_IAM"),
            *("--parameter-overrides", "Prefix=other", *overrides),
        )
        self.assertEqual(0, done.returncode, done.stderr)

    def test_layers_see_each_other_and_a_new_tag_is_rolled_out(self) -> None:
        for layer in ("network", "security", "data", "platform"):
            self.deploy(layer)
        exports = {e["Name"]: e["Value"] for e in client("cloudformation").list_exports()["Exports"]}
        subnet = client("ec2").describe_subnets(SubnetIds=[exports["other-AppSubnetAId"]])
        self.assertEqual("10.0.11.0/24", subnet["Subnets"][0]["CidrBlock"])
        self.assertTrue(subnet["Subnets"][0]["AvailabilityZone"].startswith(REGION))
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"digest": "sha256:" + "0" * 64},
            "layers": [],
        }
        repository = exports["other-RepositoryName"]
        for tag in ("v1", "v2"):
            client("ecr").put_image(
                repositoryName=repository,
                imageManifest=json.dumps(manifest | {"annotations": {"tag": tag}}),
                imageTag=tag,
            )
        for tag in ("v1", "v2"):
            self.deploy("service", f"ImageTag={tag}")
            [stack] = client("cloudformation").describe_stacks(StackName="other-service")["Stacks"]
            outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
            [service] = client("ecs").describe_services(
                cluster=outputs["ClusterName"], services=[outputs["ServiceName"]]
            )["services"]
            self.assertEqual(2, service["runningCount"])
            used = client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
            image = used["taskDefinition"]["containerDefinitions"][0]["image"]
            self.assertTrue(image.endswith(f":{tag}"), image)


class Door(unittest.TestCase):
    """Calls that are denied, throttled, slow or never answered, seen by the AWS CLI."""

    LIST = ("ecs", "list-clusters")

    def tearDown(self) -> None:
        self.rules()

    def rules(self, *rules: dict) -> None:
        post(f"{LAB['door']}/_microburst/rules", list(rules))

    def test_a_call_goes_through(self) -> None:
        self.assertEqual(0, aws("door", *self.LIST).returncode)

    def test_a_denied_call(self) -> None:
        message = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: ecs:ListClusters"
        error = {"code": "AccessDeniedException", "message": message}
        self.rules({"service": "ecs", "operation": "ListClusters", "error": error})
        done = aws("door", *self.LIST)
        self.assertNotEqual(0, done.returncode)
        self.assertIn(f"(AccessDeniedException) when calling the ListClusters operation: {message}", done.stderr)

    def test_throttling_that_ends_is_retried(self) -> None:
        error = {"code": "ThrottlingException", "message": "Rate exceeded"}
        rule = {"service": "ecs", "operation": "ListClusters", "times": 1, "error": error}
        self.rules(rule)
        self.assertIn("(ThrottlingException)", aws("door", *self.LIST).stderr)
        self.rules(rule)
        self.assertEqual(0, aws("door", *self.LIST, attempts=2).returncode)

    def test_a_call_that_hangs(self) -> None:
        self.rules({"service": "ecs", "latency": 30000})
        began = time.monotonic()
        done = aws("door", "--cli-read-timeout", "1", *self.LIST)
        self.assertIn("Read timeout", done.stderr)
        self.assertLess(time.monotonic() - began, 15)

    def test_a_slow_call_goes_through(self) -> None:
        self.rules({"service": "ecs", "latency": 1500})
        began = time.monotonic()
        self.assertEqual(0, aws("door", *self.LIST).returncode)
        self.assertGreater(time.monotonic() - began, 1.5)


class CloudWatch(unittest.TestCase):
    def test_the_protocol_of_the_rust_sdk(self) -> None:
        path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms"
        scope = f"test/20260101/{REGION}/monitoring/aws4_request"
        headers = {
            "smithy-protocol": "rpc-v2-cbor",
            "content-type": "application/cbor",
            "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        }
        client("cloudwatch").put_metric_alarm(
            AlarmName="cpu",
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            Statistic="Average",
            Period=60,
            EvaluationPeriods=3,
            Threshold=60,
            ComparisonOperator="GreaterThanThreshold",
        )
        body = cbor2.dumps({"AlarmNames": ["cpu"]})
        request = urllib.request.Request(LAB["aws"] + path, body, headers, method="POST")
        with urllib.request.urlopen(request) as response:
            [alarm] = cbor2.loads(response.read())["MetricAlarms"]
        self.assertEqual(("cpu", 60.0), (alarm["AlarmName"], alarm["Threshold"]))
        self.assertIsInstance(alarm["Threshold"], float)


class Ending(unittest.TestCase):
    """A test that dies leaves no process."""

    def start(self, **more: Any) -> tuple[subprocess.Popen, dict]:
        command = [sys.executable, str(HERE / "lab.py")]
        lab = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(lab.stdout.close)
        self.addCleanup(lab.stdin.close)
        self.addCleanup(lab.kill)
        return lab, json.loads(lab.stdout.readline())

    def assert_gone(self, urls: dict) -> None:
        deadline = time.monotonic() + 10
        for url in urls.values():
            address = ("127.0.0.1", int(url.rpartition(":")[2]))
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(address, timeout=1).close()
                except OSError:
                    break
                time.sleep(0.05)
            else:
                self.fail(f"{url} still answers")

    def test_with_sigterm(self) -> None:
        lab, urls = self.start()
        lab.terminate()
        self.assertEqual(0, lab.wait(timeout=10))
        self.assert_gone(urls)

    def test_with_sigkill_the_door_ends_too(self) -> None:
        lab, urls = self.start()
        lab.kill()
        lab.wait(timeout=10)
        self.assert_gone(urls)


if __name__ == "__main__":
    unittest.main()
