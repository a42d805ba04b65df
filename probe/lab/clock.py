"""How time passes: everything that happened moves into the past.

The clock of the lab is the clock of the machine; nobody wants to wait for it.
"""

from __future__ import annotations

import datetime
from typing import Any

import app_logs
import cfn_events
import ecs
import ecs_deployments
import ecs_events
import iam
import rds

_ECS_REMEMBERS = 3600  # seconds for which DescribeTasks knows a stopped task


def pass_time(service: Any, seconds: float) -> None:
    """Make what happened to a service, its log and its databases so many seconds older."""
    ecs.grow_older(service, seconds)
    ecs_deployments.grow_older(service, datetime.timedelta(seconds=seconds))
    app_logs.grow_older(service, seconds)
    ecs_events.grow_older(service.region_name, datetime.timedelta(seconds=seconds))
    rds.grow_older(service.region_name, seconds)
    cfn_events.grow_older(service.region_name, seconds)
    iam.all_arrived()
    forgotten = [
        task
        for task in ecs.tasks(service)
        if task.last_status == "STOPPED" and task.stopped_at < ecs.ago(_ECS_REMEMBERS)
    ]
    for task in forgotten:
        del service._backend.tasks[service.cluster_name][task.task_arn]
