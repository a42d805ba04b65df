"""The container, its settings and secrets, its roles, its image and how many of it run."""

import json
import re

from templates import as_list, container_of, imported, mappings, only, resources_of, value_in

CONTAINER, CONTAINER_PORT = "service", 8080
TARGET_HEALTH = {
    "HealthCheckPath": "/health",
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 5,
    "HealthCheckTimeoutSeconds": 5,
    "HealthCheckIntervalSeconds": 30,
}
PULL_ACTIONS = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}


def container_name_and_port_agree(stacks, _files):
    container = container_of(stacks)
    if container["Name"] != CONTAINER:
        yield f"the container is called {container['Name']}"
    ports = [mapping["ContainerPort"] for mapping in container["PortMappings"]]
    if ports != [CONTAINER_PORT]:
        yield f"the container listens on {ports}"
    for balancer in only(stacks["service"], "AWS::ECS::Service")["LoadBalancers"]:
        if (balancer["ContainerName"], balancer["ContainerPort"]) != (CONTAINER, CONTAINER_PORT):
            yield f"the service registers {balancer['ContainerName']}:{balancer['ContainerPort']}"
    group = only(stacks["platform"], "AWS::ElasticLoadBalancingV2::TargetGroup")
    if group["Port"] != CONTAINER_PORT or group.get("HealthCheckPort", "traffic-port") not in ("traffic-port", str(CONTAINER_PORT)):
        yield "the target group uses another port"
    environment = {it["Name"]: it["Value"] for it in container["Environment"]}
    if environment["LISTEN"] != f"0.0.0.0:{CONTAINER_PORT}":
        yield f"LISTEN is {environment['LISTEN']}"


def the_environment_is_the_one_the_service_reads(stacks, _files):
    container = container_of(stacks)
    environment = {it["Name"]: imported(it["Value"]) for it in container["Environment"]}
    expected = {"APP_ENV": None, "AUTH": None, "LISTEN": None, "DB_HOST": "DbHost", "DB_PORT": "DbPort", "DB_NAME": "DbName"}
    if environment != expected:
        yield f"the environment is {environment}"
    if {it["Name"] for it in container["Secrets"]} != {"DB_USER", "DB_PASSWORD"}:
        yield "the secrets are not DB_USER and DB_PASSWORD"


def secret_keys_exist(stacks, _files):
    generated = only(stacks["data"], "AWS::SecretsManager::Secret")["GenerateSecretString"]
    keys = {*json.loads(generated["SecretStringTemplate"]), generated["GenerateStringKey"]}
    for secret in container_of(stacks)["Secrets"]:
        text, variables = secret["ValueFrom"]["Fn::Sub"]
        if imported(variables["SecretArn"]) != "DbSecretArn":
            yield f"{secret['Name']} comes from another secret"
        match = re.fullmatch(r"\$\{SecretArn\}:(\w+)::", text)
        if not match or match[1] not in keys:
            yield f"{secret['Name']} reads {text}, the secret has {sorted(keys)}"
    for text in mappings(stacks["data"]["Resources"]["Database"], "Fn::Sub"):
        for key in re.findall(r"SecretString:(\w+)", str(text)):
            if key not in keys:
                yield f"the database takes {key} from the secret, which has {sorted(keys)}"


def granted(role, resource):
    """Actions that the role's own policies allow on an imported resource, or on `*`."""
    actions = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow" and resource in [imported(it) or it for it in as_list(statement["Resource"])]:
                actions.update(as_list(statement["Action"]))
    return actions


def the_execution_role_can_start_a_task(stacks, _files):
    task = only(stacks["service"], "AWS::ECS::TaskDefinition")
    role = stacks["service"]["Resources"][task["ExecutionRoleArn"]["Fn::GetAtt"][0]]["Properties"]
    needed = {
        "DbSecretArn": {"secretsmanager:GetSecretValue"},
        "RepositoryArn": PULL_ACTIONS,
        "*": {"ecr:GetAuthorizationToken"},
        "TaskLogGroupArn": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }
    for resource, actions in needed.items():
        allowed = granted(role, resource)
        for action in sorted(actions - allowed):
            yield f"the execution role lacks {action} on {resource}"
        for action in sorted(allowed - actions):
            yield f"the execution role does not need {action} on {resource}"


def task_roles_are_for_tasks_of_this_account(stacks, _files):
    for name, role in resources_of(stacks["service"], "AWS::IAM::Role").items():
        (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] != {"Service": "ecs-tasks.amazonaws.com"}:
            yield f"{name} can be assumed by {statement['Principal']}"
        if "aws:SourceAccount" not in statement.get("Condition", {}).get("StringEquals", {}):
            yield f"{name} can be assumed on behalf of other accounts"


def targets_are_addresses(stacks, _files):
    kind = only(stacks["platform"], "AWS::ElasticLoadBalancingV2::TargetGroup").get("TargetType")
    if kind != "ip":
        yield f"the target type is {kind}; Fargate tasks have addresses, not instances"


def health_values_are_the_documented_ones(stacks, _files):
    group = only(stacks["platform"], "AWS::ElasticLoadBalancingV2::TargetGroup")
    for key, expected in TARGET_HEALTH.items():
        if group.get(key) != expected:
            yield f"{key} is {group.get(key)} instead of {expected}"
    grace = only(stacks["service"], "AWS::ECS::Service").get("HealthCheckGracePeriodSeconds")
    if grace != 60:
        yield f"the grace period is {grace} s instead of 60"
    if container_of(stacks)["HealthCheck"]["Command"] != ["CMD", "/service", "healthcheck"]:
        yield "the container check runs another command"


def a_task_stops_in_time(stacks, _files):
    timeout = container_of(stacks).get("StopTimeout", 30)
    if not 30 <= timeout <= 120:
        yield f"StopTimeout {timeout}: the service needs up to 25 s, Fargate allows at most 120"


def capacity_limits_are_in_order(stacks, files):
    target = only(stacks["service"], "AWS::ApplicationAutoScaling::ScalableTarget")
    for environment in [{}, *files.values()]:
        low, high = (value_in(stacks["service"], target[key], environment) for key in ("MinCapacity", "MaxCapacity"))
        if int(low) > int(high):
            yield f"at least {low} and at most {high} tasks"
    if "DesiredCount" in only(stacks["service"], "AWS::ECS::Service"):
        yield "DesiredCount in the template undoes scaling at every deployment"


def images_are_named_by_build(stacks, files):
    image, variables = container_of(stacks)["Image"]["Fn::Sub"]
    if image != "${RepositoryUri}:${ImageTag}" or imported(variables["RepositoryUri"]) != "RepositoryUri":
        yield f"the image is {image}"
    tag = stacks["service"]["Parameters"]["ImageTag"]
    if "Default" in tag:
        yield "ImageTag has a default, so a deployment can roll back by accident"
    if re.search(tag["AllowedPattern"], "latest"):
        yield "ImageTag may be latest"
    for environment, values in files.items():
        if "ImageTag" in values:
            yield f"{environment}.json pins an image"
    if only(stacks["platform"], "AWS::ECR::Repository")["ImageTagMutability"] != "IMMUTABLE":
        yield "a tag can be given to another image"


RULES = [
    container_name_and_port_agree,
    the_environment_is_the_one_the_service_reads,
    secret_keys_exist,
    the_execution_role_can_start_a_task,
    task_roles_are_for_tasks_of_this_account,
    targets_are_addresses,
    health_values_are_the_documented_ones,
    a_task_stops_in_time,
    capacity_limits_are_in_order,
    images_are_named_by_build,
]
