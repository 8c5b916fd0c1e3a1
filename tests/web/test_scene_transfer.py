"""Scenes with their presets into a file and out of one, and the set to start with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core import create_host
from racelink_core.configuration import HostConfiguration
from racelink_core.domain.scene import BrokenActions, Scene
from racelink_core.domain.scope import Scope
from racelink_core.host import Host
from tests.web.conftest import client_of
from tests.web.test_api import API, get, post, refused
from tests.web.test_groups import changes
from tests.web.test_scenes import ALL, asked, groups, light


def exported(client: FlaskClient, *keys: str) -> dict[str, Any]:
    query = "&".join(f"key={key}" for key in keys)
    answer = client.get(f"{API}/scenes/export?{query}")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["Content-Disposition"]
    document: dict[str, Any] = json.loads(answer.text)
    return document


def taken(answer: dict[str, Any], kind: str) -> dict[str, Any]:
    (found,) = (part for part in answer["report"]["taken"] if part["kind"] == kind)
    return {name: value for name, value in found.items() if value and name != "kind"}


def fill(client: FlaskClient) -> None:
    post(client, "rl-presets", {"label": "Mine", "params": {"mode": 9, "color1": [1, 2, 3]}, "flags": {"force_tt0": 1}})
    container = {"kind": "offset_group", "target": ALL, "offset": {"mode": "none"}, "actions": [light(preset="mine")]}
    post(client, "scenes", {"label": "One", "actions": [light(preset="mine"), container], "stop_on_error": False})
    post(client, "scenes", {"label": "Two", "actions": [light(preset="rainbow")]})


@pytest.fixture
def other(tmp_path: Path) -> Any:
    """The API of another host."""
    host = create_host(HostConfiguration(data_directory=tmp_path / "other"))
    try:
        yield client_of(host)
    finally:
        host.stop()


def test_what_is_exported_here_is_the_same_there_whatever_the_numbers(
    idle_client: FlaskClient, other: FlaskClient
) -> None:
    fill(idle_client)
    document = exported(idle_client)
    assert [scene["key"] for scene in document["scenes"]] == ["one", "two"]
    assert [preset["key"] for preset in document["presets"]] == ["rainbow", "mine"]
    assert document["scenes"][0]["actions"][0]["params"] == {"presetId": "RL:mine"}
    post(other, "rl-presets", {"label": "Shifts the ids"})
    answer = post(other, "scenes/import", document)
    assert taken(answer, "scene") == {"added": ["One", "Two"]}
    assert taken(answer, "preset") == {"added": ["Mine"], "same": 1}
    assert answer["report"]["changed"] == answer["report"]["left_out"] == []
    assert "Scenes added: 2 (One, Two)." in answer["lines"]
    there = {**exported(other), "exported": "", "presets": []}
    assert there == {**document, "exported": "", "presets": []}
    mine = get(other, "rl-presets/mine")["preset"]
    first = get(other, "scenes/one")["scene"]["actions"][0]
    assert first["params"]["presetId"] == mine["id"] != get(idle_client, "rl-presets/mine")["preset"]["id"]
    again = post(other, "scenes/import", document)
    assert (taken(again, "scene"), taken(again, "preset")) == ({"same": 2}, {"same": 2})


def test_single_scenes_go_with_their_own_presets(idle_client: FlaskClient) -> None:
    fill(idle_client)
    document = exported(idle_client, "two")
    assert [scene["key"] for scene in document["scenes"]] == ["two"]
    assert [preset["key"] for preset in document["presets"]] == ["rainbow"]
    assert asked(idle_client, "GET", "scenes/export?key=x", status=404)["detail"]["code"] == "scene_not_found"


def test_a_try_says_what_would_happen_and_changes_nothing(idle_host: Host, idle_client: FlaskClient) -> None:
    fill(idle_client)
    document = exported(idle_client)
    asked(idle_client, "DELETE", "scenes/one")
    told, before = changes(idle_host), idle_host.store.snapshot
    answer = post(idle_client, "scenes/import?dry_run=1", document)
    assert answer["report"]["is_dry_run"] is True
    assert taken(answer, "scene") == {"added": ["One"], "same": 1}
    assert idle_host.store.snapshot is before
    assert told == []
    post(idle_client, "scenes/import", document)
    assert told == [{Scope.SCENES}]
    assert get(idle_client, "scenes/one")["scene"]["id"] == 3, "an id is never given out again"


def test_what_is_there_and_differs_stays_or_gives_way(idle_host: Host, idle_client: FlaskClient) -> None:
    fill(idle_client)
    document = exported(idle_client)
    asked(idle_client, "PUT", "scenes/one", {"actions": []})
    asked(idle_client, "PUT", "rl-presets/mine", {"params": {"mode": 2}})
    kept = post(idle_client, "scenes/import", document)
    assert (taken(kept, "scene"), taken(kept, "preset")) == (
        {"kept": ["One"], "same": 1},
        {"kept": ["Mine"], "same": 1},
    )
    assert get(idle_client, "scenes/one")["scene"]["actions"] == []
    replaced = post(idle_client, "scenes/import?on_conflict=replace", document)
    assert taken(replaced, "scene") == {"replaced": ["One"], "same": 1}
    assert len(get(idle_client, "scenes/one")["scene"]["actions"]) == 2
    assert get(idle_client, "rl-presets/mine")["preset"]["params"]["mode"] == 9
    assert len(get(idle_client, "scenes")["scenes"]) == 2


def test_all_scenes_can_give_way_and_the_new_ones_have_ids_of_their_own(
    idle_host: Host, idle_client: FlaskClient
) -> None:
    fill(idle_client)
    document = exported(idle_client, "one")
    answer = post(idle_client, "scenes/import?on_conflict=replace_all", document)
    assert answer["report"]["removed"] == 1
    (scene,) = get(idle_client, "scenes")["scenes"]
    assert (scene["id"], scene["key"], scene["stop_on_error"]) == (3, "one", False)
    assert idle_host.store.directory is not None
    assert list((idle_host.store.directory / "backups").iterdir()), "there is a way back"


def test_what_cannot_be_taken_or_will_reach_nobody_is_named(idle_client: FlaskClient) -> None:
    document = {
        "presets": [{"label": "Bad", "params": {"mode": "x"}}, 5, {"id": 4, "label": "Good", "params": {"mode": 300}}],
        "scenes": [
            {"label": "A", "actions": [light(groups(7)), light(preset=4), light(preset=1), light(preset="RL:gone")]},
            {"label": "A"},
            {"label": " "},
            "no scene",
            {"label": "Odd", "actions": [{"kind": "hologram"}]},
            {"label": "Far", "network_scope": {"mode": "explicit", "network_ids": ["mars"]},
             "actions": [light({"kind": "device", "value": "AABBCCDDEEFF"})]},
        ],
    }  # fmt: skip
    answer = post(idle_client, "scenes/import", document)
    assert taken(answer, "scene") == {"added": ["A", "Odd", "Far"]}
    assert len([each for each in answer["report"]["left_out"] if each["kind"] == "scene"]) == 3
    assert len([each for each in answer["report"]["left_out"] if each["kind"] == "preset"]) == 2
    reasons = {each["what"]: each["reason"] for each in answer["report"]["changed"]}
    assert "group 7" in reasons["A"]
    assert "missing_preset_1" in reasons["A"], "a number means a preset of the file"
    assert "mars" in reasons["Far"]
    assert "AABBCCDDEEFF" in reasons["Far"]
    assert "kept as it was" in reasons["Odd"]
    actions = get(idle_client, "scenes/a")["scene"]["actions"]
    assert actions[1]["params"]["presetId"] == get(idle_client, "rl-presets/good")["preset"]["id"]
    odd = get(idle_client, "scenes/odd")["scene"]
    assert odd["broken"]["raw"] == [{"kind": "hologram"}]
    assert exported(idle_client)["scenes"][1]["actions"] == [{"kind": "hologram"}], "nothing is lost in a file"
    assert asked(idle_client, "GET", "scenes/export?key=odd", status=400)["detail"]["code"] == "scene_invalid"


def test_a_single_scene_of_the_project_can_be_taken(idle_client: FlaskClient, shared_data: Path) -> None:
    document = json.loads((shared_data / "scenes" / "02-pit-wall-idle.json").read_text())
    assert taken(post(idle_client, "scenes/import", document), "scene") == {"added": [document["scene"]["label"]]}


@pytest.mark.parametrize("body", [{}, {"scenes": []}, {"presets": []}, {"scenes": {}}, {"other": 1}])
def test_a_file_without_scenes_is_no_import(idle_client: FlaskClient, body: dict[str, Any]) -> None:
    refused(idle_client, "scenes/import", body, 400, "no_scenes_in_file")
    refused(idle_client, "scenes/import?on_conflict=perhaps", body, 400, "invalid_request")


def test_more_than_a_megabyte_of_scenes_is_taken(idle_client: FlaskClient) -> None:
    actions = [light({"kind": "groups", "value": list(range(1, 200))})] * 20
    scenes = [{"label": f"Scene {number}", "actions": actions} for number in range(70)]
    assert len(json.dumps(scenes)) > 1 << 20
    answer = post(idle_client, "scenes/import", {"scenes": scenes})
    assert len(taken(answer, "scene")["added"]) == 70


def test_keys_that_are_addresses_are_given_to_nobody(idle_client: FlaskClient) -> None:
    assert post(idle_client, "scenes", {"label": "Export"})["scene"]["key"] == "export_2"
    assert post(idle_client, "rl-presets", {"label": "Schema"})["preset"]["key"] == "schema_2"
    answer = post(idle_client, "scenes/import", {"scenes": [{"label": "Export"}]})
    assert taken(answer, "scene") == {"same": 1}


RACE = ["staging", "go", "leader", "finish", "abort", "caution", "podium", "pit_idle", "blackout", "battery"]


def test_the_starter_set_is_all_that_a_first_day_needs_and_loads_once(
    idle_host: Host, idle_client: FlaskClient
) -> None:
    told = changes(idle_host)
    answer = post(idle_client, "starter-set")
    assert len(taken(answer, "scene")["added"]) == len(taken(answer, "preset")["added"]) == 10
    assert answer["report"]["changed"] == answer["report"]["left_out"] == []
    assert told == [{Scope.SCENES, Scope.RL_PRESETS}]
    scenes = {scene["key"]: scene for scene in get(idle_client, "scenes")["scenes"]}
    assert list(scenes) == [f"race_{name}" for name in RACE]
    assert all(scene["broken"] is None for scene in scenes.values())
    asked(idle_client, "PUT", "scenes/race_go", {"label": "My go"})
    again = post(idle_client, "starter-set")
    assert taken(again, "scene") == {"kept": ["Race: go"], "same": 9}
    assert get(idle_client, "scenes/race_go")["scene"]["label"] == "My go"
    assert post(idle_client, "starter-set?dry_run=1")["report"]["is_dry_run"] is True


@pytest.mark.parametrize("name", RACE)
def test_each_starter_scene_can_be_saved_and_planned(client: FlaskClient, name: str) -> None:
    post(client, "starter-set")
    scene = get(client, f"scenes/race_{name}")["scene"]
    saved = asked(client, "PUT", f"scenes/race_{name}", {"actions": scene["actions"]})
    assert saved["warnings"] == []
    assert saved["scene"]["actions"] == scene["actions"]
    found = get(client, f"scenes/race_{name}/estimate")
    assert found["degraded"] == []
    assert found["total"]["packets"] >= 1


def test_every_effect_of_the_starter_set_stays_in_step(idle_client: FlaskClient) -> None:
    post(idle_client, "starter-set")
    options = get(idle_client, "rl-presets/schema")["schema"]["ui"]["mode"]["options"]
    in_step = {int(option["value"]) for option in options if option["deterministic"]}
    presets = [preset for preset in get(idle_client, "rl-presets")["presets"] if preset["key"].startswith("race_")]
    assert {preset["params"]["mode"] for preset in presets} <= in_step


def test_a_broken_scene_is_replaced_by_a_good_one_of_the_same_key(idle_host: Host, idle_client: FlaskClient) -> None:
    broken = BrokenActions(raw=[1], problem="odd", code="bad_value", action_index=0)
    with idle_host.store.transaction() as draft:
        draft.scenes[1] = Scene(id=1, key="one", label="One", broken=broken)
    document = {"scenes": [{"label": "One", "actions": [{"kind": "sync"}]}]}
    assert taken(post(idle_client, "scenes/import", document), "scene") == {"kept": ["One"]}
    post(idle_client, "scenes/import?on_conflict=replace", document)
    scene = get(idle_client, "scenes/one")["scene"]
    assert (scene["id"], scene["broken"], scene["actions"]) == (1, None, [{"kind": "sync"}])
