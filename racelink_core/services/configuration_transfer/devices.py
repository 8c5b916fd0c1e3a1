"""Devices, by MAC. Nothing is sent: who is in another group than before has to confirm it."""

from __future__ import annotations

from typing import Any

from racelink_core.domain.configuration_document import InvalidConfiguration
from racelink_core.domain.device import Device
from racelink_core.domain.group import UNCONFIGURED, GroupId
from racelink_core.domain.node_options import PROPERTIES
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.turns import Turns
from racelink_core.services.configuration_transfer.records import named_records
from racelink_core.services.configuration_transfer.taking import Taking
from racelink_core.services.race_references import race_forgets_devices

_OPTION_LIMITS = {key: (each.minimum, each.maximum) for each in PROPERTIES for key in each.flat_keys}
_LARGEST = 2**31 - 1


def written(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Without what only this host has to do."""
    turns = Turns()
    return [
        device.model_dump(mode="json", exclude={"group_push_pending"}, exclude_none=True)
        for device in turns.between(snapshot.devices.values())
    ]


def read(value: object) -> list[Device]:
    """Raises InvalidConfiguration."""
    devices = named_records(Device, value, "devices", lambda device: device.mac)
    for number, device in enumerate(devices):
        _check(device, f"parts.devices[{number}]")
    return devices


def take(devices: list[Device], taking: Taking) -> None:
    draft, tally = taking.draft, taking.tally("devices")
    named = {device.mac for device in devices}
    gone = [device for device in draft.devices.values() if taking.replaces and device.mac not in named]
    for device in gone:
        del draft.devices[device.mac]
        taking.removed("devices", _name(device))
    race_forgets_devices(draft, {device.mac for device in gone})
    networks_of_groups: dict[GroupId, str] = {
        device.group_id: device.network_id
        for device in draft.devices.values()
        if device.mac not in named and device.network_id is not None and device.group_id != UNCONFIGURED
    }
    for device in Turns().between(devices):
        present = draft.devices.get(device.mac)
        wanted = _within_one_network(_here(device, present, taking), networks_of_groups, taking)
        if wanted == present:
            tally.same += 1
            continue
        if present is not None and present.specials != wanted.specials:
            reason = "Its own settings are noted as in the file. Read them from the lamp, or write them to it again."
            taking.findings.change("device", _name(wanted), reason)
        draft.devices[device.mac] = wanted
        (tally.added if present is None else tally.replaced).append(_name(wanted))


def _here(device: Device, present: Device | None, taking: Taking) -> Device:
    """With the numbers of this host. What it has heard of the device itself stays."""
    group_id = taking.groups.get(device.group_id)
    if group_id is None:
        name = (taking.document.groups or {}).get(device.group_id, str(device.group_id))
        taking.findings.change("device", _name(device), f"Group {name} is not here, so it is in Unconfigured.")
        group_id = UNCONFIGURED
    update: dict[str, Any] = {
        "group_id": group_id,
        "network_id": taking.networks.get(device.network_id or ""),
        "group_push_pending": group_id != UNCONFIGURED,
    }
    if present is not None:
        update |= {
            "group_push_pending": present.group_push_pending or group_id != present.group_id,
            "network_id": present.network_id or update["network_id"],
            "dev_type": present.dev_type or device.dev_type,
            "version": present.version or device.version,
            "last_known_profile": present.last_known_profile or device.last_known_profile,
        }
    return device.model_copy(update=update)


def _within_one_network(device: Device, networks_of_groups: dict[GroupId, str], taking: Taking) -> Device:
    """Those that are here and stay decide on which network a group is."""
    if device.group_id == UNCONFIGURED or device.network_id is None:
        return device
    if networks_of_groups.setdefault(device.group_id, device.network_id) == device.network_id:
        return device
    name = taking.draft.groups[device.group_id].name
    reason = f"Group {name} is on another network, so it is in Unconfigured."
    taking.findings.change("device", _name(device), reason)
    return device.model_copy(update={"group_id": UNCONFIGURED, "group_push_pending": True})


def _check(device: Device, path: str) -> None:
    """Raises InvalidConfiguration."""
    if set(device.mac) in ({"F"}, {"0"}):
        raise InvalidConfiguration(f"{path}.mac", "this is no device's address")
    for key, value in device.specials.items():
        lowest, highest = _OPTION_LIMITS.get(key, (-_LARGEST - 1, _LARGEST))
        if not lowest <= value <= highest:
            raise InvalidConfiguration(f"{path}.specials.{key[:40]}", f"expected {lowest} to {highest}")


def _name(device: Device) -> str:
    return f"{device.name} ({device.mac})"
