"""What moto's CloudWatch Logs does otherwise than AWS.

Of a stream that does not exist it says that the group is missing, which is another fault: a task that
never started has no stream, a group that is gone takes every task's output with it. And it gives the
lines of all streams where those with a beginning were asked for.
"""

from __future__ import annotations

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse


def install() -> None:
    """Patch moto."""
    original = LogGroup.get_log_events

    def get_log_events(self: LogGroup, log_stream_name: str, *args: object, **kwargs: object) -> object:
        if log_stream_name not in self.streams:
            raise ResourceNotFoundException("The specified log stream does not exist.")
        return original(self, log_stream_name, *args, **kwargs)

    LogGroup.get_log_events = get_log_events
    LogsResponse.filter_log_events = _filter_log_events


class _Beginning:
    """Names of streams with this beginning, for who asks whether a name is among those that are wanted."""

    def __init__(self, text: str):
        self.text = text

    def __contains__(self, name: str) -> bool:
        return name.startswith(self.text)


_filter_named = LogsResponse.filter_log_events


def _filter_log_events(self: LogsResponse) -> str:
    read = self._get_param

    def with_beginning(name: str, default: object = None) -> object:
        beginning = read("logStreamNamePrefix") if name == "logStreamNames" else None
        return read(name, default) if beginning is None else _Beginning(beginning)

    self._get_param = with_beginning
    return _filter_named(self)
