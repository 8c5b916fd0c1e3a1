"""What becomes of a choreography when groups go or move, when presets get ids, and when it is saved."""

from __future__ import annotations

from typing import Any

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.channels import channels
from racelink_core.domain.device import Device
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.scene import Choreography
from racelink_core.domain.scene_collapse import collapsed
from racelink_core.domain.scene_form import action_form
from racelink_core.domain.scene_reading import read_choreography
from racelink_core.domain.scene_references import preset_references, with_new_groups, with_preset_ids
from racelink_core.domain.scene_scope import SceneScopeViolation, UnknownNetworks, check_scope
from racelink_core.domain.snapshot import Snapshot

ALL = {"kind": "broadcast"}
MAC = Mac("AABBCCDDEE01")


def groups(*ids: int) -> dict[str, Any]:
    return {"kind": "groups", "value": list(ids)}


def light(target: dict[str, Any] = ALL, preset: int | str = 1) -> dict[str, Any]:
    return {"kind": "rl_preset", "target": target, "params": {"presetId": preset}, "flags_override": {}}


def container(target: dict[str, Any], *children: dict[str, Any], **offsets: int) -> dict[str, Any]:
    values = [{"id": int(group.strip("g")), "offset_ms": ms} for group, ms in offsets.items()]
    offset = {"mode": "explicit", "values": values} if offsets else {"mode": "none"}
    return {"kind": "offset_group", "target": target, "offset": offset, "actions": list(children)}


def choreography(*actions: dict[str, Any], scope: Any = None) -> Choreography:
    return read_choreography({"actions": list(actions), "network_scope": scope}, is_saving=False).choreography


def forms(found: Choreography) -> list[dict[str, Any]]:
    return [action_form(action) for action in found.actions]


def test_references_to_a_deleted_group_go_and_the_last_of_a_list_leaves_a_tombstone() -> None:
    before = choreography(
        light(groups(1, 2)),
        light(groups(2)),
        light(),
        {"kind": "sync"},
        container(groups(1, 2, 3), light(groups(2)), light(groups(2, 3)), g1=10, g2=20, g3=30),
        container(groups(2), light(), g2=5),
    )
    after = with_new_groups(before, {2: None})
    assert forms(after) == [
        light(groups(1)),
        light(groups(0)),
        light(),
        {"kind": "sync"},
        container(groups(1, 3), light(groups(0)), light(groups(3)), g1=10, g3=30),
        {**container(groups(0), light()), "offset": {"mode": "explicit", "values": []}},
    ]
    assert with_new_groups(after, {2: None, 9: None}) is after


def test_references_follow_groups_that_are_renumbered_also_when_two_swap() -> None:
    before = choreography(light(groups(1, 3)), container(groups(1, 2), light(groups(2)), g1=10, g2=20))
    after = with_new_groups(before, {1: 2, 2: 1, 3: 7})
    assert forms(after) == [light(groups(2, 7)), container(groups(1, 2), light(groups(1)), g1=20, g2=10)]
    assert before.actions[0] == with_new_groups(after, {2: 1, 1: 2, 7: 3}).actions[0]


def test_references_to_presets_become_ids_where_there_is_such_a_preset() -> None:
    presets = {4: RlPreset(id=4, key="go", label="Go")}
    snapshot = Snapshot(presets=presets)
    before = choreography(light(preset="RL:go"), container(ALL, light(preset="go"), light(preset="stop")), light())
    assert list(preset_references(before)) == ["RL:go", "go", "stop", 1]
    after = with_preset_ids(before, snapshot.find_preset)
    assert list(preset_references(after)) == [4, 4, "stop", 1]
    assert with_preset_ids(after, snapshot.find_preset) is after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (light(groups(1, 2)), light()),
        (light(groups(1, 2, 9)), light()),
        (light(groups(1)), light(groups(1))),
        ({"kind": "delay", "duration_ms": 1}, {"kind": "delay", "duration_ms": 1}),
        (container(groups(1, 2), light(groups(1, 2)), light(groups(2))), container(ALL, light(), light(groups(2)))),
        (
            container(groups(1, 2), light(groups(1, 2)), g1=0, g2=1),
            container(groups(1, 2), light(), g1=0, g2=1),
        ),
    ],
)
def test_a_list_of_all_groups_becomes_everybody_except_where_offsets_need_it(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert forms(collapsed(choreography(before), {1, 2})) == [after]


def test_nothing_collapses_without_groups_or_within_chosen_networks() -> None:
    assert forms(collapsed(choreography(light(groups(1, 2))), ())) == [light(groups(1, 2))]
    pinned = choreography(light(groups(1, 2)), scope={"mode": "explicit", "network_ids": ["a"]})
    assert collapsed(pinned, {1, 2}) is pinned


def _snapshot() -> Snapshot:
    channel = channels("EU868")[0]
    networks = [
        Network(id=name, name=name.upper(), region="EU868", channel_id=channel.id, profile=channel.profile)
        for name in "ab"
    ]
    return Snapshot(
        networks={network.id: network for network in networks},
        groups={
            GroupId(1): Group(id=GroupId(1), name="Gates", network_id="a"),
            GroupId(2): Group(id=GroupId(2), name="Pit", network_id="b"),
            GroupId(3): Group(id=GroupId(3), name="Empty"),
        },
        devices={MAC: Device(mac=MAC, name="Lamp", network_id="b", group_id=GroupId(2))},
    )


def _within(*network_ids: str) -> dict[str, Any]:
    return {"mode": "explicit", "network_ids": list(network_ids)}


@pytest.mark.parametrize(
    ("action", "child"),
    [
        (light(groups(1, 2)), None),
        (light({"kind": "device", "value": MAC}), None),
        (container(groups(2)), None),
        (container(ALL, light(), light(groups(2))), 1),
    ],
)
def test_a_target_outside_of_the_chosen_networks_is_named_by_its_index(
    action: dict[str, Any], child: int | None
) -> None:
    with pytest.raises(SceneScopeViolation) as caught:
        check_scope(choreography(light(), action, scope=_within("a")), _snapshot())
    assert (caught.value.offending_action_index, caught.value.child_index) == (1, child)
    assert caught.value.network_id == "b"
    check_scope(choreography(light(), action, scope=_within("b", "a")), _snapshot())
    check_scope(choreography(light(), action), _snapshot())


def test_what_nobody_knows_and_what_has_no_network_violates_no_scope() -> None:
    targets = (groups(3), groups(0), groups(77), {"kind": "device", "value": "AABBCCDDEE02"}, ALL)
    check_scope(choreography(*map(light, targets), {"kind": "sync"}, scope=_within("a")), _snapshot())


def test_chosen_networks_must_exist() -> None:
    with pytest.raises(UnknownNetworks) as caught:
        check_scope(choreography(scope=_within("a", "x", "y")), _snapshot())
    assert caught.value.network_ids == ("x", "y")
