"""How the resources of each type are deleted: one call of their API, or a few."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from cloud import ACCOUNT, client

Deleter = Callable[[str, Any, bool], None]


def _by_id(service: str, operation: str, key: str, in_list: bool = False) -> Deleter:
    """The type's own call, with the physical id alone."""

    def delete(region: str, resource: Any, _: bool) -> None:
        name = resource.physical_resource_id
        getattr(client(service, region), operation)(**{key: [name] if in_list else name})

    return delete


def _with_owner(region: str, resource: Any, _: bool) -> None:
    """The resource goes with another one that it was made for."""


def _attachment(region: str, resource: Any, _: bool) -> None:
    about = resource.lab_properties
    client("ec2", region).detach_internet_gateway(
        InternetGatewayId=about["InternetGatewayId"], VpcId=about["VpcId"]
    )


def _address(region: str, resource: Any, _: bool) -> None:
    client("ec2", region).release_address(AllocationId=resource.allocation_id)


def _route(region: str, resource: Any, _: bool) -> None:
    about = resource.lab_properties
    client("ec2", region).delete_route(
        RouteTableId=about["RouteTableId"], DestinationCidrBlock=about["DestinationCidrBlock"]
    )


def _rule(direction: str) -> Deleter:
    def delete(region: str, resource: Any, _: bool) -> None:
        revoke = getattr(client("ec2", region), f"revoke_security_group_{direction}")
        revoke(
            GroupId=resource.lab_properties["GroupId"],
            SecurityGroupRuleIds=[resource.physical_resource_id],
        )

    return delete


def _secret(region: str, resource: Any, _: bool) -> None:
    client("secretsmanager", region).delete_secret(
        SecretId=resource.physical_resource_id, RecoveryWindowInDays=30
    )


def _database(region: str, resource: Any, snapshot: bool) -> None:
    name = resource.physical_resource_id
    last = (
        {"FinalDBSnapshotIdentifier": f"{name}-final"} if snapshot else {"SkipFinalSnapshot": True}
    )
    client("rds", region).delete_db_instance(DBInstanceIdentifier=name, **last)


def _service(region: str, resource: Any, _: bool) -> None:
    _, cluster, name = resource.physical_resource_id.rsplit("/", 2)
    api = client("ecs", region)
    api.update_service(cluster=cluster, service=name, desiredCount=0)
    api.delete_service(cluster=cluster, service=name, force=True)


def _scalable_target(region: str, resource: Any, _: bool) -> None:
    names = ("ResourceId", "ScalableDimension", "ServiceNamespace")
    target = dict(zip(names, resource.physical_resource_id.split("|"), strict=True))
    client("application-autoscaling", region).deregister_scalable_target(**target)


def _scaling_policy(region: str, resource: Any, _: bool) -> None:
    api = client("application-autoscaling", region)
    for policy in api.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]:
        if policy["PolicyARN"] == resource.physical_resource_id:
            names = ("PolicyName", "ResourceId", "ScalableDimension", "ServiceNamespace")
            api.delete_scaling_policy(**{name: policy[name] for name in names})


def _events_rule(region: str, resource: Any, _: bool) -> None:
    api, name = client("events", region), resource.name
    targets = [target["Id"] for target in api.list_targets_by_rule(Rule=name)["Targets"]]
    if targets:
        api.remove_targets(Rule=name, Ids=targets)
    api.delete_rule(Name=name)


def _role(region: str, resource: Any, _: bool) -> None:
    api, name = client("iam", region), resource.physical_resource_id
    for policy in api.list_role_policies(RoleName=name)["PolicyNames"]:
        api.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in api.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        api.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    api.delete_role(RoleName=name)


def _resource_policy(region: str, resource: Any, _: bool) -> None:
    name = resource.lab_properties["PolicyName"]
    with contextlib.suppress(ClientError):
        client("logs", region).delete_resource_policy(policyName=name)


def _key(region: str, resource: Any, _: bool) -> None:
    client("kms", region).schedule_key_deletion(KeyId=resource.physical_resource_id)


def _budget(region: str, resource: Any, _: bool) -> None:
    name = resource.physical_resource_id
    client("budgets", region).delete_budget(AccountId=ACCOUNT, BudgetName=name)


def _policy(region: str, resource: Any, _: bool) -> None:
    client("iam", region).delete_policy(PolicyArn=resource.physical_resource_id)


def _firewall(region: str, resource: Any, _: bool) -> None:
    name, its_id, scope = resource.physical_resource_id.split("|")
    api, about = client("wafv2", region), {"Name": name, "Id": its_id, "Scope": scope}
    api.delete_web_acl(**about, LockToken=api.get_web_acl(**about)["LockToken"])


def _distribution(region: str, resource: Any, _: bool) -> None:
    """A distribution is switched off before it can go."""
    api, name = client("cloudfront", region), resource.physical_resource_id
    about = api.get_distribution_config(Id=name)
    config = {**about["DistributionConfig"], "Enabled": False}
    off = api.update_distribution(Id=name, IfMatch=about["ETag"], DistributionConfig=config)
    api.delete_distribution(Id=name, IfMatch=off["ETag"])


