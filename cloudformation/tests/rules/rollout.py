"""How a new version comes, and how many tasks there are: rules and roles of ECS, scaling, schedules."""

import re

from templates import exported, imported, only, resources_of

RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
# ECS shifts the traffic at these two; a pause there is refused.
NO_PAUSE = {"TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT"}
STAGES = NO_PAUSE | {
    "RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT",
    "PRE_PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT",
}  # fmt: skip
MEMORY_GIB = {"micro": 1, "small": 2, "medium": 4, "large": 8}
FIELD = r"(\*|\?|L|[0-9A-Z#,/*-]+)"


def is_schedule(text):
    """Whether Application Auto Scaling and EventBridge Scheduler take it."""
    if re.fullmatch(r"at\(\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\)", text):
        return True
    if re.fullmatch(r"rate\([1-9]\d* (minute|hour|day)s?\)", text):
        return True
    fields = text.removeprefix("cron(").removesuffix(")").split(" ") if text.startswith("cron(") and text.endswith(")") else []
    if len(fields) != 6 or not all(re.fullmatch(FIELD, field) for field in fields):
        return False
    limits = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
    for field, (low, high) in zip(fields, limits):
        if any(not low <= int(number) <= high for number in re.findall(r"(?<![/\d])\d+", field)):
            return False
    # Of the day of the month and the day of the week, one says nothing.
    return (fields[2] == "?") != (fields[4] == "?")


def schedules_can_be_read(stacks, _values):
    target = only(stacks["service"], "AWS::ApplicationAutoScaling::ScalableTarget")
    found = {action["ScheduledActionName"]: action["Schedule"] for action in target.get("ScheduledActions", [])}
    for name, schedule in resources_of(stacks["schedule"], "AWS::Scheduler::Schedule").items():
        found[name] = schedule["Properties"]["ScheduleExpression"]
    for name, text in found.items():
        if not is_schedule(text):
            yield f"{name} has the schedule {text}"


def capacity_limits_are_in_order(stacks, _values):
    target = only(stacks["service"], "AWS::ApplicationAutoScaling::ScalableTarget")
    limits = [target, *(action["ScalableTargetAction"] for action in target.get("ScheduledActions", []))]
    for limit in limits:
        low, high = int(limit["MinCapacity"]), int(limit["MaxCapacity"])
        if low > high:
            yield f"at least {low} and at most {high} tasks"
    if "DesiredCount" in only(stacks["service"], "AWS::ECS::Service"):
        yield "DesiredCount in the template undoes scaling at every deployment"


def connections_fit_the_database(stacks, values):
    size = values["InstanceClass"].split(".")[-1]
    # RDS takes a part of the memory for itself, and keeps three connections for its own.
    allowed = int(MEMORY_GIB.get(size, 16) * 2**30 / 9531392 * 0.8) - 3
    tasks = max(int(values["MaxTasks"]), int(values["EventDayMaxTasks"]) if values["EventDayBegin"] else 0)
    wanted = 2 * tasks * int(values["DatabasePoolSize"])
    if wanted > allowed:
        yield f"{tasks} tasks hold up to {wanted} connections during a deployment; {values['InstanceClass']} has about {allowed}"


def scaling_watches_what_the_strategy_allows(stacks, values):
    policies = [it["Properties"] for it in resources_of(stacks["service"], "AWS::ApplicationAutoScaling::ScalingPolicy").values()]
    kinds = {
        it["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"].removesuffix("HighResolution")
        for it in policies
    }
    expected = {"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"}
    if values["DeploymentStrategy"] == "ROLLING":
        expected |= {"ALBRequestCountPerTarget"}
    if kinds != expected:
        yield f"scaling watches {sorted(kinds)} instead of {sorted(expected)}"
    fast = any("HighResolution" in str(it) for it in policies)
    if fast != ("Monitoring" in only(stacks["service"], "AWS::ECS::Service")):
        yield "scaling watches metrics every 20 seconds that ECS does not send"


