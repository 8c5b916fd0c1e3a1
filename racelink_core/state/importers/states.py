"""Devices, groups and networks of state versions 0, 1 and 2. Source: spec services, section 15.2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from racelink_core.domain.whole_number import whole_number
from racelink_core.state.importers.devices import group_number, read_devices
from racelink_core.state.importers.findings import Findings
from racelink_core.state.importers.groups import groups_without_list, read_groups
from racelink_core.state.importers.networks import OlderNetworks, read_networks, single_network
from racelink_core.state.importers.older_data import OlderState

MOST_DEVICES = 5000
_MOST_GROUPS, _MOST_NETWORKS = 1000, 100
NEWEST_VERSION = 2


def is_combined_state(value: object) -> bool:
    """Versions 1 and 2: one object. The version inside counts, not the name it was stored under."""
    return isinstance(value, dict) and isinstance(value.get("devices"), list)


def read_combined(value: Mapping[str, Any], source: str, findings: Findings) -> OlderState:
    """For what `is_combined_state` accepted."""
    version = whole_number(value.get("schema_version")) or 0
    if version > NEWEST_VERSION:
        findings.change(
            "source", source, f"Its version {version} is newer than RaceLink knows; taken as far as possible."
        )
    stored = value.get("networks")
    if version >= NEWEST_VERSION and not isinstance(stored, list):
        findings.change("source", source, "It has no list of networks; everything is on the default network.")
    has_networks = version >= NEWEST_VERSION and isinstance(stored, list)
    networks = read_networks(_first(stored, _MOST_NETWORKS), findings) if has_networks else single_network()
    unknown = {
        key: each for key, each in value.items() if key not in ("schema_version", "devices", "groups", "networks")
    }
    groups = value.get("groups")
    return _state(
        source,
        networks,
        groups if isinstance(groups, list) else None,
        value["devices"],
        unknown={"state:more": unknown} if unknown else {},
        default_network=None if has_networks else networks.networks[0].id,
        findings=findings,
    )


def is_device_list(value: object) -> bool:
    """Version 0. What is shown on a page under the same name is text without a list: it never counts."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(record, dict) for record in value[:MOST_DEVICES])
        and any("addr" in record for record in value[:MOST_DEVICES])
    )


def is_group_list(value: object) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(record, dict) for record in value[:_MOST_GROUPS])
        and any("name" in record and "addr" not in record for record in value[:_MOST_GROUPS])
    )


def read_lists(
    devices: Sequence[Any] | None, groups: Sequence[Any] | None, source: str, findings: Findings
) -> OlderState:
    """Version 0: two lists, of which one may be missing."""
    networks = single_network()
    return _state(
        source, networks, groups, devices or (), unknown={}, default_network=networks.networks[0].id, findings=findings
    )


def _state(
    source: str,
    networks: OlderNetworks,
    group_records: Sequence[Any] | None,
    device_records: Sequence[Any],
    *,
    unknown: dict[str, Any],
    default_network: str | None,
    findings: Findings,
) -> OlderState:
    if len(device_records) > MOST_DEVICES:
        more = len(device_records) - MOST_DEVICES
        findings.leave_out("device", f"{more} more", f"Only the first {MOST_DEVICES} are taken.")
    device_records = _first(device_records, MOST_DEVICES)
    if group_records is None:
        groups = groups_without_list([group_number(record) for record in device_records], findings)
    else:
        groups = read_groups(_first(group_records, _MOST_GROUPS), networks.ids, findings)
    devices = read_devices(device_records, groups, networks.ids, default_network, findings)
    unknown |= {f"network:{key}": value for key, value in networks.unknown.items()}
    unknown |= {f"group:{key}": value for key, value in groups.unknown.items()}
    unknown |= {f"device:{key}": value for key, value in devices.unknown.items()}
    return OlderState(source, networks.networks, groups, devices.devices, default_network is None, unknown)


def _first(records: Any, count: int) -> Sequence[Any]:
    return records[:count] if isinstance(records, list) else ()
