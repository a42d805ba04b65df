"""Faults of roles, secrets, parameters, images and log groups: as in life, until repaired."""

from __future__ import annotations

import json
import unittest

from botocore.exceptions import ClientError

from harness import Deployed, client, lab


class Start(Deployed):
    def assert_cannot_start(self, scenario: str, *reasons: str) -> None:
        """Each of these texts is in the reason of some task, and time alone changes nothing."""
        self.break_(scenario)
        self.assertIn("is unable to consistently start tasks successfully", self.messages())
        self.assertEqual({"TaskFailedToStart"}, {task["stopCode"] for task in self.failed()})
        said = [task["stoppedReason"] for task in self.failed()]
        for reason in reasons:
            self.assertTrue(any(reason in text for text in said), said)
        self.assert_stays_broken()

    def account_arn(self, rest: str) -> str:
        return f"arn:aws:{rest.replace('::', ':ap-northeast-1:123456789012:', 1)}"


class Permissions(Start):
    def test_logs_write_denied(self) -> None:
        self.assert_cannot_start(
            "iam-logs-write-denied",
            "failed to validate logger args: create stream has been retried 1 times: failed to "
            "create Cloudwatch log stream: AccessDeniedException",
            "because no identity-based policy allows the logs:CreateLogStream action",
        )
        self.put_policy("logs:*", self.account_arn(f"logs::log-group:{self.exports['TaskLogGroupName']}:*"))
        self.assert_recovers()

    def test_parameter_read_denied(self) -> None:
        arn = self.account_arn("ssm::parameter/events/feature-flags")
        self.assert_cannot_start(
            "iam-parameter-read-denied", "unable to retrieve secrets from ssm", f"resource: {arn}"
        )
        found = client("ssm").describe_parameters(
            ParameterFilters=[{"Key": "Name", "Values": ["/events/feature-flags"]}]
        )
        self.assertEqual(1, len(found["Parameters"]))
        self.put_policy("ssm:GetParameters", arn)
        self.assert_recovers()

    def test_key_decrypt_denied(self) -> None:
        self.assert_cannot_start("iam-key-decrypt-denied", "Access to KMS is not allowed")
        secret = client("secretsmanager").describe_secret(SecretId=self.exports["DbSecretArn"])
        about = client("kms").describe_key(KeyId=secret["KmsKeyId"])["KeyMetadata"]
        self.assertEqual("CUSTOMER", about["KeyManager"])
        self.put_policy("kms:Decrypt", about["Arn"])
        self.assert_recovers()

    def test_a_key_whose_policy_is_for_its_administrator(self) -> None:
        scenario = "iam-key-decrypt-denied, by the policy of the key"
        self.assert_cannot_start(scenario, "Access to KMS is not allowed")
        kms = client("kms")
        secret = client("secretsmanager").describe_secret(SecretId=self.exports["DbSecretArn"])
        name = {"KeyId": secret["KmsKeyId"], "PolicyName": "default"}
        policy = json.loads(kms.get_key_policy(**name)["Policy"])
        [statement] = policy["Statement"]
        statement["Principal"]["AWS"] = [
            statement["Principal"]["AWS"],
            "arn:aws:iam::123456789012:root",
        ]
        through = {"StringEquals": {"kms:ViaService": "rds.ap-northeast-1.amazonaws.com"}}
        statement["Condition"] = through
        kms.put_key_policy(**name, Policy=json.dumps(policy))
        self.assert_stays_broken()  # not through Secrets Manager
        through["StringEquals"]["kms:ViaService"] = "secretsmanager.ap-northeast-1.amazonaws.com"
        kms.put_key_policy(**name, Policy=json.dumps(policy))
        self.assert_recovers()

    def test_a_role_that_ecs_cannot_assume(self) -> None:
        self.break_("iam-role-not-assumable")
        self.assertEqual([], self.failed())  # no task is made
        self.assert_short_of_tasks()
        arn = self.definition()["executionRoleArn"]
        text = f"failed to launch a task with (error ECS was unable to assume the role '{arn}'"
        self.assertIn(text, self.messages())
        self.assert_stays_broken()
        role = client("iam").get_role(RoleName=self.role())["Role"]
        document = role["AssumeRolePolicyDocument"]
        document["Statement"][0]["Principal"]["Service"] = "ecs-tasks.amazonaws.com"
        trust = document["Statement"][0]["Condition"]
        trust["StringEquals"]["aws:SourceAccount"] = "210987654321"
        self.put_trust(document)
        self.assert_stays_broken()  # not for our account
        trust["StringEquals"]["aws:SourceAccount"] = "123456789012"
        self.put_trust(document)
        self.assert_recovers()

    def put_trust(self, document: dict) -> None:
        client("iam").update_assume_role_policy(
            RoleName=self.role(), PolicyDocument=json.dumps(document)
        )

    def test_a_policy_that_had_not_arrived(self) -> None:
        self.break_("iam-policy-not-propagated")
        denied = "is not authorized to perform: secretsmanager:"
        self.assert_failed_with("TaskFailedToStart", denied)
        secret = self.exports["DbSecretArn"]
        self.assertEqual("allowed", self.simulate("secretsmanager:GetSecretValue", secret))
        self.assert_recovers()

    def test_a_managed_policy_is_enough(self) -> None:
        self.break_("iam-image-pull-denied")
        client("iam").attach_role_policy(
            RoleName=self.role(),
            PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        )
        self.assert_recovers()

    def test_fargate_asks_for_an_execution_role(self) -> None:
        revision = self.revision()
        del revision["executionRoleArn"]
        with self.assertRaisesRegex(ClientError, "to have execution role ARN to support ECR images"):
            client("ecs").register_task_definition(**revision)


