"""The Markdown of the settings panel: what is connected, what is wrong, which lamps there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import UNCONFIGURED
from racelink_core.domain.network import Network
from racelink_core.domain.reading import NOTHING_HEARD, Reading
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.pool_status import PoolStatus
from racelink_core.planning.addressing import network_of
from racelink_core.services.problems import Problem

PAGE_PATH = "/racelink/"
_PRESENCE_WORDS = {"online": "online", "offline": "offline", "unknown": "not heard yet"}


def status_text(
    snapshot: Snapshot, readings: Mapping[Mac, Reading], status: PoolStatus, problems: Sequence[Problem]
) -> str:
    """One list: gateways, networks, devices online, then everything that is wrong, and the way to the page."""
    lines = [
        f"- Gateway {record.mac} on {escape(record.url)}: {'connected' if record.is_connected else 'missing'}, "
        f"network {_network_name(record.network_id, snapshot)}"
        for record in status.gateways
    ]
    lines += [_network_line(network, snapshot, readings) for network in snapshot.networks.values()]
    lines.append(f"- Devices online: {_online(snapshot.devices.values(), readings)}")
    lines += [f"- **Attention:** {escape(problem.text)}" for problem in problems]
    return "\n".join([*lines, "", f"[Open RaceLink]({PAGE_PATH})"])


def groups_text(snapshot: Snapshot, readings: Mapping[Mac, Reading]) -> str:
    if not snapshot.groups:
        return "**Groups:** none yet. Discover devices into a new group."
    ordered = sorted(snapshot.groups.values(), key=lambda group: (group.display_order, group.id))
    lines = []
    for group in ordered:
        online = _online(snapshot.members(group.id), readings)
        lines.append(f"- {escape(group.name)} (group {group.id}): {online} online")
    return "\n".join(["**Groups**", "", *lines])


def devices_text(snapshot: Snapshot, readings: Mapping[Mac, Reading]) -> str:
    if not snapshot.devices:
        return "**Devices:** none yet. Switch the lamps on, then press *Discover devices*."
    ordered = sorted(snapshot.devices.values(), key=lambda device: (device.group_id, device.name))
    lines = [_device_line(device, snapshot, readings.get(device.mac, NOTHING_HEARD)) for device in ordered]
    return "\n".join(["**Devices**", "", *lines])


def _device_line(device: Device, snapshot: Snapshot, reading: Reading) -> str:
    group = snapshot.groups.get(device.group_id)
    place = "no group" if device.group_id == UNCONFIGURED or group is None else escape(group.name)
    state = _PRESENCE_WORDS[reading.presence]
    if reading.presence == "offline" and reading.link_error:
        state += f" ({escape(reading.link_error)})"
    return f"- {escape(device.name)}, {place}: {state}"


def _network_line(network: Network, snapshot: Snapshot, readings: Mapping[Mac, Reading]) -> str:
    members = [device for device in snapshot.devices.values() if network_of(device, snapshot) == network.id]
    return f"- Network {escape(network.name)}: {_online(members, readings)} devices online"


def _online(devices: Iterable[Device], readings: Mapping[Mac, Reading]) -> str:
    """As "3 of 8"."""
    are_online = [readings.get(device.mac, NOTHING_HEARD).online is True for device in devices]
    return f"{sum(are_online)} of {len(are_online)}"


def _network_name(network_id: str | None, snapshot: Snapshot) -> str:
    network = snapshot.networks.get(network_id or "")
    return "none" if network is None else escape(network.name)
