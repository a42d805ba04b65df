"""Faults of the ways to AWS, to the internet and to the database: as in life, until repaired."""

from __future__ import annotations

import json
import unittest
from typing import Any

from harness import Deployed, client

ANYWHERE = "0.0.0.0/0"


class Ways(Deployed):
    def ec2(self) -> Any:
        return client("ec2")

    def mine(self) -> list[dict]:
        return [{"Name": "vpc-id", "Values": [self.exports["VpcId"]]}]

    def tables(self) -> list[dict]:
        subnets = [self.exports["AppSubnetAId"], self.exports["AppSubnetBId"]]
        mine = [{"Name": "association.subnet-id", "Values": subnets}]
        return self.ec2().describe_route_tables(Filters=mine)["RouteTables"]

    def nat(self) -> str:
        gateways = self.ec2().describe_nat_gateways(Filter=self.mine())["NatGateways"]
        public = self.exports["PublicSubnetAId"]
        return next(g["NatGatewayId"] for g in gateways if g["SubnetId"] == public)

    def restore_routes(self) -> None:
        for table in self.tables():
            self.ec2().create_route(
                RouteTableId=table["RouteTableId"],
                DestinationCidrBlock=ANYWHERE,
                NatGatewayId=self.nat(),
            )

    def open_egress(self, port: int, **peer: Any) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}
        self.ec2().authorize_security_group_egress(
            GroupId=self.exports["TaskSecurityGroupId"], IpPermissions=[rule]
        )

    def assert_cannot_start(self, scenario: str, *reasons: str) -> None:
        """Each of these texts is in the reason of some task; the service lacks a task."""
        self.break_(scenario)
        self.assert_short_of_tasks()
        said = [task["stoppedReason"] for task in self.failed()]
        self.assertEqual({"TaskFailedToStart"}, {task["stopCode"] for task in self.failed()})
        for reason in reasons:
            self.assertTrue(any(reason in text for text in said), said)
        self.assert_stays_broken()

    def assert_no_database(self, scenario: str) -> None:
        self.break_(scenario)
        self.assertEqual([], self.failed())
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertIn('"class": "timeout"', "\n".join(self.logs()))
        self.assert_stays_broken()


class Apis(Ways):
    OLD = "service call has been retried 5 time(s): RequestError: send request failed"
    NEW = "There is a connection issue between the task and Amazon ECR. Check your task network"

    def test_no_route_to_aws(self) -> None:
        self.assert_cannot_start("network-no-route-to-aws", self.OLD, self.NEW)
        self.restore_routes()
        self.assert_recovers()

    def test_no_route_to_logs(self) -> None:
        wrong = "cannot find the Amazon CloudWatch log group defined in the task definition"
        post = 'Post "https://logs.ap-northeast-1.amazonaws.com/": dial tcp'
        self.assert_cannot_start("network-no-route-to-aws/logs", wrong, post)
        found = self.ec2().describe_vpc_endpoints(Filters=self.mine())["VpcEndpoints"]
        other = next(e for e in found if e["VpcEndpointType"] == "Interface")
        self.ec2().create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=other["VpcId"],
            ServiceName="com.amazonaws.ap-northeast-1.logs",
            SubnetIds=other["SubnetIds"],
            SecurityGroupIds=[group["GroupId"] for group in other["Groups"]],
            PrivateDnsEnabled=True,
        )
        self.assert_recovers()

    def test_no_egress_to_https(self) -> None:
        self.assert_cannot_start("network-api-egress-closed", self.OLD, self.NEW)
        self.open_egress(443, IpRanges=[{"CidrIp": "10.0.0.0/16"}])
        self.assert_stays_broken()  # AWS is not inside the VPC
        self.open_egress(443, IpRanges=[{"CidrIp": ANYWHERE}])
        self.assert_recovers()

    def test_nat_gateway_without_a_way_out(self) -> None:
        self.assert_cannot_start("network-nat-not-forwarding", self.OLD, self.NEW)
        for table in self.tables():
            self.ec2().replace_route(
                RouteTableId=table["RouteTableId"],
                DestinationCidrBlock=ANYWHERE,
                NatGatewayId=self.nat(),
            )
        self.assert_recovers()

    def test_endpoint_that_lets_nobody_in(self) -> None:
        self.assert_cannot_start(
            "network-endpoint-unusable",
            "failed to fetch secret arn:",
            "There is a connection issue between the task and AWS Secrets Manager",
            "dial tcp 10.0.11.",  # the private address of the endpoint
        )
        found = self.ec2().describe_vpc_endpoints(Filters=self.mine())["VpcEndpoints"]
        [group] = [g["GroupId"] for e in found for g in e["Groups"]]
        peer = [{"GroupId": self.exports["TaskSecurityGroupId"]}]
        rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": peer}
        self.ec2().authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
        self.assert_recovers()

    def test_layers_that_the_endpoint_refuses(self) -> None:
        self.assert_cannot_start(
            "network-layer-download-blocked",
            "failed to copy: httpReadSeeker: failed open: unexpected status code",
            "403 Forbidden",
        )
        [endpoint] = self.ec2().describe_vpc_endpoints(Filters=self.mine())["VpcEndpoints"]
        policy = json.loads(endpoint["PolicyDocument"])
        layers = "arn:aws:s3:::prod-ap-northeast-1-starport-layer-bucket/*"
        policy["Statement"][0]["Resource"].append(layers)
        self.ec2().modify_vpc_endpoint(
            VpcEndpointId=endpoint["VpcEndpointId"], PolicyDocument=json.dumps(policy)
        )
        self.assert_recovers()

    def test_no_address_left(self) -> None:
        text = "Timeout waiting for network interface provisioning to complete."
        self.assert_cannot_start("network-interface-not-provisioned", text)
        left = [{"Name": "description", "Values": ["left behind"]}]
        for interface in self.ec2().describe_network_interfaces(Filters=left)["NetworkInterfaces"]:
            name = interface["NetworkInterfaceId"]
            self.ec2().delete_network_interface(NetworkInterfaceId=name)
        self.assert_recovers()


