"""Every route against a real host: what it answers, and how it fails."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.address import Mac
from racelink_core.host import Host
from tests.web.conftest import wait_until

API = "/racelink/api"
STARTBLOCK, GATE = "3C6105DA39AC", "3C610555202E"


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(f"{API}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert answer.json["ok"] is True
    return answer.json


def post(client: FlaskClient, path: str, body: object = None, status: int = 200) -> Any:
    answer = client.post(f"{API}/{path}", json={} if body is None else body)
    assert answer.status_code == status, answer.text
    return answer.json


def refused(client: FlaskClient, path: str, body: object, status: int, code: str) -> Any:
    """Every failure has the same shape."""
    answer = post(client, path, body, status)
    assert answer["ok"] is False
    assert answer["error"]
    assert answer["detail"]["code"] == code
    return answer


def task_done(client: FlaskClient) -> Any:
    wait_until(lambda: get(client, "task")["task"]["state"] != "running")
    return get(client, "task")["task"]


def test_reading_gives_what_the_page_shows(client: FlaskClient, host: Host) -> None:
    health = get(client, "health")
    assert (health["phase"], health["mode"]) == ("ready", "standalone")
    assert get(client, "version")["protocol"] == {"major": 1, "minor": 0}
    master = get(client, "master")
    assert master["gateway"]["ready"] is True
    assert master["master"]["networks"][0]["network_id"] == "default"
    assert master["task"] is None
    assert master["problems"] == []
    assert get(client, "gateway")["gateway"]["last_error"] is None
    gateway = get(client, "gateways")["gateways"][0]
    assert (gateway["bind_state"], gateway["network_id"]) == ("bound", "default")
    devices = {row["addr"]: row for row in get(client, "devices")["devices"]}
    assert devices[STARTBLOCK]["dev_type_caps"] == ["STARTBLOCK", "WLED"]
    assert devices[GATE]["presence"] == "unknown"
    groups = get(client, "groups")["groups"]
    assert [group["id"] for group in groups] == [0, 1, 2, 3, 4]
    assert groups[1]["caps_in_group"] == {"STARTBLOCK": 1, "WLED": 2}
    network = get(client, "networks")["networks"][0]
    assert (network["attached"], network["device_count"]) == (True, 8)
    assert get(client, f"networks/{network['id']}")["network"] == network
    preset = get(client, "rl-presets")["presets"][0]
    assert len(preset["params"]) == 14
    assert get(client, f"rl-presets/{preset['key']}")["preset"] == preset


def test_a_status_poll_brings_devices_online_and_can_name_few(client: FlaskClient) -> None:
    assert post(client, "status", {"macs": ["55202E"]})["task"]["name"] == "status"
    assert task_done(client)["result"]["updated"] == 1
    online = [row["addr"] for row in get(client, "devices")["devices"] if row["online"]]
    assert online == [GATE]
    post(client, "status")
    assert task_done(client)["result"]["updated"] == 7, "one of the eight is switched off"
    assert sum(group["online_count"] for group in get(client, "groups")["groups"]) == 7
    [silent] = [row for row in get(client, "devices")["devices"] if row["presence"] == "offline"]
    assert "STATUS" in silent["link_error"]


def test_a_second_task_is_told_which_one_runs_and_it_can_be_cancelled(client: FlaskClient) -> None:
    post(client, "discover", {"discoveryGroup": "all"})
    answer = refused(client, "status", {}, 409, "task_running")
    assert answer["busy"] is True
    assert answer["task"]["name"] == "discover"
    assert post(client, "task/cancel")["task"]["cancel_requested"] is True
    task_done(client)
    assert post(client, "task/cancel")["ok"] is False


def test_discovery_puts_what_answers_into_a_new_group(client: FlaskClient, host: Host) -> None:
    assert host.simulation is not None
    node = host.simulation.simulation.nodes[Mac(GATE)]
    assert client.delete(f"{API}/devices/{GATE}").json == {"ok": True, "emptied_seats": 0}
    assert GATE not in host.store.snapshot.devices
    node.reboot()
    wait_until(lambda: node.is_running)
    post(client, "discover", {"newGroupName": "Found"})
    result = task_done(client)["result"]
    assert result["found"] == 1
    assert host.store.snapshot.devices[Mac(GATE)].group_id == result["createdGroupId"] == 5
    wait_until(lambda: node.group_id == 5)


def test_devices_are_renamed_and_moved(client: FlaskClient, host: Host) -> None:
    assert post(client, "devices/update-meta", {"macs": [GATE], "name": "Tor <b>"})["changed"] == 1
    assert host.store.snapshot.devices[Mac(GATE)].name == "Tor <b>"
    post(client, "status")
    task_done(client)
    post(client, "devices/update-meta", {"macs": [GATE, "3c:61:05:da:39:ac"], "groupId": "4"})
    result = task_done(client)["result"]
    assert (result["changed"], result["total"]) == (2, 2)
    assert host.simulation is not None
    assert host.simulation.simulation.nodes[Mac(GATE)].group_id == 4


def test_groups_are_created_renamed_deleted_and_sent_again(client: FlaskClient, host: Host) -> None:
    group_id = post(client, "groups/create", {"name": " Podium "})["id"]
    assert host.store.snapshot.groups[group_id].name == "Podium"
    assert post(client, "groups/rename", {"id": group_id, "name": "Stage"}) == {"ok": True}
    assert get(client, "groups")["groups"][-1]["name"] == "Stage"
    assert post(client, "groups/delete", {"id": group_id})["moved_devices"] == 0
    assert post(client, "groups/force")["task"]["name"] == "force_groups"
    assert task_done(client)["state"] == "done"


def test_a_command_changes_what_the_nodes_show(client: FlaskClient, host: Host) -> None:
    assert host.simulation is not None
    nodes = host.simulation.simulation.nodes
    answer = post(
        client,
        "commands",
        {
            "kind": "rl_preset",
            "target": {"kind": "groups", "value": [2]},
            "params": {"presetId": 2, "brightness": 77},
        },
    )
    assert answer["result"]["status"] == "sent"
    wait_until(lambda: nodes[Mac(GATE)].lamp.brightness == 77)
    assert nodes[Mac(STARTBLOCK)].lamp.brightness != 77
    post(client, "commands", {"kind": "blackout", "target": {"kind": "broadcast"}})
    wait_until(lambda: not any(node.lamp.brightness for node in nodes.values() if node.is_running))


def test_the_older_direct_routes_send_too(client: FlaskClient) -> None:
    preset = {"flags": 0, "presetId": 3, "brightness": 128}
    assert post(client, "devices/control", {"groupId": 1, **preset})["changed"] >= 1
    assert post(client, "devices/control", {"macs": [GATE, STARTBLOCK], **preset})["changed"] >= 2
    assert post(client, "devices/indicate", {"macs": [GATE], "duration_sec": 900})["count"] == 1


def test_saving_and_searching_again_work(client: FlaskClient) -> None:
    assert post(client, "save") == {"ok": True}
    assert post(client, "gateways/rediscover")["attached"] == ["F412FA5A0001"]
    assert post(client, "gateway/retry")["gateway"]["ready"] is True


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("status", {"macs": [GATE], "groupId": 1}, 400, "invalid_request"),
        ("status", {"macs": []}, 400, "invalid_request"),
        ("status", {"groupId": True}, 400, "invalid_request"),
        ("status", {"groupId": 99}, 404, "not_found"),
        ("status", {"macs": ["FFFFFF"]}, 400, "not_unicast"),
        ("discover", {"targetGroupId": 255}, 400, "invalid_request"),
        ("discover", {"targetGroupId": 77}, 404, "not_found"),
        ("discover", {"discoveryGroup": "some"}, 400, "invalid_request"),
        ("discover", {"newGroupName": "x" * 65}, 400, "invalid_request"),
        ("devices/update-meta", {}, 400, "invalid_request"),
        ("devices/update-meta", {"macs": ["123456"], "name": "x"}, 404, "not_found"),
        ("devices/update-meta", {"macs": [GATE], "groupId": 99}, 400, "unknown_group_id"),
        ("devices/update-meta", {"macs": [GATE], "groupId": 1.5}, 400, "invalid_request"),
        ("devices/control", {"flags": 0, "presetId": 1, "brightness": 1}, 400, "invalid_request"),
        ("devices/control", {"groupId": 1, "macs": [GATE], "flags": 0, "presetId": 1, "brightness": 1}, 400,
         "invalid_request"),
        ("devices/control", {"groupId": 1, "flags": 0, "presetId": "x", "brightness": 1}, 400, "invalid_request"),
        ("devices/indicate", {}, 400, "invalid_request"),
        ("groups/create", {}, 400, "invalid_request"),
        ("groups/create", {"name": " \n "}, 400, "invalid_request"),
        ("groups/rename", {"id": 0, "name": "x"}, 400, "static_group"),
        ("groups/rename", {"id": 9, "name": "x"}, 404, "not_found"),
        ("groups/rename", {"id": 1, "name": ""}, 400, "invalid_request"),
        ("groups/delete", {"id": 0}, 400, "static_group"),
        ("groups/delete", {"id": 9}, 404, "not_found"),
        ("groups/delete", {"id": None}, 400, "invalid_request"),
        ("groups/force", {"skipOffline": "yes"}, 400, "invalid_request"),
        ("commands", {}, 400, "invalid_request"),
        ("commands", {"kind": "explode"}, 400, "invalid_request"),
        ("commands", {"kind": "blackout", "target": {"kind": "groups", "value": [0]}}, 400, "invalid_request"),
        ("commands", {"kind": "sync", "extra": 1}, 400, "invalid_request"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_code(  # noqa: PLR0917
    idle_host: Host, idle_client: FlaskClient, path: str, body: object, status: int, code: str
) -> None:
    from racelink_core.domain.device import Device
    from racelink_core.domain.group import Group, GroupId

    with idle_host.store.transaction() as draft:
        draft.groups[GroupId(1)] = Group(id=GroupId(1), name="Gate 1")
        draft.devices[Mac(GATE)] = Device(mac=Mac(GATE), name="Gate 1 1", network_id="default")
    refused(idle_client, path, body, status, code)


def test_without_a_gateway_every_send_says_what_to_do(idle_host: Host, idle_client: FlaskClient) -> None:
    for path, body in (
        ("commands", {"kind": "sync"}),
        ("commands", {"kind": "blackout", "target": {"kind": "broadcast"}}),
        ("status", {}),
        ("discover", {}),
    ):
        assert "gateway" in refused(idle_client, path, body, 503, "unavailable")["error"].lower()


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing", 404, "not_found"),
        ("GET", "networks/none", 404, "not_found"),
        ("GET", "rl-presets/none", 404, "not_found"),
        ("DELETE", "devices/3C6105DA39AC", 404, "not_found"),
        ("DELETE", "devices/xyz", 400, "invalid_request"),
        ("PUT", "devices", 405, "method_not_allowed"),
        ("GET", "commands", 405, "method_not_allowed"),
        ("POST", "health", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_fails_in_the_same_shape(
    idle_client: FlaskClient, method: str, path: str, status: int, code: str
) -> None:
    answer = idle_client.open(f"{API}/{path}", method=method)
    assert answer.status_code == status
    assert answer.json is not None
    assert (answer.json["ok"], answer.json["detail"]["code"]) == (False, code)


def test_a_body_that_is_too_large_is_refused(idle_client: FlaskClient) -> None:
    answer = idle_client.post(f"{API}/groups/create", json={"name": "x" * 2**20})
    assert answer.status_code == 413
    assert answer.json is not None
    assert answer.json["detail"]["code"] == "too_large"


def test_an_error_nobody_expected_is_logged_and_shows_no_debugger(
    idle_host: Host, idle_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("the wheel fell off")

    monkeypatch.setattr(idle_host.gateways, "retry", broken)
    answer = refused(idle_client, "gateway/retry", {}, 500, "internal")
    assert answer["error"] == "RuntimeError: the wheel fell off"
    assert "Traceback" in caplog.text


def test_the_page_names_its_paths_and_allows_no_foreign_script(idle_client: FlaskClient) -> None:
    page = idle_client.get("/racelink/")
    assert 'data-base-path="/racelink"' in page.text
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert idle_client.get("/racelink/scenes").text == idle_client.get("/racelink/race").text == page.text
    assert idle_client.get("/racelink").status_code == 308
    missing = idle_client.get("/racelink/nothing")
    assert (missing.status_code, missing.mimetype) == (404, "text/plain")
