"""Which packets a VPC lets through: routes, network ACLs, security groups and endpoints.

Everything is read from the API of EC2, and again once something has changed. A connection gets through if each hop lets its first packet
out and the answer back; what is asked for is a port over TCP, from any port above 1023.
"""

from __future__ import annotations

import functools
import ipaddress
import json
from typing import Any

from moto.ec2.responses import EC2Response

from cloud import client
from iam import decide

Net = ipaddress.IPv4Network
_known: dict[tuple[str, str], Vpc] = {}
_ANSWERS = (1024, 65535)  # the ports that the one who opened the connection may have
# Somewhere outside: an address that no VPC and no prefix list has.
OUTSIDE = ipaddress.ip_network("198.51.100.7/32")


def install() -> None:
    """Notice each call of EC2 that may change something."""
    original = EC2Response.call_action

    def call_action(self: EC2Response) -> Any:
        try:
            return original(self)
        finally:
            if not self._get_action().startswith(("Describe", "Get")):
                forget()

    EC2Response.call_action = call_action


def forget() -> None:
    """Something in EC2 has changed."""
    _known.clear()


def look(region: str, vpc_id: str) -> Vpc:
    """A VPC as it is now."""
    return _known.setdefault((region, vpc_id), Vpc(region, vpc_id))


class Place:
    """Where an end of a connection lives: a subnet and the groups of its interface."""

    def __init__(self, subnet: str, groups: list[str], public: bool = False):
        self.subnet = subnet
        self.groups = groups
        self.public = public  # whether its interface has a public address


