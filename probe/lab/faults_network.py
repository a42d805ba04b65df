"""Faults of the network's filters: security groups and network ACLs."""

from __future__ import annotations

from releases import restart_one_task
from scenarios import scenario
from stack import Stack


@scenario("network-database-port-closed")
def database_port_closed(stack: Stack) -> None:
    _revoke(stack, stack.exports["DbSecurityGroupId"], 5432)


@scenario("network-target-port-closed")
def target_port_closed(stack: Stack) -> None:
    _revoke(stack, stack.exports["TaskSecurityGroupId"], 8080)


@scenario("network-client-port-closed")
def client_port_closed(stack: Stack) -> None:
    """Nothing in ECS shows it: the checks come from the load balancer, not from the clients."""
    _revoke(stack, stack.exports["AlbSecurityGroupId"], 80)


@scenario("network-database-egress-closed")
def database_egress_closed(stack: Stack) -> None:
    _revoke(stack, stack.exports["TaskSecurityGroupId"], 5432, egress=True)


@scenario("network-api-egress-closed")
def api_egress_closed(stack: Stack) -> None:
    _revoke(stack, stack.exports["TaskSecurityGroupId"], 443, egress=True)
    restart_one_task(stack)


@scenario("network-acl-blocked")
def acl_blocked(stack: Stack) -> None:
    """The subnets of the database get an ACL that lets queries in and no answer out."""
    ec2 = stack.client("ec2")
    acl = ec2.create_network_acl(VpcId=stack.exports["VpcId"])["NetworkAcl"]["NetworkAclId"]
    ec2.create_network_acl_entry(
        NetworkAclId=acl,
        RuleNumber=100,
        Protocol="6",
        RuleAction="allow",
        Egress=False,
        CidrBlock="10.0.0.0/16",
        PortRange={"From": 5432, "To": 5432},
    )
    subnets = [stack.exports[name] for name in ("DbSubnetAId", "DbSubnetBId")]
    mine = [{"Name": "association.subnet-id", "Values": subnets}]
    for old in ec2.describe_network_acls(Filters=mine)["NetworkAcls"]:
        for link in old["Associations"]:
            if link["SubnetId"] in subnets:
                ec2.replace_network_acl_association(
                    AssociationId=link["NetworkAclAssociationId"], NetworkAclId=acl
                )


def _revoke(stack: Stack, group: str, port: int, egress: bool = False) -> None:
    ec2 = stack.client("ec2")
    mine = [{"Name": "group-id", "Values": [group]}]
    rules = ec2.describe_security_group_rules(Filters=mine)["SecurityGroupRules"]
    ids = [
        rule["SecurityGroupRuleId"]
        for rule in rules
        if rule["IsEgress"] == egress and rule.get("FromPort") == port
    ]
    revoke = ec2.revoke_security_group_egress if egress else ec2.revoke_security_group_ingress
    revoke(GroupId=group, SecurityGroupRuleIds=ids)
