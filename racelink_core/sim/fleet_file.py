"""Fleets that a simulation can play: a JSON document with networks, groups and devices."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from racelink_core.domain.address import Mac
from racelink_core.domain.channels import Region
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.radio_profile import DEFAULT_PROFILE, RadioProfile
from racelink_core.domain.snapshot import Snapshot

_FLEETS = files("racelink_core.sim") / "fleets"
DEMO_FLEET = "club-field"
_PROTOCOL_VERSION = 4


class InvalidFleet(RaceLinkError):
    """A fleet file is missing, no JSON, or lacks what a simulation needs."""

    code = "invalid_fleet"


class _Part(BaseModel):
    """What a simulation does not need is left alone: positions, WLED presets, channel names."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class FleetNetwork(_Part):
    id: str
    name: str = ""
    kind: Literal["rf", "ethernet"] = "rf"
    region: Region | None = None
    channel_id: int | None = None
    gateway_mac: Mac | None = None
    rf_config: RadioProfile | None = None

    @property
    def profile(self) -> RadioProfile:
        return self.rf_config or DEFAULT_PROFILE


class FleetGroup(_Part):
    id: int = Field(ge=1, le=254)
    name: str
    network_id: str | None = None


class FleetDevice(_Part):
    """`online` false: the device is switched off. `specials`: stored node options by name."""

    mac: Mac
    name: str = ""
    dev_type: int = Field(default=10, ge=0, le=255)
    group_id: int = Field(default=0, ge=0, le=254)
    network_id: str
    online: bool = True
    specials: dict[str, Any] = Field(default_factory=dict)


class Fleet(_Part):
    id: str
    name: str = ""
    description: str = ""
    networks: tuple[FleetNetwork, ...]
    groups: tuple[FleetGroup, ...] = ()
    devices: tuple[FleetDevice, ...] = ()
    rl_presets: tuple[RlPreset, ...] = ()

    def to_snapshot(self) -> Snapshot:
        """As a host holds it that knows the whole fleet."""
        return Snapshot(
            networks={network.id: _network(network) for network in self.networks},
            groups={
                GroupId(group.id): Group(
                    id=GroupId(group.id), name=group.name, network_id=group.network_id, display_order=order
                )
                for order, group in enumerate(self.groups, 1)
            },
            devices={device.mac: _device(device) for device in self.devices},
            presets={preset.id: preset for preset in self.rl_presets},
        )


def _network(network: FleetNetwork) -> Network:
    return Network(
        id=network.id,
        name=network.name or network.id,
        kind=network.kind,
        gateway_mac=network.gateway_mac,
        region=network.region,
        channel_id=network.channel_id,
        profile=network.profile if network.kind == "rf" else None,
    )


def _device(device: FleetDevice) -> Device:
    return Device(
        mac=device.mac,
        name=device.name or device.mac,
        dev_type=device.dev_type,
        version=_PROTOCOL_VERSION,
        group_id=GroupId(device.group_id),
        network_id=device.network_id,
        specials=device.specials,
    )


def load_fleet(path: str | Path) -> Fleet:
    """Raises InvalidFleet with what is wrong, and where."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidFleet(f"The fleet file {path} cannot be read: {error.strerror or error}.") from error
    return _parse(text, str(path))


def demo_fleet() -> Fleet:
    """The fleet that comes with the program."""
    return built_in_fleet(DEMO_FLEET)


def built_in_fleet(name: str) -> Fleet:
    """Raises InvalidFleet with the names there are."""
    try:
        return _parse((_FLEETS / f"{name}.json").read_text(encoding="utf-8"), name)
    except OSError as error:
        raise InvalidFleet(f"There is no built-in fleet {name!r}, only: {', '.join(built_in_names())}.") from error


def built_in_names() -> tuple[str, ...]:
    return tuple(sorted(entry.name[:-5] for entry in _FLEETS.iterdir() if entry.name.endswith(".json")))


def _parse(text: str, where: str) -> Fleet:
    try:
        fleet = Fleet.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        raise InvalidFleet(f"{where} is not JSON: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        raise InvalidFleet(f"{where}: {place}: {first['msg']}.") from error
    known = {network.id for network in fleet.networks}
    for device in fleet.devices:
        if device.network_id not in known:
            raise InvalidFleet(
                f"{where}: device {device.mac} is on network {device.network_id!r}, which is not listed."
            )
    return fleet