class Vpc:
    """One VPC as EC2 describes it now."""

    def __init__(self, region: str, vpc_id: str):
        self.region, self.id = region, vpc_id
        self._api = client("ec2", region)
        self._mine = [{"Name": "vpc-id", "Values": [vpc_id]}]
        self._prefixes: dict[str, list[Net]] = {}

    @functools.cached_property
    def subnets(self) -> dict[str, dict]:
        found = self._api.describe_subnets(Filters=self._mine)["Subnets"]
        return {subnet["SubnetId"]: subnet for subnet in found}

    @functools.cached_property
    def groups(self) -> dict[str, dict]:
        found = self._api.describe_security_groups(Filters=self._mine)["SecurityGroups"]
        return {group["GroupId"]: group for group in found}

    @functools.cached_property
    def tables(self) -> list[dict]:
        return self._api.describe_route_tables(Filters=self._mine)["RouteTables"]

    @functools.cached_property
    def acls(self) -> list[dict]:
        return self._api.describe_network_acls(Filters=self._mine)["NetworkAcls"]

    @functools.cached_property
    def nats(self) -> dict[str, dict]:
        found = self._api.describe_nat_gateways(Filter=self._mine)["NatGateways"]
        return {nat["NatGatewayId"]: nat for nat in found}

    @functools.cached_property
    def endpoints(self) -> list[dict]:
        return self._api.describe_vpc_endpoints(Filters=self._mine)["VpcEndpoints"]

    @functools.cached_property
    def gateways(self) -> set[str]:
        mine = [{"Name": "attachment.vpc-id", "Values": [self.id]}]
        found = self._api.describe_internet_gateways(Filters=mine)["InternetGateways"]
        return {gateway["InternetGatewayId"] for gateway in found}

    @functools.cached_property
    def resolves_private_names(self) -> bool:
        ask = functools.partial(self._api.describe_vpc_attribute, VpcId=self.id)
        names = ("enableDnsSupport", "enableDnsHostnames")
        answers = [ask(Attribute=name)[name[0].upper() + name[1:]]["Value"] for name in names]
        return all(answers)

    def prefixes(self, list_id: str) -> list[Net]:
        if list_id not in self._prefixes:
            found = self._api.get_managed_prefix_list_entries(PrefixListId=list_id)["Entries"]
            self._prefixes[list_id] = [ipaddress.ip_network(entry["Cidr"]) for entry in found]
        return self._prefixes[list_id]

    def net(self, subnet: str) -> Net:
        return ipaddress.ip_network(self.subnets[subnet]["CidrBlock"])

    # ---- routes ----

    def table(self, subnet: str) -> dict:
        """The route table of a subnet: its own, else the main one."""
        main: dict = {}
        for table in self.tables:
            for link in table["Associations"]:
                if link.get("SubnetId") == subnet:
                    return table
                if link.get("Main"):
                    main = table
        return main

    def route(self, subnet: str, target: Net) -> dict | None:
        """The most specific route of a subnet to a network."""
        best, length = None, -1
        for route in self.table(subnet)["Routes"]:
            for network in self._destinations(route):
                if target.subnet_of(network) and network.prefixlen > length:
                    best, length = route, network.prefixlen
        return best

    def _destinations(self, route: dict) -> list[Net]:
        if "DestinationPrefixListId" in route:
            return self.prefixes(route["DestinationPrefixListId"])
        cidr = route.get("DestinationCidrBlock")
        return [ipaddress.ip_network(cidr)] if cidr else []

    # ---- filters ----

    def acl_admits(self, subnet: str, egress: bool, peer: Net, ports: tuple[int, int]) -> bool:
        """Whether the network ACL of a subnet lets all of these ports of a peer through."""
        for acl in self.acls:
            if any(link["SubnetId"] == subnet for link in acl["Associations"]):
                entries = [e for e in acl["Entries"] if e["Egress"] == egress]
                return _acl_decides(entries, peer, ports)
        return True

    def group_admits(self, place: Place, egress: bool, peer: Place | Net, port: int) -> bool:
        """Whether one of the groups of a place lets a connection out or in."""
        direction = "IpPermissionsEgress" if egress else "IpPermissions"
        rules = [
            rule for g in place.groups if g in self.groups for rule in self.groups[g][direction]
        ]
        return any(self._rule_admits(rule, peer, port) for rule in rules)

    def _rule_admits(self, rule: dict, peer: Place | Net, port: int) -> bool:
        if rule["IpProtocol"] not in ("-1", "tcp"):
            return False
        if rule["IpProtocol"] == "tcp" and not rule["FromPort"] <= port <= rule["ToPort"]:
            return False
        if isinstance(peer, Place):
            if any(pair["GroupId"] in peer.groups for pair in rule.get("UserIdGroupPairs", [])):
                return True
            net = self.net(peer.subnet)
        else:
            net = peer
        ranges = [ipaddress.ip_network(r["CidrIp"]) for r in rule.get("IpRanges", [])]
        for prefix_list in rule.get("PrefixListIds", []):
            ranges += self.prefixes(prefix_list["PrefixListId"])
        return any(net.subnet_of(network) for network in ranges)

    # ---- connections ----

    def connects(self, source: Place, target: Place, port: int) -> bool:
        """Whether a connection inside the VPC gets through."""
        if source.subnet not in self.subnets or target.subnet not in self.subnets:
            return False  # another VPC, to which nothing of ours leads
        if not self.group_admits(source, True, target, port):
            return False
        if not self.group_admits(target, False, source, port):
            return False
        if source.subnet == target.subnet:
            return True  # neither a router nor a network ACL is between them
        here, there = self.net(source.subnet), self.net(target.subnet)
        for subnet, peer in ((source.subnet, there), (target.subnet, here)):
            route = self.route(subnet, peer)
            if route is None or route.get("GatewayId") != "local":
                return False
        return (
            self.acl_admits(source.subnet, True, there, (port, port))
            and self.acl_admits(target.subnet, False, here, (port, port))
            and self.acl_admits(target.subnet, True, here, _ANSWERS)
            and self.acl_admits(source.subnet, False, there, _ANSWERS)
        )

    def leaves(self, source: Place, target: Net = OUTSIDE, port: int = 443) -> bool:
        """Whether a connection to an address outside the VPC gets through."""
        if not self.group_admits(source, True, target, port):
            return False
        if not self._acl_both_ways(source.subnet, target, port):
            return False
        route = self.route(source.subnet, target)
        if route is None or route.get("State") == "blackhole":
            return False
        if "NatGatewayId" in route:
            return self._nat_forwards(route["NatGatewayId"], source.subnet, target, port)
        gateway = route.get("GatewayId", "")
        if gateway.startswith("vpce-"):
            return any(e["VpcEndpointId"] == gateway and _ready(e) for e in self.endpoints)
        return gateway in self.gateways and source.public

    def enters(self, target: Place, port: int) -> bool:
        """Whether a client somewhere outside opens a connection to a public address in here."""
        if not self.group_admits(target, False, OUTSIDE, port):
            return False
        route = self.route(target.subnet, OUTSIDE)
        return (
            route is not None
            and route.get("GatewayId") in self.gateways
            and self.acl_admits(target.subnet, False, OUTSIDE, (port, port))
            and self.acl_admits(target.subnet, True, OUTSIDE, _ANSWERS)
        )

    def _acl_both_ways(self, subnet: str, target: Net, port: int) -> bool:
        return self.acl_admits(subnet, True, target, (port, port)) and self.acl_admits(
            subnet, False, target, _ANSWERS
        )

    def _nat_forwards(self, nat_id: str, subnet: str, target: Net, port: int) -> bool:
        nat = self.nats.get(nat_id)
        if nat is None or nat["State"] != "available" or nat["ConnectivityType"] != "public":
            return False
        if nat.get("AvailabilityMode") == "regional":
            # It is in no subnet, and AWS gives it a way to the internet gateway.
            return bool(self.gateways)
        home, inside = nat["SubnetId"], self.net(subnet)
        route = self.route(home, target)
        if route is None or route.get("GatewayId") not in self.gateways:
            return False
        return (
            self.acl_admits(home, False, inside, (port, port))
            and self.acl_admits(home, True, inside, _ANSWERS)
            and self._acl_both_ways(home, target, port)
        )

    def endpoint_of(self, service: str) -> dict | None:
        """The interface endpoint to which the public name of an AWS service leads in this VPC."""
        for endpoint in self.endpoints:
            if (
                endpoint["ServiceName"] == f"com.amazonaws.{self.region}.{service}"
                and endpoint["VpcEndpointType"] == "Interface"
                and endpoint.get("PrivateDnsEnabled")
                and self.resolves_private_names
            ):
                return endpoint
        return None

    def calls(self, source: Place, service: str) -> bool:
        """Whether the API of an AWS service answers."""
        endpoint = self.endpoint_of(service)
        if endpoint is None:
            return self.leaves(source)
        groups = [group["GroupId"] for group in endpoint.get("Groups", [])]
        doors = [Place(subnet, groups) for subnet in endpoint.get("SubnetIds", [])]
        near = [d for d in doors if d.subnet == source.subnet] or doors
        return _ready(endpoint) and any(self.connects(source, door, 443) for door in near)

    def fetches_layers(self, source: Place) -> bool:
        """Whether S3 answers, from which the layers of an image in ECR come."""
        return self.leaves(source, self._s3(source.subnet))

    def s3_endpoint(self, subnet: str) -> dict | None:
        """The endpoint through which a subnet reaches S3, if it is not the internet."""
        route = self.route(subnet, self._s3(subnet)) or {}
        gateway = route.get("GatewayId", "")
        return next((e for e in self.endpoints if e["VpcEndpointId"] == gateway), None)

    def _s3(self, subnet: str) -> Net:
        for route in self.table(subnet)["Routes"]:
            if "DestinationPrefixListId" in route and route.get("GatewayId", "").startswith("vpce-"):
                first = self.prefixes(route["DestinationPrefixListId"])[0]
                return ipaddress.ip_network(f"{first[10]}/32")
        return OUTSIDE


