"""Race bindings over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.race_binding import MAX_BINDINGS
from racelink_core.domain.race_event import RACE_EVENTS
from racelink_core.domain.race_timer import RaceTimer
from racelink_core.domain.scene import BrokenActions, Scene
from racelink_core.domain.scope import Scope
from racelink_core.host import Host
from racelink_core.web.live_sources import TOKENS
from tests.web.conftest import wait_until
from tests.web.test_api import API, get, post, refused
from tests.web.test_groups import changes
from tests.web.test_scenes import asked

TO_ALL = {"kind": "broadcast"}
FLASH = {"kind": "rl_preset", "target": TO_ALL, "params": {"presetId": 1, "brightness": 200}}
PASS: dict[str, Any] = {
    "name": "Gate in the pilot's colour",
    "event": "RACE_LAP_RECORDED",
    "reaction": FLASH,
    "colour_from": "pilot",
    "only": {"seat": 2, "lap_number": 3, "class_id": 1},
}


def create(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    binding: dict[str, Any] = post(client, "race/bindings", {**PASS, **changes})["binding"]
    return binding


def test_a_binding_is_created_read_changed_copied_and_deleted(idle_host: Host, idle_client: FlaskClient) -> None:
    told = changes(idle_host)
    binding = create(idle_client)
    assert binding == {
        **PASS,
        "id": 1,
        "event_label": "Pilot passes the gate",
        "reaction": {**FLASH, "flags_override": {}},
        "to_seat": False,
        "at_moment": False,
        "is_on": True,
        "problem": None,
        "overtaken": 0,
    }
    assert get(idle_client, "race/bindings/1")["binding"] == binding

    body = {"is_on": False, "colour_from": None, "only": {}}
    changed = asked(idle_client, "PUT", "race/bindings/1", body)["binding"]
    nothing = {"seat": None, "lap_number": None, "class_id": None}
    assert changed == {**binding, "is_on": False, "colour_from": None, "only": nothing}
    assert asked(idle_client, "PUT", "race/bindings/1", {"name": None, "to_seat": None})["binding"] == changed

    copy = post(idle_client, "race/bindings/1/duplicate")["binding"]
    assert copy == {**changed, "id": 2, "name": "Gate in the pilot's colour copy"}
    assert asked(idle_client, "DELETE", "race/bindings/2")["binding"] == copy
    assert get(idle_client, "race/bindings") == {"ok": True, "bindings": [changed], "most": 200}
    assert told == [{Scope.RACE_BINDINGS}] * 4
    assert TOKENS[Scope.RACE_BINDINGS] == ("race",)


def test_every_event_is_offered_with_what_it_says(idle_client: FlaskClient) -> None:
    events = get(idle_client, "race/events")["events"]
    assert [event["name"] for event in events] == list(RACE_EVENTS)
    by_name = {event["name"]: event for event in events}
    assert by_name["RACE_LAP_RECORDED"] == {
        "name": "RACE_LAP_RECORDED",
        "label": "Pilot passes the gate",
        "topic": "During the race",
        "has_seat": True,
        "has_lap": True,
        "has_moment": False,
        "colour_sources": ["pilot", "team", "seat", "event", "leader"],
    }
    assert by_name["RACE_STAGE_TONE"]["has_moment"] is True
    assert by_name["RACE_START"]["colour_sources"] == ["event", "leader"]
    topics = [event["topic"] for event in events]
    assert all(topics), "each stands under a topic"
    assert len(dict.fromkeys(topics)) == sum(one != other for one, other in zip(topics, ["", *topics], strict=False))


def test_what_the_timer_has_to_choose_from_is_read_from_it(idle_host: Host, idle_client: FlaskClient) -> None:
    assert get(idle_client, "race/timer") == {"ok": True, "connected": False, "seats": 16, "classes": []}
    idle_host.race_timer = lambda: RaceTimer(4, {1: "Open", 3: "Whoop"})
    answer = get(idle_client, "race/timer")
    assert (answer["connected"], answer["seats"]) == (True, 4)
    assert answer["classes"] == [{"id": 1, "name": "Open"}, {"id": 3, "name": "Whoop"}]


def test_bindings_are_put_into_order(idle_host: Host, idle_client: FlaskClient) -> None:
    ids = [create(idle_client)["id"] for _ in range(3)]
    told = changes(idle_host)
    post(idle_client, "race/bindings/reorder", {"order": ids[::-1]})
    assert told == [{Scope.RACE_BINDINGS}]
    assert [each["id"] for each in get(idle_client, "race/bindings")["bindings"]] == ids[::-1]
    refused(idle_client, "race/bindings/reorder", {"order": ids[:2]}, 400, "invalid_request")
    refused(idle_client, "race/bindings/reorder", {"order": [True, 2, 3]}, 400, "invalid_request")


@pytest.mark.parametrize(
    ("reaction", "status", "code"),
    [
        ({**FLASH, "params": {"presetId": 999}}, 400, "preset_not_found"),
        ({**FLASH, "params": {}}, 400, "missing_preset_id"),
        ({**FLASH, "target": {"kind": "groups", "value": [77]}}, 400, "target_not_found"),
        ({"kind": "run_scene", "scene": "gone"}, 404, "scene_not_found"),
        ({"kind": "run_scene", "scene": "odd"}, 400, "scene_invalid"),
        ({"kind": "delay", "duration_ms": 5}, 400, "invalid_request"),
        ({**FLASH, "target": {"kind": "groups", "value": [0]}}, 400, "invalid_request"),
    ],
)
def test_a_reaction_that_cannot_be_is_refused(
    idle_host: Host, idle_client: FlaskClient, reaction: dict[str, Any], status: int, code: str
) -> None:
    broken = BrokenActions(raw=[1], problem="odd", code="bad_value", action_index=0)
    with idle_host.store.transaction() as draft:
        draft.scenes[1000] = Scene(id=1000, key="odd", label="Odd", broken=broken)
    create(idle_client)
    before = idle_host.store.snapshot
    refused(idle_client, "race/bindings", {**PASS, "reaction": reaction}, status, code)
    answer = asked(idle_client, "PUT", "race/bindings/1", {"reaction": reaction}, status=status)
    assert answer["detail"]["code"] == code
    assert idle_host.store.snapshot is before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"event": "RACE_WON"}, "event"),
        ({"event": 5}, "event"),
        ({"name": " "}, "name"),
        ({"only": {"seat": "2"}}, "only.seat"),
        ({"only": {"seat": 16}}, "only.seat"),
        ({"only": 3}, "only"),
        ({"colour_from": "sponsor"}, "colour_from"),
        ({"is_on": 1}, "is_on"),
        ({"at_moment": True}, "at_moment"),
        ({"event": "RACE_START"}, "only.seat"),
    ],
)
def test_a_bad_value_is_named(idle_client: FlaskClient, body: dict[str, Any], field: str) -> None:
    answer = refused(idle_client, "race/bindings", {**PASS, **body}, 400, "invalid_request")
    assert [each["field"] for each in answer["detail"]["fields"]] == [field]


@pytest.mark.parametrize("missing", ["name", "event", "reaction"])
def test_what_a_binding_needs_has_to_be_there(idle_client: FlaskClient, missing: str) -> None:
    body = {name: value for name, value in PASS.items() if name != missing}
    refused(idle_client, "race/bindings", body, 400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "9"), ("DELETE", "9"), ("PUT", "9"), ("POST", "9/duplicate"), ("POST", "9/test")]
)
def test_a_binding_that_is_not_there_is_not_found(idle_client: FlaskClient, method: str, path: str) -> None:
    for address in (path, path.replace("9", "x"), path.replace("9", "9" * 30)):
        answer = idle_client.open(f"{API}/race/bindings/{address}", method=method, json={})
        assert answer.status_code == 404, address
        assert (answer.json or {})["detail"]["code"] == "not_found"


def test_more_than_there_may_be_are_refused(idle_host: Host, idle_client: FlaskClient) -> None:
    create(idle_client)
    with idle_host.store.transaction() as draft:
        for number in range(2, MAX_BINDINGS + 1):
            draft.race_bindings[number] = draft.race_bindings[1].model_copy(update={"id": number})
    refused(idle_client, "race/bindings", PASS, 400, "too_many_bindings")
    refused(idle_client, "race/bindings/1/duplicate", {}, 400, "too_many_bindings")


def test_a_binding_says_what_is_gone(idle_client: FlaskClient) -> None:
    scene = post(idle_client, "scenes", {"label": "Show"})["scene"]["key"]
    create(idle_client, reaction={"kind": "run_scene", "scene": scene})
    asked(idle_client, "DELETE", f"scenes/{scene}")
    problem = get(idle_client, "race/bindings/1")["binding"]["problem"]
    assert problem["code"] == "scene_not_found"
    assert "no longer exists" in problem["text"]
    answer = asked(idle_client, "PUT", "race/bindings/1", {"is_on": False})
    assert answer["binding"]["problem"] == problem, "it can be switched off all the same"


def test_a_binding_is_tried_out(host: Host, client: FlaskClient) -> None:
    create(client, is_on=False)
    answer = post(client, "race/bindings/1/test", {"seat": 0, "lap_number": 2, "colour": [0, 34, 255]})
    assert (answer["result"]["status"], answer["run"], answer["stopped"]) == ("sent", None, None)
    assert host.simulation is not None
    nodes = [node for node in host.simulation.simulation.nodes.values() if node.is_running]
    wait_until(lambda: {tuple(node.lamp.look.color1) for node in nodes} == {(0, 34, 255)})
    scene = post(client, "scenes", {"label": "Show", "actions": [{"kind": "delay", "duration_ms": 60000}]})["scene"]
    create(client, reaction={"kind": "run_scene", "scene": scene["key"]}, colour_from=None)
    create(client, reaction={"kind": "stop_scene"}, colour_from=None)
    assert post(client, "race/bindings/2/test")["run"]["scene_key"] == scene["key"]
    assert post(client, "race/bindings/3/test")["stopped"] is True


def test_what_cannot_be_tried_out_says_why(idle_host: Host, idle_client: FlaskClient) -> None:
    create(idle_client)
    refused(idle_client, "race/bindings/1/test", {}, 503, "unavailable")
    refused(idle_client, "race/bindings/1/test", {"seat": "1"}, 400, "invalid_request")
    refused(idle_client, "race/bindings/1/test", {"colour": [1, 2, 256]}, 400, "invalid_request")
    with idle_host.store.transaction() as draft:
        draft.presets.clear()
    refused(idle_client, "race/bindings/1/test", {}, 400, "preset_not_found")
    scene = post(idle_client, "scenes", {"label": "Show", "actions": [{"kind": "delay", "duration_ms": 60000}]})[
        "scene"
    ]
    create_scene = {**PASS, "reaction": {"kind": "run_scene", "scene": scene["key"]}}
    post(idle_client, "race/bindings", create_scene)
    asked(idle_client, "PUT", "settings", {"scene_start": {"operator": "refuse"}})
    post(idle_client, "race/bindings/2/test")
    refused(idle_client, "race/bindings/2/test", {}, 409, "scene_busy")
    asked(idle_client, "DELETE", f"scenes/{scene['key']}")
    refused(idle_client, "race/bindings/2/test", {}, 404, "scene_not_found")
