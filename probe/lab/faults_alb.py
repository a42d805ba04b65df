"""Faults of the load balancer: its health checks, its listeners, its zones and its targets."""

from __future__ import annotations

import ipaddress

import ecs
import elb
from programs import APPS, App
from releases import release
from scenarios import scenario
from stack import Stack

_DJANGO = (
    "ERROR exception 20 140390254044992 Invalid HTTP_HOST header: '10.0.11.57:8080'. "
    "You may need to add '10.0.11.57' to ALLOWED_HOSTS."
)


@scenario("alb-health-check-path-wrong")
def health_check_path_wrong(stack: Stack) -> None:
    _modify_target_group(stack, HealthCheckPath="/healthz")


@scenario("alb-health-check-port-wrong")
def health_check_port_wrong(stack: Stack) -> None:
    _modify_target_group(stack, HealthCheckPort="9090")


@scenario("alb-health-check-timeout")
def health_check_timeout(stack: Stack) -> None:
    """The running program has become slow: it needs longer than the 5 s of the check."""
    _running_app_becomes(stack, App(health_seconds=7.2))


@scenario("alb-health-check-server-error")
def health_check_server_error(stack: Stack) -> None:
    _running_app_becomes(stack, App(health_status=500))


@scenario("alb-health-check-failed")
def health_check_failed(stack: Stack) -> None:
    """The program closes the connection of the check without an answer."""
    _running_app_becomes(stack, App(resets_checks=True))


@scenario("alb-health-check-host-rejected")
def health_check_host_rejected(stack: Stack) -> None:
    """The program answers only to its own name, and the check asks by address."""
    release(stack, tag="v2", app=App(health_status=400, lines=(_DJANGO,) * 3))


@scenario("alb-health-check-disabled")
def health_check_disabled(stack: Stack) -> None:
    _modify_target_group(stack, HealthCheckEnabled=False)


@scenario("alb-target-group-not-attached")
def target_group_not_attached(stack: Stack) -> None:
    """The listener was left with the page of a maintenance."""
    [listener] = _listeners(stack)
    page = {"StatusCode": "503", "ContentType": "text/plain", "MessageBody": "back soon"}
    stack.client("elbv2").modify_listener(
        ListenerArn=listener["ListenerArn"],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": page}],
    )


@scenario("alb-zone-not-enabled")
def zone_not_enabled(stack: Stack) -> None:
    """The load balancer moved to another zone, and the tasks of the second one stayed."""
    ec2, elbv2 = stack.client("ec2"), stack.client("elbv2")
    first, second = stack.exports["PublicSubnetAId"], stack.exports["PublicSubnetBId"]
    found = ec2.describe_subnets(SubnetIds=[first, second])["Subnets"]
    used = {subnet["AvailabilityZone"] for subnet in found}
    zones = ec2.describe_availability_zones()["AvailabilityZones"]
    other = next(zone["ZoneName"] for zone in zones if zone["ZoneName"] not in used)
    vpc = ipaddress.ip_network(ec2.describe_vpcs(VpcIds=[found[0]["VpcId"]])["Vpcs"][0]["CidrBlock"])
    *_, last = vpc.subnets(new_prefix=24)
    made = ec2.create_subnet(
        VpcId=found[0]["VpcId"], CidrBlock=str(last), AvailabilityZone=other
    )["Subnet"]
    public = [{"Name": "association.subnet-id", "Values": [first]}]
    table = ec2.describe_route_tables(Filters=public)["RouteTables"][0]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=made["SubnetId"])
    elbv2.set_subnets(LoadBalancerArn=_balancer(stack), Subnets=[first, made["SubnetId"]])


@scenario("alb-target-not-registered")
def target_not_registered(stack: Stack) -> None:
    """Somebody took a target out by hand; ECS does not put it back."""
    target = {"Id": ecs.address(ecs.live(stack.service)[0]), "Port": 8080}
    stack.client("elbv2").deregister_targets(
        TargetGroupArn=stack.exports["TargetGroupArn"], Targets=[target]
    )


@scenario("alb-keep-alive-too-short")
def keep_alive_too_short(stack: Stack) -> None:
    """The program closes idle connections after 5 s, the load balancer keeps them for 60."""
    app = App(keep_alive_seconds=5)
    release(stack, tag="v2", app=app, settings={"KEEP_ALIVE_SECONDS": "5"})


@scenario("alb-internal-error")
def internal_error(stack: Stack) -> None:
    text = "Health checks failed due to an internal error"
    _pin(stack, "unhealthy", "Elb.InternalError", text)


@scenario("alb-target-ip-unusable")
def target_ip_unusable(stack: Stack) -> None:
    text = "The IP address cannot be used as a target, as it is in use by a load balancer"
    _pin(stack, "unused", "Target.IpUnusable", text)


@scenario("alb-target-invalid-state")
def target_invalid_state(stack: Stack) -> None:
    _pin(stack, "unused", "Target.InvalidState", "Target is in the stopped state")


def _pin(stack: Stack, *verdict: str) -> None:
    """What no setting leads to; `POST /lab/health` without a state takes it back."""
    [(group, _)] = ecs.target_groups(stack.service)
    elb.set_health(group, "*", verdict)


def _balancer(stack: Stack) -> str:
    [group] = stack.client("elbv2").describe_target_groups(
        TargetGroupArns=[stack.exports["TargetGroupArn"]]
    )["TargetGroups"]
    return group["LoadBalancerArns"][0]


def _listeners(stack: Stack) -> list[dict]:
    found = stack.client("elbv2").describe_listeners(LoadBalancerArn=_balancer(stack))
    return found["Listeners"]


def _modify_target_group(stack: Stack, **settings: object) -> None:
    arn = stack.exports["TargetGroupArn"]
    stack.client("elbv2").modify_target_group(TargetGroupArn=arn, **settings)


def _running_app_becomes(stack: Stack, app: App) -> None:
    """Of what runs, which is not what is being released."""
    task = next(task for task in ecs.live(stack.service) if task.last_status == "RUNNING")
    running = ecs.definition(stack.service, task.task_definition_arn)
    image = running.container_definitions[0]["image"]
    APPS[image.rpartition(":")[2]] = app
