"""The whole configuration at one moment: immutable, shared freely, never locked (design 3.4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import NotFound
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.race_binding import RaceBinding
from racelink_core.domain.scene import Scene
from racelink_core.domain.seat import Seat
from racelink_core.domain.settings import Settings


@dataclass(frozen=True)
class Snapshot:
    """Mappings keep insertion order: networks in store order, groups by display order, seats by index, others by id."""

    devices: Mapping[Mac, Device] = field(default_factory=dict)
    groups: Mapping[GroupId, Group] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    presets: Mapping[int, RlPreset] = field(default_factory=dict)
    scenes: Mapping[int, Scene] = field(default_factory=dict)
    seats: Mapping[int, Seat] = field(default_factory=dict)
    race_bindings: Mapping[int, RaceBinding] = field(default_factory=dict)
    settings: Settings = Settings()

    def device(self, mac: Mac) -> Device:
        """Raises NotFound."""
        try:
            return self.devices[mac]
        except KeyError:
            raise NotFound("device", mac) from None

    def group(self, group_id: GroupId) -> Group:
        """Raises NotFound."""
        try:
            return self.groups[group_id]
        except KeyError:
            raise NotFound("group", group_id) from None

    def preset(self, preset_id: int) -> RlPreset:
        """Raises NotFound."""
        try:
            return self.presets[preset_id]
        except KeyError:
            raise NotFound("RL preset", preset_id) from None

    def find_preset(self, reference: int | str) -> RlPreset | None:
        """By id (a number or its digits) or by key, with or without `RL:` (spec scenes, 7.2)."""
        if isinstance(reference, str):
            if reference.isascii() and reference.isdigit():
                return self.presets.get(int(reference))
            key = reference.removeprefix("RL:")
            return next((preset for preset in self.presets.values() if preset.key == key), None)
        return self.presets.get(reference)

    def scene(self, key: str) -> Scene:
        """Raises NotFound."""
        for scene in self.scenes.values():
            if scene.key == key:
                return scene
        raise NotFound("scene", key)

    def members(self, group_id: GroupId) -> Iterator[Device]:
        return (device for device in self.devices.values() if device.group_id == group_id)

    def devices_of_network(self, network_id: str) -> Iterator[Device]:
        return (device for device in self.devices.values() if device.network_id == network_id)
