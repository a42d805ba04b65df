"""Updates of the stacks; `cloudformation/tests/test_local_aws.py` runs the scripts themselves."""

from __future__ import annotations

import unittest

from botocore.exceptions import ClientError

from harness import REGION, TEMPLATES, Deployed, client

LAYERS = ("network", "security", "data", "platform", "service")
CERTIFICATE = f"arn:aws:acm:{REGION}:123456789012:certificate/1"


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
