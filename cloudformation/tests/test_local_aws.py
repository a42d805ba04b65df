"""`deploy`, `push` and `teardown` as people run them, with the real AWS CLI, against the local AWS."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import templates

REPOSITORY = templates.ROOT.parent
sys.path.insert(0, str(REPOSITORY / "probe" / "lab"))
from harness import REGION, client, lab, url  # noqa: E402

PREFIX = "again"
PROBE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target")) / "debug" / "probe"
# Stands in for Docker, which is not on every machine: a push puts an image into the repository.
DOCKER = r"""#!/usr/bin/env bash
echo "docker $*" >>"$DOCKER_CALLS"
[[ $1 != login ]] || cat >/dev/null
[[ $1 == push ]] || exit 0
name=${2#*/}
aws ecr put-image --repository-name "${name%:*}" --image-tag "${name##*:}" --image-manifest \
  '{"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "layers": [],
    "config": {"digest": "sha256:'"$(printf %064d 0)"'"}, "annotations": {"tag": "'"$2"'"}}'
"""


class Story(unittest.TestCase):
    def setUp(self):
        lab("reset")
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.work = pathlib.Path(directory.name)
        (self.work / "docker").write_text(DOCKER)
        (self.work / "docker").chmod(0o755)
        (self.work / "calls").touch()
        tools = pathlib.Path(sys.executable).parent  # `aws` is installed beside this Python
        self.environment = {
            **os.environ, "PATH": f"{self.work}:{tools}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": url(), "LC_ALL": "C",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION,
            "DEPLOY_POLL_SECONDS": "0.1", "DOCKER_CALLS": str(self.work / "calls"),
        }

    def run_script(self, name, *arguments, status=0):
        done = subprocess.run(
            [templates.ROOT / name, *arguments], env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
        )
        self.assertEqual(status, done.returncode, done.stdout)
        return done.stdout

    def deploy(self, tag, *options, status=0):
        return self.run_script("deploy", PREFIX, "dev", tag, "--yes", *options, status=status)

    def statuses(self):
        """The status of each stack, by layer."""
        found = client("cloudformation").describe_stacks()["Stacks"]
        return {it["StackName"].removeprefix(f"{PREFIX}-"): it["StackStatus"] for it in found}

    def running(self):
        """The revisions of the tasks that run."""
        api = client("ecs")
        [cluster] = api.list_clusters()["clusterArns"]
        tasks = api.describe_tasks(cluster=cluster, tasks=api.list_tasks(cluster=cluster)["taskArns"])["tasks"]
        self.assertEqual({"HEALTHY"}, {task["healthStatus"] for task in tasks})
        return sorted(task["taskDefinitionArn"].rpartition("/")[2] for task in tasks)

    def test_from_nothing_killed_halfway_to_a_second_release(self):
        process = subprocess.Popen(
            [templates.ROOT / "deploy", PREFIX, "dev", "v1", "--yes"], env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        for line in process.stdout:
            if line.startswith(f"{PREFIX}-data: "):
                break
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        self.assertEqual("CREATE_COMPLETE", self.statuses()["security"])
        self.assertNotIn("platform", self.statuses())

        said = self.deploy("v1", "--push")
        self.assertGreaterEqual(said.count("no changes"), 2, said)
        self.assertIn("The service answers at http://", said)
        self.assertEqual(dict.fromkeys(templates.LAYERS, "CREATE_COMPLETE"), self.statuses())
        self.assertEqual([f"{PREFIX}-service:1"] * 2, self.running())
        healthy = subprocess.run(
            [PROBE, "diagnose", "--stack", PREFIX, "--endpoint-url", url()], env=self.environment,
            capture_output=True, text=True, timeout=60,
        )
        self.assertEqual(0, healthy.returncode, healthy.stdout + healthy.stderr)

        said = self.deploy("v1")
        self.assertEqual(5, said.count("no changes"), said)
        self.assertEqual([f"{PREFIX}-service:1"] * 2, self.running())

        self.run_script("push", PREFIX, "dev", "v2")
        said = self.deploy("v2", "--only", "service")
        self.assertIn("~ TaskDefinition", said)
        self.assertEqual("UPDATE_COMPLETE", self.statuses()["service"])
        self.assertEqual([f"{PREFIX}-service:2"] * 2, self.running())

    def test_a_tag_that_is_there_is_not_built_again(self):
        lab("deploy", prefix=PREFIX, image_tag="v1")
        self.assertIn("is there already", self.run_script("push", PREFIX, "dev", "v1"))
        self.assertEqual("", (self.work / "calls").read_text())
        self.run_script("push", PREFIX, "dev", "v2")
        calls = (self.work / "calls").read_text()
        self.assertIn("docker build --platform linux/amd64", calls)
        self.assertIn("docker push", calls)

    def test_after_the_teardown_nothing_is_left_that_costs(self):
        made = lab("deploy", prefix=PREFIX, image_tag="v1")
        [database] = client("rds").describe_db_instances()["DBInstances"]
        name = database["DBInstanceIdentifier"]
        client("rds").modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=True)
        # What no stack knows of: RDS and Container Insights make log groups, somebody made a snapshot.
        client("logs").create_log_group(logGroupName=f"/aws/rds/instance/{name}/postgresql")
        client("rds").create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier="by-hand")

        said = self.run_script("teardown", PREFIX, "--confirm", PREFIX, status=1)
        self.assertIn(f"protected against deletion: {name}", said)
        said = self.run_script("teardown", PREFIX, "--unprotect", "--confirm", "agian", status=1)
        self.assertIn("Nothing was deleted", said)
        self.assertEqual(5, len(self.statuses()))

        said = self.run_script("teardown", PREFIX, "--unprotect", "--confirm", PREFIX, status=3)
        self.assertEqual({}, self.statuses())
        for kept in ("[!] database snapshots: 2 left", "[!] log groups: 1 left", "[x] NAT gateways", "[x] VPCs: none"):
            self.assertIn(kept, said)

        said = self.run_script("teardown", PREFIX, "--confirm", PREFIX, "--with-data")
        self.assertNotIn("  [!] ", said)
        self.assert_nothing_costs(made["exports"]["RepositoryName"])

    def assert_nothing_costs(self, repository):
        """Looks for itself, by no name and no tag."""
        self.assertEqual([], client("rds").describe_db_instances()["DBInstances"])
        self.assertEqual([], client("rds").describe_db_snapshots()["DBSnapshots"])
        self.assertEqual([], client("elbv2").describe_load_balancers()["LoadBalancers"])
        states = {it["State"] for it in client("ec2").describe_nat_gateways()["NatGateways"]}
        self.assertLessEqual(states, {"deleted"})
        self.assertEqual([], client("ec2").describe_addresses()["Addresses"])
        ends = client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
        self.assertLessEqual({it["State"] for it in ends}, {"deleted"})
        self.assertEqual([], client("ecr").describe_repositories()["repositories"], repository)
        self.assertEqual([], client("secretsmanager").list_secrets()["SecretList"])
        self.assertEqual([], client("logs").describe_log_groups()["logGroups"])
        self.assertEqual([], client("cloudwatch").describe_alarms()["MetricAlarms"])
        self.assertEqual([], client("s3").list_buckets()["Buckets"])
        for cluster in client("ecs").list_clusters()["clusterArns"]:
            self.assertEqual([], client("ecs").list_tasks(cluster=cluster)["taskArns"])


if __name__ == "__main__":
    unittest.main()
