"""Keeps what nodes were told, for commands that nobody answers. Source: spec services, section 4."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from racelink_core.domain.device import Device
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.outcome import SendOutcome
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.bodies import Control, Preset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.state.store import Store

_DEVICES_PER_SLICE = 40


class ToldState:
    """`sync_brightness`: brightness of the last PRESET, by network id (design 3.17)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sync_brightness: dict[str, int] = {}

    @property
    def sync_brightness(self) -> Mapping[str, int]:
        return self._sync_brightness

    def remember(
        self, snapshot: Snapshot, network_id: str, packets: Sequence[RadioPacket], outcomes: Sequence[SendOutcome]
    ) -> None:
        """Only what the gateway accepted counts."""
        for packet, outcome in zip(packets, outcomes, strict=False):
            body = packet.body
            if not outcome.ok or not isinstance(body, Control | Preset):
                continue
            if isinstance(body, Preset):
                self._sync_brightness[network_id] = body.brightness
            changes = _changes(body)
            for number, device in enumerate(_reached(packet, body.group_id, network_id, snapshot), 1):
                self._store.readings.update(device.mac, **changes)
                if number % _DEVICES_PER_SLICE == 0:
                    time.sleep(0)


def _reached(packet: RadioPacket, group_id: int, network_id: str, snapshot: Snapshot) -> Iterator[Device]:
    for device in tuple(snapshot.devices.values()):
        if packet.receiver.is_broadcast:
            if group_id not in (ALL_GROUPS, device.group_id):
                continue
        elif device.radio_address != packet.receiver:
            continue
        if network_of(device, snapshot) == network_id:
            yield device


def _changes(body: Control | Preset) -> dict[str, Any]:
    """An armed effect changes nothing but the flags before it is fired."""
    if isinstance(body, Preset):
        return {"preset_id": body.preset_id, "brightness": body.brightness}
    changes: dict[str, Any] = {"flags": body.flags}
    if body.flags & PacketFlags.ARM_ON_SYNC:
        return changes
    if body.mode is not None:
        changes["effect_id"] = body.mode
    if not body.flags & PacketFlags.POWER_ON:
        changes["brightness"] = 0
    elif body.flags & PacketFlags.HAS_BRI and body.brightness is not None:
        changes["brightness"] = body.brightness
    return changes
