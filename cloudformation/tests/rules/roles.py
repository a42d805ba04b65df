"""Who may take a role, and what the option stacks' roles may do."""

import functools
import json
import pathlib
import re

import cfnlint

from templates import ROOT, as_list, mappings, only, resources_of

# A service of AWS may take a role on behalf of this account only; the others are people's or GitHub's.
ROLES = {
    ("network", "FlowLogRole"): "vpc-flow-logs.amazonaws.com",
    ("data", "MonitoringRole"): "monitoring.rds.amazonaws.com",
    ("platform", "TrafficShiftingRole"): "ecs.amazonaws.com",
    ("service", "ExecutionRole"): "ecs-tasks.amazonaws.com",
    ("service", "TaskRole"): "ecs-tasks.amazonaws.com",
    ("cicd", "DeployRole"): "cloudformation.amazonaws.com",
    ("rotation", "RestartRole"): "states.amazonaws.com",
    ("rotation", "StartRole"): "events.amazonaws.com",
    ("schedule", "ScheduleRole"): "scheduler.amazonaws.com",
    ("load-workers", "WorkerExecutionRole"): "ecs-tasks.amazonaws.com",
    ("load-workers", "WorkerRole"): "ecs-tasks.amazonaws.com",
}
# ECS says nothing about conditions of the role with which it shifts traffic; who passes it is the guard.
UNCONDITIONAL = {("platform", "TrafficShiftingRole")}
PEOPLE = {("probe-role", "ProbeRole"), ("cicd", "PipelineRole")}
SUBJECTS = {
    "repo:example/events:ref:refs/heads/main": True,
    "repo:example/events:environment:production": True,
    "repo:example/events:*": False,
    "repo:example/*:ref:refs/heads/main": False,
    "repo:example/events:ref:refs/heads/*": False,
    "repo:example/events:pull_request": False,
}


