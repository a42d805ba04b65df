"""Other teams' services in the same account: `probe` must not ask about them."""

from __future__ import annotations

import boto3

SERVICES = 200
TASKS = 2000
NAME = "stranger"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def gather(url: str, region: str) -> None:
    """Starts them in the network of the one service that is there, half of them in its cluster."""
    ecs, ec2 = (boto3.client(name, endpoint_url=url, region_name=region, **KEYS) for name in ("ecs", "ec2"))
    (ours,) = ecs.list_clusters()["clusterArns"]
    (name,) = ecs.list_services(cluster=ours)["serviceArns"]
    (model,) = ecs.describe_services(cluster=ours, services=[name])["services"]
    place = model["networkConfiguration"]
    place["awsvpcConfiguration"]["subnets"] = [roomy(ec2, place["awsvpcConfiguration"]["subnets"][0])]
    container = {"name": "app", "image": "public.ecr.aws/nginx/nginx:1.27", "essential": True}
    ecs.register_task_definition(
        family=NAME,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[container],
    )
    theirs = ecs.create_cluster(clusterName=NAME)["cluster"]["clusterArn"]
    for number in range(SERVICES):
        ecs.create_service(
            cluster=(ours, theirs)[number % 2],
            serviceName=f"{NAME}-{number}",
            taskDefinition=NAME,
            desiredCount=TASKS // SERVICES,
            launchType="FARGATE",
            networkConfiguration=place,
        )
    pages = (page for cluster in (ours, theirs) for page in ecs.get_paginator("list_tasks").paginate(cluster=cluster))
    count = sum(len(page["taskArns"]) for page in pages)
    if count < TASKS:
        raise SystemExit(f"only {count} tasks run: the measure would say nothing")


def roomy(ec2, beside: str) -> str:
    """A subnet with room for all of them, with the routes of the one that is there."""
    (subnet,) = ec2.describe_subnets(SubnetIds=[beside])["Subnets"]
    made = ec2.create_subnet(VpcId=subnet["VpcId"], CidrBlock="10.0.128.0/17")["Subnet"]["SubnetId"]
    where = [{"Name": "association.subnet-id", "Values": [beside]}]
    (table,) = ec2.describe_route_tables(Filters=where)["RouteTables"]
    ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=made)
    return made
