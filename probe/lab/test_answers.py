"""What the deployed stack answers to the calls that `probe` makes about its surroundings."""

from __future__ import annotations

import ipaddress
import json
import time
import unittest
from typing import Any

from botocore.exceptions import ClientError

from harness import Deployed, client


class Answers(Deployed):

    def test_network(self) -> None:
        ec2, vpc = client("ec2"), self.exports["VpcId"]
        mine = [{"Name": "vpc-id", "Values": [vpc]}]
        with self.subTest("routes of the tasks"):
            subnet = [{"Name": "association.subnet-id", "Values": [self.exports["AppSubnetAId"]]}]
            [table] = ec2.describe_route_tables(Filters=[*mine, *subnet])["RouteTables"]
            ways = {
                route.get("DestinationCidrBlock", "S3"): route.get("NatGatewayId") or route["GatewayId"]
                for route in table["Routes"]
            }
            self.assertEqual({"10.0.0.0/16", "0.0.0.0/0", "S3"}, set(ways))
            self.assertEqual("local", ways["10.0.0.0/16"])
            self.assertTrue(ways["0.0.0.0/0"].startswith("nat-"))
            self.assertTrue(ways["S3"].startswith("vpce-"))
        with self.subTest("NAT gateway"):
            [nat] = ec2.describe_nat_gateways(Filter=mine)["NatGateways"]
            self.assertEqual(("available", "public"), (nat["State"], nat["ConnectivityType"]))
            [home] = ec2.describe_subnets(SubnetIds=[nat["SubnetId"]])["Subnets"]
            address = ipaddress.ip_address(nat["NatGatewayAddresses"][0]["PrivateIp"])
            self.assertIn(address, ipaddress.ip_network(home["CidrBlock"]))
        with self.subTest("network ACL"):
            [acl] = ec2.describe_network_acls(Filters=mine)["NetworkAcls"]
            self.assertTrue(acl["IsDefault"])
            self.assertEqual(6, len(acl["Associations"]))
            self.assertEqual(4, len(acl["Entries"]))
        with self.subTest("endpoint"):
            [endpoint] = ec2.describe_vpc_endpoints(Filters=mine)["VpcEndpoints"]
            self.assertEqual("com.amazonaws.ap-northeast-1.s3", endpoint["ServiceName"])
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            answer = ec2.describe_vpc_attribute(VpcId=vpc, Attribute=name)
            self.assertEqual({"Value": True}, answer[name[0].upper() + name[1:]])

    def test_roles(self) -> None:
        iam, role = client("iam"), self.role()
        found: list[bytes] = []
        events = iam.meta.events

        def keep(response_dict: dict, **_: Any) -> None:
            found.append(response_dict["body"])

        events.register("before-parse.iam.GetRolePolicy", keep)
        self.addCleanup(events.unregister, "before-parse.iam.GetRolePolicy", keep)
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            self.assertEqual("2012-10-17", document["Version"])
        self.assertIn(b"<PolicyDocument>%7B%22Version%22", found[0])
        trust = iam.get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]["Statement"][0]
        self.assertEqual({"Service": "ecs-tasks.amazonaws.com"}, trust["Principal"])
        with self.assertRaisesRegex(ClientError, "The role with name nobody cannot be found."):
            iam.get_role(RoleName="nobody")

    def test_policies_of_aws(self) -> None:
        iam = client("iam")
        arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        policy = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]
        self.assertIn("ecr:GetAuthorizationToken", policy["Document"]["Statement"][0]["Action"])

    def test_keys_images_and_groups(self) -> None:
        about = client("kms").describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]
        self.assertEqual("AWS", about["KeyManager"])
        image = {"repositoryName": self.exports["RepositoryName"], "imageIds": [{"imageTag": "v1"}]}
        [found] = client("ecr").batch_get_image(**image)["images"]
        [entry] = json.loads(found["imageManifest"])["manifests"]
        self.assertEqual({"os": "linux", "architecture": "amd64"}, entry["platform"])
        image["imageIds"] = [{"imageDigest": entry["digest"]}]
        [inner] = client("ecr").batch_get_image(**image)["images"]
        self.assertEqual(1, len(json.loads(inner["imageManifest"])["layers"]))
        name = self.exports["TaskLogGroupName"]
        [group] = client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        self.assertEqual(7, group["retentionInDays"])

    def test_lines_of_the_streams_with_a_beginning(self) -> None:
        logs, group = client("logs"), self.exports["TaskLogGroupName"]
        stream = {"logGroupName": group, "logStreamName": "other/app/1"}
        logs.create_log_stream(**stream)
        logs.put_log_events(**stream, logEvents=[{"timestamp": int(time.time() * 1000), "message": "x"}])
        for beginning, other in (("service/", 0), ("other/", 1)):
            found = logs.filter_log_events(logGroupName=group, logStreamNamePrefix=beginning)["events"]
            names = [event["logStreamName"] for event in found]
            self.assertTrue(names and all(name.startswith(beginning) for name in names), names)
            self.assertEqual(other, names.count("other/app/1"))

    def test_events_of_a_stack(self) -> None:
        events = client("cloudformation").describe_stack_events(StackName="events-service")
        told = [(e["LogicalResourceId"], e["ResourceStatus"]) for e in events["StackEvents"]]
        self.assertEqual(("events-service", "CREATE_COMPLETE"), told[0])
        self.assertEqual(("events-service", "CREATE_IN_PROGRESS"), told[-1])
        self.assertLess(
            told.index(("Service", "CREATE_COMPLETE")), told.index(("Service", "CREATE_IN_PROGRESS"))
        )


if __name__ == "__main__":
    unittest.main()
