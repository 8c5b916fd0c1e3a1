"""Choreographies as people and older hosts write them: what is accepted, rewritten, refused, and with which words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from racelink_core.domain.scene import AutoScope, ExplicitScope
from racelink_core.domain.scene_form import action_form, choreography_form
from racelink_core.domain.scene_reading import (
    ChoreographyInvalid,
    read_actions,
    read_choreography,
    read_network_scope,
    read_stop_on_error,
)

ALL = {"kind": "broadcast"}
DEVICE = {"kind": "device", "value": "3C6105A6D3E3"}


def groups(*ids: Any) -> dict[str, Any]:
    return {"kind": "groups", "value": list(ids)}


def read(action: dict[str, Any], *, is_saving: bool = True) -> tuple[dict[str, Any], list[str]]:
    """The canonical form, and the codes of the warnings."""
    actions, warnings = read_actions([action], is_saving=is_saving)
    return action_form(actions[0]), [warning.code for warning in warnings]


def refusal(*actions: Any, is_saving: bool = True) -> ChoreographyInvalid:
    with pytest.raises(ChoreographyInvalid) as caught:
        read_actions(list(actions), is_saving=is_saving)
    assert str(caught.value)
    return caught.value


def preset(preset_id: Any = 3, **more: Any) -> dict[str, Any]:
    return {"kind": "rl_preset", "target": ALL, "params": {"presetId": preset_id}, **more}


def effect(**params: Any) -> dict[str, Any]:
    return {"kind": "rl_effect", "target": ALL, "params": params}


def container(*children: Any, target: Any = ALL, offset: Any = None) -> dict[str, Any]:
    offset = offset or {"mode": "none"}
    return {"kind": "offset_group", "target": target, "offset": offset, "actions": list(children)}


def canonical(kind: str, target: Any = ALL, params: Any = None, flags: Any = None) -> dict[str, Any]:
    return {"kind": kind, "target": target, "params": params or {}, "flags_override": flags or {}}


@pytest.mark.parametrize("number", range(1, 13))
def test_the_example_scenes_are_read_without_a_word_and_written_as_they_are(shared_data: Path, number: int) -> None:
    (path,) = (shared_data / "scenes").glob(f"{number:02d}-*.json")
    scene = json.loads(path.read_text())["scene"]
    choreography, warnings = read_choreography(scene, is_saving=True)
    assert warnings == ()
    written = choreography_form(choreography)
    assert written == {name: scene[name] for name in written}
    assert read_choreography(written, is_saving=True).choreography == choreography


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "delay", "ms": "1500"}, {"kind": "delay", "duration_ms": 1500}),
        ({"kind": "delay"}, {"kind": "delay", "duration_ms": 0}),
        ({"kind": "delay", "duration_ms": 20.0, "colour": 1}, {"kind": "delay", "duration_ms": 20}),
        ({"kind": "sync", "target": None}, {"kind": "sync"}),
        (preset("7"), canonical("rl_preset", params={"presetId": 7})),
        (preset("RL:go", brightness=4), canonical("rl_preset", params={"presetId": "RL:go", "brightness": 4})),
        (preset(" go "), canonical("rl_preset", params={"presetId": "go"})),
        (preset(None, params=None), canonical("rl_preset")),
        (
            {"kind": "rl_preset", "target": ALL, "preset_key": "RL:go"},
            canonical("rl_preset", params={"presetId": "RL:go"}),
        ),
        (
            {"kind": "rl_preset", "target": ALL, "preset_key": "WLED:12", "brightness": 9},
            canonical("wled_preset", params={"presetId": 12, "brightness": 9}),
        ),
        (
            {"kind": "wled_preset", "target": DEVICE, "preset_id": 4, "brightness": "128"},
            canonical("wled_preset", DEVICE, {"presetId": 4, "brightness": 128}),
        ),
        (
            {"kind": "rl_effect", "target": groups("2", 1, 2), "mode": 9, "colors": ["#FF8000", "00ff00"]},
            canonical("rl_effect", groups(1, 2), {"mode": 9, "color1": [255, 128, 0], "color2": [0, 255, 0]}),
        ),
        (
            effect(color3={"r": 1, "g": "2", "b": 3}, check1="yes", check2=0, custom3=31, speed=None),
            canonical("rl_effect", params={"custom3": 31, "check1": True, "check2": False, "color3": [1, 2, 3]}),
        ),
        (
            preset(1, flags_override={"arm_on_sync": "false", "force_tt0": "On", "offset_mode": None, "power": True}),
            canonical("rl_preset", params={"presetId": 1}, flags={"arm_on_sync": False, "force_tt0": True}),
        ),
        (
            {"kind": "startblock", "target": ALL, "flags_override": {"x": 1}},
            {
                "kind": "startblock",
                "target": ALL,
                "params": {"fn_key": "startblock_control", "startblock_use_current_heat": True},
            },
        ),
        (
            {
                "kind": "startblock",
                "target": ALL,
                "program": "startblock_control",
                "startblock_use_current_heat": "off",
                "startblock_slot_list": [[0, "ANNA", "R1"], {"slot": "1", "callsign": "BEN", "racechannel": "R2"}],
            },
            {
                "kind": "startblock",
                "target": ALL,
                "params": {
                    "fn_key": "startblock_control",
                    "startblock_use_current_heat": False,
                    "startblock_slot_list": [
                        {"slot": 0, "callsign": "ANNA", "racechannel": "R1"},
                        {"slot": 1, "callsign": "BEN", "racechannel": "R2"},
                    ],
                },
            },
        ),
        (
            {"kind": "offset_group", "target": ALL, "offset": {"mode": "linear", "step_ms": "-5"}, "children": []},
            container(offset={"mode": "linear", "base_ms": 0, "step_ms": -5}),
        ),
        (
            container(target=groups(2, 1), offset={"mode": "explicit", "values": {"2": 5, "1": "7"}}),
            container(
                target=groups(1, 2),
                offset={"mode": "explicit", "values": [{"id": 1, "offset_ms": 7}, {"id": 2, "offset_ms": 5}]},
            ),
        ),
        (
            container(offset={"mode": "vshape", "center": 4, "extra": 1}),
            container(offset={"mode": "vshape", "base_ms": 0, "step_ms": 0, "center": 4}),
        ),
        (
            container(offset={"mode": "modulo"}),
            container(offset={"mode": "modulo", "base_ms": 0, "step_ms": 0, "cycle": 1}),
        ),
    ],
)
def test_accepted_forms_become_the_canonical_one(given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert read(given) == (expected, [])
    assert read(expected) == (expected, [])


def test_device_addresses_are_written_in_capitals() -> None:
    found, _ = read(preset(1, target={"kind": "device", "value": "3c6105a6d3e3"}))
    assert found["target"] == DEVICE


CHILD = canonical("rl_preset", params={"presetId": 3}, flags={"arm_on_sync": True})


@pytest.mark.parametrize(
    ("given", "expected", "code"),
    [
        (preset(target={"kind": "scope"}), canonical("rl_preset", params={"presetId": 3}), "target_scope"),
        (
            preset(target={"kind": "group", "value": "4"}),
            canonical("rl_preset", groups(4), {"presetId": 3}),
            "target_group",
        ),
        ({"kind": "offset_group", "groups": "all", "offset": {"mode": "none"}}, container(), "container_groups"),
        ({"kind": "offset_group", "groups": 255, "offset": {"mode": "none"}}, container(), "container_groups"),
        (
            {"kind": "offset_group", "groups": [3, 1], "offset": {"mode": "none"}},
            container(target=groups(1, 3)),
            "container_groups",
        ),
        (
            {**CHILD, "target": {"kind": "groups_offset", "value": [{"id": 2, "offset_ms": 9}]}},
            container(CHILD, target=groups(2), offset={"mode": "explicit", "values": [{"id": 2, "offset_ms": 9}]}),
            "groups_offset",
        ),
        (
            {
                **CHILD,
                "target": {
                    "kind": "groups_offset",
                    "groups": [{"id": 2, "offset_ms": 9}, {"id": 1, "offset_ms": 8}],
                    "ui_hints": {"mode": "linear", "base_ms": 7, "step_ms": 1},
                },
            },
            container(CHILD, target=groups(1, 2), offset={"mode": "linear", "base_ms": 7, "step_ms": 1}),
            "groups_offset",
        ),
        (
            {**CHILD, "target": {"kind": "groups_offset", "value": "all", "offset": {"mode": "linear", "step_ms": 3}}},
            container(CHILD, offset={"mode": "linear", "base_ms": 0, "step_ms": 3}),
            "groups_offset",
        ),
        (
            {**CHILD, "target": {"kind": "groups_offset", "value": [4]}},
            container(CHILD, target=groups(4)),
            "groups_offset",
        ),
        (
            {"kind": "wled_control", "target": ALL, "params": {"presetId": 2, "brightness": 5}},
            canonical("rl_preset", params={"presetId": 2, "brightness": 5}),
            "old_kind",
        ),
        (
            {"kind": "wled_control", "target": ALL, "params": {"presetId": 2, "mode": 5}},
            canonical("rl_effect", params={"mode": 5}),
            "old_kind",
        ),
        (
            {"kind": "wled_control", "target": ALL, "params": {"brightness": 5}},
            canonical("rl_effect", params={"brightness": 5}),
            "old_kind",
        ),
        (
            {"kind": "wled_preset", "target": ALL, "params": {"presetId": 251}},
            canonical("wled_preset", params={"presetId": 251}),
            "no_wled_slot",
        ),
        (
            {"kind": "wled_preset", "target": ALL, "params": {"presetId": 1}, "flags_override": {"arm_on_sync": True}},
            canonical("wled_preset", params={"presetId": 1}, flags={"arm_on_sync": True}),
            "flag_without_effect",
        ),
    ],
)
def test_older_shapes_and_idle_values_are_taken_with_one_warning(
    given: dict[str, Any], expected: dict[str, Any], code: str
) -> None:
    assert read(given) == (expected, [code])
    assert read(given, is_saving=False) == (expected, [code])


@pytest.mark.parametrize(
    ("action", "field", "reason"),
    [
        ({"kind": "hologram"}, "actions.0.kind", "unknown_kind"),
        ({}, "actions.0.kind", "unknown_kind"),
        ("sync", "actions.0", "bad_value"),
        ({"kind": "sync", "params": {}}, "actions.0.params", "stray_field"),
        ({"kind": "sync", "duration_ms": 0}, "actions.0.duration_ms", "stray_field"),
        ({"kind": "delay", "target": ALL}, "actions.0.target", "stray_field"),
        ({"kind": "delay", "flags_override": {}}, "actions.0.flags_override", "stray_field"),
        ({**container(), "params": {}}, "actions.0.params", "stray_field"),
        ({**container(), "duration_ms": 1}, "actions.0.duration_ms", "stray_field"),
        ({"kind": "delay", "duration_ms": 60001}, "actions.0.duration_ms", "out_of_range"),
        ({"kind": "delay", "duration_ms": True}, "actions.0.duration_ms", "bad_value"),
        ({"kind": "delay", "duration_ms": 1.5}, "actions.0.duration_ms", "bad_value"),
        ({"kind": "delay", "duration_ms": "soon"}, "actions.0.duration_ms", "bad_value"),
        ({"kind": "rl_preset", "params": {}}, "actions.0", "missing"),
        (preset(target={"kind": "moon"}), "actions.0.target", "bad_value"),
        (preset(target=groups()), "actions.0.target.value", "missing"),
        (preset(target=groups(0)), "actions.0.target.value.0", "out_of_range"),
        (preset(target=groups(255)), "actions.0.target.value.0", "out_of_range"),
        (preset(target={"kind": "device", "value": "3C:61:05:A6:D3:E3"}), "actions.0.target.value", "bad_value"),
        (preset(params=[]), "actions.0.params", "bad_value"),
        (preset(True), "actions.0.params.presetId", "bad_value"),
        (preset("x" * 81), "actions.0.params.presetId", "bad_value"),
        (preset(brightness=256), "actions.0.params.brightness", "out_of_range"),
        (preset(flags_override={"arm_on_sync": "perhaps"}), "actions.0.flags_override.arm_on_sync", "bad_value"),
        (preset(flags_override=[]), "actions.0.flags_override", "bad_value"),
        ({"kind": "wled_preset", "target": ALL}, "actions.0.params.presetId", "missing"),
        (
            {"kind": "wled_preset", "target": ALL, "params": {"presetId": "WLED:x"}},
            "actions.0.params.presetId",
            "bad_value",
        ),
        (effect(), "actions.0.params", "missing"),
        (effect(glitter=1), "actions.0.params.glitter", "stray_field"),
        (effect(mode=256), "actions.0.params.mode", "out_of_range"),
        (effect(custom3=32), "actions.0.params.custom3", "out_of_range"),
        (effect(color1="red"), "actions.0.params.color1", "bad_value"),
        (effect(color1=[1, 2]), "actions.0.params.color1", "bad_value"),
        (effect(color1=[1, 2, -3]), "actions.0.params.color1", "out_of_range"),
        ({"kind": "startblock", "target": ALL, "params": {"fn_key": "x"}}, "actions.0.params.fn_key", "bad_value"),
        (
            {"kind": "startblock", "target": ALL, "params": {"startblock_slot_list": [[8, "A"]]}},
            "actions.0.params.startblock_slot_list.0.slot",
            "out_of_range",
        ),
        (
            {"kind": "startblock", "target": ALL, "params": {"startblock_slot_list": [[1, "A"], [1, "B"]]}},
            "actions.0.params.startblock_slot_list",
            "bad_value",
        ),
        (container(target=DEVICE), "actions.0.target", "bad_value"),
        (container(target=groups(*range(1, 66))), "actions.0.target", "too_many"),
        ({"kind": "offset_group", "target": ALL}, "actions.0", "missing"),
        (container(offset={"mode": "Linear"}), "actions.0.offset.mode", "bad_value"),
        (container(offset={"mode": "linear", "base_ms": 32768}), "actions.0.offset.base_ms", "out_of_range"),
        (container(offset={"mode": "vshape", "center": 255}), "actions.0.offset.center", "out_of_range"),
        (container(offset={"mode": "modulo", "cycle": 0}), "actions.0.offset.cycle", "out_of_range"),
        (container(offset={"mode": "explicit", "values": []}), "actions.0.offset.values", "bad_value"),
        (
            container(target=groups(1, 2), offset={"mode": "explicit", "values": {"1": 0}}),
            "actions.0.offset.values",
            "missing",
        ),
        (
            container(target=groups(1), offset={"mode": "explicit", "values": {"1": 0, "2": 0}}),
            "actions.0.offset.values",
            "bad_value",
        ),
        (
            container(target=groups(1), offset={"mode": "explicit", "values": [{"id": 1, "offset_ms": 1}] * 2}),
            "actions.0.offset.values.1",
            "bad_value",
        ),
        (container(*[preset()] * 17), "actions.0.actions", "too_many"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(action: Any, field: str, reason: str) -> None:
    error = refusal({"kind": "sync"}, action)
    assert (error.field, error.reason) == (field.replace("actions.0", "actions.1", 1), reason)
    assert (error.action_index, error.child_index) == (1, None)


@pytest.mark.parametrize(
    "child",
    [
        {"kind": "sync"},
        {"kind": "delay"},
        container(),
        {"kind": "startblock", "target": ALL},
        preset(target=groups(1, 3)),
        {"kind": "rl_preset", "params": {}},
    ],
)
def test_a_child_that_makes_no_sense_is_named_by_its_index(child: Any) -> None:
    error = refusal(container(preset(), child, target=groups(1, 2)))
    assert (error.action_index, error.child_index) == (0, 1)
    assert error.field.startswith("actions.0.actions.1")


def test_children_may_be_for_everybody_for_one_device_and_for_groups_of_the_container() -> None:
    children = [preset(), preset(target=DEVICE), preset(target=groups(2))]
    assert len(read(container(*children, target=groups(1, 2)))[0]["actions"]) == 3


def test_there_is_a_limit_to_actions_and_they_are_a_list() -> None:
    assert refusal(*[{"kind": "sync"}] * 21).reason == "too_many"
    assert len(read_actions([{"kind": "sync"}] * 20, is_saving=True).actions) == 20
    assert read_actions(None, is_saving=True).actions == ()
    with pytest.raises(ChoreographyInvalid) as caught:
        read_actions({"kind": "sync"}, is_saving=True)
    assert caught.value.action_index is None


def test_what_is_left_of_deleted_groups_loads_and_cannot_be_chosen() -> None:
    gone = container(preset(target=groups(0)), target=groups(0), offset={"mode": "explicit", "values": []})
    assert read(gone, is_saving=False)[0]["target"] == groups(0)
    assert refusal(gone).reason == "out_of_range"
    assert read(preset(target=groups(0, 3)), is_saving=False)[0]["target"] == groups(3)


def test_a_file_is_read_as_forgivingly_as_the_older_host_sent_it() -> None:
    found, warnings = read(effect(mode=300, color1=[256, 1, 1], glitter=3), is_saving=False)
    assert found["params"] == {"mode": 44, "color1": [0, 1, 1]}
    assert sorted(warnings) == ["masked_value", "masked_value", "unknown_parameter"]
    assert read(effect(), is_saving=False)[0]["params"] == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), (False, False), (0, False), (5, True), ("OFF", False), (" yes ", True), ("no", False)]
    + [(junk, True) for junk in (None, "perhaps", [], {}, 0.5)],
)
def test_stop_on_error_is_yes_when_in_doubt(value: object, expected: bool) -> None:
    assert read_stop_on_error(value) is expected


def test_network_scopes() -> None:
    assert read_network_scope(None) == read_network_scope({"mode": "auto"}) == AutoScope()
    assert read_network_scope({"mode": "explicit", "network_ids": ["b", "a", "b"]}) == ExplicitScope(
        network_ids=("b", "a")
    )
    for bad in ([], {"mode": "all"}, {"mode": "explicit"}, {"mode": "explicit", "network_ids": [""]}):
        with pytest.raises(ChoreographyInvalid):
            read_network_scope(bad)
    with pytest.raises(ChoreographyInvalid):
        read_network_scope({"mode": "explicit", "network_ids": [3]})


NAMES = [
    "kind",
    "target",
    "params",
    "value",
    "flags_override",
    "offset",
    "actions",
    "mode",
    "values",
    "presetId",
    "groups",
    "colors",
    "children",
    "id",
    "offset_ms",
    "startblock_slot_list",
    "ui_hints",
    "color1",
    "duration_ms",
    "preset_key",
]
KINDS = ["rl_preset", "wled_preset", "rl_effect", "startblock", "sync", "delay", "offset_group", "wled_control"]
TARGET_KINDS = ["broadcast", "groups", "device", "group", "scope", "groups_offset"]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
JUNK = st.recursive(
    SCALARS | st.sampled_from(["all", "RL:", "WLED:1"]),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)
TARGETS = JUNK | st.fixed_dictionaries({"kind": st.sampled_from(TARGET_KINDS), "value": JUNK})
ACTIONS = JUNK | st.builds(
    lambda kind, target, more: {**more, "kind": kind, "target": target},
    st.sampled_from(KINDS),
    TARGETS,
    st.dictionaries(st.sampled_from(NAMES), JUNK, max_size=4),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(ACTIONS, max_size=3), st.booleans())
def test_whatever_comes_is_read_or_refused_and_what_was_read_reads_the_same_again(
    raw: list[Any], is_saving: bool
) -> None:
    try:
        actions, _ = read_actions(raw, is_saving=is_saving)
    except ChoreographyInvalid:
        return
    forms = [action_form(action) for action in actions]
    assert read_actions(json.loads(json.dumps(forms)), is_saving=False).actions == actions
