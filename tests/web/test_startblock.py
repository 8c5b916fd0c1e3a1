"""Starting blocks and headless scenes over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.address import Mac
from racelink_core.host import Host
from tests.web.test_api import GATE, STARTBLOCK, get, post, refused, task_done

TO_BLOCK = {"kind": "device", "value": STARTBLOCK}


def test_pilots_are_shown_by_a_task(client: FlaskClient, host: Host) -> None:
    post(client, "status", {"macs": [STARTBLOCK]})
    task_done(client)
    slots = [{"slot": 1, "callsign": "Jörg", "channel": "R1"}, {"slot": "2"}]
    assert post(client, "startblock", {"target": TO_BLOCK, "slots": slots})["task"]["name"] == "startblock"
    refused(client, "startblock", {"target": TO_BLOCK}, 409, "task_running")
    result = task_done(client)["result"]
    assert (result["ok"], result["expected"], result["acked"]) == (True, 8, 8), "its options were never read"
    assert host.simulation is not None
    display = host.simulation.simulation.nodes[Mac(STARTBLOCK)].display
    assert (display[1].name, display[1].channel, display[2].name) == ("JOERG", "R1", "")


def test_without_a_body_every_block_shows_the_current_heat(client: FlaskClient) -> None:
    post(client, "startblock")
    assert task_done(client)["result"]["ok"] is True


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"target": {"kind": "device", "value": GATE}}, 400, "not_a_startblock"),
        ({"target": {"kind": "device", "value": "AAAAAAAAAAAA"}}, 404, "not_found"),
        ({"target": {"kind": "groups", "value": [99]}}, 404, "not_found"),
        ({"target": {"kind": "groups", "value": [4]}}, 400, "no_startblock"),
        ({"target": {"kind": "groups", "value": []}}, 400, "invalid_request"),
        ({"target": {"kind": "everyone"}}, 400, "invalid_request"),
        ({"target": None}, 400, "invalid_request"),
        ({"slots": [{"slot": 0}]}, 400, "invalid_request"),
        ({"slots": [{"slot": 9}]}, 400, "invalid_request"),
        ({"slots": [{"slot": True}]}, 400, "invalid_request"),
        ({"slots": [{"slot": 1}, {"slot": 1}]}, 400, "invalid_request"),
        ({"slots": [{"slot": 1, "callsign": 7}]}, 400, "invalid_request"),
        ({"slots": [{"slot": 1, "callsign": "x" * 65}]}, 400, "invalid_request"),
        ({"slots": [{"slot": 1, "channel": "x" * 9}]}, 400, "invalid_request"),
        ({"slots": [{"slot": number} for number in range(1, 10)]}, 400, "invalid_request"),
        ({"slots": {"1": "A"}}, 400, "invalid_request"),
        ({"slots": [{}]}, 400, "invalid_request"),
    ],
)
def test_what_cannot_be_shown_is_refused_whole(
    client: FlaskClient, host: Host, body: object, status: int, code: str
) -> None:
    refused(client, "startblock", body, status, code)
    assert host.tasks.current() is None


def test_without_a_gateway_nothing_starts(idle_client: FlaskClient, idle_host: Host) -> None:
    refused(idle_client, "startblock", {}, 400, "no_startblock")
    from racelink_core.domain.device import Device

    with idle_host.store.transaction() as draft:
        draft.devices[Mac(STARTBLOCK)] = Device(mac=Mac(STARTBLOCK), name="Block", dev_type=50, network_id="default")
    refused(idle_client, "startblock", {}, 503, "unavailable")


def test_a_startblock_command_says_what_was_confirmed(client: FlaskClient) -> None:
    post(client, "status", {"macs": [STARTBLOCK]})
    task_done(client)
    result = post(client, "commands", {"kind": "startblock", "target": TO_BLOCK})["result"]
    assert (result["status"], result["devices"]) == ("acknowledged", {STARTBLOCK: "acknowledged"})
    listed = {"startblock_use_current_heat": False, "startblock_slot_list": [[9, "A", "R1"]]}
    body = {"kind": "startblock", "target": TO_BLOCK, "params": listed}
    refused(client, "commands", body, 400, "invalid_request")


def test_the_options_page_of_a_block_can_fill_it(client: FlaskClient) -> None:
    post(client, "status", {"macs": [STARTBLOCK]})
    task_done(client)
    answer = post(client, "specials/action", {"mac": STARTBLOCK, "function": "startblock_control"})
    assert answer["result"] == {"status": "acknowledged", "packets_sent": 8}


def test_a_block_that_keeps_silent_is_named_by_the_command_and_the_options_page(
    client: FlaskClient, host: Host
) -> None:
    post(client, "status", {"macs": [STARTBLOCK]})
    task_done(client)
    assert host.simulation is not None
    host.simulation.fault("deaf", STARTBLOCK, True)
    answer = refused(client, "specials/action", {"mac": STARTBLOCK, "function": "startblock_control"}, 200, "no_reply")
    assert STARTBLOCK in answer["error"]
    host.store.readings.update(Mac(STARTBLOCK), online=True)
    answer = refused(client, "commands", {"kind": "startblock", "target": TO_BLOCK}, 200, "no_reply")
    assert answer["result"]["devices"] == {STARTBLOCK: "timed_out"}
    body = {"kind": "startblock", "target": {"kind": "device", "value": GATE}}
    refused(client, "commands", body, 400, "not_a_startblock")


def test_headless_scenes_are_listed_and_sent(client: FlaskClient) -> None:
    scenes = get(client, "headless")["scenes"]
    assert [scene["name"] for scene in scenes] == [
        "Offset Breathe",
        "Solid Red",
        "Solid Green",
        "All Off",
        "Restore Boot",
    ]
    assert scenes[4]["effect_id"] is None
    for scene in scenes:
        body = {"kind": "headless", "target": {"kind": "broadcast"}, "scene": scene["id"], "brightness": 40}
        assert post(client, "commands", body)["result"]["status"] == "sent"
    body = {"kind": "headless", "target": {"kind": "broadcast"}, "scene": 5}
    refused(client, "commands", body, 400, "headless_scene_not_found")
    refused(client, "commands", {**body, "scene": 256}, 400, "invalid_request")
