"""Network types.

moto drops the DNS settings of a VPC, the egress rules of a group, and the associations of route
tables, and knows no regional NAT gateway; it leaves out SecurityGroupEgress without an error.
"""

from __future__ import annotations

from typing import Any

from cloud import call, client
from resource_types import Made, makes


@makes("AWS::EC2::VPC", attributes=("VpcId", "CidrBlock"))
def vpc(region: str, _: str, properties: dict) -> Made:
    vpc_id = call(region, "ec2", "create_vpc", properties)["Vpc"]["VpcId"]
    for setting in ("EnableDnsSupport", "EnableDnsHostnames"):
        if setting in properties:
            value = {setting: {"Value": properties[setting]}}
            call(region, "ec2", "modify_vpc_attribute", value, VpcId=vpc_id)
    return vpc_id, {"VpcId": vpc_id, "CidrBlock": properties["CidrBlock"]}


@makes("AWS::EC2::NatGateway", attributes=("NatGatewayId",))
def nat_gateway(region: str, _: str, properties: dict) -> Made:
    nat_id = call(region, "ec2", "create_nat_gateway", properties)["NatGateway"]["NatGatewayId"]
    return nat_id, {"NatGatewayId": nat_id}


@makes("AWS::EC2::SubnetRouteTableAssociation")
def route_table_association(region: str, _: str, properties: dict) -> Made:
    return call(region, "ec2", "associate_route_table", properties)["AssociationId"], {}


@makes("AWS::EC2::SecurityGroup", "GroupName", ("GroupId", "VpcId"))
def security_group(region: str, name: str, properties: dict) -> Made:
    group_id = call(
        region,
        "ec2",
        "create_security_group",
        properties,
        GroupName=name,
        Description=properties["GroupDescription"],
    )["GroupId"]
    egress = properties.get("SecurityGroupEgress", [])
    if egress:  # the rules given take the place of "everything to everywhere"
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        client("ec2", region).revoke_security_group_egress(
            GroupId=group_id, IpPermissions=everything
        )
    for direction, rules in (
        ("egress", egress),
        ("ingress", properties.get("SecurityGroupIngress", [])),
    ):
        for rule in rules:
            _authorize(region, direction, group_id, rule)
    return group_id, {"GroupId": group_id, "VpcId": properties.get("VpcId")}


@makes("AWS::EC2::SecurityGroupIngress", attributes=("Id",))
def ingress_rule(region: str, _: str, properties: dict) -> Made:
    return _authorize(region, "ingress", properties["GroupId"], properties)


@makes("AWS::EC2::SecurityGroupEgress", attributes=("Id",))
def egress_rule(region: str, _: str, properties: dict) -> Made:
    return _authorize(region, "egress", properties["GroupId"], properties)


def _authorize(region: str, direction: str, group_id: str, rule: dict) -> Made:
    """Add one rule in the API's form, which nests peer and description."""
    permission: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    if permission["IpProtocol"] != "-1":
        permission |= {"FromPort": int(rule["FromPort"]), "ToPort": int(rule["ToPort"])}
    about = {"Description": rule["Description"]} if "Description" in rule else {}
    peer = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    if peer:
        permission["UserIdGroupPairs"] = [{"GroupId": peer, **about}]
    elif prefixes := rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId"):
        permission["PrefixListIds"] = [{"PrefixListId": prefixes, **about}]
    elif "CidrIpv6" in rule:
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **about}]
    else:
        permission["IpRanges"] = [{"CidrIp": rule["CidrIp"], **about}]
    api = client("ec2", region)
    authorize = getattr(api, f"authorize_security_group_{direction}")
    made = authorize(GroupId=group_id, IpPermissions=[permission])["SecurityGroupRules"]
    rule_id = made[0]["SecurityGroupRuleId"]
    return rule_id, {"Id": rule_id}
