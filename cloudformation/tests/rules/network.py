"""Addresses, routes, placement and the paths that the security groups open."""

import ipaddress

from templates import imported, only, resources_of

CONTAINER_PORT, METRICS_PORT, DATABASE_PORT, ANYWHERE = 8080, 9090, 5432, "0.0.0.0/0"
CIDRS = {
    "Vpc": "10.0.0.0/16",
    "PublicSubnetA": "10.0.1.0/24",
    "PublicSubnetB": "10.0.2.0/24",
    "AppSubnetA": "10.0.11.0/24",
    "AppSubnetB": "10.0.12.0/24",
    "DbSubnetA": "10.0.21.0/24",
    "DbSubnetB": "10.0.22.0/24",
}


def addresses_are_the_documented_ones(stacks, _values):
    resources = stacks["network"]["Resources"]
    found = {name: it["Properties"]["CidrBlock"] for name, it in resources.items() if "CidrBlock" in it.get("Properties", {})}
    for name in sorted(CIDRS.keys() | found.keys()):
        if CIDRS.get(name) != found.get(name):
            yield f"{name} is {found.get(name)} instead of {CIDRS.get(name)}"
    for name, cidr in found.items():
        if not ipaddress.ip_network(cidr).subnet_of(ipaddress.ip_network(found["Vpc"])):
            yield f"{name} lies outside the VPC"


def routes_lead_where_the_subnet_says(stacks, values):
    resources = stacks["network"]["Resources"]
    ways = {}
    for name, route in resources_of(stacks["network"], "AWS::EC2::Route").items():
        properties = route["Properties"]
        way = "internet" if "GatewayId" in properties else "nat" if "NatGatewayId" in properties else "other"
        ways[properties["RouteTableId"]["Ref"]] = way
        if way == "nat" and properties["NatGatewayId"]["Ref"] not in resources:
            yield f"{name} leads to {properties['NatGatewayId']['Ref']}, which is not there"
    tables = {
        it["Properties"]["SubnetId"]["Ref"]: it["Properties"]["RouteTableId"]["Ref"]
        for it in resources_of(stacks["network"], "AWS::EC2::SubnetRouteTableAssociation").values()
    }
    nat = None if values["NatGateways"] == "0" else "nat"
    for subnet in resources_of(stacks["network"], "AWS::EC2::Subnet"):
        expected = {"P": "internet", "A": nat, "D": None}[subnet[0]]
        if subnet not in tables:
            yield f"{subnet} has no route table"
        elif ways.get(tables[subnet]) != expected:
            yield f"{subnet} leads to {ways.get(tables[subnet])} instead of {expected}"
        zone = resources[subnet]["Properties"]["AvailabilityZone"]["Fn::Select"][0]
        if zone != {"A": 0, "B": 1}[subnet[-1]]:
            yield f"{subnet} is in zone {zone}"


def every_zone_has_its_own_nat_gateway_when_there_are_two(stacks, values):
    zones = set()
    for name, gateway in resources_of(stacks["network"], "AWS::EC2::NatGateway").items():
        subnet = gateway["Properties"].get("SubnetId", {}).get("Ref")
        regional = gateway["Properties"].get("AvailabilityMode") == "regional"
        if regional != (subnet is None) or (subnet and not subnet.startswith("PublicSubnet")):
            yield f"{name} is in {subnet}"
        zones.add("regional" if regional else subnet)
    expected = {
        "0": set(),
        "1": {"PublicSubnetA"},
        "2": {"PublicSubnetA", "PublicSubnetB"},
        "regional": {"regional"},
    }[values["NatGateways"]]
    if zones != expected:
        yield f"NAT gateways in {zones} instead of {expected}"


def tasks_reach_what_they_need_to_start(stacks, values):
    endpoints = resources_of(stacks["network"], "AWS::EC2::VPCEndpoint").values()
    found = {it["Properties"]["ServiceName"]["Fn::Sub"].removeprefix("com.amazonaws.${AWS::Region}."): it["Properties"] for it in endpoints}
    gateway = found.pop("s3", {})
    if gateway.get("VpcEndpointType") != "Gateway" or len(gateway.get("RouteTableIds", [])) != 2:
        yield "image layers do not come through the free gateway of S3 in both zones"
    expected = set() if values["InterfaceEndpoints"] == "none" else {"ecr.api", "ecr.dkr", "logs", "secretsmanager"}
    if set(found) != expected:
        yield f"endpoints for {sorted(found)} instead of {sorted(expected)}"
    zones = {"none": 0, "one-zone": 1, "two-zones": 2}[values["InterfaceEndpoints"]]
    for name, endpoint in found.items():
        if len(endpoint["SubnetIds"]) != zones or endpoint.get("PrivateDnsEnabled") is not True:
            yield f"the endpoint for {name} is in {endpoint['SubnetIds']}, or under a name that nobody asks"
    if values["TaskSubnets"] == "private" and values["NatGateways"] == "0" and not found:
        yield "private tasks have no way to AWS"


