"""RotorHazard's recorded events as typed events: seats, pilots, laps, colours, classes, moments."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from racelink_core.domain.effect import Colour
from racelink_core.domain.race_event import RACE_EVENTS, ColourSource, RaceEvent
from racelink_core.domain.seat import first_team_colours
from racelink_rh_plugin.race_events import RaceEvents, event_value, names_by_value
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.contract import EVENT_NAMES, recorded_events
from tests.rotorhazard.double.race import SEAT_COLOURS, Heat, SavedRace
from tests.rotorhazard.double.replay import replay

ALPHA, BRAVO, CHARLIE = (0x37, 0, 0xFF), (0xFF, 0, 0x59), (0, 0xFF, 0x4D)
SEAT_1, SEAT_2, SEAT_3 = ((each >> 16, each >> 8 & 255, each & 255) for each in SEAT_COLOURS[:3])
GREEN, RED, ORANGE = (0, 255, 0), (255, 0, 0), (255, 128, 0)
Seen = list[tuple[str, RaceEvent]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RotorHazard]:
    with RotorHazard(tmp_path).running(lambda _rhapi: None) as running:
        running.rhapi.db.asked.clear()
        yield running


def reader(server: RotorHazard) -> RaceEvents:
    events = RaceEvents(server.rhapi, first_team_colours)
    events.rows.follow()
    return events


def read(server: RotorHazard, name: str, **args: Any) -> RaceEvent:
    return reader(server).read(name, args)


def seen_in(server: RotorHazard, scenario: str) -> Seen:
    """Every event that we know, read when it is fired."""
    seen: Seen = []
    names, events = names_by_value(), reader(server)

    def listen(args: dict[str, Any]) -> None:
        name = names.get(args["_eventName"])
        if name is not None:
            seen.append((name, events.read(name, args)))

    server.events.on("all", listen, priority=50, name="test")
    replay(server, scenario)
    return seen


def of(seen: Seen, name: str) -> list[RaceEvent]:
    return [event for each, event in seen if each == name]


def colours(event: RaceEvent) -> dict[ColourSource, Colour | None]:
    return {source: event.colour_of(source) for source in get_args(ColourSource)}


def test_every_event_that_we_name_exists_and_what_only_registers_something_is_left_out(server: RotorHazard) -> None:
    assert set(RACE_EVENTS) <= set(EVENT_NAMES)
    assert names_by_value() == {EVENT_NAMES[name]: name for name in RACE_EVENTS}
    left_out = set(EVENT_NAMES) - set(RACE_EVENTS)
    assert {name for name in left_out if not name.endswith("_INITIALIZE")} == {
        "ALL",
        "DATABASE_RECOVER",
        "HEARTBEAT",
        "LED_SET_MANUAL",
        "UI_DISPATCH",
        "VRX_DATA_RECEIVE",
    }
    assert event_value("NO_SUCH_EVENT") is None


def test_a_full_race_says_of_every_pass_who_where_and_which_lap(server: RotorHazard) -> None:
    seen = seen_in(server, "full_race_timed")
    recorded = [
        (each["args"]["node_index"], each["args"]["pilot_id"], each["args"]["lap"]["lap_number"])
        for each in recorded_events("full_race_timed")
        if each["event"] == "RACE_LAP_RECORDED"
    ]
    passes = of(seen, "RACE_LAP_RECORDED")
    assert [(each.seat, each.pilot_id, each.lap_number) for each in passes] == recorded
    assert {each.heat_id for each in passes} == {1}
    assert {each.team for each in passes} == {"A"}


def test_staging_says_the_moment_of_the_start_and_each_tone_its_own(server: RotorHazard) -> None:
    before_s = time.monotonic()
    seen = seen_in(server, "full_race_timed")
    (staged,) = of(seen, "RACE_STAGE")
    assert staged.moment_s is not None
    assert before_s < staged.moment_s
    assert not staged.hides_start
    tones = [each.moment_s for each in of(seen, "RACE_STAGE_TONE") if each.moment_s is not None]
    assert len(tones) == 3
    assert tones == sorted(tones)
    assert tones[-1] < staged.moment_s
    assert of(seen, "RACE_START")[0].moment_s is None


def test_a_start_that_pilots_must_not_know_is_marked(server: RotorHazard) -> None:
    (staged,) = of(seen_in(server, "random_start_hidden_timer"), "RACE_STAGE")
    assert staged.hides_start


def test_the_colours_of_a_pass_are_those_of_seat_pilot_leader_and_team(server: RotorHazard) -> None:
    server.rhapi.race.teams = {0: "A", 1: "b"}
    server.rhapi.race.race_leader_pilot_id = 3
    event = read(server, "RACE_LAP_RECORDED", pilot_id=2, node_index=1, color=SEAT_COLOURS[1])
    assert colours(event) == {
        "event": SEAT_2,
        "pilot": BRAVO,
        "leader": CHARLIE,
        "team": first_team_colours()[1].colour,
        "seat": SEAT_2,
    }


def test_start_and_stop_bring_colours_of_their_own(server: RotorHazard) -> None:
    seen = seen_in(server, "full_race_timed")
    own = {name: of(seen, name)[0].colour_of("event") for name in ("RACE_STAGE", "RACE_START", "RACE_STOP")}
    assert own == {"RACE_STAGE": ORANGE, "RACE_START": GREEN, "RACE_STOP": RED}
    assert of(seen, "RACE_FINISH")[0].colour_of("event") is None


def test_the_leader_changes_with_the_race(server: RotorHazard) -> None:
    seen: list[Colour | None] = []
    events = reader(server)

    def listen(args: dict[str, Any]) -> None:
        seen.append(events.read("RACE_PILOT_LEADING", args).colour_of("leader"))

    server.events.on(EVENT_NAMES["RACE_PILOT_LEADING"], listen, priority=50, name="test")
    replay(server, "mock_signal_crossings")
    assert seen == [ALPHA, CHARLIE, ALPHA]


@pytest.mark.parametrize("scenario", ["full_race_timed", "class_race_0"])
def test_the_first_pass_of_the_race_belongs_to_the_only_seat_with_a_pass(server: RotorHazard, scenario: str) -> None:
    (first,) = of(seen_in(server, scenario), "RACE_INITIAL_PASS")
    assert (first.seat, first.pilot_id, first.colour_of("pilot")) == (0, 1, ALPHA)


def test_the_first_pass_of_the_race_is_nobodys_when_two_seats_have_one(server: RotorHazard) -> None:
    server.rhapi.race.laps_raw = [[{}], [{}], [], []]
    assert read(server, "RACE_INITIAL_PASS").seat is None


def test_in_practice_nobody_is_said_to_fly_and_the_seat_gives_the_colour(server: RotorHazard) -> None:
    (lap,) = of(seen_in(server, "practice_no_heat"), "RACE_LAP_RECORDED")[:1]
    assert (lap.seat, lap.pilot_id, lap.heat_id, lap.team, lap.class_id()) == (0, None, None, None, None)
    assert lap.colour_of("pilot") == SEAT_1


@pytest.mark.parametrize("name", ["node_index", "nodeIndex", "seat"])
def test_a_seat_is_read_under_each_of_its_names(server: RotorHazard, name: str) -> None:
    event = read(server, "CROSSING_ENTER", **{name: 2})
    assert (event.seat, event.pilot_id, event.colour_of("pilot")) == (2, 3, CHARLIE)


def test_an_empty_seat_has_no_colour(server: RotorHazard) -> None:
    event = read(server, "CROSSING_EXIT", nodeIndex=3, color=SEAT_COLOURS[3])
    assert set(colours(event).values()) == {None}


def test_a_pilot_without_a_colour_has_that_of_the_seat(server: RotorHazard) -> None:
    for unusable in (None, "", "blue", "#12", "#12345g"):
        server.rhapi.db.rows_of_pilots[2].color = unusable
        assert read(server, "RACE_PILOT_DONE", pilot_id=2, node_index=1).colour_of("pilot") == SEAT_2


def test_a_winner_that_is_a_team_has_no_seat_but_the_colour_of_the_team(server: RotorHazard) -> None:
    status = {"status": 3, "data": {"name": "B", "laps": 3, "position": 1}}
    event = read(server, "RACE_WIN", node_index=-1, color=None, message="Winner is Team B", win_status=status)
    assert (event.seat, event.pilot_id, event.team) == (None, None, "B")
    own = colours(event)
    assert own.pop("team") == first_team_colours()[1].colour
    assert set(own.values()) == {None}
    for nonsense in (None, 3, {}, {"data": None}, {"data": {"name": 7}}):
        assert read(server, "RACE_WIN", node_index=-1, win_status=nonsense).team is None


@pytest.mark.parametrize(
    ("args", "class_id"),
    [
        ({"class_id": 4}, 4),
        ({"output_class_id": 5}, 5),
        ({"race_id": 9}, 6),
        ({"race_id": 10}, None),
        ({"heat_id": 2}, 7),
        ({"heat_id": None}, None),
        ({}, 3),
    ],
)
def test_the_class_is_that_of_the_event_the_saved_race_or_the_heat(
    server: RotorHazard, args: dict[str, int], class_id: int | None
) -> None:
    db = server.rhapi.db
    db.rows_of_heats = {1: Heat(1, class_id=3), 2: Heat(2, class_id=7)}
    db.rows_of_races = {9: SavedRace(9, heat_id=2, class_id=6)}
    assert read(server, "LAPS_SAVE", **args).class_id() == class_id


def test_late_laps_are_marked(server: RotorHazard) -> None:
    seen = seen_in(server, "first_to_2_laps_unlimited")
    assert not any(each.is_late_lap for each in of(seen, "RACE_LAP_RECORDED") if each.lap_number == 0)
    late = read(server, "RACE_LAP_RECORDED", lap=type("Lap", (), {"lap_number": 3, "late_lap": True})())
    assert (late.lap_number, late.is_late_lap) == (3, True)


def test_reading_looks_nothing_up_until_somebody_asks_for_a_colour_or_a_class(server: RotorHazard) -> None:
    seen = seen_in(server, "full_race_timed")
    assert server.rhapi.db.asked == []
    lap = of(seen, "RACE_LAP_RECORDED")[0]
    free: tuple[ColourSource, ...] = ("event", "seat", "team")
    for source in free:
        lap.colour_of(source)
    assert server.rhapi.db.asked == []
    lap.colour_of("pilot")
    lap.class_id()
    assert server.rhapi.db.asked == ["pilot_by_id", "heat_by_id"]


def test_a_row_is_looked_up_once_and_again_after_it_has_changed(server: RotorHazard) -> None:
    events, db = reader(server), server.rhapi.db
    db.rows_of_heats[1].class_id = 3

    def told() -> tuple[Colour | None, int | None]:
        event = events.read("RACE_LAP_RECORDED", {"pilot_id": 1, "node_index": 0})
        return event.colour_of("pilot"), event.class_id()

    assert [told() for _ in range(5)] == [(ALPHA, 3)] * 5
    assert db.asked == ["pilot_by_id", "heat_by_id"]
    db.rows_of_pilots[1].color, db.rows_of_heats[1].class_id = "#ffffff", 4
    server.fire("PILOT_ALTER", {"pilot_id": 1})
    assert told() == ((255, 255, 255), 4)
    db.rows_of_heats[1].class_id = 5
    server.fire("HEAT_ALTER", {"heat_id": 1})
    assert told()[1] == 5


def test_a_row_that_could_not_be_read_is_asked_for_again(server: RotorHazard) -> None:
    events, db = reader(server), server.rhapi.db
    db.is_open = False
    assert events.read("RACE_PILOT_DONE", {"pilot_id": 1, "node_index": 1}).colour_of("pilot") == SEAT_2
    db.is_open = True
    assert events.read("RACE_PILOT_DONE", {"pilot_id": 1, "node_index": 1}).colour_of("pilot") == ALPHA


def test_whatever_rotorhazard_does_not_tell_is_left_out(server: RotorHazard) -> None:
    class Unwilling:
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError("the race object is being replaced")

    server.rhapi.race = Unwilling()
    server.rhapi.db.is_open = False
    event = read(server, "RACE_LAP_RECORDED", pilot_id=1, node_index=0, color="blue", lap=None)
    assert (event.seat, event.pilot_id, event.lap_number, event.heat_id) == (0, 1, None, None)
    assert (event.class_id(), set(colours(event).values())) == (None, {None})
    for nonsense in (None, 3, "text"):
        names = ("pilots", "teams", "seat_colors", "laps_raw", "heat", "race_leader_pilot_id")
        server.rhapi.race = SimpleNamespace(**dict.fromkeys(names, nonsense))
        assert set(colours(read(server, "RACE_LAP_RECORDED", node_index=0)).values()) == {None}
        assert read(server, "RACE_INITIAL_PASS").seat is None


@pytest.mark.parametrize("scenario", ["aborted_in_staging", "lap_edit", "heat_change_and_delete", "class_race_1"])
def test_every_recorded_event_can_be_read(server: RotorHazard, scenario: str) -> None:
    for name, event in seen_in(server, scenario):
        kind = RACE_EVENTS[name]
        assert event.name == name
        assert event.seat is None or kind.has_seat, name
        assert event.lap_number is None or kind.has_lap, name
        assert event.moment_s is None or kind.has_moment, name
