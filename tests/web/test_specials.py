"""Properties, functions and switches of devices over the API; the simulated nodes say what really happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.address import Mac
from racelink_core.domain.group import GroupId
from racelink_core.domain.node_options import NodeOption
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.host import Host
from racelink_core.protocol.bodies import Config
from racelink_core.protocol.replies import Ack
from racelink_core.services.special_actions import SpecialActions
from racelink_core.sim import node as simulated_node
from racelink_core.sim.node import SimulatedNode
from racelink_core.web.live import LiveHub
from tests.web.conftest import client_of, wait_until

API = "/racelink/api"
STARTBLOCK, GATE, GATEWAY = Mac("3C6105DA39AC"), Mac("3C610555202E"), Mac("F412FA5A0001")
NOBODY = "AABBCCDDEEFF"


def post(client: FlaskClient, path: str, body: object, status: int = 200) -> Any:
    answer = client.post(f"{API}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def refused(client: FlaskClient, path: str, body: object, status: int, code: str) -> Any:
    answer = post(client, path, body, status)
    assert answer["ok"] is False
    assert answer["error"]
    assert answer["detail"]["code"] == code, answer
    return answer


def task_done(client: FlaskClient) -> Any:
    wait_until(lambda: client.get(f"{API}/task").json["task"]["state"] != "running")  # type: ignore[index]
    return client.get(f"{API}/task").json["task"]  # type: ignore[index]


def node(host: Host, mac: Mac) -> SimulatedNode:
    assert host.simulation is not None
    return host.simulation.simulation.nodes[mac]


def fault(host: Host, kind: str, target: str, value: object = None) -> None:
    assert host.simulation is not None
    host.simulation.fault(kind, target, value)


def stored(host: Host, mac: Mac) -> dict[str, int]:
    return host.store.snapshot.devices[mac].specials


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch, host: Host) -> Callable[[str], bool]:
    """Whether pages were told to read this again."""
    told: list[str] = []
    publish = LiveHub.publish

    def record(self: LiveHub, event: str, payload: Any, **more: Any) -> None:
        if event == "refresh":
            told.extend(payload["what"])
        publish(self, event, payload, **more)

    monkeypatch.setattr(LiveHub, "publish", record)
    return lambda token: token in told


# --- The catalogue ---


def test_the_catalogue_has_a_form_for_every_capability(client: FlaskClient, host: Host) -> None:
    specials = client.get(f"{API}/specials").json["specials"]  # type: ignore[index]
    assert list(specials) == ["WLED", "STARTBLOCK", "LEDMATRIX"]
    frame_rate = specials["WLED"]["options"][0]
    assert frame_rate | {"label": ""} == {
        "key": "wled_fps",
        "label": "",
        "option": 5,
        "min": 0,
        "max": 250,
        "bytes": 1,
        "shape": "scalar",
        "default": 75,
        "readable": True,
        "keys": ["wled_fps"],
        "may_be_empty": False,
    }
    functions = {each["key"]: each for each in specials["WLED"]["functions"]}
    assert functions["rl_preset"]["vars"] == ["presetId", "brightness"]
    choices = functions["rl_preset"]["ui"]["presetId"]["options"]
    assert choices == [
        {"value": str(preset.id), "label": preset.label} for preset in host.store.snapshot.presets.values()
    ]
    reset = functions["wled_reset_overrides"]
    assert (reset["vars"], reset["refresh"], bool(reset["confirm"])) == ([], True, True)
    assert [each["key"] for each in specials["STARTBLOCK"]["options"]] == ["startblock_slots", "startblock_first_slot"]


def test_without_rl_presets_the_select_says_so(idle_host: Host) -> None:
    with idle_host.store.transaction() as draft:
        draft.presets.clear()
    specials = client_of(idle_host).get(f"{API}/specials").json["specials"]  # type: ignore[index]
    [choice] = specials["WLED"]["functions"][1]["ui"]["presetId"]["options"]
    assert choice["value"] == ""


def test_the_schema_of_the_switches_explains_pairing(idle_client: FlaskClient) -> None:
    schema: Any = idle_client.get(f"{API}/node-config/schema").json
    commands = {each["key"]: (each["option"], each["data0"], each["destructive"]) for each in schema["commands"]}
    assert commands == {
        "wlan_ap_open": (4, 1, False),
        "wlan_ap_closed": (4, 0, False),
        "mac_filter_enabled": (1, 1, False),
        "mac_filter_disabled": (1, 0, False),
        "mac_filter_persist_enabled": (3, 1, False),
        "mac_filter_persist_disabled": (3, 0, False),
        "forget_master": (0x80, 1, True),
        "reboot": (0x81, 1, True),
    }
    assert all(bool(each["confirm"]) is each["destructive"] for each in schema["commands"])
    assert [each["bit"] for each in schema["bits"] if each["default_visible"]] == [0, 1, 2]
    assert len(schema["bits"]) == 8
    assert len(schema["pairing"]) >= 6


@pytest.mark.parametrize("path", ["specials", "node-config/schema"])
def test_forms_that_have_not_changed_are_not_sent_again(idle_client: FlaskClient, path: str) -> None:
    first = idle_client.get(f"{API}/{path}")
    again = idle_client.get(f"{API}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_a_device_row_has_what_is_stored_or_usual(client: FlaskClient) -> None:
    post(client, "specials/config/import", {"mac": GATE, "key": "wled_seg0", "value": {"start": 1, "stop": 9}})
    rows = {row["addr"]: row for row in client.get(f"{API}/devices").json["devices"]}  # type: ignore[index]
    usual = {"wled_fps": 75, "wled_abl_ma": 0, "wled_bri": 128, "wled_transition_ms": 700}
    assert rows[GATE]["specials"] == {**usual, "wled_seg0_start": 1, "wled_seg0_stop": 9}
    assert rows[STARTBLOCK]["specials"].keys() == {*usual, "startblock_slots", "startblock_first_slot"}


# --- Writing ---


def test_a_property_is_written_acknowledged_and_stored(
    client: FlaskClient, host: Host, refreshed: Callable[[str], bool]
) -> None:
    task = post(client, "specials/config", {"mac": "55202E", "key": "wled_fps", "value": "30"})["task"]
    assert (task["name"], task["meta"]["mac"], task["meta"]["key"]) == ("special_config", GATE, "wled_fps")
    assert task_done(client)["result"] == {"mac": GATE, "key": "wled_fps", "value": 30}
    assert node(host, GATE).options.read(NodeOption.FRAME_RATE) == (30, 0, 0, 0)
    assert stored(host, GATE) == {"wled_fps": 30}
    wait_until(lambda: refreshed("devices"))


def test_a_segment_is_written_as_start_and_stop(client: FlaskClient, host: Host) -> None:
    post(client, "specials/config", {"mac": GATE, "key": "wled_seg1", "value": {"start": "5", "stop": 300.0}})
    assert task_done(client)["result"]["value"] == {"start": 5, "stop": 300}
    assert node(host, GATE).options.read(NodeOption.SEGMENT_1) == (5, 0, 44, 1)


def test_a_write_that_nobody_acknowledges_ends_the_task_in_error(client: FlaskClient, host: Host) -> None:
    fault(host, "deaf", GATE)
    post(client, "specials/config", {"mac": GATE, "key": "wled_fps", "value": 30})
    task = task_done(client)
    assert task["state"] == "error"
    assert "did not answer" in task["last_error"]
    assert stored(host, GATE) == {}


def test_what_is_stored_can_be_pushed_to_one_device_or_several(client: FlaskClient, host: Host) -> None:
    for mac, value in ((GATE, 20), (STARTBLOCK, 25)):
        post(client, "specials/config/import", {"mac": mac, "key": "wled_fps", "value": value})
    post(client, "specials/config", {"mac": GATE, "key": "wled_fps", "push": True})
    assert task_done(client)["state"] == "done"
    post(client, "specials/config", {"macs": [GATE, STARTBLOCK], "key": "wled_fps", "push": True})
    assert task_done(client)["result"]["acknowledged"] == 2
    assert [node(host, mac).options.read(NodeOption.FRAME_RATE)[0] for mac in (GATE, STARTBLOCK)] == [20, 25]  # type: ignore[index]
    refused(client, "specials/config", {"mac": GATE, "key": "wled_bri", "push": True}, 400, "nothing_stored")
    refused(client, "specials/config", {"macs": [GATE], "key": "wled_bri", "push": True}, 400, "nothing_stored")


def test_several_devices_get_the_same_property_and_each_says_how_it_ended(
    client: FlaskClient, host: Host, refreshed: Callable[[str], bool]
) -> None:
    macs = [str(mac) for mac in host.store.snapshot.devices]
    task = post(client, "specials/config", {"macs": [*macs, macs[0].lower()], "key": "wled_bri", "value": 90})["task"]
    assert (task["name"], task["meta"]["total"], task["meta"]["value"]) == ("bulk_special_config", 8, 90)
    result = task_done(client)["result"]
    assert (result["total"], result["acknowledged"], result["silent"]) == (8, 7, 1), "one is switched off"
    [silent] = [each for each in result["devices"] if each["outcome"] != "acknowledged"]
    assert "did not answer" in silent["reason"]
    assert [each["mac"] for each in result["devices"]] == macs
    for mac in macs:
        is_told = mac != silent["mac"]
        assert (node(host, Mac(mac)).options.read(NodeOption.BOOT_BRIGHTNESS)[0] == 90) is is_told  # type: ignore[index]
        assert (stored(host, Mac(mac)).get("wled_bri") == 90) is is_told
    wait_until(lambda: refreshed("devices"))


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"mac": GATE, "macs": [GATE], "key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"macs": [], "key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"macs": "all", "key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"macs": [GATE, 7], "key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"mac": GATE, "value": 1}, 400, "invalid_request"),
        ({"mac": GATE, "key": "", "value": 1}, 400, "invalid_request"),
        ({"mac": GATE, "key": ["wled_fps"], "value": 1}, 400, "invalid_request"),
        ({"mac": GATE, "key": "k" * 65, "value": 1}, 400, "invalid_request"),
        ({"mac": GATE, "key": "wled_fps"}, 400, "invalid_request"),
        ({"mac": GATE, "key": "wled_fps", "value": 1, "push": True}, 400, "invalid_request"),
        ({"mac": GATE, "key": "wled_fps", "push": "perhaps"}, 400, "invalid_request"),
        ({"mac": "12", "key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"mac": "55\x0020\x002E", "key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"mac": "5" * 5000, "key": "wled_fps", "value": 1}, 400, "invalid_request"),
        ({"mac": "FFFFFF", "key": "wled_fps", "value": 1}, 400, "not_unicast"),
        ({"mac": "ff:ff:ff:ff:ff:ff", "key": "wled_fps", "value": 1}, 400, "not_unicast"),
        ({"macs": [GATE, "FFFFFF"], "key": "wled_fps", "value": 1}, 400, "not_unicast"),
        ({"mac": NOBODY, "key": "wled_fps", "value": 1}, 404, "not_found"),
        ({"macs": [GATE, NOBODY], "key": "wled_fps", "value": 1}, 404, "not_found"),
        ({"mac": GATE, "key": "startblock_slots", "value": 1}, 400, "unsupported_option"),
        ({"macs": [STARTBLOCK, GATE], "key": "startblock_slots", "value": 1}, 400, "unsupported_option"),
        ({"mac": GATE, "key": "wled\x00_fps\n", "value": 1}, 400, "unsupported_option"),
        ({"mac": GATE, "key": "wled_reset_overrides", "value": 1}, 400, "unsupported_option"),
    ],
)
def test_a_write_that_names_the_wrong_thing_is_refused_whole(
    client: FlaskClient, host: Host, body: object, status: int, code: str
) -> None:
    refused(client, "specials/config", body, status, code)
    assert not any(device.specials for device in host.store.snapshot.devices.values())
    assert host.tasks.current() is None


@pytest.mark.parametrize("path", ["specials/config", "specials/config/import"])
@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("wled_fps", value) for value in (-1, 251, 1.5, True, None, "", "3O", "\x003", [3], {}, 10**20, 10**4000)),
        ("wled_fps", {"start": 1, "stop": 2}),
        *(("wled_seg0", value) for value in (5, {"start": 1}, {"start": 1, "stop": 65536}, {"start": -1, "stop": 5})),
        ("wled_seg0", {"start": True, "stop": 5}),
        ("wled_seg0", {"start": 1, "stop": None}),
    ],
)
def test_a_value_that_no_node_could_hold_is_refused(
    client: FlaskClient, host: Host, path: str, key: str, value: object
) -> None:
    answer = refused(client, path, {"mac": GATE, "key": key, "value": value}, 400, "invalid_request")
    assert len(answer["error"]) < 400
    assert stored(host, GATE) == {}
    assert host.tasks.current() is None


def test_an_empty_segment_is_refused_where_there_must_be_one(client: FlaskClient, host: Host) -> None:
    for value in ({"start": 5, "stop": 5}, {"start": 9, "stop": 2}, {"start": 0, "stop": 0}):
        body = {"mac": GATE, "key": "wled_seg0", "value": value}
        refused(client, "specials/config", body, 400, "invalid_request")
        refused(client, "specials/config", {**body, "mac": None, "macs": [GATE]}, 400, "invalid_request")
    assert stored(host, GATE) == {}


def test_two_devices_with_the_same_short_address_are_asked_apart(client: FlaskClient, host: Host) -> None:
    with host.store.transaction() as draft:
        twin = draft.devices[GATE].model_copy(update={"mac": Mac("AABBCC55202E")})
        draft.devices[twin.mac] = twin
    for path, body in (
        ("specials/config", {"key": "wled_fps", "value": 1}),
        ("specials/config/import", {"key": "wled_fps", "value": 1}),
        ("specials/get", {"key": "wled_fps"}),
        ("specials/action", {"function": "wled_reset_overrides"}),
        ("config", {"option": 1, "data0": 1}),
    ):
        answer = refused(client, path, {"mac": "55202E", **body}, 400, "ambiguous_address")
        assert sorted(answer["detail"]["candidates"]) == sorted([GATE, "AABBCC55202E"])


def test_while_a_task_runs_only_reading_and_importing_go_on(client: FlaskClient) -> None:
    post(client, "discover", {"discoveryGroup": "all"})
    for path, body in (
        ("specials/config", {"mac": GATE, "key": "wled_fps", "value": 1}),
        ("specials/config", {"macs": [GATE], "key": "wled_fps", "value": 1}),
        ("specials/action", {"mac": GATE, "function": "wled_preset", "params": {"presetId": 1, "brightness": 1}}),
        ("config", {"mac": GATE, "option": 1, "data0": 1}),
    ):
        assert refused(client, path, body, 409, "task_running")["task"]["name"] == "discover"
    assert post(client, "specials/get", {"mac": GATE, "key": "wled_fps"})["value"] == 75
    assert post(client, "specials/config/import", {"mac": GATE, "key": "wled_fps", "value": 75})["ok"] is True
    task_done(client)


def test_without_a_gateway_nothing_is_started(client: FlaskClient, host: Host) -> None:
    fault(host, "unplug", GATEWAY)
    wait_until(lambda: not host.gateways.status().ready)
    for path, body in (
        ("specials/config", {"mac": GATE, "key": "wled_fps", "value": 1}),
        ("specials/config", {"macs": [GATE], "key": "wled_fps", "value": 1}),
        ("specials/get", {"mac": GATE, "key": "wled_fps"}),
        ("specials/action", {"mac": GATE, "function": "wled_reset_overrides"}),
        ("specials/action", {"mac": GATE, "function": "wled_preset", "params": {"presetId": 1, "brightness": 1}}),
        ("config", {"mac": GATE, "option": 1, "data0": 1}),
    ):
        refused(client, path, body, 503, "unavailable")
    assert host.tasks.current() is None


def test_a_device_without_a_network_is_sent_to_discovery(client: FlaskClient, host: Host) -> None:
    with host.store.transaction() as draft:
        other = draft.networks["default"].model_copy(update={"id": "other", "gateway_mac": None})
        draft.networks["other"] = other
        lost = draft.devices[GATE].model_copy(update={"network_id": None, "group_id": GroupId(0)})
        draft.devices[GATE] = lost
    for path, body in (
        ("specials/get", {"key": "wled_fps"}),
        ("specials/action", {"function": "wled_reset_overrides"}),
        ("config", {"option": 1, "data0": 1}),
    ):
        refused(client, path, {"mac": GATE, **body}, 400, "device_without_network")


def test_a_gateway_that_does_not_send_is_named(client: FlaskClient, host: Host) -> None:
    fault(host, "stuck", GATEWAY, 1000)
    refused(client, "specials/get", {"mac": GATE, "key": "wled_fps"}, 500, "not_sent")
    refused(client, "config", {"mac": GATE, "option": 0x81}, 500, "not_sent")
    refused(client, "specials/action", {"mac": GATE, "function": "wled_reset_overrides"}, 500, "not_sent")
    preset = {"mac": GATE, "function": "wled_preset", "params": {"presetId": 1, "brightness": 1}}
    assert post(client, "specials/action", preset, 500)["ok"] is False


# --- Reading and importing ---


def test_a_live_value_is_read_and_compared(client: FlaskClient, host: Host) -> None:
    answer = post(client, "specials/get", {"mac": "55:20:2e", "key": "wled_transition_ms"})
    assert answer == {
        "ok": True,
        "mac": GATE,
        "key": "wled_transition_ms",
        "value": 700,
        "expected": 700,
        "comparison": "match",
    }
    node(host, GATE).options.write(NodeOption.SEGMENT_0, (0, 0, 60, 0))
    answer = post(client, "specials/get", {"mac": GATE, "key": "wled_seg0"})
    assert (answer["value"], answer["expected"], answer["comparison"]) == ({"start": 0, "stop": 60}, None, "diverged")
    assert stored(host, GATE) == {}, "a read stores nothing"


def test_a_device_that_does_not_answer_a_read_is_a_timeout(client: FlaskClient, host: Host) -> None:
    fault(host, "deaf", GATE)
    answer = refused(client, "specials/get", {"mac": GATE, "key": "wled_fps"}, 200, "timeout")
    assert (answer["error"], answer["mac"], answer["key"]) == ("timeout", GATE, "wled_fps")


def test_a_value_of_the_device_is_taken_over_without_sending(
    client: FlaskClient, host: Host, refreshed: Callable[[str], bool]
) -> None:
    answer = post(client, "specials/config/import", {"mac": GATE, "key": "wled_seg0", "value": {"start": 3, "stop": 3}})
    assert answer["written"] == ["wled_seg0_start", "wled_seg0_stop"]
    assert (answer["mac"], answer["value"]) == (GATE, {"start": 3, "stop": 3})
    assert stored(host, GATE) == {"wled_seg0_start": 3, "wled_seg0_stop": 3}
    assert node(host, GATE).options.read(NodeOption.SEGMENT_0) == (0, 0, 200, 0)
    wait_until(lambda: refreshed("devices"))


@pytest.mark.parametrize("path", ["specials/get", "specials/config/import"])
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"key": "wled_fps"}, 400, "invalid_request"),
        ({"mac": GATE}, 400, "invalid_request"),
        ({"mac": 7, "key": "wled_fps"}, 400, "invalid_request"),
        ({"mac": "FFFFFFFFFFFF", "key": "wled_fps"}, 400, "not_unicast"),
        ({"mac": NOBODY, "key": "wled_fps"}, 404, "not_found"),
        ({"mac": GATE, "key": "startblock_slots"}, 400, "unsupported_option"),
        ({"mac": GATE, "key": "\x1b[2J"}, 400, "unsupported_option"),
    ],
)
def test_what_cannot_be_read_or_imported_is_refused(
    client: FlaskClient, path: str, body: dict[str, object], status: int, code: str
) -> None:
    refused(client, path, {"value": 1, **body}, status, code)


# --- Functions ---


def test_a_preset_is_shown_by_the_one_device(client: FlaskClient, host: Host, refreshed: Callable[[str], bool]) -> None:
    body = {"mac": GATE, "function": "wled_preset", "params": {"presetId": "7", "brightness": 80.0, "other": []}}
    answer = post(client, "specials/action", body)
    assert answer["result"]["status"] == "sent", "nobody confirms an effect"
    assert (answer["function"], answer["params"]) == ("wled_preset", {"presetId": 7, "brightness": 80})
    wait_until(lambda: node(host, GATE).lamp.preset_id == 7)
    assert node(host, GATE).lamp.brightness == 80
    assert node(host, STARTBLOCK).lamp.preset_id != 7
    wait_until(lambda: refreshed("devices"))


def test_an_rl_preset_is_applied_by_its_older_name_too(client: FlaskClient, host: Host) -> None:
    preset = next(iter(host.store.snapshot.presets.values()))
    for function in ({"fn": "wled_control"}, {"function": "rl_preset"}):
        answer = post(client, "specials/action", {"mac": GATE, **function, "params": {"presetId": preset.id}})
        assert (answer["function"], answer["params"]) == ("rl_preset", {"presetId": preset.id})
    wait_until(lambda: node(host, GATE).lamp.look.mode == preset.params.mode)


def test_a_reset_waits_for_its_acknowledgement(
    client: FlaskClient, host: Host, refreshed: Callable[[str], bool]
) -> None:
    post(client, "specials/config", {"mac": GATE, "key": "wled_fps", "value": 30})
    task_done(client)
    answer = post(client, "specials/action", {"mac": GATE, "function": "wled_reset_overrides"})
    assert answer["result"] == {"status": "acknowledged", "packets_sent": 1}
    assert node(host, GATE).options.read(NodeOption.FRAME_RATE) == (75, 0, 0, 0)
    assert stored(host, GATE)["wled_fps"] == 75
    wait_until(lambda: refreshed("devices"))
    post(client, "specials/config/import", {"mac": GATE, "key": "wled_fps", "value": 12})
    fault(host, "deaf", GATE)
    refused(client, "specials/action", {"mac": GATE, "function": "wled_reset_overrides"}, 200, "no_reply")
    assert stored(host, GATE)["wled_fps"] == 12


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"function": "wled_preset"}, 400, "invalid_request"),
        ({"mac": GATE}, 400, "invalid_request"),
        ({"mac": GATE, "function": 7}, 400, "invalid_request"),
        ({"mac": "FFFFFF", "function": "wled_preset"}, 400, "not_unicast"),
        ({"mac": NOBODY, "function": "wled_preset"}, 404, "not_found"),
        ({"mac": GATE, "function": "startblock_control"}, 400, "unsupported_function"),
        ({"mac": GATE, "function": "explode\x07"}, 400, "unsupported_function"),
        ({"mac": GATE, "function": "wled_preset"}, 400, "invalid_request"),
        ({"mac": GATE, "function": "wled_preset", "params": {"presetId": 1}}, 400, "invalid_request"),
        ({"mac": GATE, "function": "wled_preset", "params": []}, 400, "invalid_request"),
        ({"mac": GATE, "function": "wled_preset", "params": {"presetId": 0, "brightness": 1}}, 400, "invalid_request"),
        (
            {"mac": GATE, "function": "wled_preset", "params": {"presetId": 251, "brightness": 1}},
            400,
            "invalid_request",
        ),
        (
            {"mac": GATE, "function": "wled_preset", "params": {"presetId": 1, "brightness": 256}},
            400,
            "invalid_request",
        ),
        (
            {"mac": GATE, "function": "wled_preset", "params": {"presetId": True, "brightness": 1}},
            400,
            "invalid_request",
        ),
        ({"mac": GATE, "function": "rl_preset", "params": {"presetId": ""}}, 400, "invalid_request"),
        ({"mac": GATE, "function": "rl_preset", "params": {"presetId": 1, "brightness": None}}, 400, "invalid_request"),
        ({"mac": GATE, "function": "rl_preset", "params": {"presetId": 987654}}, 400, "preset_not_found"),
    ],
)
def test_a_function_that_cannot_be_run_is_refused(client: FlaskClient, body: object, status: int, code: str) -> None:
    refused(client, "specials/action", body, status, code)


def test_a_function_of_another_service_is_run_once_there_is_one(client: FlaskClient, host: Host) -> None:
    host.special_actions = SpecialActions(host.dispatcher, host.device_config)
    body = {"mac": STARTBLOCK, "function": "startblock_control"}
    refused(client, "specials/action", body, 503, "unavailable")
    asked: list[Mac] = []

    def fill(mac: Mac, params: object, origin: object) -> CommandResult:
        asked.append(mac)
        return CommandResult(CommandStatus.ACKNOWLEDGED, packets_sent=4)

    host.special_actions.provide("startblock_control", fill)
    assert post(client, "specials/action", body)["result"] == {"status": "acknowledged", "packets_sent": 4}
    assert asked == [STARTBLOCK]


# --- Switches, restart, pairing ---


def test_a_switch_is_acknowledged_and_seen_in_the_config_byte(
    client: FlaskClient, host: Host, refreshed: Callable[[str], bool]
) -> None:
    answer = post(client, "config", {"mac": GATE, "option": 4, "data0": 1})
    assert answer == {
        "ok": True,
        "sent": 1,
        "acked": True,
        "recv3": "55202E",
        "option": 4,
        "data0": 1,
        "data1": 0,
        "data2": 0,
        "data3": 0,
        "explanation": "",
    }
    assert node(host, GATE).has_access_point
    assert host.store.readings.of(GATE).config_byte & 4
    wait_until(lambda: refreshed("devices"))
    assert post(client, "config", {"macs": [GATE], "option": "4", "flags": 0})["data0"] == 0
    assert not node(host, GATE).has_access_point
    assert not host.store.readings.of(GATE).config_byte & 4


def test_a_switch_that_is_not_acknowledged_did_not_happen(
    client: FlaskClient, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(node: SimulatedNode, packet: Any, body: Config) -> None:
        node._reply(packet.sender, Ack(packet.opcode, 4))

    monkeypatch.setitem(simulated_node._HANDLERS, Config, refuse)
    answer = refused(client, "config", {"mac": GATE, "option": 4, "data0": 1}, 200, "config_refused")
    assert (answer["sent"], answer["acked"], answer["recv3"]) == (1, False, "55202E")
    refused(client, "specials/action", {"mac": GATE, "function": "wled_reset_overrides"}, 200, "config_refused")
    fault(host, "deaf", GATE)
    answer = refused(client, "config", {"mac": GATE, "option": 4, "data0": 1}, 200, "no_reply")
    assert (answer["sent"], answer["acked"]) == (1, False)
    assert host.store.readings.of(GATE).config_byte == 0


def test_a_restart_is_sent_and_a_master_is_forgotten_in_two_steps(client: FlaskClient, host: Host) -> None:
    answer = post(client, "config", {"mac": STARTBLOCK, "option": 0x80, "data0": 1})
    assert (answer["sent"], answer["acked"], answer["option"]) == (2, True, 0x80)
    assert node(host, STARTBLOCK).master is None
    assert answer["explanation"]
    boots = node(host, GATE)._boots
    answer = post(client, "config", {"mac": GATE, "option": 0x81})
    assert (answer["sent"], answer["acked"], answer["data0"]) == (1, False, 1)
    wait_until(lambda: node(host, GATE)._boots > boots)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "invalid_request"),
        ({"option": 1}, 400, "invalid_request"),
        ({"mac": GATE}, 400, "invalid_request"),
        ({"mac": GATE, "macs": [GATE], "option": 1}, 400, "invalid_request"),
        ({"macs": [GATE, STARTBLOCK], "option": 1}, 400, "invalid_request"),
        ({"macs": [], "option": 1}, 400, "invalid_request"),
        ({"mac": GATE, "option": 2}, 400, "invalid_request"),
        ({"mac": GATE, "option": 5}, 400, "invalid_request"),
        ({"mac": GATE, "option": 256}, 400, "invalid_request"),
        ({"mac": GATE, "option": True}, 400, "invalid_request"),
        ({"mac": GATE, "option": 1, "data0": 2}, 400, "invalid_request"),
        ({"mac": GATE, "option": 1, "data0": "on"}, 400, "invalid_request"),
        ({"mac": GATE, "option": 1, "data3": 256}, 400, "invalid_request"),
        ({"mac": GATE, "option": 1, "data1": -1}, 400, "invalid_request"),
        ({"mac": GATE, "option": 0x81, "data0": 0}, 400, "invalid_request"),
        ({"mac": GATE, "option": 0x80, "data0": 0}, 400, "invalid_request"),
        ({"mac": "nonsense", "option": 1}, 400, "invalid_request"),
        ({"mac": "FFFFFF", "option": 1}, 400, "not_unicast"),
        ({"mac": NOBODY, "option": 1}, 404, "not_found"),
    ],
)
def test_a_switch_that_makes_no_sense_is_refused(
    client: FlaskClient, host: Host, body: object, status: int, code: str
) -> None:
    refused(client, "config", body, status, code)
    assert node(host, GATE).is_filtering
    assert node(host, GATE).is_running
