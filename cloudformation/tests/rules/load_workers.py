"""The workers of a load test: what starts them, what they may do, and whom they reach."""

from templates import imported, only, resources_of

from .task import PULL_ACTIONS, SIZES, granted


def load_workers_may_start_and_hand_in_and_nothing_else(stacks, _values):
    resources = stacks["load-workers"]["Resources"]
    needed = {
        "WorkerExecutionRole": [
            ("*", {"ecr:GetAuthorizationToken"}),
            ("RepositoryArn", PULL_ACTIONS),
            ({"Fn::GetAtt": ["WorkerLogGroup", "Arn"]}, {"logs:CreateLogStream", "logs:PutLogEvents"}),
        ],
        "WorkerRole": [
            ({"Fn::Sub": "${ResultBucket.Arn}/*"}, {"s3:PutObject"}),
            ("*", {"cloudwatch:DescribeAlarms"}),
        ],
    }
    for name, grants in needed.items():
        role = resources[name]["Properties"]
        statements = [it for policy in role["Policies"] for it in policy["PolicyDocument"]["Statement"]]
        if len(statements) != len(grants):
            yield f"{name} has {len(statements)} statements instead of {len(grants)}"
        for resource, actions in grants:
            if granted(role, resource) != actions:
                yield f"{name} may {sorted(granted(role, resource))} on {resource} instead of {sorted(actions)}"


def load_workers_run_what_push_builds(stacks, _values):
    task = only(stacks["load-workers"], "AWS::ECS::TaskDefinition")
    (container,) = task["ContainerDefinitions"]
    image, variables = container["Image"]["Fn::Sub"]
    if image != "${RepositoryUri}:loadtest-${ImageTag}" or imported(variables["RepositoryUri"]) != "RepositoryUri":
        yield f"the image is {image}"
    if container["Name"] != "worker":
        yield f"run-task says what the container worker does, and it is called {container['Name']}"
    if int(task["Memory"]) not in SIZES.get(int(task["Cpu"]), ()):
        yield f"Fargate has no task with {task['Cpu']} CPU units and {task['Memory']} MiB"
    # Up to 3 s for requests under way, 2 s each to verify and to clean up, and then the results.
    if not 60 <= container.get("StopTimeout", 30) <= 120:
        yield f"StopTimeout {container.get('StopTimeout')}: what was measured must still be handed in"
    if "Command" in container or "EntryPoint" in container:
        yield "which part of which run a worker does is for run-task to say"


def load_workers_reach_the_entrance_and_nobody_reaches_them(stacks, _values):
    template = stacks["load-workers"]
    egress = resources_of(template, "AWS::EC2::SecurityGroupEgress").values()
    ports = sorted((it["Properties"]["FromPort"], it["Properties"]["ToPort"]) for it in egress)
    if ports != [(80, 80), (443, 443)]:
        yield f"the workers reach {ports}"
    if resources_of(template, "AWS::EC2::SecurityGroupIngress"):
        yield "somebody reaches the workers"


RULES = [
    load_workers_may_start_and_hand_in_and_nothing_else,
    load_workers_run_what_push_builds,
    load_workers_reach_the_entrance_and_nobody_reaches_them,
]
