"""Addresses, routes, placement and the paths that the security groups open."""

import ipaddress

from templates import imported, only, resources_of

CONTAINER_PORT, DATABASE_PORT = 8080, 5432
CIDRS = {
    "Vpc": "10.0.0.0/16",
    "PublicSubnetA": "10.0.1.0/24",
    "PublicSubnetB": "10.0.2.0/24",
    "AppSubnetA": "10.0.11.0/24",
    "AppSubnetB": "10.0.12.0/24",
    "DbSubnetA": "10.0.21.0/24",
    "DbSubnetB": "10.0.22.0/24",
}


def addresses_are_the_documented_ones(stacks, _files):
    resources = stacks["network"]["Resources"]
    found = {name: it["Properties"]["CidrBlock"] for name, it in resources.items() if "CidrBlock" in it.get("Properties", {})}
    for name in sorted(CIDRS.keys() | found.keys()):
        if CIDRS.get(name) != found.get(name):
            yield f"{name} is {found.get(name)} instead of {CIDRS.get(name)}"
    for name, cidr in found.items():
        if not ipaddress.ip_network(cidr).subnet_of(ipaddress.ip_network(found["Vpc"])):
            yield f"{name} lies outside the VPC"


def routes_lead_where_the_subnet_says(stacks, _files):
    resources = stacks["network"]["Resources"]
    ways = {}
    for route in resources_of(stacks["network"], "AWS::EC2::Route").values():
        properties = route["Properties"]
        way = "internet" if "GatewayId" in properties else "nat" if "NatGatewayId" in properties else "other"
        ways[properties["RouteTableId"]["Ref"]] = way
    tables = {
        it["Properties"]["SubnetId"]["Ref"]: it["Properties"]["RouteTableId"]["Ref"]
        for it in resources_of(stacks["network"], "AWS::EC2::SubnetRouteTableAssociation").values()
    }
    for subnet in resources_of(stacks["network"], "AWS::EC2::Subnet"):
        expected = {"P": "internet", "A": "nat", "D": None}[subnet[0]]
        if subnet not in tables:
            yield f"{subnet} has no route table"
        elif ways.get(tables[subnet]) != expected:
            yield f"{subnet} leads to {ways.get(tables[subnet])} instead of {expected}"
        zone = resources[subnet]["Properties"]["AvailabilityZone"]["Fn::Select"][0]
        if zone != {"A": 0, "B": 1}[subnet[-1]]:
            yield f"{subnet} is in zone {zone}"


def tasks_stay_private(stacks, _files):
    network = only(stacks["service"], "AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    if network.get("AssignPublicIp") != "DISABLED":
        yield "tasks get public addresses"
    for found, expected in (
        ([imported(it) for it in network["Subnets"]], ["AppSubnetAId", "AppSubnetBId"]),
        ([imported(it) for it in network["SecurityGroups"]], ["TaskSecurityGroupId"]),
        ([imported(it) for it in only(stacks["data"], "AWS::RDS::DBSubnetGroup")["SubnetIds"]], ["DbSubnetAId", "DbSubnetBId"]),
        ([imported(it) for it in only(stacks["data"], "AWS::RDS::DBInstance")["VPCSecurityGroups"]], ["DbSecurityGroupId"]),
        ([imported(it) for it in only(stacks["platform"], "AWS::ElasticLoadBalancingV2::LoadBalancer")["Subnets"]], ["PublicSubnetAId", "PublicSubnetBId"]),
    ):
        if found != expected:
            yield f"placed in {found} instead of {expected}"


def security_groups_open_exactly_the_paths_of_the_traffic(stacks, _files):
    seen = set()
    for kind, side, other in (
        ("AWS::EC2::SecurityGroupIngress", "from", "SourceSecurityGroupId"),
        ("AWS::EC2::SecurityGroupEgress", "to", "DestinationSecurityGroupId"),
    ):
        for name, resource in resources_of(stacks["security"], kind).items():
            rule = resource["Properties"]
            if not rule.get("Description"):
                yield f"{name} does not say what it is for"
            peer = rule[other]["Ref"] if other in rule else rule["CidrIp"]
            if rule["FromPort"] != rule["ToPort"]:
                yield f"{name} opens a range of ports"
            seen.add((rule["GroupId"]["Ref"], side, peer, rule["IpProtocol"], rule["FromPort"]))
    expected = {
        ("AlbSecurityGroup", "from", "0.0.0.0/0", "tcp", 80),
        ("AlbSecurityGroup", "from", "0.0.0.0/0", "tcp", 443),
        ("AlbSecurityGroup", "to", "TaskSecurityGroup", "tcp", CONTAINER_PORT),
        ("TaskSecurityGroup", "from", "AlbSecurityGroup", "tcp", CONTAINER_PORT),
        ("TaskSecurityGroup", "to", "DbSecurityGroup", "tcp", DATABASE_PORT),
        ("TaskSecurityGroup", "to", "0.0.0.0/0", "tcp", 443),
        ("DbSecurityGroup", "from", "TaskSecurityGroup", "tcp", DATABASE_PORT),
    }
    for rule in sorted(expected - seen):
        yield f"closed but needed: {rule}"
    for rule in sorted(seen - expected):
        yield f"open but not needed: {rule}"
    for name, resource in resources_of(stacks["security"], "AWS::EC2::SecurityGroup").items():
        egress = resource["Properties"].get("SecurityGroupEgress", [])
        if [rule.get("CidrIp") for rule in egress] != ["127.0.0.1/32"]:
            yield f"{name} keeps the default rule that allows every call out"
        if resource["Properties"].get("SecurityGroupIngress"):
            yield f"{name} has inline rules that this check does not see"


RULES = [
    addresses_are_the_documented_ones,
    routes_lead_where_the_subnet_says,
    tasks_stay_private,
    security_groups_open_exactly_the_paths_of_the_traffic,
]
