"""Which streams fill the starting blocks of a target. Pure. Source: spec scenes, section 9.4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.device import Device
from racelink_core.domain.group import GroupId
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.startblock import NO_CHANNEL, SlotEntry, covered_slots, is_startblock
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, Target
from racelink_core.planning.addressing import network_of
from racelink_core.planning.operation import Degradation
from racelink_core.protocol.bodies import Stream
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.startblock import StartblockProgram


@dataclass(frozen=True, slots=True)
class SlotStream:
    """One slot on one network. `devices`: the blocks of the target that show it.

    Each is addressed by itself: everyone acknowledges a stream to everyone, for seconds in a large field.
    """

    network_id: str
    program: StartblockProgram
    devices: tuple[Device, ...]

    def packet_to(self, receiver: RadioAddress) -> RadioPacket:
        return RadioPacket(receiver, Stream(self.program.to_payload()))


def slot_streams(
    target: Target, entries: Iterable[SlotEntry], snapshot: Snapshot
) -> tuple[tuple[SlotStream, ...], tuple[Degradation, ...]]:
    """One stream per network and covered slot, by slot; slots without an entry are shown empty."""
    devices, degraded = _devices(target, snapshot)
    by_slot = {entry.slot: entry for entry in entries}
    covering: dict[tuple[str, int], list[Device]] = {}
    for device in devices:
        network_id = network_of(device, snapshot)
        if network_id is None:
            sentence = f"{device.name} belongs to no network yet. Discover it, so that its gateway is known."
            degraded.append(Degradation("device_without_network", sentence))
            continue
        for slot in covered_slots(device):
            covering.setdefault((network_id, slot), []).append(device)
    streams = [
        SlotStream(network_id, _program(slot, by_slot.get(slot)), tuple(blocks))
        for (network_id, slot), blocks in sorted(covering.items(), key=lambda item: (item[0][1], item[0][0]))
    ]
    if not streams and not degraded:
        degraded.append(Degradation("no_startblock", "There is no starting block in this target; nothing was sent."))
    return tuple(streams), tuple(degraded)


def changed_streams(
    streams: Iterable[SlotStream], followed: Mapping[tuple[Mac, int], StartblockProgram]
) -> tuple[SlotStream, ...]:
    """One stream for each block and slot that is to show something else than `followed` says, in the order given."""
    return tuple(
        SlotStream(stream.network_id, stream.program, (device,))
        for stream in streams
        for device in stream.devices
        if followed.get((device.mac, stream.program.slot)) != stream.program
    )


def _program(slot: int, entry: SlotEntry | None) -> StartblockProgram:
    return (
        StartblockProgram(slot, NO_CHANNEL)
        if entry is None
        else StartblockProgram.of(slot, entry.channel, entry.callsign)
    )


def _devices(target: Target, snapshot: Snapshot) -> tuple[list[Device], list[Degradation]]:
    """The starting blocks, by MAC."""
    if isinstance(target, DeviceTarget):
        return _one_device(target, snapshot)
    degraded: list[Degradation] = []
    if isinstance(target, BroadcastTarget):
        members: Iterable[Device] = snapshot.devices.values()
    else:
        wanted = {GroupId(value) for value in target.value}
        for group_id in sorted(wanted - set(snapshot.groups)):
            degraded.append(Degradation("target_not_found", f"There is no group {group_id}. Choose one that exists."))
        members = (device for device in snapshot.devices.values() if device.group_id in wanted)
    return sorted(filter(is_startblock, members), key=lambda device: device.mac), degraded


def _one_device(target: DeviceTarget, snapshot: Snapshot) -> tuple[list[Device], list[Degradation]]:
    device = snapshot.devices.get(target.value)
    if device is None:
        sentence = f"There is no device {target.value}. Discover devices, or choose another."
        return [], [Degradation("target_not_found", sentence)]
    if not is_startblock(device):
        sentence = f"{device.name} ({device.type.name}) is no starting block. Choose one that is."
        return [], [Degradation("not_a_startblock", sentence)]
    return [device], []
