"""Other teams' services in the same account, and a log group that is full of other streams: `probe` must ask about
neither.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import boto3

SERVICES = 200
TASKS = 2000
STREAMS = 10_000
NAME = "stranger"
# So long ago the tasks ended whose streams are still there.
DAYS = 3
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def gather(url: str, region: str) -> None:
    """Fills the account."""
    ecs, ec2, logs = (
        boto3.client(name, endpoint_url=url, region_name=region, **KEYS) for name in ("ecs", "ec2", "logs")
    )
    definition = services(ecs, ec2)
    streams(logs, definition)


def services(ecs, ec2) -> dict:
    """Starts them in the network of the one service that is there, half of them in its cluster; gives the definition
    of its tasks.
    """
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
    return ecs.describe_task_definition(taskDefinition=model["taskDefinition"])["taskDefinition"]


def roomy(ec2, beside: str) -> str:
    """A subnet with just enough room for all of them (the local AWS counts the free addresses one by one), with the
    routes of the one that is there, and in its zone: Fargate is not in every one.
    """
    (subnet,) = ec2.describe_subnets(SubnetIds=[beside])["Subnets"]
    room = {"VpcId": subnet["VpcId"], "AvailabilityZone": subnet["AvailabilityZone"], "CidrBlock": "10.0.128.0/20"}
    made = ec2.create_subnet(**room)["Subnet"]["SubnetId"]
    where = [{"Name": "association.subnet-id", "Values": [beside]}]
    (table,) = ec2.describe_route_tables(Filters=where)["RouteTables"]
    ec2.associate_route_table(RouteTableId=table["RouteTableId"], SubnetId=made)
    return made


def streams(logs, definition: dict) -> None:
    """Half of the streams in the service's log group are of its own tasks of days ago, half of others, who write now."""
    container = definition["containerDefinitions"][0]
    options = container["logConfiguration"]["options"]
    group, own = options["awslogs-group"], f"{options['awslogs-stream-prefix']}/{container['name']}"
    now = int(time.time() * 1000)

    def fill(number: int) -> None:
        prefix, at = ((own, now - DAYS * 86_400_000), (f"{NAME}/app", now))[number % 2]
        stream = {"logGroupName": group, "logStreamName": f"{prefix}/{number:032x}"}
        logs.create_log_stream(**stream)
        logs.put_log_events(**stream, logEvents=[{"timestamp": at, "message": f"line of {number}"}])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(STREAMS)))
    there = sum(len(page["logStreams"]) for page in logs.get_paginator("describe_log_streams").paginate(logGroupName=group))
    if there < STREAMS:
        raise SystemExit(f"only {there} log streams are there: the measure would say nothing")
