"""The container, its settings and secrets, its roles and its image."""

import json
import re

from templates import ROOT, as_list, container_of, imported, mappings, only, resources_of

CONTAINER, CONTAINER_PORT, METRICS_PORT = "service", 8080, 9090
TARGET_HEALTH = {
    "HealthCheckPath": "/health",
    "HealthyThresholdCount": 2,
    "UnhealthyThresholdCount": 5,
    "HealthCheckTimeoutSeconds": 5,
    "HealthCheckIntervalSeconds": 30,
}
PULL_ACTIONS = {"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}
# What Fargate offers: memory in MiB by CPU units.
SIZES = {
    256: {512, 1024, 2048},
    512: {1024 * gib for gib in range(1, 5)},
    1024: {1024 * gib for gib in range(2, 9)},
    2048: {1024 * gib for gib in range(4, 17)},
    4096: {1024 * gib for gib in range(8, 31)},
}
ALWAYS = {
    "APP_ENV": None, "AUTH": None, "LISTEN": None, "OIDC_CLIENT_ID": None, "ADMINS": None, "TZ_COMPANY": None,
    "SLACK_LANGUAGE": None, "DB_POOL_SIZE": None, "ALB_ARN": "LoadBalancerArn",
    "DB_HOST": "DbHost", "DB_PORT": "DbPort", "DB_NAME": "DbName",
}  # fmt: skip


def options_of_the_service(source=ROOT.parent / "service" / "src"):
    """The environment variables that `service serve` reads, from the declarations of its options."""
    text = "".join(path.read_text(encoding="utf-8") for path in [source / "config.rs", *sorted((source / "config").glob("*.rs"))])
    declared = re.findall(r"#\[arg\((?:[^\[\]]|\[[^\]]*\])*?\benv\b(?:[^\[\]]|\[[^\]]*\])*?\)\]\s*pub (\w+):", text)
    return {name.upper() for name in declared}


def container_name_and_port_agree(stacks, _values):
    container = container_of(stacks)
    if container["Name"] != CONTAINER:
        yield f"the container is called {container['Name']}"
    ports = [mapping["ContainerPort"] for mapping in container["PortMappings"]]
    if ports != [CONTAINER_PORT]:
        yield f"the container listens on {ports}"
    for balancer in only(stacks["service"], "AWS::ECS::Service")["LoadBalancers"]:
        if (balancer["ContainerName"], balancer["ContainerPort"]) != (CONTAINER, CONTAINER_PORT):
            yield f"the service registers {balancer['ContainerName']}:{balancer['ContainerPort']}"
    for name, group in target_groups(stacks).items():
        if group["Port"] != CONTAINER_PORT or group.get("HealthCheckPort", "traffic-port") not in ("traffic-port", str(CONTAINER_PORT)):
            yield f"{name} uses another port"
    environment = {it["Name"]: it["Value"] for it in container["Environment"]}
    if environment["LISTEN"] != f"0.0.0.0:{CONTAINER_PORT}":
        yield f"LISTEN is {environment['LISTEN']}"
    if environment.get("METRICS_LISTEN", f":{METRICS_PORT}").rpartition(":")[2] != str(METRICS_PORT):
        yield f"METRICS_LISTEN is {environment['METRICS_LISTEN']}"


def target_groups(stacks):
    """The properties of every target group."""
    found = resources_of(stacks["platform"], "AWS::ElasticLoadBalancingV2::TargetGroup")
    return {name: resource["Properties"] for name, resource in found.items()}


def the_environment_is_the_one_the_service_reads(stacks, values):
    container = container_of(stacks)
    environment = {it["Name"]: imported(it["Value"]) for it in container["Environment"]}
    secrets = {it["Name"] for it in container["Secrets"]}
    expected = dict(ALWAYS) | {"PUBLIC_URL": None if values["PublicUrl"] else "Entrance"}
    if values["MetricsClientGroupId"]:
        expected["METRICS_LISTEN"] = None
    if environment != expected:
        yield f"the environment is {environment}"
    if secrets != {"DB_USER", "DB_PASSWORD"} | ({"SLACK_WEBHOOK_URL"} if values["SlackWebhookSecretArn"] else set()):
        yield f"the secrets are {sorted(secrets)}"
    for name in sorted((environment.keys() | secrets) - options_of_the_service()):
        yield f"the service does not read {name}"


def secret_keys_exist(stacks, values):
    if values["MasterSecret"] == "managed":  # RDS writes these two into its secret
        keys = {"username", "password"}
    else:
        generated = only(stacks["data"], "AWS::SecretsManager::Secret")["GenerateSecretString"]
        template = json.loads(generated["SecretStringTemplate"])
        keys = {*template, generated["GenerateStringKey"]}
        user = only(stacks["data"], "AWS::RDS::DBInstance").get("MasterUsername")
        if user not in (template.get("username"), None):
            yield f"the secret's user is {template.get('username')}, the database's {user}"
    for secret in container_of(stacks)["Secrets"]:
        if secret["Name"] == "SLACK_WEBHOOK_URL":
            continue  # somebody else's secret, taken whole
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
    """Actions that the role's own policies allow on an imported resource, or on another one."""
    actions = set()
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow" and resource in [imported(it) or it for it in as_list(statement["Resource"])]:
                actions.update(as_list(statement["Action"]))
    return actions


def the_execution_role_can_start_a_task(stacks, values):
    task = only(stacks["service"], "AWS::ECS::TaskDefinition")
    role = stacks["service"]["Resources"][task["ExecutionRoleArn"]["Fn::GetAtt"][0]]["Properties"]
    needed = {
        "DbSecretArn": {"secretsmanager:GetSecretValue"},
        "KeyArn": {"kms:Decrypt"},
        "RepositoryArn": PULL_ACTIONS,
        "*": {"ecr:GetAuthorizationToken"},
        "TaskLogGroupArn": {"logs:CreateLogStream", "logs:PutLogEvents"},
    }
    if values["SlackWebhookSecretArn"]:
        needed[values["SlackWebhookSecretArn"]] = {"secretsmanager:GetSecretValue"}
    for resource, actions in needed.items():
        allowed = granted(role, resource)
        for action in sorted(actions - allowed):
            yield f"the execution role lacks {action} on {resource}"
        for action in sorted(allowed - actions):
            yield f"the execution role does not need {action} on {resource}"


def people_get_into_containers_only_when_let(stacks, values):
    service = only(stacks["service"], "AWS::ECS::Service")
    role = stacks["service"]["Resources"]["TaskRole"]["Properties"]
    let = values["ExecuteCommand"] == "true"
    if str(service["EnableExecuteCommand"]).lower() != values["ExecuteCommand"]:
        yield "ECS Exec is not what ExecuteCommand says"
    if bool(role.get("Policies")) != let:
        yield "the task role opens sessions that nobody may have, or cannot open those that people may"
    # A session needs files that can be written.
    if container_of(stacks)["ReadonlyRootFilesystem"] is let:
        yield "the container's files are writable without need, or not where a session needs it"


def tasks_are_sized_as_fargate_offers(stacks, _values):
    task = only(stacks["service"], "AWS::ECS::TaskDefinition")
    if int(task["Memory"]) not in SIZES.get(int(task["Cpu"]), ()):
        yield f"Fargate has no task with {task['Cpu']} CPU units and {task['Memory']} MiB"


def target_groups_fit_fargate_and_each_other(stacks, _values):
    groups = target_groups(stacks)
    for name, group in groups.items():
        if group.get("TargetType") != "ip":
            yield f"{name}: the target type is {group.get('TargetType')}; Fargate tasks have addresses, not instances"
        same = {key: value for key, value in group.items() if key != "Tags"}
        if same != {key: value for key, value in groups["TargetGroup"].items() if key != "Tags"}:
            yield f"{name} differs from the group that it changes places with"


def health_values_are_the_documented_ones(stacks, _values):
    group = target_groups(stacks)["TargetGroup"]
    for key, expected in TARGET_HEALTH.items():
        if group.get(key) != expected:
            yield f"{key} is {group.get(key)} instead of {expected}"
    grace = only(stacks["service"], "AWS::ECS::Service").get("HealthCheckGracePeriodSeconds")
    if grace != 60:
        yield f"the grace period is {grace} s instead of 60"
    if container_of(stacks)["HealthCheck"]["Command"] != ["CMD", "/service", "healthcheck"]:
        yield "the container check runs another command"


def a_task_stops_in_time(stacks, _values):
    timeout = container_of(stacks).get("StopTimeout", 30)
    if not 30 <= timeout <= 120:
        yield f"StopTimeout {timeout}: the service needs up to 25 s, Fargate allows at most 120"


def a_container_can_do_little_harm(stacks, _values):
    container = container_of(stacks)
    if container.get("User", "0").split(":")[0] in ("0", "root"):
        yield "the container runs as root"
    if container.get("LinuxParameters", {}).get("InitProcessEnabled") is not True:
        yield "nobody buries the container's dead processes"
    options = container["LogConfiguration"]["Options"]
    if options.get("mode") != "non-blocking" or "max-buffer-size" not in options:
        yield "a slow log service stops the program"


def images_are_named_by_build(stacks, values):
    image, variables = container_of(stacks)["Image"]["Fn::Sub"]
    if image != "${RepositoryUri}:${ImageTag}" or imported(variables["RepositoryUri"]) != "RepositoryUri":
        yield f"the image is {image}"
    tag = stacks["service"]["Parameters"]["ImageTag"]
    if "Default" in tag:
        yield "ImageTag has a default, so a deployment can roll back by accident"
    if re.search(tag["AllowedPattern"], "latest"):
        yield "ImageTag may be latest"
    if "ImageTag" in values:
        yield "a parameter file pins an image"
    if only(stacks["platform"], "AWS::ECR::Repository")["ImageTagMutability"] != "IMMUTABLE":
        yield "a tag can be given to another image"


RULES = [
    container_name_and_port_agree,
    the_environment_is_the_one_the_service_reads,
    secret_keys_exist,
    the_execution_role_can_start_a_task,
    people_get_into_containers_only_when_let,
    tasks_are_sized_as_fargate_offers,
    target_groups_fit_fargate_and_each_other,
    health_values_are_the_documented_ones,
    a_task_stops_in_time,
    a_container_can_do_little_harm,
    images_are_named_by_build,
]
