"""Keeps what nodes were told, for commands that nobody answers. Source: spec services, section 4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.device import Device
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.told import Told
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.planning.addressing import network_of
from racelink_core.planning.light import told_after
from racelink_core.protocol.bodies import Body, Control, Headless, Indicate, Offset, Preset, Sync
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.turns import give_way
from racelink_core.state.store import Store

_DEVICES_PER_SLICE = 40
_LIGHT = Control | Preset | Headless | Offset | Sync
_MAYBE_OUT = (SendKind.TIMED_OUT, SendKind.LINK_LOST)
UNCERTAIN = "Nobody knows whether the last command left the gateway. Send it again."


@dataclass(frozen=True, slots=True)
class Commanded:
    """Devices of one network that were told something. `overlay_s`: an indicator is painted over them so long."""

    network_id: str
    macs: tuple[Mac, ...]
    overlay_s: float = 0.0


class ToldState:
    """`sync_brightness`: brightness of the last PRESET, by network id (design 3.17).

    listener   called after each packet, once the readings say what was told
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._sync_brightness: dict[str, int] = {}
        self._commanding: Counter[str] = Counter()
        readings = store.readings.all().values()
        self._sequence = max((reading.told.sequence for reading in readings if reading.told is not None), default=0)
        self.listener: Callable[[Commanded], None] = lambda commanded: None

    @property
    def sync_brightness(self) -> Mapping[str, int]:
        return self._sync_brightness

    def is_commanding(self, network_id: str) -> bool:
        """Whether a command is on its way that the readings do not know yet: nothing older may be repeated now."""
        return self._commanding[network_id] > 0

    @contextmanager
    def commanding(self, network_ids: Collection[str]) -> Iterator[None]:
        """Around a command, from before it is queued until all of it is remembered."""
        self._commanding.update(network_ids)
        try:
            yield
        finally:
            self._commanding.subtract(network_ids)

    def remember(
        self,
        snapshot: Snapshot,
        network_id: str,
        packets: Sequence[RadioPacket],
        outcomes: Sequence[SendOutcome],
        by: str,
    ) -> None:
        """Only what the gateway accepted counts; of what may be out all the same, nothing is known any more."""
        for packet, outcome in zip(packets, outcomes, strict=False):
            body = packet.body
            if isinstance(body, Indicate) and outcome.ok:
                macs = tuple(device.mac for device in _reached(packet, network_id, snapshot))
                self.listener(Commanded(network_id, macs, float(body.seconds)))
            if not _is_about_light(body):
                continue
            if outcome.ok:
                if isinstance(body, Preset):
                    self._sync_brightness[network_id] = body.brightness
                self._note(packet, network_id, snapshot, by)
            elif outcome.attempts and outcome.kind in _MAYBE_OUT:
                for device in _in_slices(_reached(packet, network_id, snapshot)):
                    self._store.readings.update(device.mac, told=None, follows="unknown", follows_reason=UNCERTAIN)

    def _note(self, packet: RadioPacket, network_id: str, snapshot: Snapshot, by: str) -> None:
        """Lamps with the same past share what is kept: most of a fleet is told the same."""
        readings = self._store.readings
        body, changes = packet.body, _mirrored(packet.body)
        self._sequence += 1
        sequence, at_s = self._sequence, self._clock.unix()
        futures: dict[Told | None, Told | None] = {}
        macs: list[Mac] = []
        for device in _in_slices(_reached(packet, network_id, snapshot)):
            told = readings.of(device.mac).told
            if told not in futures:
                futures[told] = told_after(told, body, sequence=sequence, at_s=at_s, by=by)
            if futures[told] is told:
                continue
            macs.append(device.mac)
            readings.update(device.mac, told=futures[told], follows="unknown", follows_reason=None, **changes)
        if macs:
            self.listener(Commanded(network_id, tuple(macs)))


def _is_about_light(body: Body) -> bool:
    return isinstance(body, _LIGHT) and (not isinstance(body, Sync) or bool((body.flags or 0) & SYNC_TRIGGER))


def _in_slices(devices: Iterable[Device]) -> Iterator[Device]:
    """The same devices; others get a turn every now and then."""
    for number, device in enumerate(devices, 1):
        yield device
        if number % _DEVICES_PER_SLICE == 0:
            give_way()


def _reached(packet: RadioPacket, network_id: str, snapshot: Snapshot) -> Iterator[Device]:
    group_id = getattr(packet.body, "group_id", ALL_GROUPS)
    for device in tuple(snapshot.devices.values()):
        if packet.receiver.is_broadcast:
            if group_id not in (ALL_GROUPS, device.group_id):
                continue
        elif device.radio_address != packet.receiver:
            continue
        if network_of(device, snapshot) == network_id:
            yield device


def _mirrored(body: Body) -> dict[str, Any]:
    """What a device's row says until STATUS says otherwise. An armed effect changes nothing but the flags."""
    if isinstance(body, Preset):
        return {"preset_id": body.preset_id, "brightness": body.brightness}
    if not isinstance(body, Control):
        return {}
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