class Secrets(Start):
    def test_not_json(self) -> None:
        secrets, name = client("secretsmanager"), {"SecretId": self.exports["DbSecretArn"]}
        value = secrets.get_secret_value(**name)["SecretString"]
        self.assert_cannot_start(
            "secrets-not-json", "invalid character '\\'' looking for beginning of value"
        )
        secrets.put_secret_value(**name, SecretString=value)
        self.assert_recovers()

    def test_scheduled_for_deletion(self) -> None:
        self.assert_cannot_start(
            "secrets-scheduled-for-deletion",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
        secrets, name = client("secretsmanager"), {"SecretId": self.exports["DbSecretArn"]}
        self.assertIn("DeletedDate", secrets.describe_secret(**name))
        secrets.restore_secret(**name)
        self.assert_recovers()

    def test_version_missing(self) -> None:
        self.assert_cannot_start(
            "secrets-version-missing",
            "can't find the specified secret value for staging label: AWSPENDING",
        )
        self.roll_back()
        self.assert_recovers()

    def test_arn_ambiguous(self) -> None:
        self.assert_cannot_start(
            "secrets-arn-ambiguous", "secret:events-signing-secret from secrets manager: Resource"
        )
        secrets = client("secretsmanager")
        whole = secrets.describe_secret(SecretId="events-signing-secret")["ARN"]
        with self.assertRaises(ClientError):
            secrets.describe_secret(SecretId=whole.rpartition("-")[0])
        wanted = self.revision()
        wanted["containerDefinitions"][0]["secrets"][-1]["valueFrom"] = whole
        self.roll_out(wanted)
        self.assert_recovers()

    def test_parameter_missing(self) -> None:
        self.assert_cannot_start(
            "secrets-parameter-missing", "invalid ssm parameters: /events/feature-flags"
        )
        client("ssm").put_parameter(Name="/events/feature-flags", Value="x", Type="String")
        self.assert_recovers()


class Image(Start):
    def assert_rolls_back(self, scenario: str, *reasons: str) -> None:
        self.assert_cannot_start(scenario, *reasons)
        self.roll_back()
        self.assert_recovers()

    def test_repository_missing(self) -> None:
        self.assert_rolls_back(
            "image-repository-missing",
            "API error (404): repository 123456789012.dkr.ecr.",
            "name unknown: The repository with name 'evnets/service' does not exist",
        )

    def test_cross_account_denied(self) -> None:
        self.assert_rolls_back("image-cross-account-denied", "[manifests v2]: 403 Forbidden")

    def test_platform_mismatch(self) -> None:
        self.assert_cannot_start(
            "image-platform-mismatch", "descriptor matching platform 'linux/amd64'"
        )
        [image] = client("ecr").batch_get_image(
            repositoryName=self.exports["RepositoryName"], imageIds=[{"imageTag": "v2"}]
        )["images"]
        [entry] = json.loads(image["imageManifest"])["manifests"]
        self.assertEqual("arm64", entry["platform"]["architecture"])
        platform = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
        self.roll_out(self.revision() | {"runtimePlatform": platform})
        self.assert_recovers()

    def test_architecture_mismatch(self) -> None:
        self.break_("image-architecture-mismatch")
        self.assert_rolling()
        self.assert_failed_with("EssentialContainerExited", "Essential container in task exited")
        self.assertIn("exec /service: exec format error", self.logs())
        self.assert_stays_broken()
        self.roll_back()
        self.assert_recovers()

    def test_reference_invalid(self) -> None:
        self.assert_rolls_back("image-reference-invalid", "invalid reference format")

    def test_disk_full(self) -> None:
        self.assert_cannot_start("image-disk-full", "no space left on device: unknown")
        self.roll_out(self.revision() | {"ephemeralStorage": {"sizeInGiB": 40}})
        self.assert_recovers()

    def test_rate_limited(self) -> None:
        self.assert_rolls_back("image-rate-limited", "429 Too Many Requests")

    def test_registry_login_failed(self) -> None:
        self.assert_rolls_back("image-registry-login-failed", "401 Unauthorized")

    def test_pull_failed(self) -> None:
        self.assert_rolls_back("image-pull-failed", "inspect image has been retried 1 time(s)")


class Logs(Start):
    def test_group_missing(self) -> None:
        self.assert_cannot_start("logs-group-missing", "The specified log group does not exist.")
        client("logs").create_log_group(logGroupName=self.exports["TaskLogGroupName"])
        self.assert_recovers()


class Several(Start):
    def test_two_faults_need_two_repairs(self) -> None:
        lab("break", scenario=["network-database-port-closed", "iam-logs-write-denied"])
        self.assertIn('"class": "timeout"', "\n".join(self.logs()))
        self.assertIn("logs:CreateLogStream", self.failed()[0]["stoppedReason"])
        self.assert_stays_broken()
        self.open_port("DbSecurityGroupId", "TaskSecurityGroupId", 5432)
        self.assert_stays_broken()
        self.put_policy("logs:*", "*")
        self.assert_recovers()


if __name__ == "__main__":
    unittest.main()
