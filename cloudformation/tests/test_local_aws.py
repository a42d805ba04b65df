"""`deploy`, `push` and `teardown` as people run them, with the real AWS CLI, against the local AWS."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import templates
import warm_aws

REPOSITORY = templates.ROOT.parent
sys.path.insert(0, str(REPOSITORY / "probe" / "lab"))
from harness import REGION, client, lab, url  # noqa: E402

PREFIX = "again"
NAME = "events.example.com"
# What the optional stacks need in a parameter file; what must be there before them is added by `prepare`.
WISHES = {
    "LoadBalancerClients": "cloudfront", "DomainName": NAME, "PublicUrl": f"https://{NAME}",
    "TrustedPrincipalArn": "arn:aws:iam::123456789012:role/on-call", "CheckSecretKeys": "true",
    "GitHubSubject": "repo:example/events:environment:test",
}
# Each environment with what only the other one's values leave room for.
ENVIRONMENTS = {
    "dev": {
        "NatGateways": "regional", "Auth": "alb-oidc", "OidcClientId": "events",
        "OidcIssuer": "https://login.example.com", "OidcTokenEndpoint": "https://login.example.com/token",
        "OidcAuthorizationEndpoint": "https://login.example.com/authorize",
        "OidcUserInfoEndpoint": "https://login.example.com/userinfo",
        "StopAt": "cron(0 20 ? * MON-FRI *)", "StartAt": "cron(30 8 ? * MON-FRI *)",
    },
    "prod": {"DeploymentStrategy": "CANARY", "Approval": "true", "AlertEmail": "ops@example.com"},
}
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
        self.scripts = templates.ROOT
        self.enterContext(warm_aws.install(self.work))
        (self.work / "docker").write_text(DOCKER)
        (self.work / "docker").chmod(0o755)
        (self.work / "calls").touch()
        self.environment = {
            **os.environ, "PATH": f"{self.work}:{os.environ['PATH']}", "AWS_ENDPOINT_URL": url(), "LC_ALL": "C",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": REGION,
            "DEPLOY_POLL_SECONDS": "0.1", "DOCKER_CALLS": str(self.work / "calls"),
        }

    def run_script(self, name, *arguments, status=0):
        done = subprocess.run(
            [self.scripts / name, *arguments], env=self.environment, stdin=subprocess.DEVNULL,
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
        for layer, name in (("data", "Database"), ("platform", "ProductionRule")):
            policy = client("cloudformation").get_stack_policy(StackName=f"{PREFIX}-{layer}")["StackPolicyBody"]
            self.assertIn(f"LogicalResourceId/{name}", policy)

        self.run_script("push", PREFIX, "dev", "v2")
        said = self.deploy("v2", "--only", "service")
        self.assertIn("~ TaskDefinition", said)
        self.assertEqual("UPDATE_COMPLETE", self.statuses()["service"])
        self.assertEqual([f"{PREFIX}-service:2"] * 2, self.running())

    def prepare(self, environment):
        """What people have before they add the optional stacks: a domain, its certificate, a provider of logins."""
        [edges] = [
            it["PrefixListId"] for it in client("ec2").describe_managed_prefix_lists()["PrefixLists"]
            if it["PrefixListName"] == "com.amazonaws.global.cloudfront.origin-facing"
        ]
        zone = client("route53").create_hosted_zone(Name="example.com", CallerReference="test")["HostedZone"]["Id"]
        told = client("secretsmanager").create_secret(Name="login", SecretString='{"client_secret": "x"}')["ARN"]
        wishes = {
            **WISHES, **ENVIRONMENTS[environment], "CloudFrontPrefixListId": edges,
            "HostedZoneId": zone.removeprefix("/hostedzone/"),
            "CertificateArn": client("acm").request_certificate(DomainName=NAME)["CertificateArn"],
        }
        if wishes.get("Auth") == "alb-oidc":
            wishes["OidcClientSecretArn"] = told
        if environment == "prod":  # where somebody has made the account's only one already
            wishes["OidcProviderArn"] = client("iam").create_open_id_connect_provider(
                Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
            )["OpenIDConnectProviderArn"]
        # The parameter file of a checkout of their own.
        self.scripts = self.work / "cloudformation"
        shutil.copytree(templates.ROOT, self.scripts, ignore=shutil.ignore_patterns("tests", "__pycache__"))
        shutil.copytree(REPOSITORY / "service", self.work / "service", ignore=lambda *_: os.listdir(REPOSITORY / "service"))
        file = self.scripts / "parameters" / f"{environment}.json"
        given = json.loads(file.read_text())
        given["Parameters"].update(wishes)
        file.write_text(json.dumps(given))

    def outputs(self, layer):
        region = "us-east-1" if layer == "edge" else REGION
        return {
            it["OutputKey"]: it["OutputValue"]
            for it in client("cloudformation", region).describe_stacks(StackName=f"{PREFIX}-{layer}")["Stacks"][0].get("Outputs", [])
        }

    def everything_with(self, environment):
        """All stacks with the parameters of an environment, and probe on them in the role that they made for it."""
        self.prepare(environment)
        options = [argument for layer in templates.OPTIONS for argument in ("--with", layer)]
        said = self.run_script("deploy", PREFIX, environment, "v1", "--yes", "--push", *options)
        self.assertIn(f"The service answers at {self.outputs('edge')['Url']}", said)
        regional = {*templates.LAYERS, *templates.OPTIONS} - {"edge"}
        self.assertEqual(dict.fromkeys(regional, "CREATE_COMPLETE"), self.statuses())

        profile = self.work / "config"
        profile.write_text(
            f"[profile on-call]\nrole_arn = {self.outputs('probe-role')['ProbeRoleArn']}\n"
            f"credential_source = Environment\nregion = {REGION}\n"
        )
        done = subprocess.run(
            [PROBE, "diagnose", "--stack", PREFIX, "--profile", "on-call", "--check-secret-keys", "-o", "json"],
            env={**self.environment, "AWS_CONFIG_FILE": str(profile)}, capture_output=True, text=True, timeout=60,
        )
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        report, outputs = json.loads(done.stdout), self.outputs("service")
        self.assertEqual(("healthy", []), (report["verdict"], report["unknown"]))
        found = report["target"]
        self.assertEqual((outputs["ClusterName"], outputs["ServiceName"]), (found["cluster"], found["service"]))
        return report

    def test_every_stack_with_the_parameters_of_dev(self):
        self.everything_with("dev")

    def test_every_stack_with_the_parameters_of_prod_and_back_to_nothing(self):
        self.everything_with("prod")
        said = self.run_script("teardown", PREFIX, "--check", status=3)
        for left in ("[!] firewalls of CloudFront: 1 left", "[-] CloudFront distributions: 1 left", "[!] NAT gateways: 2 left"):
            self.assertIn(left, said)
        said = self.run_script("teardown", PREFIX, "--unprotect", "--with-data", "--confirm", PREFIX)
        self.assertNotIn("  [!] ", said)
        client("secretsmanager").delete_secret(SecretId="login", ForceDeleteWithoutRecovery=True)
        self.assert_nothing_costs(PREFIX)

    def test_a_tag_that_is_there_is_not_built_again(self):
        lab("deploy", prefix=PREFIX, image_tag="v1")
        self.assertIn("is there already", self.run_script("push", PREFIX, "dev", "v1"))
        self.assertEqual("", (self.work / "calls").read_text())
        self.run_script("push", PREFIX, "dev", "v2")
        calls = (self.work / "calls").read_text()
        self.assertIn("docker build --platform linux/amd64", calls)
        self.assertIn("docker push", calls)
        self.run_script("push", PREFIX, "dev", "v2", "loadtest")
        calls = (self.work / "calls").read_text()
        self.assertIn("--file loadtest/Dockerfile", calls)
        self.assertRegex(calls, "docker push .*:loadtest-v2")
        self.run_script("push", PREFIX, "dev", "v2", "probe", status=2)

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
        self.assertEqual([], client("wafv2", "us-east-1").list_web_acls(Scope="CLOUDFRONT")["WebACLs"])
        self.assertNotIn("Items", client("cloudfront").list_distributions()["DistributionList"])
        for cluster in client("ecs").list_clusters()["clusterArns"]:
            self.assertEqual([], client("ecs").list_tasks(cluster=cluster)["taskArns"])


if __name__ == "__main__":
    unittest.main()
