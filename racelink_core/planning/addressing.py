"""From whom a command is for to who must be sent what. Source: spec scenes, sections 11 and 14; spec wire, 24.1."""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.address import BROADCAST, Mac, RadioAddress
from racelink_core.domain.device import Device
from racelink_core.domain.group import ALL_GROUPS, GroupId
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, Target
from racelink_core.planning.operation import Degradation


@dataclass(frozen=True, slots=True)
class Addressee:
    """One address on air, on the networks where it is heard. `group_id` is the filter in the body."""

    network_ids: tuple[str, ...]
    receiver: RadioAddress
    group_id: GroupId


Resolution = tuple[tuple[Addressee, ...], tuple[Degradation, ...]]


def resolve(target: Target, snapshot: Snapshot) -> Resolution:
    """One addressee for a broadcast or a device, one per group by ascending id."""
    if isinstance(target, BroadcastTarget):
        return everyone(snapshot)
    if isinstance(target, DeviceTarget):
        return _device(target.value, snapshot)
    found: list[Addressee] = []
    degraded: list[Degradation] = []
    for value in target.value:
        network_id = _network_of_group(GroupId(value), snapshot, degraded)
        if network_id is not None:
            found.append(Addressee((network_id,), BROADCAST, GroupId(value)))
    return tuple(found), tuple(degraded)


def resolve_singly(target: Target, snapshot: Snapshot) -> Resolution:
    """As `resolve`, for packets without a group filter: a group becomes its members, by ascending MAC."""
    if isinstance(target, BroadcastTarget | DeviceTarget):
        return resolve(target, snapshot)
    found: list[Addressee] = []
    degraded: list[Degradation] = []
    for value in target.value:
        if _network_of_group(GroupId(value), snapshot, degraded) is None:
            continue
        for member in sorted(snapshot.members(GroupId(value)), key=lambda device: device.mac):
            addressees, problems = _addressee(member, snapshot)
            found += addressees
            degraded += problems
    return tuple(found), tuple(degraded)


def everyone(snapshot: Snapshot) -> Resolution:
    if not snapshot.networks:
        return (), (Degradation("no_network", "There is no network yet. Plug in a gateway."),)
    return (Addressee(tuple(snapshot.networks), BROADCAST, ALL_GROUPS),), ()


def _device(mac: Mac, snapshot: Snapshot) -> Resolution:
    device = snapshot.devices.get(mac)
    if device is None:
        return (), (Degradation("target_not_found", f"There is no device {mac}. Discover devices, or choose another."),)
    return _addressee(device, snapshot)


def _addressee(device: Device, snapshot: Snapshot) -> Resolution:
    """With the stored group, never 255, so that a node that drifted shows itself by not reacting."""
    network_id = network_of(device, snapshot)
    if network_id is None:
        sentence = f"{device.name} belongs to no network yet. Discover it, so that its gateway is known."
        return (), (Degradation("device_without_network", sentence),)
    return (Addressee((network_id,), device.radio_address, device.group_id),), ()


def network_of(device: Device, snapshot: Snapshot) -> str | None:
    """The device's network. One that was never bound is on the only network, if there is only one."""
    if device.network_id in snapshot.networks:
        return device.network_id
    return next(iter(snapshot.networks)) if len(snapshot.networks) == 1 else None


def _network_of_group(group_id: GroupId, snapshot: Snapshot, degraded: list[Degradation]) -> str | None:
    group = snapshot.groups.get(group_id)
    if group is None:
        sentence = f"There is no group {group_id}. Choose a group that exists."
        degraded.append(Degradation("target_not_found", sentence))
        return None
    if group.network_id not in snapshot.networks:
        sentence = f"Group {group.name} has no devices. Move devices into it first."
        degraded.append(Degradation("group_empty", sentence))
        return None
    return group.network_id
