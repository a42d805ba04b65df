"""What the configuration leads to: which connections get through."""

from __future__ import annotations

import ipaddress
from typing import Any

from cloud import client


def balancer_reaches_tasks(service: Any, group: Any, port: int) -> bool:
    api = client("elbv2", service.region_name)
    balancers = api.describe_load_balancers(LoadBalancerArns=list(group.load_balancer_arns))
    tasks = service.network_configuration["awsvpcConfiguration"]["securityGroups"]
    return any(
        allows(service.region_name, balancer.get("SecurityGroups", []), tasks, port)
        for balancer in balancers["LoadBalancers"]
    )


def tasks_reach_database(service: Any, database: dict) -> bool:
    tasks = service.network_configuration["awsvpcConfiguration"]["securityGroups"]
    groups = [group["VpcSecurityGroupId"] for group in database["VpcSecurityGroups"]]
    return allows(service.region_name, tasks, groups, database["Endpoint"]["Port"])


def allows(region: str, sources: list[str], targets: list[str], port: int) -> bool:
    """Whether one set of groups may open a TCP connection to a port behind another set."""
    found = client("ec2", region).describe_security_groups(GroupIds=[*sources, *targets])
    groups = {group["GroupId"]: group for group in found["SecurityGroups"]}
    leaves = [rule for group in sources for rule in groups[group]["IpPermissionsEgress"]]
    enters = [rule for group in targets for rule in groups[group]["IpPermissions"]]
    return any(_admits(rule, targets, port) for rule in leaves) and any(
        _admits(rule, sources, port) for rule in enters
    )


def _admits(rule: dict, peers: list[str], port: int) -> bool:
    if rule["IpProtocol"] not in ("-1", "tcp"):
        return False
    if rule["IpProtocol"] == "tcp" and not rule["FromPort"] <= port <= rule["ToPort"]:
        return False
    if any(pair["GroupId"] in peers for pair in rule.get("UserIdGroupPairs", [])):
        return True
    # All peers live in the VPC of the templates.
    inside = ipaddress.ip_network("10.0.0.0/16")
    ranges = (ipaddress.ip_network(r["CidrIp"]) for r in rule.get("IpRanges", []))
    return any(inside.subnet_of(network) for network in ranges)
