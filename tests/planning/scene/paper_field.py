"""Lamps of the simulator without a radio: each packet of a plan reaches whom it is for, at once.

The lamps are the judge of what a plan shows; nothing of the planner is used here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.scene import Delay
from racelink_core.domain.snapshot import Snapshot
from racelink_core.planning.addressing import network_of
from racelink_core.planning.scene.plan import ScenePlan
from racelink_core.planning.scene.segments import segments
from racelink_core.protocol.bodies import Control, Preset, Stream, Sync
from racelink_core.protocol.offset import Offset
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.sim.engine import Engine
from racelink_core.sim.lamp import Lamp
from racelink_core.sim.wled_presets import Look

_AFTER_EVERY_OFFSET_S = 70.0

Shown = Mapping[Mac, tuple[Any, ...]]


class PaperField:
    """`starting_offsets`: groups whose members are in offset mode, with that delay, before anything is sent."""

    def __init__(
        self, snapshot: Snapshot, starting_offsets: Mapping[int, int], *, materialises_at_once: bool = False
    ) -> None:
        self.engine = Engine()
        self.devices: dict[Mac, Device] = dict(snapshot.devices)
        self.lamps = {mac: self._lamp(device, materialises_at_once) for mac, device in self.devices.items()}
        self.networks = {mac: network_of(device, snapshot) for mac, device in self.devices.items()}
        for mac, device in self.devices.items():
            if device.group_id in starting_offsets:
                self.lamps[mac].active = Offset(
                    device.group_id, OffsetMode.EXPLICIT, offset_ms=starting_offsets[device.group_id]
                )

    def run(self, plan: ScenePlan) -> list[Shown]:
        """What every lamp shows and has armed at each barrier."""
        seen: list[Shown] = []
        for indexes in segments(plan.actions):
            for operation in (each for each in plan.operations if each.action in indexes):
                self._send(operation.network_id, operation.packet)
            delay = plan.actions[indexes[0]]
            if isinstance(delay, Delay):
                self.engine.advance_to(self.engine.now_s + delay.duration_ms / 1000)
            seen.append(self.shown())
        self.engine.advance_to(self.engine.now_s + _AFTER_EVERY_OFFSET_S)
        return [*seen, self.shown()]

    def shown(self) -> Shown:
        return {mac: _state(lamp) for mac, lamp in self.lamps.items()}

    def _lamp(self, device: Device, materialises_at_once: bool) -> Lamp:
        lamp = Lamp(self.engine, Look(), materialises_at_once=materialises_at_once, cancel_indicator=lambda: None)
        lamp.group_id = device.group_id
        return lamp

    def _send(self, network_id: str, packet: RadioPacket) -> None:
        for mac, lamp in self.lamps.items():
            if self.networks[mac] == network_id and _is_for(packet, self.devices[mac]):
                _tell(lamp, packet)


def _is_for(packet: RadioPacket, device: Device) -> bool:
    if not packet.receiver.is_broadcast and packet.receiver != device.radio_address:
        return False
    group = getattr(packet.body, "group_id", ALL_GROUPS)
    return group in (ALL_GROUPS, device.group_id)


def _tell(lamp: Lamp, packet: RadioPacket) -> None:
    body = packet.body
    if isinstance(body, Offset):
        lamp.offset(body)
    elif isinstance(body, Control):
        lamp.control(body)
    elif isinstance(body, Preset):
        lamp.preset(body)
    elif isinstance(body, Sync):
        lamp.sync(body)
    elif not isinstance(body, Stream):
        raise TypeError(f"a scene sends no {type(body).__name__}")


def _state(lamp: Lamp) -> tuple[Any, ...]:
    armed = lamp.armed and (replace(lamp.armed.body, group_id=ALL_GROUPS), lamp.armed.offset_ms)
    offset = lamp.effective_offset
    delay_ms = None if offset.mode is OffsetMode.NONE else offset.offset_ms_for(lamp.group_id)
    return (lamp.look, lamp.brightness, lamp.flags, lamp.phase_ms, armed, delay_ms, lamp.has_scheduled)


def differing(one: Iterable[Shown], other: Iterable[Shown], macs: Iterable[Mac]) -> list[tuple[int, Mac]]:
    """Barrier and lamp of each difference."""
    wanted = list(macs)
    return [
        (number, mac)
        for number, (before, after) in enumerate(zip(one, other, strict=True))
        for mac in wanted
        if before[mac] != after[mac]
    ]