def everything_is_placed_where_it_belongs(stacks, values):
    network = only(stacks["service"], "AWS::ECS::Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    public = values["TaskSubnets"] == "public"
    # A private subnet has no use for a public address, and a public one is no way out without it.
    if network.get("AssignPublicIp") != ("ENABLED" if public else "DISABLED"):
        yield f"tasks in {values['TaskSubnets']} subnets have AssignPublicIp {network.get('AssignPublicIp')}"
    tasks = ["PublicSubnetAId", "PublicSubnetBId"] if public else ["AppSubnetAId", "AppSubnetBId"]
    balancer = only(stacks["platform"], "AWS::ElasticLoadBalancingV2::LoadBalancer")
    for found, expected in (
        ([imported(it) for it in network["Subnets"]], tasks),
        ([imported(it) for it in network["SecurityGroups"]], ["TaskSecurityGroupId"]),
        ([imported(it) for it in only(stacks["data"], "AWS::RDS::DBSubnetGroup")["SubnetIds"]], ["DbSubnetAId", "DbSubnetBId"]),
        ([imported(it) for it in only(stacks["data"], "AWS::RDS::DBInstance")["VPCSecurityGroups"]], ["DbSecurityGroupId"]),
        ([imported(it) for it in balancer["Subnets"]], ["PublicSubnetAId", "PublicSubnetBId"]),
        ([imported(it) for it in balancer["SecurityGroups"]], ["AlbSecurityGroupId"]),
    ):
        if found != expected:
            yield f"placed in {found} instead of {expected}"
    scheme = {"internet": "internet-facing", "cloudfront": "internal"}[values["LoadBalancerClients"]]
    if balancer["Scheme"] != scheme:
        yield f"the load balancer is {balancer['Scheme']}"


def security_groups_open_exactly_the_paths_of_the_traffic(stacks, values):
    seen = set()
    for kind, side, other in (
        ("AWS::EC2::SecurityGroupIngress", "from", "SourceSecurityGroupId"),
        ("AWS::EC2::SecurityGroupEgress", "to", "DestinationSecurityGroupId"),
    ):
        for name, resource in resources_of(stacks["security"], kind).items():
            rule = resource["Properties"]
            if not rule.get("Description"):
                yield f"{name} does not say what it is for"
            peer = rule.get(other) or rule.get("CidrIp") or rule.get("SourcePrefixListId")
            peer = peer["Ref"] if isinstance(peer, dict) else peer
            if rule["FromPort"] != rule["ToPort"]:
                yield f"{name} opens a range of ports"
            seen.add((rule["GroupId"]["Ref"], side, peer, rule["IpProtocol"], rule["FromPort"]))
    expected = {
        ("AlbSecurityGroup", "to", "TaskSecurityGroup", "tcp", CONTAINER_PORT),
        ("TaskSecurityGroup", "from", "AlbSecurityGroup", "tcp", CONTAINER_PORT),
        ("TaskSecurityGroup", "to", "DbSecurityGroup", "tcp", DATABASE_PORT),
        ("TaskSecurityGroup", "to", ANYWHERE, "tcp", 443),
        ("DbSecurityGroup", "from", "TaskSecurityGroup", "tcp", DATABASE_PORT),
    }
    if values["LoadBalancerClients"] == "internet":
        expected |= {("AlbSecurityGroup", "from", ANYWHERE, "tcp", 80)}
        if values["CertificateArn"]:
            expected |= {("AlbSecurityGroup", "from", ANYWHERE, "tcp", 443)}
    else:
        expected |= {("AlbSecurityGroup", "from", values["CloudFrontPrefixListId"], "tcp", 443)}
    if values["Auth"] == "alb-oidc":
        expected |= {("AlbSecurityGroup", "to", ANYWHERE, "tcp", 443)}
    if values["MetricsClientGroupId"]:
        expected |= {("TaskSecurityGroup", "from", values["MetricsClientGroupId"], "tcp", METRICS_PORT)}
    for rule in sorted(expected - seen):
        yield f"closed but needed: {rule}"
    for rule in sorted(seen - expected):
        yield f"open but not needed: {rule}"


def security_groups_keep_no_rules_inline(stacks, _values):
    for template in stacks.values():
        for name, resource in resources_of(template, "AWS::EC2::SecurityGroup").items():
            egress = resource["Properties"].get("SecurityGroupEgress", [])
            if [rule.get("CidrIp") for rule in egress] != ["127.0.0.1/32"]:
                yield f"{name} keeps the default rule that allows every call out"
            if resource["Properties"].get("SecurityGroupIngress"):
                yield f"{name} has inline rules that the other checks do not see"


RULES = [
    addresses_are_the_documented_ones,
    routes_lead_where_the_subnet_says,
    every_zone_has_its_own_nat_gateway_when_there_are_two,
    tasks_reach_what_they_need_to_start,
    everything_is_placed_where_it_belongs,
    security_groups_open_exactly_the_paths_of_the_traffic,
    security_groups_keep_no_rules_inline,
]
