"""The lab itself: a healthy stack, the verbs, the AWS CLI, the door, and how it ends."""

from __future__ import annotations

import json
import socket
import time
import unittest
import urllib.error
import urllib.request

import cbor2

from harness import REGION, TEMPLATES, Deployed, Running, aws, client, lab, post, url


class Healthy(Deployed):
    def test_the_deployed_stack_is_healthy(self) -> None:
        service = self.service()
        self.assertEqual(
            (2, 2, 0), tuple(service[k] for k in ("desiredCount", "runningCount", "pendingCount"))
        )
        self.assertEqual(60, service["healthCheckGracePeriodSeconds"])
        self.assertTrue(service["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"])
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        said = [event["message"].rpartition(") ")[2] for event in service["events"]]
        self.assertEqual("has reached a steady state.", said[0])
        self.assertEqual(1, said.count(said[0]))
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
        self.assertEqual(
            {"Address": "127.0.0.1", "Port": 5433},
            {key: database["Endpoint"][key] for key in ("Address", "Port")},
        )
        self.assertEqual("rebooting", database["DBInstanceStatus"])
        lab("log", lines=["one line"])
        self.assertIn("one line", self.logs())
        task = lab(
            "stop", stoppedReason="Timeout waiting for network interface provisioning to complete."
        )
        self.assertEqual([task["task"]], [stopped["taskArn"] for stopped in self.failed()])

    def test_a_mistaken_call_says_why(self) -> None:
        with self.assertRaises(urllib.error.HTTPError) as caught:
            lab("break", scenario="no-such-thing")
        with caught.exception as answer:
            self.assertEqual(400, answer.code)
            self.assertIn("no-such-thing", answer.read().decode())


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
        exports = {
            e["Name"]: e["Value"] for e in client("cloudformation").list_exports()["Exports"]
        }
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
        post(f"{url('door')}/_microburst/rules", list(rules))

    def test_a_call_goes_through(self) -> None:
        self.assertEqual(0, aws("door", *self.LIST).returncode)

    def test_a_denied_call(self) -> None:
        message = (
            "User: arn:aws:iam::123456789012:user/me is not authorized to perform: ecs:ListClusters"
        )
        error = {"code": "AccessDeniedException", "message": message}
        self.rules({"service": "ecs", "operation": "ListClusters", "error": error})
        done = aws("door", *self.LIST)
        self.assertNotEqual(0, done.returncode)
        self.assertIn(
            f"(AccessDeniedException) when calling the ListClusters operation: {message}",
            done.stderr,
        )

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
        request = urllib.request.Request(url() + path, body, headers, method="POST")
        with urllib.request.urlopen(request) as response:
            [alarm] = cbor2.loads(response.read())["MetricAlarms"]
        self.assertEqual(("cpu", 60.0), (alarm["AlarmName"], alarm["Threshold"]))
        self.assertIsInstance(alarm["Threshold"], float)


class Ending(unittest.TestCase):
    """A test that dies leaves no process."""

    def setUp(self) -> None:
        self.lab = Running()
        self.addCleanup(self.lab.process.stdout.close)
        self.addCleanup(self.lab.process.stdin.close)
        self.addCleanup(self.lab.process.kill)

    def assert_gone(self) -> None:
        deadline = time.monotonic() + 10
        for place in self.lab.urls.values():
            address = ("127.0.0.1", int(place.rpartition(":")[2]))
            while time.monotonic() < deadline:
                try:
                    socket.create_connection(address, timeout=1).close()
                except OSError:
                    break
                time.sleep(0.05)
            else:
                self.fail(f"{place} still answers")

    def test_with_its_standard_input(self) -> None:
        self.assertEqual(0, self.lab.close())
        self.assert_gone()

    def test_with_sigterm(self) -> None:
        self.lab.process.terminate()
        self.assertEqual(0, self.lab.process.wait(timeout=10))
        self.assert_gone()

    def test_with_sigkill_the_door_ends_too(self) -> None:
        self.lab.process.kill()
        self.lab.process.wait(timeout=10)
        self.assert_gone()


if __name__ == "__main__":
    unittest.main()