def _ready(endpoint: dict) -> bool:
    return endpoint["State"].lower() == "available"


def _acl_decides(entries: list[dict], peer: Net, ports: tuple[int, int]) -> bool:
    """The entry with the lowest number decides for each port; some ports refused are too many."""
    open_ports = [ports]
    for entry in sorted(entries, key=lambda entry: entry["RuleNumber"]):
        if entry["Protocol"] not in ("-1", "6") or "CidrBlock" not in entry:
            continue
        # Part of the peers refused is as bad as all; part of them let in is not enough.
        network = ipaddress.ip_network(entry["CidrBlock"])
        allows = entry["RuleAction"] == "allow"
        if not (peer.subnet_of(network) if allows else peer.overlaps(network)):
            continue
        low, high = 0, 65535
        if entry["Protocol"] == "6" and "PortRange" in entry:
            low, high = entry["PortRange"]["From"], entry["PortRange"]["To"]
        met = [span for span in open_ports if span[0] <= high and low <= span[1]]
        if met and not allows:
            return False
        rest = []
        for first, last in open_ports:
            if last < low or high < first:
                rest.append((first, last))
                continue
            if first < low:
                rest.append((first, low - 1))
            if high < last:
                rest.append((high + 1, last))
        open_ports = rest
        if not open_ports:
            return True
    return False


def permits(endpoint: dict, action: str, resource: str) -> bool:
    """Whether the policy of an endpoint lets a call through, as far as action and resource say."""
    document = endpoint.get("PolicyDocument")
    return not document or decide([json.loads(document)], action, resource) == "allowed"
