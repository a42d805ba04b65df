"""Load balancer, registry, container and scaling types.

moto drops attributes of load balancers and target groups, settings of a cluster, the lifecycle
policy of a repository, roles, size and secrets of a task definition and everything but the count
of a service; it leaves out ScalableTarget, ScalingPolicy and Alarm without an error.
"""

from __future__ import annotations

from moto.cloudformation.models import cloudformation_backends

from cloud import ACCOUNT, call, client
from resource_types import Made, changes, makes


@makes(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "Name",
    (
        "DNSName",
        "LoadBalancerName",
        "LoadBalancerFullName",
        "CanonicalHostedZoneID",
        "LoadBalancerArn",
    ),
)
def load_balancer(region: str, name: str, properties: dict) -> Made:
    [made] = call(region, "elbv2", "create_load_balancer", properties, Name=name)["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    attributes = {
        "LoadBalancerArn": arn,
        "Attributes": properties.get("LoadBalancerAttributes", []),
    }
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
    wanted = {
        "DesiredCount": 1,
        **properties,
    }  # the default of CloudFormation for a REPLICA service
    wanted["Tags"] = [*properties.get("Tags", []), *_tags_of_stack(region, name)]
    made = call(region, "ecs", "create_service", wanted, serviceName=name)["service"]
    return made["serviceArn"], {"Name": name, "ServiceArn": made["serviceArn"]}


def _tags_of_stack(region: str, name: str) -> list[dict]:
    """The tags by which CloudFormation marks what it has made; of a name STACK-RESOURCE-RANDOM."""
    stack, _, rest = name.rpartition("-")[0].rpartition("-")
    made = [s for s in cloudformation_backends[ACCOUNT][region].stacks.values() if s.name == stack]
    values = {"stack-name": stack, "logical-id": rest, "stack-id": made[0].stack_id} if made else {}
    return [{"Key": f"aws:cloudformation:{key}", "Value": value} for key, value in values.items()]


@changes("AWS::ECS::Service")
def change_service(region: str, arn: str, properties: dict) -> Made:
    name = arn.split("/")[-1]
    call(region, "ecs", "update_service", properties, service=name)
    return arn, {"Name": name, "ServiceArn": arn}


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
        target = dict(zip(names, properties["ScalingTargetId"].split("|"), strict=True))
    wanted = {**target, **properties, "PolicyName": properties.get("PolicyName", name)}
    arn = call(region, "application-autoscaling", "put_scaling_policy", wanted)["PolicyARN"]
    return arn, {"Arn": arn}


@makes("AWS::CloudWatch::Alarm", "AlarmName", ("Arn",))
def alarm(region: str, name: str, properties: dict) -> Made:
    name = properties.get("AlarmName", name)
    call(region, "cloudwatch", "put_metric_alarm", properties, AlarmName=name)
    return name, {"Arn": f"arn:aws:cloudwatch:{region}:{ACCOUNT}:alarm:{name}"}


for _put, _make in (
    ("AWS::ApplicationAutoScaling::ScalableTarget", scalable_target),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", scaling_policy),
    ("AWS::CloudWatch::Alarm", alarm),
):
    changes(_put)(_make)
