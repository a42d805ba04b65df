"""Puts the same faults before `probe` and before the troubleshooting tool of awslabs.ecs-mcp-server.

    make compare-rival

breaks a stack in the lab, one fault at a time, asks both, and prints what each names; then it gives
both the messages of tests/it/corpus.jsonl that the other has a classifier for.

The other tool collects facts for a language model. It names causes itself in four places only, and
these are what is judged here: the categories of its failed tasks, its image check, the issues of
its service check, and the error lines that it picks from logs. An answer is *right* when it names
the fault or the kind of fault, *shown* when it names nothing but hands on AWS's own words about the
fault for a reader or a model to interpret, else *missed*.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import importlib.metadata
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from typing import Any

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE.parent / "tests" / "it" / "corpus.jsonl"
REGION = "ap-northeast-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

# What the other's verdicts may mean at best, by the beginnings of our ids and classes. Where a
# verdict is vague it counts for every fault that it could be said of.
MEANS: dict[str, tuple[str, ...]] = {
    "image_pull_failure": (
        "image-",
        "ecs-image-tag-missing",
        "iam-image-pull-denied",
        "network-layer-download-blocked",
        "network-no-route",
        "network-nat-not-forwarding",
        "network-endpoint-unusable",
        "network-api-egress-closed",
        # classes of the corpus
        "dockerhub-rate-limit",
        "disk-full",
        "ecr-",
        "exec-role-missing-ecr-permission",
        "no-route-to-internet",
        "registry-",
    ),
    "image check": ("image-repository-missing", "image-reference-invalid", "ecs-image-tag-missing"),
    "resource_constraint": ("capacity-", "image-disk-full", "disk-full", "fargate-", "ec2-"),
    "out_of_memory": ("ecs-container-out-of-memory", "container-oom"),
    "segmentation_fault": ("image-architecture-mismatch",),
    "application_error": ("ecs-container-exited", "app-exited-nonzero"),
    "dependent_container_stopped": ("ecs-sidecar-exited", "sidecar-exit-stops-task"),
    "unhealthy_targets": ("alb-", "network-target-port-closed", "ecs-grace-period-too-short"),
    "port_mismatch": ("alb-health-check-port-wrong", "ecs-load-balancer-mapping-wrong"),
    "failed_deployment": ("ecs-deployment-",),
    "stalled_deployment": ("ecs-deployment-",),
    "error in the log": ("rds-", "network-database-", "ecs-container-exited"),
}


def names(verdict: str, fault: str) -> bool:
    """Whether a verdict of the other, read kindly, is about this fault."""
    return fault.startswith(MEANS.get(verdict, ()))


class Lab:
    """The local AWS, with a stack to break."""

    def __init__(self, python: str) -> None:
        command = [python, str(HERE.parent / "lab" / "lab.py"), "--no-door"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.url = json.loads(self.process.stdout.readline())["aws"]

    def __call__(self, verb: str, **body: Any) -> dict:
        address = f"{self.url}/lab/{verb}"
        request = urllib.request.Request(address, json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(timeout=20)


class Probe:
    def __init__(self, binary: str) -> None:
        self.binary = binary

    def _run(self, *arguments: str) -> dict:
        command = [self.binary, *arguments, "-o", "json"]
        environment = {**CREDENTIALS, "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent"}
        return json.loads(subprocess.run(command, env=environment, capture_output=True).stdout)

    def diagnose(self, lab: Lab) -> dict:
        place = ("--stack", "events", "--region", REGION, "--endpoint-url", lab.url)
        return self._run("diagnose", *place)

    def explain(self, message: str, where: str) -> str | None:
        return self._run("explain", "--message", message, "--where", where)["class"]


class Rival:
    """The troubleshooting tool of the other, as its server calls it."""

    def __init__(self, lab: Lab) -> None:
        os.environ.update(CREDENTIALS)
        os.environ.update(
            AWS_ENDPOINT_URL=lab.url, AWS_REGION=REGION, ALLOW_SENSITIVE_DATA="true"
        )
        # Imported late: it reads the environment when it makes its clients.
        from awslabs.ecs_mcp_server.api.ecs_troubleshooting import ecs_troubleshooting_tool
        from awslabs.ecs_mcp_server.api.troubleshooting_tools import fetch_task_failures

        self._tool = ecs_troubleshooting_tool
        self._category = sys.modules[fetch_task_failures.__module__]._categorize_container_failure

    def _ask(self, action: str, **parameters: str) -> dict:
        wanted = {f"ecs_{name}_name": value for name, value in parameters.items()}
        return asyncio.run(self._tool(action, wanted))

    def diagnose(self, stack: dict) -> tuple[list[str], str, str]:
        """Its verdicts, everything that it handed on, and of that the network."""
        place = {"cluster": stack["cluster"], "service": stack["service"]}
        cluster = {"cluster": stack["cluster"]}
        answers = {
            "get_ecs_troubleshooting_guidance": place,
            "fetch_service_events": place,
            "fetch_task_failures": cluster,
            "fetch_task_logs": cluster,
            "detect_image_pull_failures": place,
            "fetch_network_configuration": cluster,
        }
        said = {action: self._ask(action, **asked) for action, asked in answers.items()}
        failed = [action for action, answer in said.items() if answer.get("status") == "error"]
        verdicts = sorted({*_verdicts(said), *(f"({action} failed)" for action in failed)})
        network = said["fetch_network_configuration"]
        return verdicts, _text(said), _text(network)

    def explain(self, message: str) -> str:
        return self._category({"name": "service", "reason": message})


def _text(data: dict) -> str:
    return json.dumps(data, default=str, ensure_ascii=False)


def _verdicts(said: dict[str, dict]) -> Iterator[str]:
    yield from said["fetch_task_failures"].get("failure_categories", ())
    if said["detect_image_pull_failures"].get("image_issues"):
        yield "image check"
    for issue in said["fetch_service_events"].get("issues", ()):
        yield from (part["type"] for part in issue.get("issues", [issue]))
    if said["fetch_task_logs"].get("pattern_summary"):
        yield "error in the log"


def words_of_aws(lab: Lab, stack: dict) -> set[str]:
    """What AWS says of the failure: reasons of tasks, containers, targets and deployments."""
    import boto3

    def client(service: str) -> Any:
        return boto3.client(service, region_name=REGION, endpoint_url=lab.url, **_KEYS)

    ecs, elb = client("ecs"), client("elbv2")
    place = {"cluster": stack["cluster"]}
    stopped = ecs.list_tasks(**place, desiredStatus="STOPPED")["taskArns"]
    tasks = ecs.describe_tasks(**place, tasks=stopped)["tasks"] if stopped else []
    words = {task.get("stoppedReason", "") for task in tasks}
    words |= {c.get("reason", "") for task in tasks for c in task["containers"]}
    [service] = ecs.describe_services(**place, services=[stack["service"]])["services"]
    words |= {event["message"] for event in service["events"]}
    words |= {deployment.get("rolloutStateReason", "") for deployment in service["deployments"]}
    for group in elb.describe_target_groups()["TargetGroups"]:
        health = elb.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        targets = health["TargetHealthDescriptions"]
        words |= {target["TargetHealth"].get("Description", "") for target in targets}
    return {word for word in words if word and not _ROUTINE.search(word)}


# What ECS says of every deployment, and endings that do not say what ended the task.
_ROUTINE = re.compile(
    "^(Essential container|Scaling activity|Task failed ELB|Target registration|ECS deployment)"
    "|has started|steady state|registered|has stopped|begun draining|unable to consistently start"
    "|deployment (completed|in progress)"
)
# What its dump of the network can hold: where the broken object is in it, a reader can find it.
_IN_NETWORK = re.compile(
    "((sg|rtb|nat|subnet|vpc|igw)-[0-9a-f]{8,}|arn:aws:elasticloadbalancing:[^ \"]+)"
)


_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


def faults(binary: str) -> list[str]:
    """Every fault that the lab can make and `probe` has a name for."""
    listed = subprocess.run([binary, "list", "-o", "json"], capture_output=True, check=True)
    return [check["id"] for check in json.loads(listed.stdout)]


def injected(lab: Lab, probe: Probe, rival: Rival, wanted: Iterable[str]) -> None:
    score = {"probe": collections.Counter[str](), "other": collections.Counter[str]()}
    print(f"{'fault':38} {'probe':8} {'other':8} what the other says")
    for fault in ("healthy", *wanted):
        lab("reset")
        stack = lab("deploy")
        try:
            if fault != "healthy":
                lab("break", scenario=fault)
        except urllib.error.HTTPError:
            continue  # the lab cannot make it
        said, data, network = rival.diagnose(stack)
        quoted = {_text({word: 0})[2:-5] for word in words_of_aws(lab, stack)}
        shown = [word for word in quoted if word in data]
        report = probe.diagnose(lab)
        found = sorted(cause["id"] for cause in report["causes"])
        broken = {m[0] for m in _IN_NETWORK.finditer(_text(_findings(report, fault)))}
        in_network = fault.startswith(("network-", "alb-")) and any(id in network for id in broken)
        if any(names(verdict, fault) for verdict in said) or (fault == "healthy" and not said):
            theirs = "right"
        else:
            theirs = "shown" if shown or in_network else "missed"
        expected = [fault] if fault != "healthy" else []
        ours = "right" if found == expected else "missed" if fault not in found else "and more"
        score["probe"][ours] += 1
        score["other"][theirs] += 1
        handed = f"; {len(shown)} of {len(quoted)} reasons handed on" if quoted else ""
        seen = "; the object is in its network dump" if in_network else ""
        verdicts = ", ".join(said) or "nothing"
        print(f"{fault:38} {ours:8} {theirs:8} {verdicts}{handed}{seen}", flush=True)
        if found != expected:
            print(f"{'':38} probe named {', '.join(found) or 'nothing'}")
    for who, counted in score.items():
        print(f"{who}: {dict(counted)}")


def _findings(report: dict, fault: str) -> dict:
    return {"causes": [cause for cause in report["causes"] if cause["id"] == fault]}


def corpus(probe: Probe, rival: Rival) -> None:
    """Only reasons of containers and tasks: the other classifies nothing else."""
    tally: dict[str, collections.Counter] = collections.defaultdict(collections.Counter)
    for line in CORPUS.read_text().splitlines():
        case = json.loads(line)
        where, right = case["where"], case["cause_class"]
        if where not in ("containerReason", "stoppedReason"):
            continue
        ours = probe.explain(case["message"], where)
        # The reason of a task is not looked at by its tool; its classifier is asked all the same.
        category = rival.explain(case["message"])
        normal = right.startswith(("normal-", "ok-"))
        tally[where]["messages"] += 1
        tally[where]["probe"] += (ours is None) if normal else (ours == right)
        tally[where]["other"] += category == "other" if normal else names(category, right)
        tally[where]["other says «other»"] += category == "other"
    print("\nmessages of the corpus, each on its own")
    for where, counted in tally.items():
        print(f"{where:16} " + ", ".join(f"{name} {n}" for name, n in counted.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--probe", required=True, help="the binary")
    parser.add_argument("--lab-python", required=True, help="the interpreter for the lab")
    parser.add_argument("faults", nargs="*", help="only these faults")
    arguments = parser.parse_args()
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
    for package in ("awslabs.ecs-mcp-server", "boto3"):
        print(package, importlib.metadata.version(package))
    lab = Lab(arguments.lab_python)
    try:
        probe, rival = Probe(arguments.probe), Rival(lab)
        injected(lab, probe, rival, arguments.faults or faults(arguments.probe))
        corpus(probe, rival)
    finally:
        lab.close()


if __name__ == "__main__":
    main()
