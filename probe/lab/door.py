"""POST /lab/<verb>: set the stack up, break it, and let time pass.

    deploy   {"prefix": "events", "image_tag": "v1"}     the five stacks, two healthy tasks;
             "environment": "prod" and "parameters": {"Cpu": "512"} for other than dev's
    reset    {}                                          an empty account
    break    {"scenario": "<check id>"}                  a fault and what AWS shows around it;
             {"scenario": ["<id>", "<id>"]} for several at once
    recover  {}                                          time passes: healthy if it was repaired
    give-up  {}                                          the circuit breaker ends a deployment
             that fails, and rolls back if the service says so
    capacity {"lacks": "quota"}                          "quota", "capacity", "throttled", "spot";
             without "lacks" Fargate has room again
    age      {"seconds": 4000}                           what happened becomes older; ECS forgets
             a stopped task after an hour
    event    {"message": "...", "seconds_ago": 0}
    stop     {"stoppedReason": "...", "stopCode": "...", "exitCode": 1, "containerReason": "...",
              "task": "...", "seconds_ago": 0}
    health   {"state": "unhealthy", "reason": "Target.Timeout", "description": "Request timed out",
              "target": "10.0.11.5"}                     without "state": follows the rest again
    scale    {"desired": 4, "cause": "..."}
    db       {"address": "127.0.0.1", "port": 5433, "status": "available"};
             "rds_iam": true for a user who may log in with IAM only;
             "maintenance": [{"action": "db-upgrade", "description": "...", "days": 5}]
    log      {"lines": ["..."], "task": "...", "seconds_ago": 0}
    insights {"rows": [{"path": "/"}], "running": 1, "status": "Complete"}   what the next queries of
             Logs Insights answer, after so many looks; answers with the queries before

All but `reset` take "prefix" (default "events") and "region"; those that are about one service
also take "cluster" and "service" instead. They answer with JSON; {"error": ...} comes with status
400 for what does not exist and 500 when something failed.
"""

from __future__ import annotations

import json
import os
import threading
import traceback
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.wrappers import Request, Response

import app_logs
import cfn_events
import clock
import ecs
import elb
import insights
import placement
import programs
import rds
import rds_upkeep
import reality_image
import scaling
import scenarios
import scheduler
import vpc
from cloud import REGION
from ecs import Failure
from scenarios import Mistake
from stack import Stack, deploy

_ONE_AT_A_TIME = threading.Lock()
_VERBS: dict[str, Callable[[dict], dict]] = {}
_DEPLOYED_AGO = 1800  # a stack that has been there for a while


