"""The Markdown of the settings panel: what is connected, what is wrong, which lamps there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.group import UNCONFIGURED
from racelink_core.domain.reading import NOTHING_HEARD, Reading
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.pool_status import PoolStatus
from racelink_core.services.problems import Problem

PAGE_PATH = "/racelink/"
_PRESENCE_WORDS = {"online": "online", "offline": "offline", "unknown": "not heard yet"}


def status_text(
    snapshot: Snapshot, readings: Mapping[Mac, Reading], status: PoolStatus, problems: Sequence[Problem]
) -> str:
    """One list: gateways, devices online, then everything that is wrong, and the way to the page."""
    online = sum(readings.get(mac, NOTHING_HEARD).online is True for mac in snapshot.devices)
    lines = [
        f"- Gateway {record.mac} on {escape(record.url)}: {'connected' if record.is_connected else 'missing'}, "
        f"network {_network_name(record.network_id, snapshot)}"
        for record in status.gateways
    ]
    lines.append(f"- Devices online: {online} of {len(snapshot.devices)}")
    lines += [f"- **Attention:** {escape(problem.text)}" for problem in problems]
    return "\n".join([*lines, "", f"[Open RaceLink]({PAGE_PATH})"])


def groups_text(snapshot: Snapshot, readings: Mapping[Mac, Reading]) -> str:
    if not snapshot.groups:
        return "**Groups:** none yet. Discover devices into a new group."
    ordered = sorted(snapshot.groups.values(), key=lambda group: (group.display_order, group.id))
    lines = []
    for group in ordered:
        members = list(snapshot.members(group.id))
        online = sum(readings.get(device.mac, NOTHING_HEARD).online is True for device in members)
        lines.append(f"- {escape(group.name)} (group {group.id}): {online} of {len(members)} online")
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


def _network_name(network_id: str | None, snapshot: Snapshot) -> str:
    network = snapshot.networks.get(network_id or "")
    return "none" if network is None else escape(network.name)
