"""Faults of the ways out: routes, NAT gateways, endpoints, addresses."""

from __future__ import annotations

import json

import reality_image
from releases import restart_one_task, roll_out
from scenarios import scenario
from stack import Stack

_ANYWHERE = "0.0.0.0/0"


@scenario("network-no-route-to-aws")
def no_route_to_aws(stack: Stack) -> None:
    """Somebody deletes the tasks' default routes, and there is no endpoint but that of S3."""
    _delete_default_routes(stack)
    restart_one_task(stack)


@scenario("network-no-route-to-aws/logs")
def no_route_to_logs(stack: Stack) -> None:
    """The subnets live on endpoints, of which one was forgotten."""
    for service in ("ecr.api", "ecr.dkr", "secretsmanager"):
        _make_endpoint(stack, service, _open_group(stack))
    _delete_default_routes(stack)
    restart_one_task(stack)


@scenario("network-no-route-to-internet")
def no_route_to_internet(stack: Stack) -> None:
    """The subnets live on endpoints, and a release takes its image from Docker Hub."""
    for service in ("ecr.api", "ecr.dkr", "secretsmanager", "logs"):
        _make_endpoint(stack, service, _open_group(stack))
    _delete_default_routes(stack)
    wanted = stack.task_definition()
    wanted["containerDefinitions"][0]["image"] = "docker.io/eventsorg/service:v2"
    reality_image.ELSEWHERE.pop("docker.io/eventsorg/service:v2", None)
    roll_out(stack, wanted)


@scenario("network-nat-not-forwarding")
def nat_not_forwarding(stack: Stack) -> None:
    """A new NAT gateway is put into a private subnet, from where it reaches nothing."""
    ec2 = stack.client("ec2")
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=stack.exports["DbSubnetAId"], AllocationId=address)
    for table in _task_tables(stack):
        ec2.replace_route(
            RouteTableId=table,
            DestinationCidrBlock=_ANYWHERE,
            NatGatewayId=nat["NatGateway"]["NatGatewayId"],
        )
    restart_one_task(stack)


@scenario("network-endpoint-unusable")
def endpoint_unusable(stack: Stack) -> None:
    """An endpoint takes over the name of Secrets Manager, and its group lets nobody in."""
    group = stack.client("ec2").create_security_group(
        GroupName=f"{stack.prefix}-endpoints",
        Description="Interface endpoints",
        VpcId=stack.exports["VpcId"],
    )
    _make_endpoint(stack, "secretsmanager", group["GroupId"])
    restart_one_task(stack)


@scenario("network-layer-download-blocked")
def layer_download_blocked(stack: Stack) -> None:
    """The policy of the S3 endpoint is narrowed to a bucket of our own."""
    ec2 = stack.client("ec2")
    mine = [{"Name": "vpc-id", "Values": [stack.exports["VpcId"]]}]
    [endpoint] = ec2.describe_vpc_endpoints(Filters=mine)["VpcEndpoints"]
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{stack.prefix}-uploads", f"arn:aws:s3:::{stack.prefix}-uploads/*"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoint["VpcEndpointId"], PolicyDocument=json.dumps(policy)
    )
    restart_one_task(stack)


@scenario("network-database-unroutable")
def database_unroutable(stack: Stack) -> None:
    """A route that is more specific than the local one leads the queries to the NAT gateway."""
    ec2 = stack.client("ec2")
    mine = [{"Name": "vpc-id", "Values": [stack.exports["VpcId"]]}]
    nat = ec2.describe_nat_gateways(Filter=mine)["NatGateways"][0]["NatGatewayId"]
    for table in _task_tables(stack):
        for cidr in ("10.0.21.0/24", "10.0.22.0/24"):
            ec2.create_route(RouteTableId=table, DestinationCidrBlock=cidr, NatGatewayId=nat)


@scenario("network-interface-not-provisioned")
def interface_not_provisioned(stack: Stack) -> None:
    """Interfaces that nobody deleted have taken the last addresses of the tasks' subnets."""
    ec2 = stack.client("ec2")
    subnets = [stack.exports[name] for name in ("AppSubnetAId", "AppSubnetBId")]
    for subnet in ec2.describe_subnets(SubnetIds=subnets)["Subnets"]:
        left = subnet["AvailableIpAddressCount"]
        while left:  # an interface has fifty addresses at most
            taken = min(left, 50)
            ec2.create_network_interface(
                SubnetId=subnet["SubnetId"],
                SecondaryPrivateIpAddressCount=taken - 1,
                Description="left behind",
            )
            left -= taken
    restart_one_task(stack)


def _task_tables(stack: Stack) -> list[str]:
    subnets = [stack.exports[name] for name in ("AppSubnetAId", "AppSubnetBId")]
    mine = [{"Name": "association.subnet-id", "Values": subnets}]
    found = stack.client("ec2").describe_route_tables(Filters=mine)["RouteTables"]
    return [table["RouteTableId"] for table in found]


def _delete_default_routes(stack: Stack) -> None:
    for table in _task_tables(stack):
        stack.client("ec2").delete_route(RouteTableId=table, DestinationCidrBlock=_ANYWHERE)


def _open_group(stack: Stack) -> str:
    """A group for endpoints that lets the VPC in."""
    ec2, name = stack.client("ec2"), f"{stack.prefix}-open-endpoints"
    mine = [
        {"Name": "group-name", "Values": [name]},
        {"Name": "vpc-id", "Values": [stack.exports["VpcId"]]},
    ]
    if found := ec2.describe_security_groups(Filters=mine)["SecurityGroups"]:
        return found[0]["GroupId"]
    group = ec2.create_security_group(
        GroupName=name, Description="Interface endpoints", VpcId=stack.exports["VpcId"]
    )["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    rule["IpRanges"] = [{"CidrIp": "10.0.0.0/16"}]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return group


def _make_endpoint(stack: Stack, service: str, group: str) -> None:
    stack.client("ec2").create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=stack.exports["VpcId"],
        ServiceName=f"com.amazonaws.{stack.region}.{service}",
        SubnetIds=[stack.exports[name] for name in ("AppSubnetAId", "AppSubnetBId")],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )
