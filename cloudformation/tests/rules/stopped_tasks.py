"""The record of why tasks stopped, which ECS itself keeps for an hour only."""

import json
import re

from templates import mappings, only, resources_of

# probe looks for this name; EventBridge delivers to log groups below /aws/events/ only.
NAME = "/aws/events/ecs-stopped-tasks/${Cluster}"
DAYS = 30
WRITERS = {"events.amazonaws.com", "delivery.logs.amazonaws.com"}
PATTERN = {
    "source": ["aws.ecs"],
    "detail-type": ["ECS Task State Change"],
    "detail": {"clusterArn": [{"Fn::GetAtt": ["Cluster", "Arn"]}], "lastStatus": ["STOPPED"]},
}


def stopped_tasks_are_kept(stacks, _files):
    platform = stacks["platform"]
    groups = resources_of(platform, "AWS::Logs::LogGroup")
    kept = {name: it["Properties"] for name, it in groups.items() if it["Properties"].get("LogGroupName") == {"Fn::Sub": NAME}}
    if len(kept) != 1:
        yield f"there is no log group {NAME}"
        return
    ((group, properties),) = kept.items()
    if properties.get("RetentionInDays") != DAYS:
        yield f"stopped tasks are kept for {properties.get('RetentionInDays')} days instead of {DAYS}"
    rule_name, rule = "StoppedTaskRule", platform["Resources"]["StoppedTaskRule"]
    if rule["Properties"]["EventPattern"] != PATTERN:
        yield f"the rule catches {rule['Properties']['EventPattern']}"
    for target in rule["Properties"]["Targets"]:
        # EventBridge wants the ARN without the ":*" that GetAtt gives.
        if not target["Arn"].get("Fn::Sub", "").endswith(f":log-group:${{{group}}}"):
            yield f"the rule delivers to {target['Arn']}"
    yield from _delivery_is_allowed(platform, group, rule_name)


def _delivery_is_allowed(platform, group, rule_name):
    (text,) = mappings(only(platform, "AWS::Logs::ResourcePolicy")["PolicyDocument"], "Fn::Sub")
    document = json.loads(re.sub(r"\$\{([^}]+)\}", r"<\1>", text))
    allowed = set()
    for statement in document["Statement"]:
        if set(statement["Principal"]["Service"]) != WRITERS:
            yield f"{statement['Principal']} may write into the log group"
        if statement["Resource"] != f"<{group}.Arn>":
            yield f"EventBridge may write into {statement['Resource']}"
        allowed.add(statement["Action"])
        condition = {"ArnEquals": {"aws:SourceArn": f"<{rule_name}.Arn>"}}
        if statement["Action"] == "logs:PutLogEvents" and statement.get("Condition") != condition:
            yield "every rule of the account may write into the log group"
    if allowed != {"logs:CreateLogStream", "logs:PutLogEvents"}:
        yield f"EventBridge may {sorted(allowed)}"


RULES = [stopped_tasks_are_kept]