def target_groups_get_requests(stacks, _values):
    # ECS refuses a target group that no listener sends requests to; the rules are in an earlier stack.
    platform = stacks["platform"]
    listeners = resources_of(platform, LISTENER)
    forwarding = [it["Properties"]["DefaultActions"] for it in listeners.values()]
    for name, rule in resources_of(platform, RULE).items():
        if rule["Properties"]["ListenerArn"].get("Ref") not in listeners:
            yield f"{name} belongs to a listener that is not there"
        forwarding.append(rule["Properties"]["Actions"])
    for name in resources_of(platform, "AWS::ElasticLoadBalancingV2::TargetGroup"):
        if f"{{'Ref': '{name}'}}" not in str(forwarding):
            yield f"no listener sends requests to {name}"
    (balancer,) = only(stacks["service"], "AWS::ECS::Service")["LoadBalancers"]
    layer, group = exported(stacks, imported(balancer["TargetGroupArn"]))
    if layer != "platform" or not group["Type"].endswith("::TargetGroup"):
        yield f"the service registers in {balancer['TargetGroupArn']}"


def deployments_shift_traffic_as_ecs_wants_it(stacks, values):
    service = only(stacks["service"], "AWS::ECS::Service")
    (balancer,) = service["LoadBalancers"]
    advanced = balancer.get("AdvancedConfiguration")
    if values["DeploymentStrategy"] == "ROLLING":
        if advanced:
            yield "a rolling deployment shifts no traffic"
        return
    for key, kind in (
        ("AlternateTargetGroupArn", "AWS::ElasticLoadBalancingV2::TargetGroup"),
        ("ProductionListenerRule", RULE),
        ("TestListenerRule", RULE),
        ("RoleArn", "AWS::IAM::Role"),
    ):
        _, resource = exported(stacks, imported((advanced or {}).get(key)))
        if resource is None or resource["Type"] != kind:
            yield f"{key} is {(advanced or {}).get(key)}, and not a {kind}"
            continue
        if key == "RoleArn":
            (statement,) = resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            if statement["Principal"] != {"Service": "ecs.amazonaws.com"}:
                yield f"ECS cannot take the role, {statement['Principal']} can"
            if "AmazonECSInfrastructureRolePolicyForLoadBalancers" not in str(resource["Properties"].get("ManagedPolicyArns")):
                yield "the role may not change rules"
    if (advanced or {}).get("ProductionListenerRule") == (advanced or {}).get("TestListenerRule"):
        yield "the same rule is for everybody and for tests"
    for name, rule in resources_of(stacks["platform"], RULE).items():
        (action,) = rule["Properties"]["Actions"]
        if len(action.get("ForwardConfig", {}).get("TargetGroups", [])) != 2:
            yield f"{name} does not weigh two target groups"


def a_deployment_that_fails_goes_back(stacks, values):
    configuration = only(stacks["service"], "AWS::ECS::Service")["DeploymentConfiguration"]
    if configuration["Strategy"] != values["DeploymentStrategy"]:
        yield f"the strategy is {configuration['Strategy']}"
    rolling = values["DeploymentStrategy"] == "ROLLING"
    breaker = configuration.get("DeploymentCircuitBreaker")
    if rolling and breaker != {"Enable": True, "Rollback": True}:
        yield "a deployment whose tasks fail goes on for ever"
    if not rolling and breaker:
        yield "ECS has the circuit breaker for rolling deployments only"
    alarms = configuration.get("Alarms", {})
    if not (alarms.get("Enable") is True and alarms.get("Rollback") is True and alarms.get("AlarmNames")):
        yield "no alarm stops a deployment"
    for name in alarms.get("AlarmNames", []):
        _, alarm = exported(stacks, imported(name))
        if alarm is None or alarm["Type"] != "AWS::CloudWatch::Alarm":
            yield f"{name} is no alarm"


def hooks_are_complete(stacks, values):
    configuration = only(stacks["service"], "AWS::ECS::Service")["DeploymentConfiguration"]
    hooks = configuration.get("LifecycleHooks", [])
    if (values["Approval"] == "true" and values["DeploymentStrategy"] != "ROLLING") != bool(hooks):
        yield f"there are {len(hooks)} hooks"
    for hook in hooks:
        for stage in hook["LifecycleStages"]:
            if stage not in STAGES or (hook.get("TargetType") == "PAUSE" and stage in NO_PAUSE):
                yield f"ECS refuses a hook at {stage}"
        if hook.get("TargetType", "AWS_LAMBDA") == "AWS_LAMBDA" and not {"HookTargetArn", "RoleArn"} <= hook.keys():
            yield "a hook names no function, or no role to call it"


RULES = [
    schedules_can_be_read,
    capacity_limits_are_in_order,
    connections_fit_the_database,
    scaling_watches_what_the_strategy_allows,
    target_groups_get_requests,
    deployments_shift_traffic_as_ecs_wants_it,
    a_deployment_that_fails_goes_back,
    hooks_are_complete,
]
