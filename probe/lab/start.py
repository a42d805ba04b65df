"""What the steps of a task's start have in common."""

from __future__ import annotations

import dataclasses

import wordings
from vpc import Place, Vpc


@dataclasses.dataclass(frozen=True)
class Start:
    """One attempt to start a task."""

    region: str
    role: str  # the name of the execution role; empty if there is none
    vpc: Vpc
    place: Place
    newer: bool  # whether Fargate says what is wrong in its newer words

    def address_of(self, service: str) -> str:
        """The address to which the name of an AWS service resolves."""
        endpoint = self.vpc.endpoint_of(service)
        if endpoint is None:
            return wordings.address()
        first = self.vpc.net(endpoint["SubnetIds"][0])
        return wordings.address(str(first[17]))
