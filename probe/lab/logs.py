"""The words of CloudWatch Logs for a stream that does not exist.

moto says of it that the group is missing, which is another fault: a task that never started has no
stream, a group that is gone takes every task's output with it.
"""

from __future__ import annotations

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup


def install() -> None:
    """Patch moto."""
    original = LogGroup.get_log_events

    def get_log_events(self: LogGroup, log_stream_name: str, *args: object, **kwargs: object) -> object:
        if log_stream_name not in self.streams:
            raise ResourceNotFoundException("The specified log stream does not exist.")
        return original(self, log_stream_name, *args, **kwargs)

    LogGroup.get_log_events = get_log_events
