"""The state of a stack, and waiting for it with each event as it comes."""

import os
import time

from .cli import Refused, aws, row, say_in, says
from .stacks import Stack

POLL_SECONDS = float(os.environ.get("DEPLOY_POLL_SECONDS", "5"))
_PATIENCE = 5  # calls in a row that may fail, or show nothing new, while AWS works on regardless


class Live:
    """A stack as it is in the account."""

    def __init__(self, stack: Stack, prefix: str):
        self.stack = stack
        self.name = f"{prefix}-{stack.name}"
        self.region = stack.region
        self.seen: set[str] = set()
        self.failures: list[tuple[str, str]] = []
        self.begun = False

    def describe(self, name: str | None = None) -> dict | None:
        """What DescribeStacks says, or nothing for a stack that does not exist."""
        try:
            answer = aws("cloudformation", "describe-stacks", "--stack-name", name or self.name, region=self.region)
        except Refused as refused:
            if says(refused, "does not exist"):
                return None
            raise
        return answer["Stacks"][0]

    def status(self) -> str | None:
        found = self.describe()
        return found["StackStatus"] if found else None

    def outputs(self) -> dict[str, str]:
        found = self.describe() or {}
        return {it["OutputKey"]: it["OutputValue"] for it in found.get("Outputs", [])}

    def events(self, name: str | None = None) -> list[dict]:
        """The last events, oldest first."""
        answer = aws(
            *("cloudformation", "describe-stack-events", "--stack-name", name or self.name),
            *("--max-items", "200"),
            region=self.region,
        )
        return list(reversed(answer["StackEvents"]))

    def mark(self) -> None:
        """Everything up to now is past: `wait` tells only what comes after."""
        self.seen = {event["EventId"] for event in self.events()}
        self.begun = False

    def mark_beginning(self) -> None:
        """Everything before the operation that runs now is past."""
        past: list[dict] = []
        for event in (events := self.events()):
            if event["LogicalResourceId"] == self.name and event["ResourceStatus"] in _BEGINNINGS:
                past = events[: events.index(event)]
        self.seen = {event["EventId"] for event in past}

    def wait(self, stack_id: str | None = None) -> str:
        """Tell each event until nothing moves any more; the last state. A deleted stack is known by its id only.

        In the first moments AWS may still show the state of before: it counts once an event of the stack itself came.
        """
        purposes, failed_calls, looks = self.stack.purposes(), 0, 0
        while True:
            looks += 1
            try:
                found = self.describe(stack_id)
                status = found["StackStatus"] if found else "DELETE_COMPLETE"
                if found:
                    self._tell(self.events(stack_id), purposes)
                failed_calls = 0
            except Refused as refused:
                failed_calls += 1
                if failed_calls == _PATIENCE:
                    raise
                print(say_in("  (no answer, trying again) ", "  (応答なし。再試行します) ") + str(refused), flush=True)
                status = "_IN_PROGRESS"
            if status == "DELETE_COMPLETE" or (is_final(status) and (self.begun or looks > _PATIENCE)):
                return status
            time.sleep(POLL_SECONDS)

    def _tell(self, events: list[dict], purposes: dict[str, str]) -> None:
        for event in events:
            if event["EventId"] in self.seen:
                continue
            self.seen.add(event["EventId"])
            name, status = event["LogicalResourceId"], event["ResourceStatus"]
            self.begun = self.begun or name == self.name
            about = purposes.get(name, "") if status.endswith("_IN_PROGRESS") else ""
            if reason := event.get("ResourceStatusReason", ""):
                if status.endswith("_FAILED"):
                    self.failures.append((name, reason))
                    about = reason
            print(row(f"  {str(event['Timestamp'])[11:19]}  {status:<27} {name:<24} ", about), flush=True)

    def root_failures(self) -> list[tuple[str, str]]:
        """What failed by itself, not because something else had failed before."""
        roots = [it for it in self.failures if "cancelled" not in it[1] and it[0] != self.name]
        return roots or self.failures


_BEGINNINGS = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS")


def is_final(status: str) -> bool:
    """Whether AWS has stopped working on it; a stack under review waits for us."""
    return status == "REVIEW_IN_PROGRESS" or not status.endswith("_IN_PROGRESS")