def answer(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Run the verb that the path names."""
    request = Request(environ)
    verb = environ["PATH_INFO"].removeprefix("/lab/")
    status = 200
    try:
        if verb not in _VERBS:
            raise Mistake(f"no verb {verb!r}; there are {', '.join(_VERBS)}")
        with _ONE_AT_A_TIME:
            body = _VERBS[verb](json.loads(request.get_data() or b"{}"))
    except Mistake as mistake:
        body, status = {"error": str(mistake)}, 400
    except Exception as error:  # the caller is a test: it wants the reason, not a page
        traceback.print_exc()
        body, status = {"error": f"{type(error).__name__}: {error}"}, 500
    response = Response(json.dumps(body) + "\n", status, mimetype="application/json")
    return response(environ, start_response)


def _verb(function: Callable[[dict], dict]) -> Callable[[dict], dict]:
    # "break" is a word of Python's own, and "give-up" is no word of Python's.
    _VERBS[function.__name__.rstrip("_").replace("_", "-")] = function
    return function


def _stack(wanted: dict) -> Stack:
    return Stack(wanted.get("prefix", "events"), wanted.get("region", REGION))


def _service(wanted: dict) -> Any:
    if "service" in wanted:
        backend = ecs.backend(wanted.get("region", REGION))
        return backend._get_service(wanted["cluster"], wanted["service"])
    return _stack(wanted).service


def _task(service: Any, wanted: dict) -> Any:
    """The task that is named, else the newest that runs."""
    for task in reversed(ecs.live(service)):
        if wanted.get("task", "") in task.task_arn:
            return task
    raise Mistake(f"no running task {wanted.get('task', '')}")


@_verb
def deploy_(wanted: dict) -> dict:
    with scheduler.at(_DEPLOYED_AGO):
        stack = deploy(
            wanted.get("prefix", "events"),
            wanted.get("image_tag", "v1"),
            wanted.get("region", REGION),
            wanted.get("environment", "dev"),
            wanted.get("parameters"),
        )
    rds.grow_older(stack.region, _DEPLOYED_AGO)
    cfn_events.grow_older(stack.region, _DEPLOYED_AGO)
    return {**stack.names, "exports": stack.exports}


@_verb
def reset(wanted: dict) -> dict:
    programs.APPS.clear()
    reality_image.ELSEWHERE.clear()
    scenarios.clear()
    insights.forget()
    call = urllib.request.Request(f"{os.environ['LAB_URL']}/moto-api/reset", method="POST")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    direct.open(call).close()
    vpc.forget()
    rds_upkeep.forget()
    return {"ok": True}


@_verb
def break_(wanted: dict) -> dict:
    names = wanted["scenario"]
    return scenarios.break_stack(_stack(wanted), [names] if isinstance(names, str) else names)


@_verb
def recover(wanted: dict) -> dict:
    return scenarios.recover(_stack(wanted))


@_verb
def give_up(wanted: dict) -> dict:
    """So much time passes that the deployment is over."""
    service = _service(wanted)
    if not scheduler.give_up_deployment(service):
        raise Mistake("no deployment of the service fails")
    return {"taskDefinition": service.task_definition}


@_verb
def capacity(wanted: dict) -> dict:
    placement.set_lack(_service(wanted), wanted.get("lacks"))
    return {"ok": True}


@_verb
def age(wanted: dict) -> dict:
    """Nothing happens in the meantime."""
    clock.pass_time(_service(wanted), wanted["seconds"])
    return {"ok": True}


@_verb
def event(wanted: dict) -> dict:
    ecs.event(_service(wanted), wanted["message"], wanted.get("seconds_ago", 0))
    return {"ok": True}


@_verb
def stop(wanted: dict) -> dict:
    """A task fails as told; no other takes its place before `recover` or another call."""
    service = _service(wanted)
    task = _task(service, wanted)
    code = wanted.get("stopCode", "TaskFailedToStart")
    end = Failure(
        wanted["stoppedReason"],
        code,
        wanted.get("exitCode"),
        wanted.get("containerReason"),
        ran=code != "TaskFailedToStart",
    )
    with ecs.LOCK:
        ecs.stop(service, task, end, wanted.get("seconds_ago", 0))
        ecs.refresh(service)
    return {"task": task.task_arn}


@_verb
def health(wanted: dict) -> dict:
    [(group, _)] = ecs.target_groups(_service(wanted))
    verdict = None
    if wanted.get("state"):
        verdict = (wanted["state"], wanted.get("reason"), wanted.get("description"))
    elb.set_health(group, wanted.get("target", "*"), verdict)
    return {"targetGroup": group.arn}


@_verb
def scale(wanted: dict) -> dict:
    """As Application Auto Scaling does it: an activity and a new desired count."""
    service = _service(wanted)
    cause = "monitor alarm TargetTracking-AlarmHigh in state ALARM triggered policy cpu"
    scaling.record(service, wanted["desired"], wanted.get("cause", cause))
    service.desired_count = wanted["desired"]
    scheduler.settle(service)
    return {"desired": service.desired_count, "running": service.running_count}


@_verb
def db(wanted: dict) -> dict:
    stack = _stack(wanted)
    name = wanted.get("db") or stack.database()["DBInstanceIdentifier"]
    rds.set_database(stack.region, name, wanted)
    for planned in wanted.get("maintenance", ()):
        rds_upkeep.plan(rds.find(stack.region, name).arn, **planned)
    return {"db": name}


@_verb
def insights_(wanted: dict) -> dict:
    return insights.set_next(wanted)


@_verb
def log(wanted: dict) -> dict:
    service = _service(wanted)
    lines = [(wanted.get("seconds_ago", 0), line) for line in wanted["lines"]]
    app_logs.write(service, _task(service, wanted), lines)
    return {"ok": True}
