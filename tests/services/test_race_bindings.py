"""Bindings of our own as an operator keeps them: what is taken, what is refused, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.command import LocateCommand, RlPresetChoice, RlPresetCommand
from racelink_core.domain.device import Device
from racelink_core.domain.errors import InvalidValue, NotFound, RaceLinkError
from racelink_core.domain.group import Group, GroupId
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.race_binding import MAX_BINDINGS, RaceBinding
from racelink_core.domain.race_event import RACE_EVENTS
from racelink_core.domain.reaction_problem import problem_of_reaction
from racelink_core.domain.scene import BrokenActions, Scene
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from racelink_core.runtime.clock import SystemClock
from racelink_core.services.race_bindings import RaceBindings, ReactionUnusable, TooManyBindings, bindings_in_order
from racelink_core.state.store import Store

GATE, LAMP = GroupId(2), Mac("F412FA5A0001")
TO_ALL = {"kind": "broadcast"}
GREEN = {"kind": "rl_preset", "target": TO_ALL, "params": {"presetId": 1}}
BLACKOUT = {"kind": "blackout", "target": TO_ALL}


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(Store.open(tmp_path, SystemClock()))
        return opened[-1]

    yield open_it
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    """A gate, a lamp, a preset, a scene and one that cannot be read."""
    store = open_store()
    with store.transaction() as draft:
        draft.groups[GATE] = Group(id=GATE, name="Gate")
        draft.devices[LAMP] = Device(mac=LAMP, name="Lamp", group_id=GATE)
        draft.presets[1] = RlPreset(id=1, key="green", label="Green")
        draft.scenes.clear()
        draft.scenes[1] = Scene(id=1, key="show", label="Show")
        broken = BrokenActions(raw=[1], problem="odd", code="bad_value", action_index=0)
        draft.scenes[2] = Scene(id=2, key="odd", label="Odd", broken=broken)
    return store


@pytest.fixture
def bindings(store: Store) -> RaceBindings:
    return RaceBindings(store)


def fields(**changes: Any) -> dict[str, Any]:
    return {"name": "Pass", "event": "RACE_LAP_RECORDED", "reaction": GREEN, **changes}


@pytest.mark.parametrize(
    "reaction",
    [
        GREEN,
        {"kind": "rl_preset", "target": {"kind": "groups", "value": [2]}, "params": {"presetId": "RL:green"}},
        {"kind": "rl_effect", "target": {"kind": "device", "value": LAMP}, "params": {"mode": 2, "color1": [1, 2, 3]}},
        {"kind": "wled_preset", "target": TO_ALL, "params": {"presetId": 9}},
        {"kind": "sync"},
        BLACKOUT,
        {"kind": "locate", "target": TO_ALL, "seconds": 3},
        {"kind": "headless", "target": TO_ALL, "scene": 1},
        {"kind": "startblock", "target": TO_ALL},
        {"kind": "run_scene", "scene": "show"},
        {"kind": "stop_scene"},
    ],
    ids=lambda reaction: reaction["kind"],
)
def test_every_reaction_is_kept_as_it_came_also_after_a_restart(
    open_store: Callable[[], Store], bindings: RaceBindings, store: Store, reaction: dict[str, Any]
) -> None:
    binding = bindings.create(fields(reaction=reaction))
    assert binding.reaction.kind == reaction["kind"]
    store.close()
    assert open_store().snapshot.race_bindings == {binding.id: binding}


@pytest.mark.parametrize("event", RACE_EVENTS)
def test_every_event_can_be_bound(bindings: RaceBindings, event: str) -> None:
    assert bindings.create(fields(event=event, reaction=BLACKOUT)).event == event


@pytest.mark.parametrize(
    ("reaction", "code", "part"),
    [
        ({**GREEN, "params": {"presetId": 99}}, "preset_not_found", "RL preset 99 no longer exists"),
        ({**GREEN, "params": {}}, "missing_preset_id", "Choose one"),
        ({**GREEN, "target": {"kind": "groups", "value": [9]}}, "target_not_found", "no group 9"),
        ({**GREEN, "target": {"kind": "groups", "value": [2, 9]}}, "target_not_found", "no group 9"),
        (
            {**GREEN, "target": {"kind": "device", "value": "AABBCCDDEEFF"}},
            "target_not_found",
            "AABBCCDDEEFF no longer exists",
        ),
        ({"kind": "run_scene", "scene": "gone"}, "scene_not_found", "'gone' no longer exists"),
        ({"kind": "run_scene", "scene": "odd"}, "scene_invalid", "Odd cannot be read"),
        ({**GREEN, "target": {"kind": "groups", "value": [0]}}, "invalid_request", "group ids are 1 to 254"),
    ],
)
def test_what_does_not_exist_cannot_be_bound(
    store: Store, bindings: RaceBindings, reaction: dict[str, Any], code: str, part: str
) -> None:
    kept = bindings.create(fields())
    before = store.snapshot
    for attempt in (
        lambda: bindings.create(fields(reaction=reaction)),
        lambda: bindings.update(kept.id, {"reaction": reaction}),
    ):
        with pytest.raises(RaceLinkError, match=part) as raised:
            attempt()
        assert raised.value.code == code
    assert store.snapshot is before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"event": "RACE_WON"}, "event"),
        ({"name": ""}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"event": "RACE_START", "only": {"seat": 0}}, "only.seat"),
        ({"event": "CROSSING_ENTER", "only": {"lap_number": 1}}, "only.lap_number"),
        ({"only": {"seat": 16}}, "only.seat"),
        ({"only": {"speed": 1}}, "only.speed"),
        ({"event": "RACE_START", "to_seat": True}, "to_seat"),
        ({"to_seat": True, "reaction": {"kind": "run_scene", "scene": "show"}}, "to_seat"),
        ({"at_moment": True}, "at_moment"),
        ({"event": "RACE_STAGE", "at_moment": True, "reaction": {"kind": "stop_scene"}}, "at_moment"),
        ({"colour_from": "sponsor"}, "colour_from"),
        ({"reaction": {"kind": "offset_group", "target": TO_ALL}}, "reaction"),
    ],
)
def test_what_could_never_happen_is_refused_with_its_field(
    store: Store, bindings: RaceBindings, changes: dict[str, Any], field: str
) -> None:
    before = store.snapshot
    with pytest.raises(InvalidValue) as raised:
        bindings.create(fields(**changes))
    assert raised.value.field == field
    assert store.snapshot is before


def test_only_what_is_given_changes(bindings: RaceBindings) -> None:
    binding = bindings.create(fields(colour_from="pilot", only={"seat": 1}))
    changed = bindings.update(binding.id, {"is_on": False, "name": "Gate"})
    assert changed == binding.model_copy(update={"is_on": False, "name": "Gate"})
    assert bindings.update(binding.id, {"colour_from": None, "only": {}}).colour_from is None
    assert bindings.get(binding.id).only.seat is None


def test_a_binding_whose_scene_is_gone_can_be_switched_off_but_not_on(store: Store, bindings: RaceBindings) -> None:
    binding = bindings.create(fields(reaction={"kind": "run_scene", "scene": "show"}))
    with store.transaction() as draft:
        del draft.scenes[1]
    assert bindings.update(binding.id, {"name": "Other", "is_on": False}).is_on is False
    with pytest.raises(ReactionUnusable, match="no longer exists"):
        bindings.update(binding.id, {"is_on": True})


def test_ids_are_never_given_out_again_also_after_a_restart(
    open_store: Callable[[], Store], store: Store, bindings: RaceBindings
) -> None:
    first, second = bindings.create(fields()), bindings.create(fields())
    assert (first.id, second.id) == (1, 2)
    bindings.delete(2)
    assert bindings.create(fields()).id == 3
    bindings.delete(3)
    store.close()
    assert RaceBindings(open_store()).create(fields()).id == 4


def test_they_are_listed_as_in_a_race_and_of_an_event_as_they_were_ordered(
    store: Store, bindings: RaceBindings
) -> None:
    stop = bindings.create(fields(event="RACE_STOP", reaction=BLACKOUT)).id
    first, second, third = (bindings.create(fields()).id for _ in range(3))
    start = bindings.create(fields(event="RACE_START", reaction=BLACKOUT)).id
    assert [each.id for each in bindings_in_order(store.snapshot)] == [start, first, second, third, stop]
    bindings.reorder([third, first, second, stop, start])
    assert [each.id for each in bindings_in_order(store.snapshot)] == [start, third, first, second, stop]


@pytest.mark.parametrize("order", [[], [1], [1, 1], [1, 2, 3], [1, 3]])
def test_an_order_names_every_binding_once(store: Store, bindings: RaceBindings, order: list[int]) -> None:
    for _ in range(2):
        bindings.create(fields())
    before = store.snapshot
    with pytest.raises(InvalidValue, match="every binding once"):
        bindings.reorder(order)
    assert store.snapshot is before


def test_a_copy_is_off_until_somebody_has_changed_it(bindings: RaceBindings) -> None:
    binding = bindings.create(fields(colour_from="pilot"))
    copy = bindings.duplicate(binding.id)
    assert (copy.name, copy.is_on, copy.reaction, copy.colour_from) == ("Pass copy", False, binding.reaction, "pilot")
    assert copy.display_order > binding.display_order


@pytest.mark.parametrize("method", ["get", "delete", "duplicate"])
def test_a_binding_that_is_not_there_is_named(bindings: RaceBindings, method: str) -> None:
    with pytest.raises(NotFound, match="race binding 7"):
        getattr(bindings, method)(7)
    with pytest.raises(NotFound):
        bindings.update(7, {"name": "x"})


def test_there_is_a_limit(store: Store, bindings: RaceBindings) -> None:
    with store.transaction() as draft:
        for number in range(1, MAX_BINDINGS + 1):
            draft.race_bindings[number] = RaceBinding(
                id=number, name="Full", event="RACE_START", reaction=LocateCommand(target=BroadcastTarget())
            )
    for attempt in (lambda: bindings.create(fields()), lambda: bindings.duplicate(1)):
        with pytest.raises(TooManyBindings, match=f"{MAX_BINDINGS} bindings already"):
            attempt()


def test_what_was_deleted_makes_a_binding_broken_and_says_why(store: Store) -> None:
    def problem(target: BroadcastTarget | GroupsTarget | DeviceTarget) -> str | None:
        command = RlPresetCommand(target=target, params=RlPresetChoice(presetId=1))
        found = problem_of_reaction(command, store.snapshot)
        return None if found is None else found.text

    assert problem(BroadcastTarget()) is None
    assert problem(GroupsTarget(value=(2, 9))) is None, "one that is left is enough"
    assert problem(GroupsTarget(value=(0,))) == "Its groups were deleted. Choose others."
    assert problem(DeviceTarget(value=LAMP)) is None
