"""NAT gateways: moto gives them an address outside their subnet, forgets what the default is, and
knows none that belong to no subnet."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import nat_gateways
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.responses.nat_gateways import NatGateways
from moto.ec2.utils import add_tag_specification, random_nat_gateway_id

_create = NatGateways.create_nat_gateway


class RegionalNatGateway(NatGateway):
    """One for all zones of a VPC, for which AWS brings the addresses."""

    # moto counts instances by the second word of the module's name.
    __module__ = NatGateway.__module__

    def __init__(self, backend: Any, vpc_id: str, tags: dict[str, str]):
        self.id = random_nat_gateway_id()
        self.vpc_id = backend.get_vpc(vpc_id).id
        self.subnet_id = None
        self.state, self.connectivity_type = "available", "public"
        self.availability_mode = "regional"
        self.auto_provision_zones = self.auto_scaling_ips = "enabled"
        self.address_set: list[dict[str, Any]] = []
        self._created_at = nat_gateways.utcnow()
        self.ec2_backend = backend
        self.add_tags(tags)


def create_nat_gateway(self: NatGateways) -> ActionResult:
    """A regional one where it is asked for, else moto's."""
    if self._get_param("AvailabilityMode") != "regional":
        return _create(self)
    tags = add_tag_specification(self._get_param("TagSpecifications", []))
    made = RegionalNatGateway(self.ec2_backend, self._get_param("VpcId"), tags)
    self.ec2_backend.nat_gateways[made.id] = made
    return ActionResult({"NatGateway": made})


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
    NatGateways.create_nat_gateway = create_nat_gateway
