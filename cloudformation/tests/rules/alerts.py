"""Alarms and events: somebody is told, and knows where to read on."""

import re

from templates import ROOT, imported, resources_of, walk

ALARM = "AWS::CloudWatch::Alarm"


def anchors(path):
    """The anchors of a Markdown file, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def every_alarm_tells_somebody_and_says_what_to_do(stacks, _values):
    for layer, template in stacks.items():
        for name, alarm in resources_of(template, ALARM).items():
            about = alarm["Properties"]
            for key in ("AlarmActions", "OKActions"):
                if [imported(it) for it in about.get(key, [])] != ["AlertTopicArn"]:
                    yield f"{layer}: {name} has {key} {about.get(key)}"
            if "TreatMissingData" not in about:
                yield f"{layer}: {name} does not say what no data mean"
            page = re.search(r"(runbooks/\S+\.md)#(\S+)", about.get("AlarmDescription", ""))
            if not page or not (ROOT.parent / page[1]).exists() or page[2] not in anchors(ROOT.parent / page[1]):
                yield f"{layer}: {name} leads to no section of a runbook: {about.get('AlarmDescription')}"


def alarms_that_stop_a_deployment_see_both_target_groups(stacks, values):
    for name in ("ServerErrorAlarm", "NoHealthyTaskAlarm"):
        alarm = stacks["platform"]["Resources"][name]["Properties"]
        groups = {it["Fn::GetAtt"][0] for it in walk(alarm) if isinstance(it, dict) and "Fn::GetAtt" in it} - {"LoadBalancer"}
        expected = {"TargetGroup"} | ({"AlternateTargetGroup"} if values["TrafficShifting"] == "true" else set())
        if groups != expected:
            yield f"{name} sees {sorted(groups)} instead of {sorted(expected)}"


def failed_deployments_and_costs_are_told(stacks, values):
    rules = resources_of(stacks["platform"], "AWS::Events::Rule")
    failed = rules.get("FailedDeploymentRule", {}).get("Properties", {})
    if failed.get("EventPattern", {}).get("detail", {}).get("eventName") != ["SERVICE_DEPLOYMENT_FAILED"]:
        yield "nobody hears of a failed deployment"
    if [imported(it["Arn"]) for it in failed.get("Targets", [])] != ["AlertTopicArn"]:
        yield "a failed deployment is told to somebody else"
    budgets = resources_of(stacks["platform"], "AWS::Budgets::Budget").values()
    if bool(budgets) != (str(values["MonthlyBudget"]) != "0"):
        yield "there is no budget, or one that was not wanted"
    for budget in budgets:
        for notification in budget["Properties"]["NotificationsWithSubscribers"]:
            if [imported(it["Address"]) for it in notification["Subscribers"]] != ["AlertTopicArn"]:
                yield "the budget is told to somebody else"


RULES = [
    every_alarm_tells_somebody_and_says_what_to_do,
    alarms_that_stop_a_deployment_see_both_target_groups,
    failed_deployments_and_costs_are_told,
]
