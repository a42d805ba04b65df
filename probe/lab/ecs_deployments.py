"""ListServiceDeployments, DescribeServiceDeployments and DescribeServiceRevisions.

moto has none of them. DescribeServices forgets a deployment once another has taken its place;
these calls remember it, and they are what tells a roll-back from a success.
"""

from __future__ import annotations

import math
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs import responses

import ecs
from cloud import ACCOUNT

ROLLED_BACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ROLLED_BACK_BY_ALARM = "Service deployment rolled back because of alarm detection."


def install() -> None:
    """Add the operations to moto's."""
    handler = responses.EC2ContainerServiceResponse
    handler.list_service_deployments = _list
    handler.describe_service_deployments = _describe
    handler.describe_service_revisions = _describe_revisions


def threshold(service: Any) -> int:
    """After how many failed tasks the circuit breaker trips: half the count, 3 to 200."""
    return min(max(math.ceil(service.desired_count / 2), 3), 200)


def history(service: Any) -> list[dict]:
    """The service's deployments, newest first, those that are over included."""
    return sorted(_entries(service).values(), key=lambda e: e["created"], reverse=True)


def note(service: Any, seconds_ago: float = 0) -> None:
    """Write down what became of the deployments, before DescribeServices forgets them."""
    for deployment in reversed(service.deployments):
        created = deployment["createdAt"]
        entry = _entries(service).setdefault(
            deployment["id"],
            {
                "number": deployment["id"].split("/")[1].zfill(19),
                "sources": [e["number"] for e in history(service) if e["serving"]],
                "finished": None,
                "rollback": None,
                "task_definition": deployment["taskDefinition"],
            },
        )
        entry["created"] = created if created.tzinfo else created.replace(tzinfo=ecs.ago(0).tzinfo)
        entry["failed"] = max(deployment["failedTasks"], entry.get("failed", 0))
        entry["serving"] = deployment["runningCount"] > 0 or len(service.deployments) == 1
        entry["counts"] = {
            "requestedTaskCount": deployment["desiredCount"],
            "runningTaskCount": deployment["runningCount"],
            "pendingTaskCount": deployment["pendingCount"],
        }
        before = entry.get("status", "IN_PROGRESS")
        entry["status"], entry["reason"] = _status(deployment, entry, before)
        if entry["status"] != "IN_PROGRESS" and entry["finished"] is None:
            entry["finished"] = max(ecs.ago(seconds_ago), entry["created"])
    there = {deployment["id"] for deployment in service.deployments}
    for name, entry in _entries(service).items():
        if name not in there:
            entry["serving"], entry["counts"] = False, dict.fromkeys(entry["counts"], 0)
            if entry["status"] == "IN_PROGRESS":
                entry["status"], entry["finished"] = "STOPPED", ecs.ago(seconds_ago)
    _mention_current(service)


def roll_back(service: Any, failed: dict, target: dict, why: str, seconds_ago: float) -> None:
    """Say that a deployment ended in a roll-back to another."""
    entries = _entries(service)
    entry = entries[failed["id"]]
    entry["failed"] = max(entry["failed"], failed["failedTasks"])
    entry["finished"] = ecs.ago(max(seconds_ago - 30, 0))
    entry["rollback"] = {
        "reason": why,
        "startedAt": ecs.ago(seconds_ago),
        "serviceRevisionArn": _arn(service, "service-revision", entries[target["id"]]),
    }
    entry["status"], entry["reason"] = "ROLLBACK_SUCCESSFUL", why


def rolled_back(service: Any) -> bool:
    """Whether what was released last is not what runs."""
    newest = next(iter(history(service)), None)
    return newest is not None and newest["status"].startswith("ROLLBACK")


def grow_older(service: Any, passed: Any) -> None:
    """Move the history into the past."""
    for entry in _entries(service).values():
        entry["created"] -= passed
        if entry["finished"]:
            entry["finished"] -= passed
        if entry["rollback"]:
            entry["rollback"]["startedAt"] -= passed


def _entries(service: Any) -> dict[str, dict]:
    return service.__dict__.setdefault("lab_history", {})


def _status(deployment: dict, entry: dict, before: str) -> tuple[str, str | None]:
    if before.startswith("ROLLBACK"):
        return before, entry["reason"]
    if before == "SUCCESSFUL" or deployment["rolloutState"] == "COMPLETED":
        return "SUCCESSFUL", None
    if deployment["rolloutState"] == "FAILED":
        return "STOPPED", deployment["rolloutStateReason"]
    return ("IN_PROGRESS" if deployment["status"] == "PRIMARY" else "STOPPED"), None


def _mention_current(service: Any) -> None:
    """What DescribeServices says of them."""
    going_on = [e for e in history(service) if e["status"] == "IN_PROGRESS"]
    service.current_service_deployment = (
        _arn(service, "service-deployment", going_on[0]) if going_on else None
    )
    service.current_service_revisions = [
        {"arn": _arn(service, "service-revision", e), **e["counts"]}
        for e in history(service)
        if e["serving"]
    ]


def _arn(service: Any, kind: str, entry: dict) -> str:
    place = f"{service.cluster_name}/{service.name}/{entry['number']}"
    return f"arn:aws:ecs:{service.region_name}:{ACCOUNT}:{kind}/{place}"


