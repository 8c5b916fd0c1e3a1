"""Older device records, one by one: what is readable is taken, defaults fill the rest.

Source: spec services, section 15.2, "Device record read rules".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device, default_device_name
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.group import UNCONFIGURED, GroupId
from racelink_core.domain.node_options import PROPERTIES
from racelink_core.domain.whole_number import whole_number
from racelink_core.state.entities import in_slices
from racelink_core.state.importers.fields import FieldReader
from racelink_core.state.importers.findings import Findings, shown
from racelink_core.state.importers.groups import OlderGroups
from racelink_core.state.importers.networks import read_profile

_POWER_ON, _HAS_BRIGHTNESS = 0x01, 0x04
"""Flags of CONTROL (spec wire, section 9)."""
_TYPE_KEYS = ("dev_type", "device_type", "caps", "type")
_OPTION_LIMITS = {key: (each.minimum, each.maximum) for each in PROPERTIES for key in each.flat_keys}
_NOT_KEPT = ("last_ack", "link_online", "link_ts", "link_error", "state", "effect", "voltage_mv", "voltage")
"""Read in their own way, or never restored: whether a node is online is unknown after a start."""


@dataclass(frozen=True, slots=True)
class OlderDevice:
    """`reading`: what the node last reported, as fields of `Reading`."""

    device: Device
    reading: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OlderDevices:
    devices: tuple[OlderDevice, ...]
    unknown: Mapping[str, Any]


def read_devices(
    records: Sequence[Any],
    groups: OlderGroups,
    networks: frozenset[str],
    default_network: str | None,
    findings: Findings,
) -> OlderDevices:
    """`default_network`: where devices belong that name none; None leaves them without."""
    devices: dict[Mac, OlderDevice] = {}
    unknown: dict[str, Any] = {}
    for place, record in enumerate(in_slices(records, 10)):
        mac = _address(record, place, findings)
        if mac is None:
            continue
        if mac in devices:
            findings.leave_out("device", mac, "It is there twice; the first record counts.")
            continue
        fields = FieldReader(record, "device", mac, findings)
        devices[mac] = OlderDevice(_device(fields, mac, groups, networks, default_network), _reading(fields))
        extra = fields.unknown("addr", *_NOT_KEPT, *_OPTION_LIMITS)
        if extra:
            unknown[mac] = extra
    return OlderDevices(tuple(devices.values()), unknown)


def group_number(record: object) -> int:
    """The stored place in the group list; 0 if there is none."""
    number = whole_number(record.get("groupId")) if isinstance(record, dict) else None
    return number if number is not None else 0


def _address(record: object, place: int, findings: Findings) -> Mac | None:
    addr = record.get("addr") if isinstance(record, dict) else None
    try:
        if not isinstance(addr, str):
            raise InvalidValue("addr", "expected 12 hex digits")
        mac = Mac(addr)
    except InvalidValue as error:
        findings.leave_out(
            "device", addr or f"device {place + 1}", f"Its address cannot be read: {error.problem}"[:200]
        )
        return None
    if set(mac) in ({"F"}, {"0"}):
        findings.leave_out("device", mac, "This is no device's address.")
        return None
    return mac


def _device(
    fields: FieldReader, mac: Mac, groups: OlderGroups, networks: frozenset[str], default_network: str | None
) -> Device:
    return Device(
        mac=mac,
        name=fields.text("name") or default_device_name(mac),
        dev_type=fields.whole(_TYPE_KEYS, 0, 0, 255),
        version=fields.whole("version", 0, 0, 255),
        group_id=_group(fields, groups),
        group_push_pending=fields.raw("group_push_pending") is True,
        network_id=_network(fields, networks, default_network),
        last_known_profile=_profile(fields),
        specials=_specials(fields),
    )


def _group(fields: FieldReader, groups: OlderGroups) -> GroupId:
    stored = fields.raw("groupId")
    place = whole_number(stored)
    if stored is None or place == UNCONFIGURED == groups.number_of.get(UNCONFIGURED, UNCONFIGURED):
        return UNCONFIGURED
    number = None if place is None else groups.number_of.get(place)
    if number is None:
        fields.changed(f"There is no group {shown(stored)}; it is in Unconfigured.")
        return UNCONFIGURED
    return number


def _network(fields: FieldReader, networks: frozenset[str], default_network: str | None) -> str | None:
    stored = fields.raw("network_id")
    if isinstance(stored, str) and stored in networks:
        return stored
    if stored is not None:
        fields.changed("Its network is not there.")
    return default_network


def _profile(fields: FieldReader) -> Any:
    stored = fields.raw("last_known_rf_config")
    profile = None if stored is None else read_profile(stored)
    if stored is not None and profile is None:
        fields.changed("The radio settings it was last heard with cannot be read.")
    return profile


def _specials(fields: FieldReader) -> dict[str, int]:
    """Nested ones win over those at the top level; what is in neither has the node's default."""
    nested = fields.raw("specials")
    stored = {key: fields.record[key] for key in _OPTION_LIMITS if key in fields.record}
    if isinstance(nested, dict):
        stored |= nested
    specials: dict[str, int] = {}
    for key, value in stored.items():
        number = whole_number(value)
        lowest, highest = _OPTION_LIMITS.get(key, (-(2**31), 2**31 - 1))
        if number is not None and lowest <= number <= highest:
            specials[key] = number
        elif value is not None:
            fields.changed(f"The option {key[:40]} is not one that a node takes.")
    return specials


def _reading(fields: FieldReader) -> dict[str, Any]:
    return {
        "last_seen_s": fields.real("last_seen_ts"),
        "flags": _flags(fields),
        "config_byte": fields.whole("configByte", 0, 0, 255),
        "preset_id": fields.whole(("presetId", "effect"), 1, 0, 255),
        "effect_id": fields.whole("effectId", 0, 0, 255),
        "brightness": fields.whole("brightness", 70, 0, 255),
        "voltage_mv": fields.whole(("voltage_mV", "voltage_mv"), 0, 0, 65535),
        "node_rssi_dbm": fields.whole("node_rssi", 0, -200, 127),
        "node_snr_db": fields.whole("node_snr", 0, -128, 127),
        "host_rssi_dbm": fields.whole("host_rssi", 0, -200, 127),
        "host_snr_db": fields.whole("host_snr", 0, -128, 127),
    }


def _flags(fields: FieldReader) -> int:
    if fields.has("flags"):
        return fields.whole("flags", 0, 0, 255)
    flags = _POWER_ON if fields.raw("state") else 0
    return flags | (_HAS_BRIGHTNESS if fields.has("brightness") else 0)
