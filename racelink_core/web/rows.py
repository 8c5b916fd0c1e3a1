"""What the API says about devices, groups, networks and RL presets.

Source: spec http-api, sections 2.4 to 2.9. Names are those of the API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Literal

from racelink_core.domain.address import Mac
from racelink_core.domain.base import FrozenModel
from racelink_core.domain.device import Device
from racelink_core.domain.effect import EffectFlags, EffectParameters
from racelink_core.domain.effect_names import effect_name
from racelink_core.domain.group import UNCONFIGURED, Group
from racelink_core.domain.network import DEFAULT_NETWORK_ID, Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.domain.reading import NOTHING_HEARD, Follows, Reading
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.specials import expected_specials
from racelink_core.domain.told import Told
from racelink_core.planning.light import light_of

UNCONFIGURED_NAME = "Unconfigured"


class AckRow(FrozenModel):
    ok: bool
    opcode: int
    status: int
    ts: float


class ToldRow(FrozenModel):
    """What a device was last told, as far as STATUS can show it; null: cannot be known. `ts`: Unix seconds.

    by       whose command it was
    unseen   whether more was told that STATUS does not show: colours, speed, the content of a WLED preset
    """

    effectId: int | None  # noqa: N815 - the API's name
    effect_name: str | None
    brightness: int | None
    unseen: bool
    ts: float
    by: str


class DeviceRow(FrozenModel):
    """`presence` and `stale` are what the page shows; `online` is the same without "unknown".

    follows          whether the lamp does what it was told. yes and no as far as STATUS shows it; sent: what shows is
                     right, and the rest was sent
    follows_reason   why, as a sentence; null when there is nothing to say
    """

    addr: Mac
    name: str
    dev_type: int
    dev_type_name: str
    dev_type_caps: tuple[str, ...]
    groupId: int  # noqa: N815 - the API's name
    network_id: str | None
    last_known_rf_config: RadioProfile | None
    flags: int
    configByte: int  # noqa: N815
    presetId: int  # noqa: N815
    effectId: int  # noqa: N815
    effect_name: str | None
    brightness: int
    specials: Mapping[str, int]
    voltage_mV: int  # noqa: N815
    battery_low: bool
    node_rssi: int
    node_snr: int
    host_rssi: int
    host_snr: int
    version: int
    last_seen_ts: float
    last_ack: AckRow | None
    online: bool
    presence: Literal["online", "offline", "unknown"]
    stale: bool
    link_error: str | None
    group_push_pending: bool
    told: ToldRow | None
    follows: Follows
    follows_reason: str | None


def device_row(device: Device, reading: Reading, *, now_unix_s: float, stale_after_s: float) -> DeviceRow:
    heard = reading.last_seen_s > 0
    is_light_known = heard or reading.brightness > 0 or reading.flags > 0
    acknowledgement = reading.last_ack
    return DeviceRow.model_construct(
        addr=device.mac,
        name=device.name,
        dev_type=device.dev_type,
        dev_type_name=device.type.name,
        dev_type_caps=tuple(sorted(device.type.capabilities)),
        groupId=device.group_id,
        network_id=device.network_id,
        last_known_rf_config=device.last_known_profile,
        flags=reading.flags,
        configByte=reading.config_byte,
        presetId=reading.preset_id,
        effectId=reading.effect_id,
        effect_name=effect_name(reading.effect_id) if is_light_known else None,
        brightness=reading.brightness,
        specials=expected_specials(device),
        voltage_mV=reading.voltage_mv,
        battery_low=reading.battery_low,
        node_rssi=reading.node_rssi_dbm,
        node_snr=reading.node_snr_db,
        host_rssi=reading.host_rssi_dbm,
        host_snr=reading.host_snr_db,
        version=device.version,
        last_seen_ts=reading.last_seen_s,
        last_ack=acknowledgement
        and AckRow(
            ok=acknowledgement.ok,
            opcode=acknowledgement.opcode,
            status=acknowledgement.status,
            ts=acknowledgement.at_s,
        ),
        online=reading.online is True,
        presence=reading.presence,
        stale=heard and now_unix_s - reading.last_seen_s > stale_after_s,
        link_error=reading.link_error,
        group_push_pending=device.group_push_pending,
        told=told_row(reading.told),
        follows=reading.follows,
        follows_reason=reading.follows_reason,
    )


def told_row(told: Told | None) -> ToldRow | None:
    light = light_of(told)
    if told is None or light.is_empty:
        return None
    expected = light.expectation
    return ToldRow(
        effectId=expected.effect_id,
        effect_name=None if expected.effect_id is None else effect_name(expected.effect_id),
        brightness=expected.brightness,
        unseen=light.has_unseen,
        ts=told.at_s,
        by=told.by,
    )


class GroupRow(FrozenModel):
    """`dev_type` 0: several kinds, or none."""

    id: int
    name: str
    static: bool
    dev_type: int
    device_count: int
    online_count: int
    caps_in_group: Mapping[str, int]
    network_id: str | None
    network_kind: Literal["rf", "ethernet"] | None


def group_rows(snapshot: Snapshot, readings: Mapping[Mac, Reading]) -> Iterator[GroupRow]:
    """The pool "Unconfigured" first, then the groups in display order."""
    members: dict[int, list[Device]] = {UNCONFIGURED: []}
    for device in snapshot.devices.values():
        members.setdefault(device.group_id, []).append(device)
    yield _group_row(None, members[UNCONFIGURED], snapshot, readings)
    for group in snapshot.groups.values():
        yield _group_row(group, members.get(group.id, ()), snapshot, readings)


def _group_row(
    group: Group | None, members: Collection[Device], snapshot: Snapshot, readings: Mapping[Mac, Reading]
) -> GroupRow:
    kinds = {device.dev_type for device in members}
    network = snapshot.networks.get(group.network_id) if group and group.network_id else None
    return GroupRow.model_construct(
        id=group.id if group else UNCONFIGURED,
        name=group.name if group else UNCONFIGURED_NAME,
        static=group is None,
        dev_type=kinds.pop() if len(kinds) == 1 else 0,
        device_count=len(members),
        online_count=sum(readings.get(device.mac, NOTHING_HEARD).online is True for device in members),
        caps_in_group=Counter(name for device in members for name in sorted(device.type.capabilities)),
        network_id=group.network_id if group else None,
        network_kind=network.kind if network else None,
    )


class NetworkRow(FrozenModel):
    id: str
    name: str
    kind: Literal["rf", "ethernet"]
    is_default: bool
    gateway_mac: Mac | None
    region: str | None
    channel_id: int | None
    rf_config: RadioProfile | None
    attached: bool
    device_count: int
    group_count: int


def network_row(network: Network, snapshot: Snapshot, attached: Collection[str]) -> NetworkRow:
    """`attached`: ids of the networks that have a gateway now."""
    return NetworkRow(
        id=network.id,
        name=network.name,
        kind=network.kind,
        is_default=network.id == default_network_id(snapshot),
        gateway_mac=network.gateway_mac,
        region=network.region,
        channel_id=network.channel_id,
        rf_config=network.profile,
        attached=network.id in attached,
        device_count=sum(1 for _ in snapshot.devices_of_network(network.id)),
        group_count=sum(group.network_id == network.id for group in snapshot.groups.values()),
    )


def default_network_id(snapshot: Snapshot) -> str | None:
    if DEFAULT_NETWORK_ID in snapshot.networks:
        return DEFAULT_NETWORK_ID
    return next(iter(snapshot.networks), None)


class PresetRow(FrozenModel):
    id: int
    key: str
    label: str
    created: str
    updated: str
    params: EffectParameters
    flags: EffectFlags


def preset_row(preset: RlPreset) -> PresetRow:
    return PresetRow.model_validate(dict(preset))
