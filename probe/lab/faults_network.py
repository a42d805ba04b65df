"""Faults of the network: security groups, network ACLs, routes, endpoints."""

from __future__ import annotations

from scenarios import scenario
from stack import Stack


@scenario("network-database-port-closed")
def database_port_closed(stack: Stack) -> None:
    _revoke_ingress(stack, stack.exports["DbSecurityGroupId"], 5432)


@scenario("network-target-port-closed")
def target_port_closed(stack: Stack) -> None:
    _revoke_ingress(stack, stack.exports["TaskSecurityGroupId"], 8080)


def _revoke_ingress(stack: Stack, group: str, port: int) -> None:
    ec2 = stack.client("ec2")
    mine = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=mine)["SecurityGroupRules"]
    ids = [
        rule["SecurityGroupRuleId"]
        for rule in rules
        if not rule["IsEgress"] and rule.get("FromPort") == port
    ]
    ec2.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=ids)