# ---- the calls ----


def _list(self: Any) -> ActionResult:
    name = self._get_param("service").split("/")[-1]
    service = self.ecs_backend._get_service(self._get_param("cluster", "default"), name)
    found = _answers(service)
    if wanted := self._get_param("status"):
        found = [answer for answer in found if answer["status"] in wanted]
    between = self._get_param("createdAt") or {}
    if after := between.get("after"):
        found = [a for a in found if a["createdAt"].timestamp() > _seconds(after)]
    if before := between.get("before"):
        found = [a for a in found if a["createdAt"].timestamp() < _seconds(before)]
    keys = (
        "serviceDeploymentArn",
        "serviceArn",
        "clusterArn",
        "startedAt",
        "createdAt",
        "finishedAt",
        "status",
        "statusReason",
    )
    brief = [
        {key: answer[key] for key in keys if key in answer}
        | {"targetServiceRevisionArn": answer["targetServiceRevision"]["arn"]}
        for answer in found
    ]
    begin = int(self._get_param("nextToken") or 0)
    end = begin + int(self._get_param("maxResults") or 20)
    more = {"nextToken": str(end)} if end < len(brief) else {}
    return ActionResult({"serviceDeployments": brief[begin:end], **more})


def _describe(self: Any) -> ActionResult:
    wanted = self._get_param("serviceDeploymentArns")
    every = [a for service in self.ecs_backend.services.values() for a in _answers(service)]
    known = {answer["serviceDeploymentArn"]: answer for answer in every}
    return _found("serviceDeployments", known, wanted)


def _describe_revisions(self: Any) -> ActionResult:
    known = {}
    for service in self.ecs_backend.services.values():
        note(service)
        for entry in history(service):
            arn = _arn(service, "service-revision", entry)
            containers = ecs.definition(service, entry["task_definition"]).container_definitions
            known[arn] = {
                "serviceRevisionArn": arn,
                "serviceArn": service.arn,
                "clusterArn": service.cluster_arn,
                "taskDefinition": entry["task_definition"],
                "launchType": service.launch_type,
                "platformVersion": service.platform_version,
                "platformFamily": "Linux",
                "loadBalancers": service.load_balancers,
                "networkConfiguration": service.network_configuration,
                "containerImages": [
                    {"containerName": c["name"], "image": c["image"]} for c in containers
                ],
                "createdAt": entry["created"],
            }
    return _found("serviceRevisions", known, self._get_param("serviceRevisionArns"))


def _found(name: str, known: dict, wanted: list[str]) -> ActionResult:
    failures = [{"arn": arn, "reason": "MISSING"} for arn in wanted if arn not in known]
    found = [known[arn] for arn in wanted if arn in known]
    return ActionResult({name: found, "failures": failures})


def _answers(service: Any) -> list[dict]:
    note(service)
    by_number = {entry["number"]: entry for entry in history(service)}
    return [_answer(service, entry, by_number) for entry in history(service)]


def _answer(service: Any, entry: dict, by_number: dict[str, dict]) -> dict:
    def revision(of: dict) -> dict:
        return {"arn": _arn(service, "service-revision", of), **of["counts"]}

    going_on = entry["status"] == "IN_PROGRESS"
    configuration = service.deployment_configuration
    breaker = configuration.get("deploymentCircuitBreaker", {})
    alarms = configuration.get("alarms", {})
    tripped = (entry["rollback"] or {}).get("reason") == ROLLED_BACK
    stopped_by_breaker = entry["status"] == "STOPPED" and "circuit breaker" in (entry["reason"] or "")
    watching = "MONITORING" if going_on else "MONITORING_COMPLETE"
    answer = {
        "serviceDeploymentArn": _arn(service, "service-deployment", entry),
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": entry["created"],
        "startedAt": entry["created"],
        "updatedAt": entry["finished"] or ecs.ago(0),
        "sourceServiceRevisions": [revision(by_number[n]) for n in entry["sources"]],
        "targetServiceRevision": revision(entry),
        "status": entry["status"],
        "deploymentConfiguration": {"strategy": "ROLLING", **configuration},
        "deploymentCircuitBreaker": {
            "status": "DISABLED"
            if not breaker.get("enable")
            else "TRIGGERED"
            if tripped or stopped_by_breaker
            else watching,
            "failureCount": entry["failed"],
            "threshold": threshold(service),
        },
    }
    if alarms.get("enable"):
        fired = (entry["rollback"] or {}).get("reason") == ROLLED_BACK_BY_ALARM
        answer["alarms"] = {
            "status": "TRIGGERED" if fired else watching,
            "alarmNames": alarms["alarmNames"],
            "triggeredAlarmNames": alarms["alarmNames"] if fired else [],
        }
    if entry["finished"]:
        over = "stoppedAt" if entry["status"] == "STOPPED" else "finishedAt"
        answer[over] = entry["finished"]
    if entry["reason"]:
        answer["statusReason"] = entry["reason"]
    if entry["rollback"]:
        answer["rollback"] = entry["rollback"]
    return answer


def _seconds(moment: Any) -> float:
    return moment.timestamp() if hasattr(moment, "timestamp") else float(moment)
