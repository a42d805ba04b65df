"""Faults of the log group."""

from __future__ import annotations

from releases import restart_one_task
from scenarios import scenario
from stack import Stack


@scenario("logs-group-missing")
def group_missing(stack: Stack) -> None:
    """Somebody deletes the group; what runs goes on and its lines are lost."""
    stack.client("logs").delete_log_group(logGroupName=stack.exports["TaskLogGroupName"])
    restart_one_task(stack)