class Internet(Ways):
    def test_a_public_image_without_a_way_to_it(self) -> None:
        self.break_("network-no-route-to-internet")
        self.assert_rolling()
        head = 'Head "https://registry-1.docker.io/v2/eventsorg/service/manifests/v2": dial tcp'
        self.assert_failed_with("TaskFailedToStart", head)
        self.assert_stays_broken()
        self.restore_routes()
        self.assert_recovers()

    def test_clients_that_cannot_come_in(self) -> None:
        self.break_("network-client-port-closed")
        self.assertEqual(["healthy"] * 2, [target["State"] for target in self.health()])
        self.assertEqual([], self.failed())
        self.assert_stays_broken()
        rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
        rule["IpRanges"] = [{"CidrIp": ANYWHERE}]
        self.ec2().authorize_security_group_ingress(
            GroupId=self.exports["AlbSecurityGroupId"], IpPermissions=[rule]
        )
        self.assert_recovers()


class Database(Ways):
    def test_no_egress_to_the_database(self) -> None:
        self.assert_no_database("network-database-egress-closed")
        peer = [{"GroupId": self.exports["DbSecurityGroupId"]}]
        self.open_egress(5432, UserIdGroupPairs=peer)
        self.assert_recovers()

    def test_an_acl_that_keeps_the_answers(self) -> None:
        self.assert_no_database("network-acl-blocked")
        [acl] = [
            acl
            for acl in self.ec2().describe_network_acls(Filters=self.mine())["NetworkAcls"]
            if not acl["IsDefault"]
        ]
        entry = {"NetworkAclId": acl["NetworkAclId"], "Protocol": "6", "RuleAction": "allow"}
        way = {"Egress": True, "CidrBlock": "10.0.0.0/16"}
        narrow, wide = {"From": 32768, "To": 65535}, {"From": 1024, "To": 65535}
        api = self.ec2()
        api.create_network_acl_entry(**entry, **way, RuleNumber=100, PortRange=narrow)
        self.assert_stays_broken()  # an answer to a port below would be lost
        api.create_network_acl_entry(**entry, **way, RuleNumber=110, PortRange=wide)
        self.assert_recovers()

    def test_an_acl_entry_that_denies_before_the_one_that_allows(self) -> None:
        [acl] = self.ec2().describe_network_acls(Filters=self.mine())["NetworkAcls"]
        self.ec2().create_network_acl_entry(
            NetworkAclId=acl["NetworkAclId"],
            RuleNumber=50,
            Protocol="6",
            RuleAction="deny",
            Egress=False,
            CidrBlock="10.0.11.0/24",
            PortRange={"From": 5432, "To": 5432},
        )
        self.assert_stays_broken()
        self.ec2().delete_network_acl_entry(
            NetworkAclId=acl["NetworkAclId"], RuleNumber=50, Egress=False
        )
        self.assert_recovers()

    def test_a_route_past_the_database(self) -> None:
        self.assert_no_database("network-database-unroutable")
        for table in self.tables():
            for route in table["Routes"]:
                if route.get("DestinationCidrBlock", "").startswith("10.0.2"):
                    self.ec2().delete_route(
                        RouteTableId=table["RouteTableId"],
                        DestinationCidrBlock=route["DestinationCidrBlock"],
                    )
        self.assert_recovers()


if __name__ == "__main__":
    unittest.main()
