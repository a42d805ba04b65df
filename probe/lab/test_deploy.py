"""`cloudformation/deploy`, as people run it: the AWS CLI and change sets, again and again."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import unittest

from botocore.exceptions import ClientError

from harness import REGION, TEMPLATES, Deployed, client, lab, url

LAYERS = ("network", "security", "data", "platform", "service")
PREFIX = "again"
CERTIFICATE = f"arn:aws:acm:{REGION}:123456789012:certificate/1"


class Script(unittest.TestCase):
    def setUp(self) -> None:
        lab("reset")

    def deploy(self, tag: str, status: int = 0) -> subprocess.CompletedProcess:
        tools = pathlib.Path(sys.executable).parent  # `aws` is installed beside this Python
        environment = {
            **os.environ,
            "PATH": f"{tools}:{os.environ['PATH']}",
            "AWS_ENDPOINT_URL": url(),
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
        }
        done = subprocess.run(
            [str(TEMPLATES / "deploy"), PREFIX, "dev", tag],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
        )
        self.assertEqual(status, done.returncode, done.stdout + done.stderr)
        return done

    def push(self, tag: str) -> None:
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"digest": "sha256:" + "0" * 64},
            "layers": [],
            "annotations": {"tag": tag},
        }
        [repository] = client("ecr").describe_repositories()["repositories"]
        client("ecr").put_image(
            repositoryName=repository["repositoryName"],
            imageManifest=json.dumps(manifest),
            imageTag=tag,
        )

    def stacks(self) -> dict[str, str]:
        """The status of each stack, by layer."""
        found = client("cloudformation").describe_stacks()["Stacks"]
        return {s["StackName"].removeprefix(f"{PREFIX}-"): s["StackStatus"] for s in found}

    def running(self) -> tuple[dict, list[dict]]:
        """The one service, and its running tasks."""
        api = client("ecs")
        [cluster] = api.list_clusters()["clusterArns"]
        [name] = api.list_services(cluster=cluster)["serviceArns"]
        [service] = api.describe_services(cluster=cluster, services=[name])["services"]
        arns = api.list_tasks(cluster=cluster, serviceName=name)["taskArns"]
        return service, api.describe_tasks(cluster=cluster, tasks=arns)["tasks"]

    def assert_settled(self, revision: int) -> list[dict]:
        service, tasks = self.running()
        [deployment] = service["deployments"]
        self.assertEqual("COMPLETED", deployment["rolloutState"])
        states = [(task["lastStatus"], task["healthStatus"]) for task in tasks]
        self.assertEqual([("RUNNING", "HEALTHY")] * 2, states)
        for arn in [service["taskDefinition"], *(task["taskDefinitionArn"] for task in tasks)]:
            self.assertEqual(f"{PREFIX}-service:{revision}", arn.rpartition("/")[2])
        return tasks

    def events(self) -> list[str]:
        """Every event of every stack: an update would add some."""
        api = client("cloudformation")
        return [
            event["EventId"]
            for layer in LAYERS
            for event in api.describe_stack_events(StackName=f"{PREFIX}-{layer}")["StackEvents"]
        ]

    def test_from_nothing_to_a_second_release(self) -> None:
        done = self.deploy("v1", status=1)
        self.assertIn("docker push", done.stderr)
        self.assertEqual(dict.fromkeys(LAYERS[:4], "CREATE_COMPLETE"), self.stacks())

        self.push("v1")
        done = self.deploy("v1")
        self.assertEqual(4, done.stdout.count("No changes to deploy"), done.stdout)
        self.assertEqual(dict.fromkeys(LAYERS, "CREATE_COMPLETE"), self.stacks())
        tasks, events = self.assert_settled(revision=1), self.events()

        done = self.deploy("v1")
        self.assertEqual(5, done.stdout.count("No changes to deploy"), done.stdout)
        self.assertEqual(dict.fromkeys(LAYERS, "CREATE_COMPLETE"), self.stacks())
        self.assertEqual(events, self.events())
        same = self.assert_settled(revision=1)
        self.assertEqual([t["taskArn"] for t in tasks], [t["taskArn"] for t in same])

        self.push("v2")
        done = self.deploy("v2")
        self.assertEqual(4, done.stdout.count("No changes to deploy"), done.stdout)
        self.assertEqual(
            dict.fromkeys(LAYERS[:4], "CREATE_COMPLETE") | {"service": "UPDATE_COMPLETE"},
            self.stacks(),
        )
        self.assert_settled(revision=2)
        definition = client("ecs").describe_task_definition(taskDefinition=f"{PREFIX}-service")
        [container] = definition["taskDefinition"]["containerDefinitions"]
        self.assertTrue(container["image"].endswith(":v2"), container["image"])


class Update(Deployed):
    """UpdateStack, in which every parameter that is not changed keeps its value."""

    def update(self, layer: str, **new: str) -> None:
        api, name = client("cloudformation"), f"events-{layer}"
        [stack] = api.describe_stacks(StackName=name)["Stacks"]
        parameters = [
            {"ParameterKey": key, "ParameterValue": new[key]}
            if key in new
            else {"ParameterKey": key, "UsePreviousValue": True}
            for key in (parameter["ParameterKey"] for parameter in stack["Parameters"])
        ]
        api.update_stack(
            StackName=name,
            TemplateBody=(TEMPLATES / f"{layer}.yaml").read_text(),
            Parameters=parameters,
            Capabilities=["CAPABILITY_IAM"],
        )

    def alb_ports(self) -> list[int]:
        group = {"Name": "group-id", "Values": [self.exports["AlbSecurityGroupId"]]}
        rules = client("ec2").describe_security_group_rules(Filters=[group])["SecurityGroupRules"]
        return sorted(rule["FromPort"] for rule in rules if not rule["IsEgress"])

    def test_nothing_new_is_refused(self) -> None:
        for layer in LAYERS:
            with self.subTest(layer), self.assertRaisesRegex(ClientError, "No updates are to be"):
                self.update(layer)

    def test_a_condition_that_comes_true_makes_its_resources(self) -> None:
        self.assertEqual([80], self.alb_ports())
        self.update("security", CertificateArn=CERTIFICATE)
        self.assertEqual([80, 443], self.alb_ports())

    def test_a_number_reaches_what_depends_on_it(self) -> None:
        self.update("service", MinTasks="3")
        service = self.service()
        self.assertEqual((3, 3), (service["desiredCount"], service["runningCount"]))
        self.assertTrue(service["taskDefinition"].endswith(":1"), "the tasks are the same")

    def test_what_the_lab_cannot_change_it_refuses(self) -> None:
        with self.assertRaisesRegex(ClientError, "the lab cannot update AWS::RDS::DBInstance"):
            self.update("data", BackupRetentionDays="3")
        with self.assertRaisesRegex(ClientError, "the lab cannot update AWS::EC2::Route"):
            self.update("network", NatGateways="2")
        with self.assertRaisesRegex(ClientError, "the lab cannot take HttpListener away"):
            self.update("platform", CertificateArn=CERTIFICATE)


if __name__ == "__main__":
    unittest.main()