def _records(region: str, resource: Any, _: bool) -> None:
    about = resource.lab_properties
    changes = [{"Action": "DELETE", "ResourceRecordSet": it} for it in about["RecordSets"]]
    client("route53", region).change_resource_record_sets(
        HostedZoneId=about["HostedZoneId"], ChangeBatch={"Changes": changes}
    )


DELETERS: dict[str, Deleter] = {
    "AWS::EC2::VPC": _by_id("ec2", "delete_vpc", "VpcId"),
    "AWS::EC2::InternetGateway": _by_id("ec2", "delete_internet_gateway", "InternetGatewayId"),
    "AWS::EC2::VPCGatewayAttachment": _attachment,
    "AWS::EC2::Subnet": _by_id("ec2", "delete_subnet", "SubnetId"),
    "AWS::EC2::EIP": _address,
    "AWS::EC2::NatGateway": _by_id("ec2", "delete_nat_gateway", "NatGatewayId"),
    "AWS::EC2::RouteTable": _by_id("ec2", "delete_route_table", "RouteTableId"),
    "AWS::EC2::Route": _route,
    "AWS::EC2::SubnetRouteTableAssociation": _by_id(
        "ec2", "disassociate_route_table", "AssociationId"
    ),
    "AWS::EC2::VPCEndpoint": _by_id("ec2", "delete_vpc_endpoints", "VpcEndpointIds", in_list=True),
    "AWS::EC2::FlowLog": _by_id("ec2", "delete_flow_logs", "FlowLogIds", in_list=True),
    "AWS::EC2::SecurityGroup": _by_id("ec2", "delete_security_group", "GroupId"),
    "AWS::EC2::SecurityGroupIngress": _rule("ingress"),
    "AWS::EC2::SecurityGroupEgress": _rule("egress"),
    "AWS::SecretsManager::Secret": _secret,
    "AWS::SecretsManager::SecretTargetAttachment": _with_owner,
    "AWS::RDS::DBInstance": _database,
    "AWS::RDS::DBSubnetGroup": _by_id("rds", "delete_db_subnet_group", "DBSubnetGroupName"),
    "AWS::RDS::DBParameterGroup": _by_id(
        "rds", "delete_db_parameter_group", "DBParameterGroupName"
    ),
    "AWS::RDS::EventSubscription": _by_id("rds", "delete_event_subscription", "SubscriptionName"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _by_id(
        "elbv2", "delete_load_balancer", "LoadBalancerArn"
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _by_id(
        "elbv2", "delete_target_group", "TargetGroupArn"
    ),
    "AWS::ElasticLoadBalancingV2::Listener": _by_id("elbv2", "delete_listener", "ListenerArn"),
    "AWS::ElasticLoadBalancingV2::ListenerRule": _by_id("elbv2", "delete_rule", "RuleArn"),
    "AWS::ECR::Repository": _by_id("ecr", "delete_repository", "repositoryName"),
    "AWS::ECS::Cluster": _by_id("ecs", "delete_cluster", "cluster"),
    "AWS::ECS::TaskDefinition": _by_id("ecs", "deregister_task_definition", "taskDefinition"),
    "AWS::ECS::Service": _service,
    "AWS::Logs::LogGroup": _by_id("logs", "delete_log_group", "logGroupName"),
    "AWS::Logs::ResourcePolicy": _resource_policy,
    "AWS::Events::Rule": _events_rule,
    "AWS::KMS::Key": _key,
    "AWS::Budgets::Budget": _budget,
    "AWS::SNS::Subscription": _by_id("sns", "unsubscribe", "SubscriptionArn"),
    "AWS::SNS::Topic": _by_id("sns", "delete_topic", "TopicArn"),
    "AWS::SNS::TopicPolicy": _with_owner,
    "AWS::S3::Bucket": _by_id("s3", "delete_bucket", "Bucket"),
    "AWS::S3::BucketPolicy": _with_owner,
    "AWS::CloudWatch::Alarm": _by_id("cloudwatch", "delete_alarms", "AlarmNames", in_list=True),
    "AWS::CloudWatch::Dashboard": _by_id(
        "cloudwatch", "delete_dashboards", "DashboardNames", in_list=True
    ),
    "AWS::ApplicationAutoScaling::ScalableTarget": _scalable_target,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _scaling_policy,
    "AWS::IAM::Role": _role,
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::CertificateManager::Certificate": _by_id("acm", "delete_certificate", "CertificateArn"),
    "AWS::WAFv2::WebACL": _firewall,
    "AWS::CloudFront::VpcOrigin": _with_owner,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::Route53::RecordSetGroup": _records,
    "AWS::Scheduler::Schedule": _by_id("scheduler", "delete_schedule", "Name"),
    "AWS::SecretsManager::RotationSchedule": _with_owner,
    "AWS::StepFunctions::StateMachine": _by_id(
        "stepfunctions", "delete_state_machine", "stateMachineArn"
    ),
}
