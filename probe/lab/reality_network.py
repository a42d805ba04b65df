"""What the configuration leads to: who reaches whom, between the parts of a service."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

import vpc
from cloud import ACCOUNT, client
from vpc import Place, Vpc


def of(service: Any) -> Vpc:
    """The VPC in which the tasks of a service are started."""
    first = service.network_configuration["awsvpcConfiguration"]["subnets"][0]
    subnet = ec2_backends[ACCOUNT][service.region_name].get_subnet(first)
    return vpc.look(service.region_name, subnet.vpc_id)


def task_places(service: Any) -> list[Place]:
    """The places in which ECS starts tasks."""
    network = service.network_configuration["awsvpcConfiguration"]
    public = network.get("assignPublicIp") == "ENABLED"
    return [Place(subnet, network["securityGroups"], public) for subnet in network["subnets"]]


def balancer_reaches_tasks(service: Any, group: Any, port: int) -> bool:
    """Whether every node of the load balancer opens connections to tasks in every subnet."""
    network = of(service)
    return any(
        all(network.connects(node, task, port) for node in nodes for task in task_places(service))
        for nodes in _nodes(service.region_name, list(group.load_balancer_arns)).values()
    )


def clients_reach_balancer(service: Any, group: Any) -> bool:
    """Whether clients somewhere in the internet open connections to what the balancer listens on."""
    network, region = of(service), service.region_name
    for arn, nodes in _nodes(region, list(group.load_balancer_arns)).items():
        listeners = client("elbv2", region).describe_listeners(LoadBalancerArn=arn)["Listeners"]
        for listener in listeners:
            if not all(network.enters(node, listener["Port"]) for node in nodes):
                return False
    return True


def _nodes(region: str, arns: list[str]) -> dict[str, list[Place]]:
    """The places of the nodes of load balancers, by ARN."""
    if not arns:
        return {}
    found = client("elbv2", region).describe_load_balancers(LoadBalancerArns=arns)
    return {
        balancer["LoadBalancerArn"]: [
            Place(zone["SubnetId"], balancer.get("SecurityGroups", []))
            for zone in balancer["AvailabilityZones"]
        ]
        for balancer in found["LoadBalancers"]
    }


def tasks_reach_database(service: Any, database: dict) -> bool:
    """Whether tasks in every subnet open connections to the database."""
    network = of(service)
    groups = [group["VpcSecurityGroupId"] for group in database["VpcSecurityGroups"]]
    home = Place(_home(database), groups)
    port = database["Endpoint"]["Port"]
    return all(network.connects(task, home, port) for task in task_places(service))


def _home(database: dict) -> str:
    """The subnet of an instance: that of its subnet group in its zone."""
    subnets = database["DBSubnetGroup"]["Subnets"]
    zone = database.get("AvailabilityZone")
    fitting = [s for s in subnets if s["SubnetAvailabilityZone"]["Name"] == zone]
    return (fitting or subnets)[0]["SubnetIdentifier"]
