"""CloudFormation resource types that moto skips or creates with other properties than asked for.

Each is made through the server's own API. Without this, moto leaves out Secret,
SecretTargetAttachment, SecurityGroupEgress, ScalableTarget, ScalingPolicy and Alarm without an
error, and drops: DNS settings of a VPC, egress rules of a group, associations of route tables,
attributes of load balancers and target groups, settings of a cluster, the lifecycle policy of a
repository, roles, size and secrets of a task definition, everything but the count of a service,
port, groups and parameter group of a database.
"""

from __future__ import annotations

import json
from typing import Any, Callable

from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

from cloud import call, client

Made = tuple[str, dict[str, Any]]  # the physical id (what Ref gives) and what GetAtt gives
Maker = Callable[[str, str, dict], Made]
_types: dict[str, "ResourceType"] = {}


class ResourceType:
    """How resources of one type are made, and changed where they can be."""

    def __init__(self, name: str, name_property: str, attributes: set[str], make: Maker):
        self.name = name
        self.name_property = name_property
        self.attributes = attributes
        self.make = make
        self.change: Callable[[str, str, dict], Made] | None = None


class Resource(CloudFormationModel):
    """What CloudFormation keeps of a resource that we made."""

    # moto counts instances by the second word of the module's name.
    __module__ = "moto.cloudformation"
    kind: ResourceType

    def __init__(self, region: str, made: Made):
        self.region = region
        self.physical_resource_id, self.values = made

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        return self.values[attribute_name]

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr in cls.kind.attributes

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: dict, account_id: str, region_name: str, **_: Any
    ) -> "Resource":
        made = cls.kind.make(region_name, resource_name, cloudformation_json["Properties"])
        return cls(region_name, made)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: "Resource",
        new_resource_name: str,
        cloudformation_json: dict,
        account_id: str,
        region_name: str,
    ) -> "Resource":
        if cls.kind.change is None:
            raise parsing.ValidationError(message=f"the lab cannot update {cls.kind.name}")
        name = original_resource.physical_resource_id
        made = cls.kind.change(region_name, name, cloudformation_json["Properties"])
        return cls(region_name, made)


def install() -> None:
    """Put our types over moto's; call it once, before the first request."""
    for name, kind in _types.items():
        about = {"kind": kind, "__module__": Resource.__module__}
        model = type(name.replace("::", ""), (Resource,), about)
        parsing.get_model_map()[name] = model
        parsing.get_name_type_map()[name] = kind.name_property


def makes(name: str, name_property: str = "", attributes: tuple[str, ...] = ()) -> Callable:
    """Register the decorated function as the maker of a type."""

    def register(make: Maker) -> Maker:
        _types[name] = ResourceType(name, name_property, set(attributes), make)
        return make

    return register


def changes(name: str) -> Callable:
    """Register the decorated function as the one that changes a resource of a type in place."""

    def register(change: Maker) -> Maker:
        _types[name].change = change
        return change

    return register


# ---- network ----


@makes("AWS::EC2::VPC", attributes=("VpcId", "CidrBlock"))
def vpc(region: str, _: str, properties: dict) -> Made:
    vpc_id = call(region, "ec2", "create_vpc", properties)["Vpc"]["VpcId"]
    for setting in ("EnableDnsSupport", "EnableDnsHostnames"):
        if setting in properties:
            value = {setting: {"Value": properties[setting]}}
            call(region, "ec2", "modify_vpc_attribute", value, VpcId=vpc_id)
    return vpc_id, {"VpcId": vpc_id, "CidrBlock": properties["CidrBlock"]}


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
        client("ec2", region).revoke_security_group_egress(GroupId=group_id, IpPermissions=everything)
    for direction, rules in (("egress", egress), ("ingress", properties.get("SecurityGroupIngress", []))):
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
    elif "CidrIpv6" in rule:
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **about}]
    else:
        permission["IpRanges"] = [{"CidrIp": rule["CidrIp"], **about}]
    api = client("ec2", region)
    authorize = getattr(api, f"authorize_security_group_{direction}")
    made = authorize(GroupId=group_id, IpPermissions=[permission])["SecurityGroupRules"]
    rule_id = made[0]["SecurityGroupRuleId"]
    return rule_id, {"Id": rule_id}


# ---- database ----


