"""Every row of the tables in spec services, 15.2: what older records become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from racelink_core.domain.device import Device
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.state.importers.findings import Findings
from racelink_core.state.importers.older_data import OlderState
from racelink_core.state.importers.states import read_combined

ADDR = "AABBCCDDEE01"
ALL = {"name": "All WLED Nodes", "static_group": 1, "dev_type": 0}
GATES = {"name": "Gates", "static_group": 0, "dev_type": 0}
RF_CONFIG = DEFAULT_PROFILE.model_dump()


def state_of(
    devices: Sequence[Any] = (), groups: list[Any] | None = None, *, findings: Findings | None = None, **more: Any
) -> OlderState:
    value = {
        "schema_version": 1,
        "devices": list(devices),
        "groups": [ALL, GATES] if groups is None else groups,
        **more,
    }
    return read_combined(value, "a test", findings or Findings())


def device_of(findings: Findings | None = None, **fields: Any) -> Device:
    (older,) = state_of([{"addr": ADDR, **fields}], findings=findings).devices
    return older.device


def reading_of(**fields: Any) -> dict[str, Any]:
    (older,) = state_of([{"addr": ADDR, **fields}]).devices
    return dict(older.reading)


def left_out(devices: Sequence[Any] = (), groups: list[Any] | None = None, **more: Any) -> list[str]:
    findings = Findings()
    state_of(devices, groups, findings=findings, **more)
    return [f"{each.kind} {each.what}" for each in findings.left_out]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"dev_type": 10, "device_type": 11, "caps": 12, "type": 13}, 10),
        ({"device_type": 11, "caps": 12, "type": 13}, 11),
        ({"caps": 12, "type": 13}, 12),
        ({"type": "13"}, 13),
        ({"dev_type": "lamp", "caps": 12}, 12),
        ({"dev_type": None}, 0),
        ({"dev_type": 256}, 0),
        ({}, 0),
    ],
)
def test_the_type_comes_from_the_first_field_that_holds_one(fields: dict[str, Any], expected: int) -> None:
    assert device_of(**fields).dev_type == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"flags": 9, "state": 1}, 9),
        ({"state": 1, "brightness": 20}, 5),
        ({"state": True}, 1),
        ({"state": 0, "brightness": 20}, 4),
        ({}, 0),
    ],
)
def test_flags_are_made_from_the_old_state_where_they_are_missing(fields: dict[str, Any], expected: int) -> None:
    assert reading_of(**fields)["flags"] == expected


@pytest.mark.parametrize(
    ("fields", "expected"), [({"presetId": 7, "effect": 3}, 7), ({"effect": 3}, 3), ({}, 1), ({"presetId": 0}, 0)]
)
def test_the_preset_may_have_its_old_name(fields: dict[str, Any], expected: int) -> None:
    assert reading_of(**fields)["preset_id"] == expected


def test_what_a_node_reported_is_kept_and_missing_values_have_their_defaults() -> None:
    told = {
        "voltage_mV": 7400,
        "last_seen_ts": 1.75e9,
        "configByte": 3,
        "effectId": 9,
        "node_rssi": -80,
        "node_snr": -5,
    }
    reading = reading_of(**told, link_online=True, last_ack={"ok": True})
    assert (reading["voltage_mv"], reading["last_seen_s"], reading["config_byte"]) == (7400, 1.75e9, 3)
    assert (reading["effect_id"], reading["node_rssi_dbm"], reading["node_snr_db"]) == (9, -80, -5)
    assert reading_of()["brightness"] == 70
    assert "online" not in reading, "whether a node is there is never restored"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"specials": {"wled_bri": 10}, "wled_bri": 20}, {"wled_bri": 10}),
        ({"wled_bri": 20}, {"wled_bri": 20}),
        (
            {"specials": {"wled_seg0_start": 0, "wled_seg0_stop": 60}, "startblock_slots": 4},
            {"wled_seg0_start": 0, "wled_seg0_stop": 60, "startblock_slots": 4},
        ),
        ({"specials": {"wled_bri": 300, "future": 5, "text": "x"}}, {"future": 5}),
        ({"specials": "broken", "wled_fps": 40}, {"wled_fps": 40}),
        ({}, {}),
    ],
)
def test_nested_options_win_over_those_at_the_top_level(fields: dict[str, Any], expected: dict[str, int]) -> None:
    assert device_of(**fields).specials == expected


def test_the_other_fields_are_taken() -> None:
    device = device_of(
        name="Gate 1", groupId=1, version=4, last_known_rf_config=RF_CONFIG, group_push_pending=True, dev_type=10
    )
    assert (device.mac, device.name, device.group_id, device.version) == (ADDR, "Gate 1", 1, 4)
    assert (device.network_id, device.last_known_profile, device.group_push_pending) == (
        "default",
        DEFAULT_PROFILE,
        True,
    )


def test_a_name_is_cleaned_and_cut_and_a_missing_one_is_made() -> None:
    findings = Findings()
    assert device_of(findings, name="Gate\x00\n" + "x" * 90).name == ("Gate" + "x" * 90)[:64]
    assert device_of(name="").name == f"WLED {ADDR}"
    assert [each.what for each in findings.changed] == [ADDR]


@pytest.mark.parametrize("addr", ["aa:bb:cc:dd:ee:01", "aabbccddee01", "AA-BB-CC-DD-EE-01"])
def test_addresses_become_upper_case(addr: str) -> None:
    (older,) = state_of([{"addr": addr}]).devices
    assert older.device.mac == ADDR


@pytest.mark.parametrize(
    "record",
    [
        None,
        7,
        "text",
        [],
        {},
        {"addr": "DDEE01"},
        {"addr": 5},
        {"addr": "F" * 12},
        {"addr": "0" * 12},
        {"addr": "x" * 100_000},
    ],
)
def test_an_unreadable_record_is_left_out_alone(record: Any) -> None:
    findings = Findings()
    state = state_of([record, {"addr": ADDR}], findings=findings)
    assert [older.device.mac for older in state.devices] == [ADDR]
    assert findings.left_out_count == 1
    assert len(findings.left_out[0].what) <= 81


def test_of_two_records_of_one_device_the_first_counts() -> None:
    devices = [{"addr": ADDR, "name": "first"}, {"addr": ADDR.lower(), "name": "second"}]
    assert [older.device.name for older in state_of(devices).devices] == ["first"]
    assert left_out(devices) == [f"device {ADDR}"]


@pytest.mark.parametrize("number", [7, -1, 255, "x", 1.5, True, 10**400])
def test_a_group_that_is_not_there_means_unconfigured_and_is_told(number: Any) -> None:
    findings = Findings()
    assert device_of(findings, groupId=number).group_id == 0
    assert findings.changed_count == 1


def test_unknown_keys_are_kept() -> None:
    state = state_of(
        [{"addr": ADDR, "colour_of_case": "red", "voltage_mV": 7}], [ALL, {**GATES, "tag": 1}], written_by="0.1.5"
    )
    assert state.unknown == {
        f"device:{ADDR}": {"colour_of_case": "red"},
        "group:1": {"tag": 1},
        "state:more": {"written_by": "0.1.5"},
    }


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["All WLED Nodes", "A", "B"], {"A": 1, "B": 2}),
        (["A", "B", "All WLED Nodes"], {"A": 1, "B": 2}),
        (["A", "all wled nodes", "B"], {"A": 1, "B": 2}),
        (["Unconfigured", "A", "B", "All WLED Nodes"], {"A": 1, "B": 2}),
        (["A", "B"], {"A": 1, "B": 2}),
        (["All WLED Devices", "A", "unconfigured", "B"], {"A": 1, "B": 3}),
        ([], {}),
    ],
)
def test_the_place_in_the_list_is_the_number_and_built_in_records_are_no_groups(
    names: list[str], expected: dict[str, int]
) -> None:
    groups = [{"name": name} for name in names]
    devices = [{"addr": f"AABBCCDDEE{place:02X}", "name": name, "groupId": place} for place, name in enumerate(names)]
    state = state_of(devices, groups)
    assert {group.name: group.id for group in state.groups.groups} == expected
    assert {older.device.name: older.device.group_id for older in state.devices} == {
        name: expected.get(name, 0) for name in names
    }, "whoever was in a group still is"


def test_groups_without_a_name_or_beyond_254_are_told() -> None:
    findings = Findings()
    state = state_of(
        [], [ALL, {}, {"name": ""}, "broken", *({"name": f"G{n}"} for n in range(4, 258))], findings=findings
    )
    assert [group.name for group in state.groups.groups[:2]] == ["Group 1", "Group 2"]
    assert max(group.id for group in state.groups.groups) == 254
    assert [each.what for each in findings.left_out] == ["group 3", "G255", "G256", "G257"]


def test_version_1_stands_for_the_default_network() -> None:
    (network,) = state_of([{"addr": ADDR}]).networks
    assert (network.id, network.name, network.kind, network.gateway_mac) == ("default", "Default", "rf", None)
    assert (network.region, network.channel_id, network.profile) == ("EU868", 1, DEFAULT_PROFILE)


def version_2(*networks: Any, devices: Sequence[Any] = (), findings: Findings | None = None) -> OlderState:
    return state_of(devices, schema_version=2, networks=list(networks), findings=findings)


RADIO = {
    "id": "n1",
    "name": "Track",
    "kind": "rf",
    "gateway_mac": "f412fa5a0001",
    "region": "EU868",
    "channel_id": 2,
    "rf_config": {**RF_CONFIG, "freq_hz": 868_200_000},
}
CABLE = {
    "id": "eth",
    "name": "Cable",
    "kind": "ethernet",
    "node_port": 6000,
    "reply_port": 6001,
    "bind_host": "10.0.0.1",
    "broadcast_host": "10.0.0.255",
}


def test_version_2_brings_its_networks() -> None:
    device = {"addr": ADDR, "network_id": "eth"}
    state = version_2(RADIO, CABLE, devices=[device, {"addr": "AABBCCDDEE02"}])
    radio, cable = state.networks
    assert (radio.id, radio.gateway_mac, radio.channel_id) == ("n1", "F412FA5A0001", 2)
    assert radio.profile is not None
    assert radio.profile.freq_hz == 868_200_000
    assert (cable.kind, cable.node_port, cable.reply_port, cable.bind_host, cable.broadcast_host) == (
        "ethernet",
        6000,
        6001,
        "10.0.0.1",
        "10.0.0.255",
    )
    assert [older.device.network_id for older in state.devices] == ["eth", None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"freq_hz": 1},
        {"sf": 13},
        {"bw_khz_x10": 1251},
        {"cr_den": 4},
        {"sync_word": 256},
        {"tx_power_dbm": 23},
        {"preamble": 5},
        {"freq_hz": None},
        {"sf": "x"},
    ],
)
def test_radio_settings_that_no_gateway_takes_give_way_to_the_channel(wrong: dict[str, Any]) -> None:
    findings = Findings()
    (network,) = version_2({**RADIO, "rf_config": {**RF_CONFIG, **wrong}}, findings=findings).networks
    assert network.profile is not None
    assert network.profile.freq_hz == 868_200_000
    assert findings.changed_count == 1
    (bare,) = version_2({"id": "n1", "rf_config": {**RF_CONFIG, **wrong}}).networks
    assert bare.profile is None


def test_a_profile_of_its_own_has_no_channel() -> None:
    (network,) = version_2({**RADIO, "rf_config": {**RF_CONFIG, "sync_word": 0x34}}).networks
    assert (network.region, network.channel_id) == ("EU868", None)


@pytest.mark.parametrize("record", [None, 3, {}, {"id": 5}, {"id": ""}, {"id": "a/b"}, {"id": "x" * 65}])
def test_networks_without_an_id_are_left_out(record: Any) -> None:
    findings = Findings()
    state = version_2(record, RADIO, findings=findings)
    assert [network.id for network in state.networks] == ["n1"]
    assert findings.left_out_count == 1


def test_two_networks_share_neither_id_nor_gateway() -> None:
    findings = Findings()
    state = version_2(RADIO, {**RADIO, "name": "again"}, {**RADIO, "id": "n2"}, findings=findings)
    assert [(network.id, network.gateway_mac) for network in state.networks] == [("n1", "F412FA5A0001"), ("n2", None)]
    assert (findings.left_out_count, findings.changed_count) == (1, 1)


def test_a_newer_version_is_read_as_far_as_possible() -> None:
    findings = Findings()
    state = state_of([{"addr": ADDR}], schema_version=7, networks=[RADIO], findings=findings)
    assert len(state.devices) == 1
    assert [network.id for network in state.networks] == ["n1"]
    assert "version 7 is newer" in findings.changed[0].reason
