"""A device: what the operator decided about one node. What the node reported is a `Reading`."""

from __future__ import annotations

from pydantic import Field

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.device_type import DeviceType, device_type
from racelink_core.domain.group import LAST_GROUP, UNCONFIGURED, GroupId
from racelink_core.domain.radio_profile import RadioProfile


class Position(FrozenModel):
    """Where a lamp stands along the track, each axis 0..1 (design 3.17)."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)


class Device(FrozenModel):
    """One known node. Source: spec http-api, section 2.4.

    group_id            the group the host wants; the node forgets it at every boot
    group_push_pending  the node has not confirmed `group_id` yet
    specials            stored node options, flat key to value (spec services, 8.2)
    """

    mac: Mac
    name: str = Field(min_length=1, max_length=64)
    dev_type: int = Field(default=0, ge=0, le=255, strict=True)
    version: int = Field(default=0, ge=0, le=255, strict=True)
    group_id: GroupId = Field(default=UNCONFIGURED, ge=UNCONFIGURED, le=LAST_GROUP, strict=True)
    group_push_pending: bool = False
    network_id: str | None = None
    last_known_profile: RadioProfile | None = None
    specials: dict[str, int] = Field(default_factory=dict)
    position: Position | None = None

    @property
    def radio_address(self) -> RadioAddress:
        return self.mac.radio_address

    @property
    def type(self) -> DeviceType:
        return device_type(self.dev_type)


def default_device_name(mac: Mac) -> str:
    return f"WLED {mac}"
