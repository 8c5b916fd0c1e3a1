"""Effects in the colour of the pilot, on the lamps of the seat, for some events only: what the recorded races show."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.race_filter import RaceFilter
from racelink_core.domain.target import DeviceTarget, GroupsTarget
from racelink_rh_plugin import initialize
from racelink_rh_plugin.race_fields import (
    COLOUR,
    ONLY_CLASS,
    ONLY_LAP,
    ONLY_SEAT,
    OTHERWISE,
    Offered,
    read_colour,
    read_limit,
)
from racelink_rh_plugin.values import BindingBroken
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.race import Heat, RaceClass
from tests.rotorhazard.double.replay import Lap, replay
from tests.rotorhazard.rig import GATE_1, GATE_2, PIT_WALL, START_LINE, Field, race_day, said, until
from tests.rotorhazard.stored_scenes import ALL, NOWHERE, RED_STOP, asked, create_scene, ended_runs, light

ALPHA, BRAVO, CHARLIE = (0x37, 0, 0xFF), (0xFF, 0, 0x59), (0, 0xFF, 0x4D)
GREEN, RED = (0, 255, 0), (255, 0, 0)
SEATS = {0: GroupsTarget(value=(GATE_1,)), 1: GroupsTarget(value=(GATE_2,)), 2: GroupsTarget(value=(PIT_WALL,))}
LIGHT_EFFECTS = (
    "gcaction",
    "rl_scene_action",
    "rl_blackout",
    "rl_locate",
    "rl_special_rl_preset_group",
    "rl_special_rl_preset_device",
)
GATE = f"group:{GATE_1}"
PASS = {"pilot_id": 2, "node_index": 1, "color": 0xFF5500, "pilot_done_flag": False}


def comes(seen: Callable[[], object], expected: object) -> None:
    """Lamps follow a moment after the packet has left."""
    until(lambda: seen() == expected, f"{expected}; instead: {seen()}")


def passed(server: RotorHazard, **args: Any) -> None:
    """A lap of a pilot: of Bravo on the second seat, unless said otherwise."""
    lap = Lap({"lap_number": args.pop("lap_number", 1), "late_lap": False})
    server.fire("RACE_LAP_RECORDED", {**PASS, "lap": lap, **args})


def test_in_a_recorded_race_every_pass_lights_the_seat_in_the_colour_of_its_pilot(tmp_path: Path) -> None:
    field = Field(SEATS)
    seen: list[set[tuple[int, ...]]] = []
    with race_day(tmp_path, field) as server:
        server.bind(
            "RACE_LAP_RECORDED", "gcaction", rl_action_group="seat", rl_action_preset="2", rl_action_colour="pilot"
        )

        def after(event: str) -> None:
            if event == "RACE_LAP_RECORDED" and not seen:
                comes(lambda: field.colours(GATE_1), {ALPHA})
                seen.append(field.colours(GATE_2))

        replay(server, "mock_signal_crossings", after=after)
        for group, colour in ((GATE_1, ALPHA), (GATE_2, BRAVO), (PIT_WALL, CHARLIE)):
            comes(partial(field.colours, group), {colour})
        assert BRAVO not in seen[0], "the first pass was of another seat"
        assert field.colours(START_LINE).isdisjoint({ALPHA, BRAVO, CHARLIE}), "no seat's lamps"
        assert server.events.errors == []
        assert not any("did not follow" in message for message in server.ui.messages), server.ui.messages


def test_the_lamps_change_with_the_leader(tmp_path: Path) -> None:
    field = Field()
    leaders = [ALPHA, CHARLIE, ALPHA]
    with race_day(tmp_path, field) as server:
        server.bind("RACE_PILOT_LEADING", "gcaction", rl_action_colour="leader")

        def after(event: str) -> None:
            if event == "RACE_PILOT_LEADING":
                comes(field.colours, {leaders.pop(0)})

        replay(server, "mock_signal_crossings", after=after)
    assert leaders == []


@pytest.mark.parametrize(
    ("source", "colour"),
    [
        ("own", RED),
        ("event", (0xFF, 0x55, 0)),
        ("pilot", BRAVO),
        ("leader", CHARLIE),
        ("team", (0, 80, 255)),
        ("seat", (0xFF, 0x55, 0)),
    ],
)
def test_each_source_gives_its_colour_and_the_brightness_stays_that_of_the_binding(
    tmp_path: Path, source: str, colour: tuple[int, ...]
) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.rhapi.race.race_leader_pilot_id = 3
        server.bind(
            "RACE_LAP_RECORDED",
            "gcaction",
            rl_action_preset=f"preset:{RED_STOP}",
            rl_action_brightness="77",
            rl_action_colour=source,
        )
        passed(server)
        comes(lambda: (field.colours(), field.brightness()), ({colour}, {77}))


def test_the_operator_chooses_the_colours_of_teams(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_LAP_RECORDED", "rl_special_rl_preset_group", rl_action_colour="team")
        colours = [{"team": "A", "colour": [9, 8, 7]}]
        asked(server, "PUT", "race/team-colours", {"team_colours": colours})
        passed(server)
        comes(field.colours, {(9, 8, 7)})


def test_an_event_without_the_colour_leaves_the_effect_its_own(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_FINISH", "gcaction", rl_action_preset=f"preset:{RED_STOP}", rl_action_colour="pilot")
        server.fire("RACE_FINISH", {"heat_id": 1})
        comes(field.colours, {RED})


def test_the_lamps_of_a_seat_can_be_one_device(tmp_path: Path) -> None:
    field = Field()
    lamp = field.nodes(GATE_1)[0]
    field.seats = {1: DeviceTarget(value=lamp.mac)}
    with race_day(tmp_path, field) as server:
        server.bind(
            "RACE_LAP_RECORDED",
            "rl_special_rl_preset_device",
            rl_special_rl_preset_device="seat",
            rl_action_colour="pilot",
        )
        passed(server)
        until(lambda: tuple(lamp.lamp.look.color1) == BRAVO, "the light of the one")
        assert [node.mac for node in field.nodes() if tuple(node.lamp.look.color1) == BRAVO] == [lamp.mac]


def test_a_seat_without_lamps_lights_nothing_and_that_is_said_once(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        server.bind("RACE_LAP_RECORDED", "gcaction", rl_action_group="seat")
        server.bind("RACE_FINISH", "gcaction", rl_action_group="seat")
        for _ in range(3):
            passed(server)
        server.fire("RACE_FINISH")
        about_seats = [message for message in server.ui.messages if "did not follow" in message]
        assert len(about_seats) == 2, about_seats
        assert "Seat 2 has no lamps" in about_seats[0]
        assert "The event is about no seat" in about_seats[1]
        assert server.events.errors == []


def test_a_seat_without_lamps_is_told_again_once_the_seats_have_changed(tmp_path: Path) -> None:
    def told() -> int:
        return sum("Seat 2 has no lamps" in message for message in server.ui.messages)

    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        asked(server, "POST", "groups/create", {"name": "Gate"})
        for event in ("RACE_LAP_RECORDED", "RACE_PILOT_DONE"):
            server.bind(event, "gcaction", rl_action_group="seat")
        passed(server)
        server.fire("RACE_PILOT_DONE", {"pilot_id": 2, "node_index": 1})
        assert told() == 1
        asked(server, "PUT", "race/seats", {"seats": [{"index": 0, "target": {"kind": "groups", "value": [1]}}]})
        server.fire("RACE_PILOT_DONE", {"pilot_id": 2, "node_index": 1})
        assert told() == 2


def test_other_lamps_can_stand_in_for_a_seat_without_some(tmp_path: Path) -> None:
    field = Field({0: GroupsTarget(value=(GATE_2,))})
    with race_day(tmp_path, field) as server:
        stored = {"rl_action_group": "seat", "rl_action_otherwise": GATE, "rl_action_preset": f"preset:{RED_STOP}"}
        server.bind("RACE_LAP_RECORDED", "gcaction", **stored)
        passed(server)
        comes(lambda: field.colours(GATE_1), {RED})
        assert field.colours(GATE_2) != {RED}
        server.bind("RACE_START", "rl_blackout", rl_action_group="seat", rl_action_otherwise="all")
        server.fire("RACE_START")
        comes(field.brightness, {0})


def test_blackout_and_locate_reach_the_lamps_of_the_seat_too(tmp_path: Path) -> None:
    field = Field(SEATS)
    with race_day(tmp_path, field) as server:
        server.bind("RACE_START", "gcaction")
        server.bind("RACE_PILOT_DONE", "rl_blackout", rl_action_group="seat")
        server.fire("RACE_START")
        server.fire("RACE_PILOT_DONE", {"pilot_id": 2, "node_index": 1, "color": 0xFF5500})
        comes(lambda: (field.brightness(GATE_2), field.brightness(GATE_1)), ({0}, {128}))


def test_a_binding_follows_only_the_seat_lap_and_class_that_it_is_limited_to(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.rhapi.db.rows_of_classes = {4: RaceClass(4, "Open")}
        server.rhapi.db.rows_of_heats = {1: Heat(1, class_id=4), 2: Heat(2, class_id=None)}
        server.fire("CLASS_ADD", {"class_id": 4})
        limits = {ONLY_SEAT: "seat:2", ONLY_LAP: "lap:3", ONLY_CLASS: "class:4"}
        server.bind("RACE_LAP_RECORDED", "gcaction", rl_action_preset=f"preset:{RED_STOP}", **limits)
        dark = field.colours()
        passed(server, lap_number=2)
        passed(server, lap_number=3, node_index=0, pilot_id=1)
        server.rhapi.race.heat = 2
        passed(server, lap_number=3)
        assert field.colours() == dark
        server.rhapi.race.heat = 1
        passed(server, lap_number=3)
        comes(field.colours, {RED})


def test_a_class_that_is_gone_is_named_when_the_event_comes(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        server.bind("RACE_START", "rl_locate", rl_action_only_class="class:7")
        server.fire("RACE_START")
        said(server, "The race class 7 no longer exists")


def test_classes_are_offered_as_they_are_now_and_only_what_differs_is_registered(tmp_path: Path) -> None:
    def offered(effect: str) -> dict[str, str]:
        return {option.value: option.label for option in server.shown_fields(effect)[ONLY_CLASS].options}

    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        assert {effect: offered(effect) for effect in LIGHT_EFFECTS} == {
            effect: {"any": "Every class"} for effect in LIGHT_EFFECTS
        }
        stop = server.effects["rl_stop_scene"]
        server.rhapi.db.rows_of_classes = {1: RaceClass(1, "Open"), 2: RaceClass(2, "")}
        server.fire("CLASS_ADD", {"class_id": 2})
        assert offered("gcaction") == {"any": "Every class", "class:1": "Open", "class:2": "Class 2"}
        assert server.effects["rl_stop_scene"] is stop
        before = dict(server.effects)
        server.fire("CLASS_ALTER", {"class_id": 2})
        assert server.effects == before, "nothing differs"
        del server.rhapi.db.rows_of_classes[1]
        server.fire("CLASS_DELETE", {"class_id": 1})
        assert offered("rl_scene_action") == {"any": "Every class", "class:2": "Class 2"}


def test_a_scene_runs_in_the_colour_of_the_pilot_and_in_its_own_if_there_is_none(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        effect = {"kind": "rl_effect", "target": ALL, "params": {"mode": 0, "color1": [1, 2, 3], "brightness": 50}}
        key = create_scene(server, "Pass", light(RED_STOP), {"kind": "delay", "duration_ms": 10}, effect)
        server.bind("RACE_LAP_RECORDED", "rl_scene_action", rl_action_scene=f"scene:{key}", rl_action_colour="pilot")
        passed(server)
        until(lambda: ended_runs(server) == [(key, "done")], "its end")
        comes(lambda: (field.colours(), field.brightness()), ({BRAVO}, {50}))
        (run,) = asked(server, "GET", "scene-runs")["past"]
        assert (run["scene_key"], run["is_draft"]) == (key, True), "it was not what is kept"
        server.fire("RACE_LAP_RECORDED", {"lap": None})
        until(lambda: len(ended_runs(server)) == 2, "the second run")
        comes(field.colours, {(1, 2, 3)})
        assert [run["is_draft"] for run in asked(server, "GET", "scene-runs")["past"]] == [False, True]


def test_every_effect_that_makes_light_has_the_fields_and_none_has_a_value_that_rotorhazard_takes_for_none(
    tmp_path: Path,
) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        for effect in LIGHT_EFFECTS:
            fields = server.shown_fields(effect)
            assert {ONLY_SEAT, ONLY_LAP, ONLY_CLASS} <= fields.keys()
            has_colour = effect not in ("rl_blackout", "rl_locate")
            assert (COLOUR in fields) == has_colour
            assert (OTHERWISE in fields) == (effect != "rl_scene_action")
            for field in fields.values():
                values = [option.value for option in field.options or ()]
                assert not {"", "0", "false", "none"} & set(values) - {field.value, "none"}
                assert field.value
                assert field.options is None or field.value in values
        seats = [option.value for option in server.shown_fields("gcaction")[ONLY_SEAT].options]
        assert seats == ["any", "seat:1", "seat:2", "seat:3", "seat:4"], "as many as the timer has"


def test_bindings_of_before_ask_nothing_of_the_event_and_of_the_database(tmp_path: Path) -> None:
    class Silent:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"asked for {name}")

    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_LAP_RECORDED", "gcaction", rl_action_preset=f"preset:{RED_STOP}")
        server.bind("RACE_LAP_RECORDED", "rl_locate", rl_action_group=GATE, rl_action_only_seat="any")
        server.rhapi.db.asked.clear()
        server.rhapi.race, race = Silent(), server.rhapi.race
        passed(server)
        server.rhapi.race = race
        comes(field.colours, {RED})
        assert server.rhapi.db.asked == []
        assert not any("did not follow" in message for message in server.ui.messages), server.ui.messages


stored_values = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers())
near_misses = st.sampled_from(
    ["seat:0", "seat:17", "lap:1000", "lap:-1", "class:0", "class:²", "seat:", "own ", "lap:3"]
)


@given(stored_values | near_misses)
def test_whatever_is_stored_it_is_a_colour_and_a_limit_or_named_as_broken(stored: object) -> None:
    for name in (ONLY_SEAT, ONLY_LAP, ONLY_CLASS):
        with suppress(BindingBroken):
            read_limit({name: stored}, Offered())
    with suppress(BindingBroken):
        read_colour({COLOUR: stored})


@pytest.mark.parametrize("stored", [None, "", "0", 0, False, "any"])
def test_what_the_form_shows_as_its_default_limits_nothing(stored: object) -> None:
    assert read_limit(dict.fromkeys((ONLY_SEAT, ONLY_LAP, ONLY_CLASS), stored), Offered(classes={})) is None
    assert read_limit({ONLY_LAP: "lap:0"}, Offered()) == RaceFilter(lap_number=0)
    assert read_limit({ONLY_SEAT: "seat:1"}, Offered()) == RaceFilter(seat=0)


def test_while_nobody_says_which_classes_there_are_every_class_is_taken() -> None:
    assert read_limit({ONLY_CLASS: "class:7"}, Offered(classes=None)) == RaceFilter(class_id=7)