def roles_are_taken_by_whom_they_are_for(stacks, _values):
    for layer, template in stacks.items():
        for name, role in resources_of(template, "AWS::IAM::Role").items():
            (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            if (layer, name) in PEOPLE:
                continue
            if statement["Principal"] != {"Service": ROLES.get((layer, name))}:
                yield f"{layer}: {name} can be taken by {statement['Principal']}"
            if (layer, name) not in UNCONDITIONAL and "aws:SourceAccount" not in statement.get("Condition", {}).get("StringEquals", {}):
                yield f"{layer}: {name} can be taken on behalf of other accounts"


def only_one_place_of_one_repository_deploys(stacks, _values):
    role = stacks["cicd"]["Resources"]["PipelineRole"]["Properties"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    condition = statement["Condition"]
    expected = {"aud": "sts.amazonaws.com", "sub": {"Ref": "GitHubSubject"}}
    found = {key.rpartition(":")[2]: value for key, value in condition.get("StringEquals", {}).items()}
    if list(condition) != ["StringEquals"] or found != expected:
        yield f"GitHub gets in by {condition}"
    pattern = stacks["cicd"]["Parameters"]["GitHubSubject"]["AllowedPattern"]
    for subject, good in SUBJECTS.items():
        if bool(re.search(pattern, subject)) != good:
            yield f"{subject} is {'refused' if good else 'taken'}"


# What CloudFormation's descriptions of the types name, and the role does without.
NOT_NEEDED = {
    "iam:DeleteRolePermissionsBoundary": "it is what keeps a pipeline from making itself an administrator",
    "iam:PutRolePermissionsBoundary": "who deploys by hand gives it; see above",
    "lambda:DeleteProvisionedConcurrencyConfig": "for functions that scale",
    "lambda:GetProvisionedConcurrencyConfig": "for functions that scale",
    "lambda:PutProvisionedConcurrencyConfig": "for functions that scale",
}


@functools.cache
def permissions_of_types():
    """What CloudFormation calls to create, read, update and delete each type, as AWS describes the types."""
    found = {}
    for path in (pathlib.Path(cfnlint.__file__).parent / "data/schemas/resources").glob("*.json"):
        text = path.read_text(encoding="utf-8")
        if re.search(r'"AWS::(?:ECS|IAM|ApplicationAutoScaling|CloudWatch)::\w+"', text):
            described = json.loads(text)
            handlers = described.get("handlers", {})
            found.setdefault(described["typeName"], set()).update(
                action for name, about in handlers.items() if name != "list" for action in about.get("permissions", [])
            )
    return found


def the_pipeline_may_do_what_cloudformation_does_for_it(stacks, _values):
    role = stacks["cicd"]["Resources"]["DeployRole"]["Properties"]
    allowed = {action for actions in mappings(role["Policies"], "Action") for action in as_list(actions)}
    for kind in sorted({it["Type"] for it in stacks["service"]["Resources"].values()}):
        needed = permissions_of_types().get(kind)
        if not needed:
            yield f"what CloudFormation calls for {kind} is not known"
        for action in sorted((needed or set()) - allowed - NOT_NEEDED.keys()):
            yield f"DeployRole may not {action}, which {kind} needs"


def pipelines_hand_on_no_more_than_they_have(stacks, _values):
    for name in ("PipelineRole", "DeployRole"):
        role = stacks["cicd"]["Resources"][name]["Properties"]
        for policy in role["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                actions = set(as_list(statement["Action"]))
                condition = statement.get("Condition", {}).get("StringEquals", {})
                if "iam:PassRole" in actions and "iam:PassedToService" not in condition:
                    yield f"{name} passes roles to anything"
                if actions & {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"} and "iam:PermissionsBoundary" not in condition:
                    yield f"{name} makes roles that may do anything"
                if any(action.endswith("*") for action in actions):
                    yield f"{name} may {sorted(actions)}"


def calls_of_loadtest():
    """The calls of AWS in the sources of loadtest, as names of actions without their service."""
    names = set()
    for path in (ROOT.parent / "loadtest" / "src").rglob("*.rs"):
        text = path.read_text(encoding="utf-8")
        if "aws_sdk_" in text:
            names |= {
                "".join(word.capitalize() for word in call.split("_"))
                for call in re.findall(r"\.((?:describe|get|list|put|stop|start|update|delete|create|register)_\w+)\(\)", text)
            }
    return names


def probe_and_loadtest_may_do_what_they_call_and_nothing_else(stacks, values):
    source = (ROOT.parent / "probe" / "src" / "collect.rs").read_text(encoding="utf-8")
    lists = {name: set(re.findall(r'"([a-z0-9-]+:\w+)"', body)) for name, body in re.findall(r"pub const (\w*ACTIONS):[^=]*=\s*&\[(.*?)\];", source, re.DOTALL)}
    watch = (ROOT.parent / "loadtest" / "src" / "witness.rs").read_text(encoding="utf-8")
    watched = re.search(r"pub const ACTIONS:[^=]*=\s*&?\[(.*?)\];", watch, re.DOTALL)
    called = lists["ACTIONS"] | lists["MORE_ACTIONS"] | set(re.findall(r'"([a-z0-9-]+:\w+)"', watched[1]))
    policy = only(stacks["probe-role"], "AWS::IAM::ManagedPolicy")["PolicyDocument"]
    allowed = {action for actions in mappings(policy, "Action") for action in as_list(actions)}
    for action in sorted(allowed ^ called):
        yield f"{action} is {'not called by probe or loadtest' if action in allowed else 'missing'}"
    names = {action.partition(":")[2] for action in allowed}
    for name in sorted(calls_of_loadtest() - names):
        # What changes something needs a permission of its own: this role only looks.
        if name.startswith(("Describe", "Get", "List")):
            yield f"{name} of loadtest is missing"
    role = stacks["probe-role"]["Resources"]["ProbeRole"]["Properties"]
    more = {action for actions in mappings(role.get("Policies", []), "Action") for action in as_list(actions)}
    # Whoever reads a secret also decrypts it.
    expected = lists["OPTIONAL_ACTIONS"] | {"kms:Decrypt"} if values["CheckSecretKeys"] == "true" else set()
    if more != expected:
        yield f"on request, probe may {sorted(more)} instead of {sorted(expected)}"


RULES = [
    roles_are_taken_by_whom_they_are_for,
    only_one_place_of_one_repository_deploys,
    the_pipeline_may_do_what_cloudformation_does_for_it,
    pipelines_hand_on_no_more_than_they_have,
    probe_and_loadtest_may_do_what_they_call_and_nothing_else,
]
