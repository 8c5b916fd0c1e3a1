"""Scenes over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.scene import BrokenActions, Scene
from racelink_core.domain.scope import Scope
from racelink_core.host import Host
from tests.web.test_api import API, get, post, refused
from tests.web.test_groups import changes

ALL = {"kind": "broadcast"}


def groups(*ids: int) -> dict[str, Any]:
    return {"kind": "groups", "value": list(ids)}


def light(target: dict[str, Any] | None = None, preset: Any = 1) -> dict[str, Any]:
    return {"kind": "rl_preset", "target": target or ALL, "params": {"presetId": preset}, "flags_override": {}}


def asked(client: FlaskClient, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = client.open(f"{API}/{path}", method=method, json=body)
    assert answer.status_code == status, answer.text
    return answer.json


@pytest.fixture
def venue(idle_host: Host) -> Host:
    with idle_host.store.transaction() as draft:
        for number in (1, 2):
            draft.groups[GroupId(number)] = Group(id=GroupId(number), name=f"Gate {number}", network_id="default")
    return idle_host


def test_a_scene_is_created_read_changed_copied_and_deleted(venue: Host, idle_client: FlaskClient) -> None:
    told = changes(venue)
    body = {"label": " Go! ", "actions": [light(groups(2, 1, 1)), {"kind": "delay", "ms": "20"}], "stop_on_error": "no"}
    scene = post(idle_client, "scenes", body)["scene"]
    assert (scene["id"], scene["key"], scene["label"]) == (1, "go", "Go!")
    assert scene["actions"] == [light(), {"kind": "delay", "duration_ms": 20}], "both groups are everybody"
    assert scene["stop_on_error"] is False
    assert scene["network_scope"] == {"mode": "auto"}
    assert scene["created"] == scene["updated"]
    assert scene["broken"] is None
    assert get(idle_client, "scenes/go")["scene"] == scene
    assert get(idle_client, "scenes")["scenes"] == [scene]

    changed = asked(idle_client, "PUT", "scenes/go", {"label": "Start"})["scene"]
    assert changed == {**scene, "label": "Start", "updated": changed["updated"]}
    changed = asked(idle_client, "PUT", "scenes/go", {"actions": [], "stop_on_error": True})["scene"]
    assert (changed["actions"], changed["stop_on_error"]) == ([], True)

    pinned = {"mode": "explicit", "network_ids": ["default"]}
    asked(idle_client, "PUT", "scenes/go", {"network_scope": pinned, "actions": [light()]})
    copy = post(idle_client, "scenes/go/duplicate")["scene"]
    assert (copy["id"], copy["key"], copy["label"]) == (2, "start_copy", "Start copy")
    assert (copy["actions"], copy["network_scope"]) == ([light()], pinned)
    assert post(idle_client, "scenes/go/duplicate", {"label": "Start"})["scene"]["key"] == "start"

    asked(idle_client, "DELETE", "scenes/start")
    assert post(idle_client, "scenes", {"label": "Start", "key": "GO"})["scene"]["key"] == "go_2"
    assert [row["id"] for row in get(idle_client, "scenes")["scenes"]] == [1, 2, 4]
    assert told == [{Scope.SCENES}] * 8


def test_what_was_rewritten_is_said(idle_client: FlaskClient) -> None:
    saved = post(idle_client, "scenes", {"label": "Old", "actions": [light({"kind": "scope"}, "RL:green_go")]})
    assert [warning["code"] for warning in saved["warnings"]] == ["target_scope"]
    assert saved["scene"]["actions"] == [light(preset=1)], "the preset is there, so it is stored by its id"


def test_a_list_of_scenes_that_has_not_changed_is_not_sent_again(idle_client: FlaskClient) -> None:
    tag = idle_client.get(f"{API}/scenes").headers["ETag"]
    assert idle_client.get(f"{API}/scenes", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        ({}, "invalid_request", {}),
        ({"label": " "}, "invalid_request", {}),
        ({"label": "x" * 65}, "invalid_request", {}),
        ({"label": 5}, "invalid_request", {}),
        ({"label": "A", "actions": {}}, "invalid_request", {}),
        ({"label": "A", "actions": [{"kind": "sync"}] * 21}, "invalid_request", {}),
        ({"label": "A", "actions": [light(), {"kind": "x"}]}, "invalid_request",
         {"action_index": 1, "child_index": None, "reason": "unknown_kind"}),
        ({"label": "A", "actions": [light(groups(0))]}, "invalid_request", {"action_index": 0}),
        ({"label": "A", "actions": [{"kind": "offset_group", "target": ALL, "offset": {"mode": "none"},
                                     "actions": [light(), {"kind": "sync"}]}]},
         "invalid_request", {"action_index": 0, "child_index": 1}),
        ({"label": "A", "network_scope": {"mode": "explicit", "network_ids": []}}, "invalid_request", {}),
        ({"label": "A", "network_scope": {"mode": "explicit", "network_ids": ["x", "default", "y"]}},
         "unknown_network_id", {"network_ids": ["x", "y"]}),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(
    venue: Host, idle_client: FlaskClient, body: dict[str, Any], code: str, detail: dict[str, Any]
) -> None:
    told = changes(venue)
    answer = refused(idle_client, "scenes", body, 400, code)
    assert answer["detail"].items() >= detail.items()
    post(idle_client, "scenes", {"label": "There"})
    if "label" in body:
        assert asked(idle_client, "PUT", "scenes/there", body, 400)["detail"]["code"] == code
    assert told == [{Scope.SCENES}]


def test_the_name_is_asked_for_in_these_words(idle_client: FlaskClient) -> None:
    assert "label is required" in refused(idle_client, "scenes", {"actions": []}, 400, "invalid_request")["error"]


def test_a_target_outside_of_the_chosen_networks_is_named(venue: Host, idle_client: FlaskClient) -> None:
    with venue.store.transaction() as draft:
        draft.networks["other"] = draft.networks["default"].model_copy(
            update={"id": "other", "name": "Other", "gateway_mac": None}
        )
    pinned = {"mode": "explicit", "network_ids": ["other"]}
    body = {"label": "A", "network_scope": pinned, "actions": [light(), light(groups(2))]}
    detail = refused(idle_client, "scenes", body, 400, "scope_violation")["detail"]
    assert (detail["offending_action_index"], detail["network_id"]) == (1, "default")
    post(idle_client, "scenes", {"label": "There", "actions": [light(groups(2))]})
    answer = asked(idle_client, "PUT", "scenes/there", {"network_scope": pinned}, 400)
    assert answer["detail"]["code"] == "scope_violation"


def test_a_scene_that_cannot_be_read_stays_visible_and_can_be_given_new_actions(
    venue: Host, idle_client: FlaskClient
) -> None:
    raw = [{"kind": "hologram"}]
    broken = BrokenActions(raw=raw, problem="no such kind", code="unknown_kind", action_index=0)
    with venue.store.transaction() as draft:
        draft.scenes[5] = Scene(id=5, key="odd", label="Odd", broken=broken)
    row = get(idle_client, "scenes/odd")["scene"]
    assert (row["actions"], row["broken"]) == ([], broken.model_dump())
    assert asked(idle_client, "PUT", "scenes/odd", {"label": "Even"})["scene"]["broken"]["raw"] == raw
    assert post(idle_client, "scenes/odd/duplicate")["scene"]["broken"]["raw"] == raw
    assert asked(idle_client, "PUT", "scenes/odd", {"actions": [light()]})["scene"]["broken"] is None


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "scenes/x"), ("PUT", "scenes/x"), ("DELETE", "scenes/x"), ("POST", "scenes/x/duplicate")],
)
def test_a_scene_that_is_not_there(idle_client: FlaskClient, method: str, path: str) -> None:
    answer = asked(idle_client, method, path, {}, 404)
    assert answer["detail"]["code"] == "scene_not_found"
    assert "scene not found" in answer["error"]


def test_keys_and_scenes_run_out(venue: Host, idle_client: FlaskClient) -> None:
    with venue.store.transaction() as draft:
        for number in range(1, 1000):
            key = "go" if number == 1 else f"go_{number}"
            draft.scenes[number] = Scene(id=number, key=key, label="Go")
    refused(idle_client, "scenes", {"label": "Go"}, 400, "no_free_key")
    refused(idle_client, "scenes/go/duplicate", {"label": "Go"}, 400, "no_free_key")
    with venue.store.transaction() as draft:
        for number in range(1000, 2001):
            draft.scenes[number] = Scene(id=number, key=f"more_{number}", label="More")
    refused(idle_client, "scenes", {"label": "New"}, 400, "too_many_scenes")
    refused(idle_client, "scenes/go/duplicate", {}, 400, "too_many_scenes")


def test_the_editor_is_told_what_there_is(idle_client: FlaskClient) -> None:
    schema = get(idle_client, "scenes/editor-schema")
    kinds = {kind["kind"]: kind for kind in schema["kinds"]}
    assert list(kinds) == ["rl_preset", "wled_preset", "rl_effect", "startblock", "sync", "delay", "offset_group"]
    assert kinds["rl_preset"]["ui"]["presetId"]["options"][0]["value"] == "1"
    assert len(kinds["rl_effect"]["vars"]) == 14
    assert kinds["delay"]["ui"]["duration_ms"]["max"] == 60000
    assert kinds["offset_group"]["child_kinds"] == ["rl_preset", "wled_preset", "rl_effect"]
    assert [mode["value"] for mode in schema["offset_group"]["modes"]] == [
        "none", "explicit", "linear", "vshape", "modulo"
    ]  # fmt: skip
    assert schema["flag_keys"] == ["arm_on_sync", "force_tt0", "force_reapply", "offset_mode"]
    assert [kind["value"] for kind in schema["container_target_kinds"]] == ["broadcast", "groups"]
    assert schema["lora"] == {
        "sf": 7, "bw_hz": 125000, "cr": 5, "preamble_sym": 8, "explicit_header": True, "low_dr_opt": False,
        "crc_on": True, "wire_overhead_ms_per_packet": 10.0,
    }  # fmt: skip