@makes("AWS::SecretsManager::Secret", "Name", ("Id",))
def secret(region: str, name: str, properties: dict) -> Made:
    value = properties.get("SecretString", "")
    generate = properties.get("GenerateSecretString")
    if generate:
        api = ("secretsmanager", "get_random_password")
        value = call(region, *api, generate)["RandomPassword"]
        if "GenerateStringKey" in generate:
            template = json.loads(generate.get("SecretStringTemplate", "{}"))
            value = json.dumps({**template, generate["GenerateStringKey"]: value})
    arn = call(region, "secretsmanager", "create_secret", properties, Name=name, SecretString=value)["ARN"]
    return arn, {"Id": arn}


@makes("AWS::SecretsManager::SecretTargetAttachment", attributes=("Id",))
def secret_attachment(region: str, _: str, properties: dict) -> Made:
    secrets = client("secretsmanager", region)
    old = json.loads(secrets.get_secret_value(SecretId=properties["SecretId"])["SecretString"])
    [database] = client("rds", region).describe_db_instances(
        DBInstanceIdentifier=properties["TargetId"]
    )["DBInstances"]
    new = {
        **old,
        "engine": database["Engine"],
        "host": database["Endpoint"]["Address"],
        "port": database["Endpoint"]["Port"],
        "dbname": database.get("DBName"),
        "dbInstanceIdentifier": properties["TargetId"],
    }
    arn = secrets.put_secret_value(SecretId=properties["SecretId"], SecretString=json.dumps(new))["ARN"]
    return arn, {"Id": arn}


@makes("AWS::RDS::DBSubnetGroup", "DBSubnetGroupName")
def subnet_group(region: str, name: str, properties: dict) -> Made:
    about = {"DBSubnetGroupName": name.lower()}
    call(region, "rds", "create_db_subnet_group", {**properties, **about})
    return name.lower(), {}


