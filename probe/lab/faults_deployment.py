"""Faults of deployments and of capacity: what ECS gives up, cannot begin or cannot finish."""

from __future__ import annotations

import placement
import scheduler
from programs import App
from releases import release, restart_one_task, roll_out
from scenarios import scenario
from stack import Stack


@scenario("ecs-deployment-rolled-back")
def deployment_rolled_back(stack: Stack) -> None:
    """Minutes later: the circuit breaker has gone back, and all looks well."""
    release(stack, tag="v2", app=App(exits=True))
    with scheduler.at(150):
        scheduler.settle(stack.service)
    with scheduler.at(90):
        scheduler.give_up_deployment(stack.service)


@scenario("ecs-deployment-alarm-triggered")
def deployment_alarm_triggered(stack: Stack) -> None:
    """An alarm watches deployments, and is on while a release goes out."""
    name = f"{stack.prefix}-errors"
    cloudwatch = stack.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=10,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="15 > 10")
    configuration = stack.service.deployment_configuration
    alarms = {"alarmNames": [name], "enable": True, "rollback": True}
    stack.client("ecs").update_service(
        **stack.names, deploymentConfiguration={**configuration, "alarms": alarms}
    )
    release(stack, tag="v2", app=App())


@scenario("ecs-deployment-deadlocked")
def deployment_deadlocked(stack: Stack) -> None:
    """One task, of which ECS may neither stop one nor start one more."""
    cluster, service = stack.names["cluster"], stack.names["service"]
    stack.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{cluster}/{service}",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=1,
    )
    configuration = {
        **stack.service.deployment_configuration,
        "minimumHealthyPercent": 100,
        "maximumPercent": 100,
    }
    with scheduler.at(600):
        stack.client("ecs").update_service(
            **stack.names, desiredCount=1, deploymentConfiguration=configuration
        )
    release(stack, tag="v2", app=App())


@scenario("ecs-task-protection-blocks-scale-in")
def task_protection_blocks_scale_in(stack: Stack) -> None:
    """Long jobs protect all tasks, and one of them more than the service wants."""
    ecs = stack.client("ecs")
    with scheduler.at(600):
        ecs.update_service(**stack.names, desiredCount=4)
    tasks = ecs.list_tasks(cluster=stack.names["cluster"], serviceName=stack.names["service"])
    ecs.update_task_protection(
        cluster=stack.names["cluster"],
        tasks=tasks["taskArns"],
        protectionEnabled=True,
        expiresInMinutes=2880,
    )
    ecs.update_service(**stack.names, desiredCount=2)


@scenario("ecs-load-balancer-mapping-wrong")
def load_balancer_mapping_wrong(stack: Stack) -> None:
    """A revision opens another port than the one that the service registers."""
    wanted = stack.task_definition()
    wanted["containerDefinitions"][0]["portMappings"] = [{"containerPort": 8081, "protocol": "tcp"}]
    roll_out(stack, wanted)


@scenario("capacity-fargate-quota")
def fargate_quota(stack: Stack) -> None:
    """The account may run no more vCPUs, and the service wants two tasks more."""
    placement.set_lack(stack.service, "quota")
    stack.client("ecs").update_service(**stack.names, desiredCount=4)


@scenario("capacity-fargate-unavailable")
def fargate_unavailable(stack: Stack) -> None:
    placement.set_lack(stack.service, "capacity")
    restart_one_task(stack)


@scenario("capacity-spot-interrupted")
def spot_interrupted(stack: Stack) -> None:
    """All tasks are on Spot, and AWS needs the capacity itself."""
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    with scheduler.at(1200):
        stack.client("ecs").update_service(
            **stack.names, capacityProviderStrategy=strategy, forceNewDeployment=True
        )
    placement.set_lack(stack.service, "spot")
    scheduler.settle(stack.service)


@scenario("capacity-ecs-throttled")
def ecs_throttled(stack: Stack) -> None:
    placement.set_lack(stack.service, "throttled")
    restart_one_task(stack)


@scenario("capacity-spot-architecture-unsupported")
def spot_architecture_unsupported(stack: Stack) -> None:
    """A release for ARM goes to Spot only, where there is no ARM."""
    wanted = stack.task_definition()
    container = wanted["containerDefinitions"][0]
    stack.push_image("v2-arm64", architecture="arm64")
    container["image"] = container["image"].rpartition(":")[0] + ":v2-arm64"
    wanted["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
    _move(stack, wanted, "FARGATE_SPOT")


@scenario("network-subnet-zone-unsupported")
def subnet_zone_unsupported(stack: Stack) -> None:
    """The service is spread over a third zone, in which Fargate runs nothing."""
    ec2 = stack.client("ec2")
    subnets = [stack.exports[name] for name in ("AppSubnetAId", "AppSubnetBId")]
    mine = [{"Name": "association.subnet-id", "Values": subnets[:1]}]
    [table] = ec2.describe_route_tables(Filters=mine)["RouteTables"]
    made = ec2.create_subnet(
        VpcId=table["VpcId"],
        CidrBlock="10.0.13.0/24",
        AvailabilityZone=placement.WITHOUT_FARGATE.name,
    )["Subnet"]["SubnetId"]
    ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=made)
    network = stack.service.network_configuration["awsvpcConfiguration"]
    stack.client("ecs").update_service(
        **stack.names,
        networkConfiguration={"awsvpcConfiguration": {**network, "subnets": [*subnets, made]}},
    )


@scenario("capacity-ec2-placement-failed")
def ec2_placement_failed(stack: Stack) -> None:
    """The service moves to instances, of which none has room."""
    wanted = stack.task_definition() | {"requiresCompatibilities": ["EC2"]}
    _move(stack, wanted, f"{stack.prefix}-instances")


def _move(stack: Stack, task_definition: dict, provider: str) -> None:
    """Release a revision on another capacity provider."""
    ecs = stack.client("ecs")
    made = ecs.register_task_definition(**task_definition)["taskDefinition"]
    ecs.update_service(
        **stack.names,
        taskDefinition=made["taskDefinitionArn"],
        capacityProviderStrategy=[{"capacityProvider": provider, "weight": 1, "base": 0}],
        forceNewDeployment=True,
    )
