"""What is said about lamps that will not show a scene, before anybody wonders why."""

from __future__ import annotations

from dataclasses import replace

from racelink_core.domain.address import Mac
from racelink_core.domain.command import (
    OffsetGroupCommand,
    RlEffectCommand,
    StartblockCommand,
    SyncCommand,
)
from racelink_core.domain.effect import EffectParameters, FlagsOverride
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.offset_choice import LinearOffset, NoOffset
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.scene import Action, Choreography
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, GroupsTarget
from racelink_core.planning.scene.checks import find_warnings
from racelink_core.planning.scene.planner import plan_scene
from tests.planning.fleet import GATE, LOOSE, STAGE, WALL, snapshot

FREE = {"a": OffsetNotes(free=frozenset(range(255)))}


def venue() -> Snapshot:
    """Every device is a lamp."""
    plain = snapshot()
    return replace(
        plain, devices={mac: device.model_copy(update={"dev_type": 11}) for mac, device in plain.devices.items()}
    )


def effect(*groups: int, offset: bool = False) -> RlEffectCommand:
    return RlEffectCommand(
        target=GroupsTarget(value=groups) if groups else BroadcastTarget(),
        params=EffectParameters(brightness=9),
        flags_override=FlagsOverride(offset_mode=True) if offset else FlagsOverride(),
    )


def cascade(offset: LinearOffset | NoOffset) -> OffsetGroupCommand:
    return OffsetGroupCommand(target=GroupsTarget(value=(1,)), offset=offset, actions=(effect(1),))


def codes(*actions: Action, offline: tuple[Mac, ...] = (), fleet: Snapshot | None = None) -> list[tuple[int, str]]:
    fleet = fleet or venue()
    plan = plan_scene(Choreography(actions=actions), fleet)
    found = find_warnings(plan, fleet, FREE, lambda mac: mac not in offline)
    assert all(each.detail for each in found)
    return [(each.action, each.code) for each in found]


def test_a_scene_that_every_lamp_can_show_is_not_remarked_upon() -> None:
    assert codes(cascade(LinearOffset(step_ms=10)), SyncCommand(), cascade(NoOffset()), effect(1)) == []


def test_who_was_put_into_offset_mode_and_not_let_out_will_not_react() -> None:
    assert codes(cascade(LinearOffset(step_ms=10)), effect(2), effect(1)) == [(2, "left_in_offset_mode")]


def test_who_is_not_in_offset_mode_will_not_react_to_what_needs_it() -> None:
    assert codes(effect(1, offset=True)) == [(0, "not_in_offset_mode")]


def test_who_is_offline_is_named() -> None:
    assert codes(effect(1), offline=(GATE, WALL)) == [(0, "offline")]
    assert codes(effect(2), offline=(GATE, WALL)) == []


def test_a_target_without_anything_that_shows_light_is_named() -> None:
    assert codes(effect(1), fleet=snapshot()) == [(0, "no_capable_device")]
    assert codes(StartblockCommand(target=GroupsTarget(value=(GroupId(1),)))) == [(0, "no_capable_device")]


def test_who_takes_no_part_in_an_offset_group_is_right_to_ignore_it() -> None:
    fleet = venue()
    beside = {"group_id": GroupId(3), "network_id": "a"}
    devices = {mac: fleet.devices[mac].model_copy(update=beside) for mac in (WALL, STAGE)}
    devices[LOOSE] = fleet.devices[LOOSE].model_copy(update={"group_id": GroupId(4), "network_id": "a"})
    groups = {GroupId(number): Group(id=GroupId(number), name=str(number), network_id="a") for number in (1, 3, 4)}
    fleet = replace(fleet, devices={**fleet.devices, **devices}, groups=groups)
    group = OffsetGroupCommand(
        target=GroupsTarget(value=(1, 3)), offset=LinearOffset(step_ms=10), actions=(effect(), effect())
    )
    assert codes(group, fleet=fleet) == []
