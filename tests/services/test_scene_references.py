"""Scenes follow the groups that they name."""

from __future__ import annotations

from pathlib import Path

from racelink_core.domain.group import GroupId
from racelink_core.domain.scene import Scene
from racelink_core.domain.scene_form import action_form
from racelink_core.domain.scene_reading import read_actions
from racelink_core.domain.scope import Change, Scope
from racelink_core.domain.seat import Seat
from racelink_core.domain.target import GroupsTarget
from tests.services.rig import OPERATOR, Rig, running_host


def add_scene(rig: Rig, number: int, *groups: int) -> None:
    target = {"kind": "groups", "value": list(groups)}
    actions = read_actions([{"kind": "rl_preset", "target": target, "params": {"presetId": 1}}], is_saving=True).actions
    with rig.host.store.transaction() as draft:
        draft.scenes[number] = Scene(id=number, key=f"scene_{number}", label="Scene", actions=actions)


def named(rig: Rig) -> dict[int, list[int]]:
    scenes = rig.host.store.snapshot.scenes.values()
    return {scene.id: action_form(scene.actions[0])["target"]["value"] for scene in scenes}


def three_groups(rig: Rig) -> None:
    for name in ("One", "Two", "Three"):
        rig.host.grouping.create(name)
    add_scene(rig, 1, 1, 2)
    add_scene(rig, 2, 2)
    add_scene(rig, 3, 3)


def test_deleting_a_group_takes_it_out_of_every_scene_at_once(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        changes: list[Change] = []
        rig.host.store.subscribe(changes.append)
        assert rig.host.grouping.delete(GroupId(2)) == (0, 2, 0)
        assert named(rig) == {1: [1], 2: [0], 3: [3]}
        assert [change.scopes for change in changes] == [{Scope.GROUPS, Scope.SCENES}]
        assert rig.host.grouping.delete(GroupId(1)).changed_scenes == 1
        assert rig.host.grouping.create("Four") == 4
        assert named(rig) == {1: [0], 2: [0], 3: [3]}


def test_renumbering_takes_scenes_along_unless_they_shall_stay_on_the_number(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        rig.host.grouping.start_renumber([2, 1, 3], OPERATOR)
        assert rig.finished().result["changed_scenes"] == 1, "of the first, both groups swap"
        assert named(rig) == {1: [1, 2], 2: [1], 3: [3]}
        rig.host.grouping.start_renumber([3, 1, 2], OPERATOR, update_scenes=False)
        assert rig.finished().result["changed_scenes"] == 0
        assert named(rig) == {1: [1, 2], 2: [1], 3: [3]}


def test_seats_and_race_bindings_follow_their_groups_too(tmp_path: Path) -> None:
    with running_host(tmp_path) as rig:
        three_groups(rig)
        blackout = {"kind": "blackout", "target": {"kind": "groups", "value": [1, 3]}}
        rig.host.race_bindings.create({"name": "Dark", "event": "RACE_STOP", "reaction": blackout})
        with rig.host.store.transaction() as draft:
            for index, group in enumerate((1, 2)):
                draft.seats[index] = Seat(index=index, target=GroupsTarget(value=(group,)))

        def named_in_the_race() -> tuple[dict[int, tuple[int, ...]], tuple[int, ...]]:
            snapshot = rig.host.store.snapshot
            seats = {seat.index: seat.target.value for seat in snapshot.seats.values()}
            return seats, snapshot.race_bindings[1].reaction.target.value  # type: ignore[return-value, union-attr]

        rig.host.grouping.start_renumber([2, 1, 3], OPERATOR, update_scenes=False)
        rig.finished()
        assert named_in_the_race() == ({0: (2,), 1: (1,)}, (2, 3))
        assert rig.host.grouping.delete(GroupId(2)).emptied_seats == 1
        assert named_in_the_race() == ({1: (1,)}, (3,)), "a seat without lamps is none"
        rig.host.grouping.delete(GroupId(3))
        assert named_in_the_race()[1] == (0,), "the binding stays, and says what is missing"
