"""NAT gateways: moto gives them an address outside their subnet and forgets what the default is."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.models import nat_gateways
from moto.ec2.models.nat_gateways import NatGateway


def install() -> None:
    """Patch moto."""
    original = NatGateway.__init__

    def make(
        self: NatGateway,
        backend: Any,
        subnet_id: str,
        allocation_id: str,
        tags: dict[str, str] | None = None,
        connectivity_type: str | None = None,
    ) -> None:
        hosts = ipaddress.ip_network(backend.get_subnet(subnet_id).cidr_block)
        address = str(hosts[8 + len(backend.nat_gateways)])
        nat_gateways.random_private_ip = lambda *_: address
        original(self, backend, subnet_id, allocation_id, tags, connectivity_type or "public")

    NatGateway.__init__ = make
