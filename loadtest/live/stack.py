"""The service on Fargate behind a load balancer, with its database, as fakecloud takes it.

Not from `cloudformation/`: fakecloud 0.51 cannot deploy those templates (see the README of `loadtest`).
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

CLUSTER, SERVICE, DATABASE = "live", "events", "live-events"
CONTAINER_PORT = 8080
# Half a CPU and 1 GiB.
CPU_UNITS, MEMORY_MIB = 512, 1024
LEAST, MOST = 1, 6
# In percent: so low that a load which one task bears without a failure needs three of them.
CPU_TARGET = 25
COOLDOWN_S = 30
STARTING_S = 60

Clients = Callable[[str], Any]


def network(clients: Clients) -> tuple[str, list[str], str]:
    """A VPC with two subnets and a security group."""
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zones = ec2.describe_availability_zones()["AvailabilityZones"][:2]
    subnets = []
    for place, zone in enumerate(zones):
        block = f"10.0.{11 + place}.0/24"
        made = ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone["ZoneName"])
        subnets.append(made["Subnet"]["SubnetId"])
    guard = ec2.create_security_group(VpcId=vpc, GroupName="live", Description="live")["GroupId"]
    return vpc, subnets, guard


def balancer(clients: Clients, vpc: str, subnets: list[str], guard: str) -> tuple[str, str]:
    """A load balancer that forwards to a target group; the ARNs of both."""
    elb = clients("elbv2")
    made = elb.create_load_balancer(Name="live", Type="application", Subnets=subnets, SecurityGroups=[guard])
    arn = made["LoadBalancers"][0]["LoadBalancerArn"]
    group = elb.create_target_group(
        Name="live-events",
        Protocol="HTTP",
        Port=CONTAINER_PORT,
        VpcId=vpc,
        TargetType="ip",
        HealthCheckPath="/health",
        HealthCheckIntervalSeconds=5,
        HealthCheckTimeoutSeconds=4,
        HealthyThresholdCount=2,
        UnhealthyThresholdCount=5,
    )["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    return arn, group


def database(clients: Clients) -> tuple[dict[str, str], str, str]:
    """A database: how the service is told where it is, its password, and the ARN of the secret with it."""
    rds, password = clients("rds"), secrets.token_hex(16)
    rds.create_db_instance(
        DBInstanceIdentifier=DATABASE,
        Engine="postgres",
        EngineVersion="16.4",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        DBName="events",
        MasterUsername="events",
        MasterUserPassword=password,
    )
    end = time.monotonic() + STARTING_S
    while True:
        found = rds.describe_db_instances(DBInstanceIdentifier=DATABASE)["DBInstances"][0]
        if found["DBInstanceStatus"] == "available":
            break
        if time.monotonic() > end:
            raise SystemExit(f"the database is {found['DBInstanceStatus']} after {STARTING_S} s")
        time.sleep(0.5)
    secret = clients("secretsmanager").create_secret(Name=DATABASE, SecretString=json.dumps({"password": password}))
    where = {
        "DB_HOST": found["Endpoint"]["Address"],
        "DB_PORT": str(found["Endpoint"]["Port"]),
        "DB_NAME": "events",
        "DB_USER": "events",
        "DB_SSLMODE": "disable",
    }
    return where, password, secret["ARN"]


def service(clients: Clients, subnets: list[str], guard: str, group: str, where: dict[str, str], secret: str) -> None:
    """One task of the service in the target group."""
    ecs = clients("ecs")
    ecs.create_cluster(clusterName=CLUSTER)
    container = {
        "name": "app",
        "image": "service:live",
        "essential": True,
        "portMappings": [{"containerPort": CONTAINER_PORT, "protocol": "tcp"}],
        "environment": [{"name": key, "value": value} for key, value in where.items()],
        "secrets": [{"name": "DB_PASSWORD", "valueFrom": f"{secret}:password::"}],
    }
    definition = ecs.register_task_definition(
        family=SERVICE,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu=str(CPU_UNITS),
        memory=str(MEMORY_MIB),
        containerDefinitions=[container],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition=definition,
        desiredCount=LEAST,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [guard]}},
        loadBalancers=[{"targetGroupArn": group, "containerName": "app", "containerPort": CONTAINER_PORT}],
    )


def _target() -> dict[str, str]:
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{CLUSTER}/{SERVICE}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }


def scaling(clients: Clients) -> None:
    """Target tracking on the CPU."""
    autoscaling = clients("application-autoscaling")
    autoscaling.register_scalable_target(**_target(), MinCapacity=LEAST, MaxCapacity=MOST)
    autoscaling.put_scaling_policy(
        **_target(),
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": CPU_TARGET,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "ScaleOutCooldown": COOLDOWN_S,
            "ScaleInCooldown": COOLDOWN_S,
        },
    )


def suspend(clients: Clients, suspended: bool) -> None:
    """Forbids scaling by load in both directions, or allows it again."""
    clients("application-autoscaling").register_scalable_target(
        **_target(),
        SuspendedState={
            "DynamicScalingInSuspended": suspended,
            "DynamicScalingOutSuspended": suspended,
            "ScheduledScalingSuspended": False,
        },
    )


def healthy(clients: Clients, group: str) -> int:
    """How many targets the load balancer has found well."""
    found = clients("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return sum(target["TargetHealth"]["State"] == "healthy" for target in found)