@makes("AWS::RDS::DBParameterGroup", "DBParameterGroupName")
def parameter_group(region: str, name: str, properties: dict) -> Made:
    name = name.lower()
    call(
        region,
        "rds",
        "create_db_parameter_group",
        properties,
        DBParameterGroupName=name,
        DBParameterGroupFamily=properties["Family"],
    )
    parameters = [
        {"ParameterName": key, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        for key, value in properties.get("Parameters", {}).items()
    ]
    if parameters:
        group = {"DBParameterGroupName": name, "Parameters": parameters}
        call(region, "rds", "modify_db_parameter_group", group)
    return name, {}


@makes("AWS::RDS::DBInstance", "DBInstanceIdentifier", ("Endpoint.Address", "Endpoint.Port", "DBInstanceArn"))
def database(region: str, name: str, properties: dict) -> Made:
    made = call(
        region,
        "rds",
        "create_db_instance",
        properties,
        DBInstanceIdentifier=name.lower(),
        VpcSecurityGroupIds=properties.get("VPCSecurityGroups", []),
    )["DBInstance"]
    return made["DBInstanceIdentifier"], {
        "Endpoint.Address": made["Endpoint"]["Address"],
        "Endpoint.Port": str(made["Endpoint"]["Port"]),
        "DBInstanceArn": made["DBInstanceArn"],
    }


# ---- load balancer ----


@makes(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "Name",
    ("DNSName", "LoadBalancerName", "LoadBalancerFullName", "CanonicalHostedZoneID", "LoadBalancerArn"),
)
def load_balancer(region: str, name: str, properties: dict) -> Made:
    [made] = call(region, "elbv2", "create_load_balancer", properties, Name=name)["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    attributes = {"LoadBalancerArn": arn, "Attributes": properties.get("LoadBalancerAttributes", [])}
    if attributes["Attributes"]:
        call(region, "elbv2", "modify_load_balancer_attributes", attributes)
    return arn, {
        "DNSName": made["DNSName"],
        "LoadBalancerName": name,
        "LoadBalancerFullName": arn.split(":loadbalancer/")[-1],
        "CanonicalHostedZoneID": made["CanonicalHostedZoneId"],
        "LoadBalancerArn": arn,
    }


@makes(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "Name",
    ("TargetGroupArn", "TargetGroupName", "TargetGroupFullName"),
)
def target_group(region: str, name: str, properties: dict) -> Made:
    [made] = call(region, "elbv2", "create_target_group", properties, Name=name)["TargetGroups"]
    return _target_group_attributes(region, made["TargetGroupArn"], properties)


@changes("AWS::ElasticLoadBalancingV2::TargetGroup")
def change_target_group(region: str, arn: str, properties: dict) -> Made:
    call(region, "elbv2", "modify_target_group", properties, TargetGroupArn=arn)
    return _target_group_attributes(region, arn, properties)


def _target_group_attributes(region: str, arn: str, properties: dict) -> Made:
    if attributes := properties.get("TargetGroupAttributes"):
        wanted = {"TargetGroupArn": arn, "Attributes": attributes}
        call(region, "elbv2", "modify_target_group_attributes", wanted)
    full_name = arn.split(":")[-1]
    name = full_name.split("/")[1]
    return arn, {"TargetGroupArn": arn, "TargetGroupName": name, "TargetGroupFullName": full_name}


# ---- registry and containers ----


@makes("AWS::ECR::Repository", "RepositoryName", ("Arn", "RepositoryUri"))
def repository(region: str, name: str, properties: dict) -> Made:
    name = name.lower()
    made = call(region, "ecr", "create_repository", properties, repositoryName=name)["repository"]
    if policy := properties.get("LifecyclePolicy", {}).get("LifecyclePolicyText"):
        client("ecr", region).put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=policy)
    return name, {"Arn": made["repositoryArn"], "RepositoryUri": made["repositoryUri"]}


@makes("AWS::ECS::Cluster", "ClusterName", ("Arn",))
def cluster(region: str, name: str, properties: dict) -> Made:
    wanted = {**properties, "settings": properties.get("ClusterSettings", [])}
    made = call(region, "ecs", "create_cluster", wanted, clusterName=name)["cluster"]
    return name, {"Arn": made["clusterArn"]}


@makes("AWS::ECS::TaskDefinition", "Family", ("TaskDefinitionArn",))
def task_definition(region: str, name: str, properties: dict) -> Made:
    # CloudFormation names a family without a suffix, moto's generator adds one.
    family = properties.get("Family") or name.rsplit("-", 1)[0].replace("-", "")
    return _register_task_definition(region, family, properties)


@changes("AWS::ECS::TaskDefinition")
def change_task_definition(region: str, arn: str, properties: dict) -> Made:
    return _register_task_definition(region, arn.split("/")[-1].split(":")[0], properties)


def _register_task_definition(region: str, family: str, properties: dict) -> Made:
    made = call(region, "ecs", "register_task_definition", properties, family=family)
    arn = made["taskDefinition"]["taskDefinitionArn"]
    return arn, {"TaskDefinitionArn": arn}


@makes("AWS::ECS::Service", "ServiceName", ("Name", "ServiceArn"))
def service(region: str, name: str, properties: dict) -> Made:
    wanted = {"DesiredCount": 1, **properties}  # the default of CloudFormation for a REPLICA service
    made = call(region, "ecs", "create_service", wanted, serviceName=name)["service"]
    return made["serviceArn"], {"Name": name, "ServiceArn": made["serviceArn"]}


@changes("AWS::ECS::Service")
def change_service(region: str, arn: str, properties: dict) -> Made:
    name = arn.split("/")[-1]
    call(region, "ecs", "update_service", properties, service=name)
    return arn, {"Name": name, "ServiceArn": arn}


# ---- scaling and alarms: these calls put, so that making and changing are the same ----


@makes("AWS::ApplicationAutoScaling::ScalableTarget", attributes=("Id",))
def scalable_target(region: str, _: str, properties: dict) -> Made:
    call(region, "application-autoscaling", "register_scalable_target", properties)
    for action in properties.get("ScheduledActions", []):
        wanted = {**properties, **action}
        call(region, "application-autoscaling", "put_scheduled_action", wanted)
    names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
    target_id = "|".join(properties[name] for name in names)
    return target_id, {"Id": target_id}


@makes("AWS::ApplicationAutoScaling::ScalingPolicy", "PolicyName", ("Arn",))
def scaling_policy(region: str, name: str, properties: dict) -> Made:
    target = {}
    if "ScalingTargetId" in properties:
        names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
        target = dict(zip(names, properties["ScalingTargetId"].split("|")))
    wanted = {**target, **properties, "PolicyName": properties.get("PolicyName", name)}
    arn = call(region, "application-autoscaling", "put_scaling_policy", wanted)["PolicyARN"]
    return arn, {"Arn": arn}


@makes("AWS::CloudWatch::Alarm", "AlarmName", ("Arn",))
def alarm(region: str, name: str, properties: dict) -> Made:
    name = properties.get("AlarmName", name)
    call(region, "cloudwatch", "put_metric_alarm", properties, AlarmName=name)
    return name, {"Arn": f"arn:aws:cloudwatch:{region}:123456789012:alarm:{name}"}


for _put, _make in (
    ("AWS::ApplicationAutoScaling::ScalableTarget", scalable_target),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", scaling_policy),
    ("AWS::CloudWatch::Alarm", alarm),
):
    changes(_put)(_make)
