"""RL presets over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.scope import Scope
from racelink_core.host import Host
from tests.web.test_api import API, get, post, refused
from tests.web.test_groups import changes
from tests.web.test_scenes import asked, light

NOTHING: dict[str, Any] = dict.fromkeys(EffectParameters.model_fields)
NO_FLAG = {"arm_on_sync": False, "force_tt0": False, "force_reapply": False, "offset_mode": False}


def test_a_preset_is_created_read_changed_copied_and_deleted(idle_host: Host, idle_client: FlaskClient) -> None:
    told = changes(idle_host)
    first = max(idle_host.store.snapshot.presets) + 1
    body = {
        "label": "Lap flash",
        "params": {"mode": "2", "color1": "#102030", "speed": None},
        "flags": {"force_tt0": 1},
    }
    preset = post(idle_client, "rl-presets", body)["preset"]
    assert (preset["id"], preset["key"]) == (first, "lap_flash")
    assert preset["params"] == {**NOTHING, "mode": 2, "color1": [16, 32, 48]}
    assert preset["flags"] == {**NO_FLAG, "force_tt0": True}
    assert get(idle_client, "rl-presets/lap_flash")["preset"] == preset

    changed = asked(idle_client, "PUT", "rl-presets/lap_flash", {"label": "Lap"})["preset"]
    assert changed == {**preset, "label": "Lap", "updated": changed["updated"]}
    changed = asked(idle_client, "PUT", "rl-presets/lap_flash", {"params": {"speed": 9}, "flags": {}})["preset"]
    assert (changed["params"], changed["flags"]) == ({**NOTHING, "speed": 9}, NO_FLAG), "the whole block is replaced"

    copy = post(idle_client, "rl-presets/lap_flash/duplicate")["preset"]
    assert (copy["id"], copy["key"], copy["label"]) == (first + 1, "lap_copy", "Lap copy")
    assert copy["params"] == changed["params"]
    assert asked(idle_client, "DELETE", "rl-presets/lap_copy")["used_by_scenes"] == []
    assert post(idle_client, "rl-presets", {"label": "Lap copy"})["preset"]["id"] == first + 2
    assert told == [{Scope.RL_PRESETS}] * 6


def test_a_preset_that_scenes_use_goes_only_when_that_is_wanted(idle_host: Host, idle_client: FlaskClient) -> None:
    post(idle_client, "rl-presets", {"label": "Mine"})
    post(idle_client, "scenes", {"label": "By id", "actions": [light(preset="mine")]})
    post(idle_client, "scenes", {"label": "Other", "actions": [light(preset=1)]})
    child = {"kind": "offset_group", "target": {"kind": "broadcast"}, "offset": {"mode": "none"}}
    post(idle_client, "scenes", {"label": "Inside", "actions": [{**child, "actions": [light(preset="RL:mine")]}]})
    users = [{"key": "by_id", "label": "By id"}, {"key": "inside", "label": "Inside"}]
    answer = asked(idle_client, "DELETE", "rl-presets/mine", status=409)
    assert (answer["detail"]["code"], answer["detail"]["used_by_scenes"]) == ("preset_in_use", users)
    assert get(idle_client, "rl-presets/mine")
    assert asked(idle_client, "DELETE", "rl-presets/mine?force=1")["used_by_scenes"] == users
    assert len(idle_host.store.snapshot.scenes) == 3, "the scenes stay, and say at a run what is missing"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"label": ""},
        {"label": "x" * 65},
        {"label": "A", "params": []},
        {"label": "A", "params": {"mode": 256}},
        {"label": "A", "params": {"mode": True}},
        {"label": "A", "params": {"custom3": 32}},
        {"label": "A", "params": {"glitter": 1}},
        {"label": "A", "params": {"color1": "red"}},
        {"label": "A", "flags": {"arm_on_sync": "perhaps"}},
    ],
)
def test_what_makes_no_sense_is_refused(idle_host: Host, idle_client: FlaskClient, body: dict[str, Any]) -> None:
    told = changes(idle_host)
    refused(idle_client, "rl-presets", body, 400, "invalid_request")
    if body:
        answer = asked(idle_client, "PUT", "rl-presets/rainbow", body, 400)
        assert answer["detail"]["code"] == "invalid_request"
    assert told == []


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "rl-presets/x"), ("PUT", "rl-presets/x"), ("DELETE", "rl-presets/x"), ("POST", "rl-presets/x/duplicate")],
)
def test_a_preset_that_is_not_there(idle_client: FlaskClient, method: str, path: str) -> None:
    assert asked(idle_client, method, path, {}, 404)["detail"]["code"] == "not_found"


def test_presets_run_out(idle_host: Host, idle_client: FlaskClient) -> None:
    with idle_host.store.transaction() as draft:
        for number in range(100, 2100):
            draft.presets[number] = draft.presets[1].model_copy(update={"id": number, "key": f"more_{number}"})
        for number in range(2, 1000):
            draft.presets[number + 5000] = draft.presets[1].model_copy(
                update={"id": number + 5000, "key": f"green_go_{number}"}
            )
    refused(idle_client, "rl-presets", {"label": "New"}, 400, "too_many_presets")
    refused(idle_client, "rl-presets/rainbow/duplicate", {}, 400, "too_many_presets")
    with idle_host.store.transaction() as draft:
        for number in range(100, 2100):
            del draft.presets[number]
    refused(idle_client, "rl-presets", {"label": "Green go"}, 400, "no_free_key")
    refused(idle_client, "rl-presets/green_go/duplicate", {"label": "Green go"}, 400, "no_free_key")


def test_the_schema_says_how_each_value_is_asked_for(idle_client: FlaskClient) -> None:
    schema = get(idle_client, "rl-presets/schema")["schema"]
    assert schema["vars"] == list(EffectParameters.model_fields)
    ui = schema["ui"]
    assert (ui["custom3"]["widget"], ui["custom3"]["min"], ui["custom3"]["max"]) == ("slider", 0, 31)
    assert (ui["check2"]["widget"], ui["color1"]["widget"]) == ("toggle", "color")
    effects = ui["mode"]["options"]
    assert len(effects) == 216
    assert [effect["deterministic"] for effect in effects] == [True] * 19 + [False] * 197
    blink = next(effect for effect in effects if effect["value"] == "1")
    assert (blink["label"], blink["slots"]["intensity"]) == (
        "Blink",
        {"used": True, "label": "Duty cycle", "default": 128},
    )
    assert blink["slots"]["custom1"]["used"] is False
    assert len(ui["palette"]["options"]) == 72
    assert [flag["label"] for flag in schema["flags"]] == ["Arm on SYNC", "Force TT=0", "Force reapply", "Offset mode"]
    assert schema["palette_color_rules"] == {"force_slot_min_palette": [2, 3, 4], "max_palette_id": 5}
    tag = idle_client.get(f"{API}/rl-presets/schema").headers["ETag"]
    assert idle_client.get(f"{API}/rl-presets/schema", headers={"If-None-Match": tag}).status_code == 304
