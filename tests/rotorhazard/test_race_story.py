"""Whole recorded races with bindings of our own: after each event the lamps show what the story says by then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.race_event import RACE_EVENTS
from racelink_core.domain.target import GroupsTarget
from racelink_rh_plugin import initialize
from racelink_rh_plugin.race_events import event_value
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.contract import recorded_events
from tests.rotorhazard.double.race import Heat
from tests.rotorhazard.double.replay import Lap, replay
from tests.rotorhazard.rig import GATE_1, GATE_2, PIT_WALL, START_LINE, Field, race_day, said, until
from tests.rotorhazard.stored_scenes import ALL, NOWHERE, asked

Colour = tuple[int, int, int]
Picture = dict[int, Colour]
"""First colours by group."""

GREEN, RED, AMBER, WHITE, BLUE, VIOLET = (
    (0, 255, 0),
    (255, 0, 0),
    (255, 120, 0),
    (255, 255, 255),
    (0, 0, 255),
    (90, 0, 90),
)
GREY = (60, 60, 60)
GROUPS = (START_LINE, GATE_1, GATE_2, PIT_WALL)
LAMPS_OF_SEAT = {0: GATE_1, 1: GATE_2, 2: PIT_WALL}
PILOT_COLOURS: dict[int, Colour] = {1: (0x37, 0, 0xFF), 2: (0xFF, 0, 0x59), 3: (0, 0xFF, 0x4D)}
FOR_EVERYONE = {
    "RACE_STAGE": AMBER,
    "RACE_START": GREEN,
    "RACE_ABORT": VIOLET,
    "RACE_FINISH": WHITE,
    "RACE_STOP": RED,
    "LAPS_SAVE": BLUE,
    "LAPS_DISCARD": GREY,
    "HEAT_SET": AMBER,
}


def light(colour: Colour, *groups: int) -> dict[str, Any]:
    target = {"kind": "groups", "value": list(groups)} if groups else ALL
    return {"kind": "rl_effect", "target": target, "params": {"mode": 0, "color1": list(colour), "brightness": 200}}


def bind(server: RotorHazard, event: str, reaction: dict[str, Any], **more: Any) -> int:
    body = {"name": f"On {event}", "event": event, "reaction": reaction, **more}
    number: int = asked(server, "POST", "race/bindings", body)["binding"]["id"]
    return number


def bind_the_story(server: RotorHazard) -> None:
    """Everybody shows where the race is; a pass lights the lamps of its seat; the start line shows who leads."""
    for event, colour in FOR_EVERYONE.items():
        bind(server, event, light(colour))
    bind(server, "RACE_STAGE_TONE", light(WHITE, START_LINE))
    bind(server, "RACE_LAP_RECORDED", light(WHITE), colour_from="pilot", to_seat=True)
    bind(server, "RACE_PILOT_LEADING", light(WHITE, START_LINE), colour_from="leader")
    bind(server, "RACE_WIN", light(WHITE, START_LINE), colour_from="pilot")
    bind(server, "CROSSING_ENTER", light(WHITE, START_LINE), colour_from="event")


def told(picture: Picture, event: str, args: dict[str, Any]) -> Picture:
    """What the story shows after an event."""
    if event in FOR_EVERYONE:
        return dict.fromkeys(GROUPS, FOR_EVERYONE[event])
    seat: int = args.get("node_index", args.get("nodeIndex", -1))
    if event == "RACE_STAGE_TONE":
        return picture | {START_LINE: WHITE}
    if event == "RACE_LAP_RECORDED":
        return picture | {LAMPS_OF_SEAT[seat]: PILOT_COLOURS[args["pilot_id"]]}
    if event in ("RACE_PILOT_LEADING", "RACE_WIN"):
        return picture | {START_LINE: PILOT_COLOURS[seat + 1]}
    if event == "CROSSING_ENTER":
        colour = args["color"]
        return picture | {START_LINE: (colour >> 16 & 255, colour >> 8 & 255, colour & 255)}
    return picture


@contextmanager
def day_of_the_story(directory: Path) -> Iterator[tuple[RotorHazard, Field]]:
    field = Field({seat: GroupsTarget(value=(group,)) for seat, group in LAMPS_OF_SEAT.items()})
    with race_day(directory, field) as server:
        bind_the_story(server)
        yield server, field


def shows(field: Field, picture: Picture, when: str) -> None:
    def seen() -> dict[int, set[tuple[int, ...]]]:
        return {group: field.colours(group) for group in picture}

    expected = {group: {colour} for group, colour in picture.items()}
    until(lambda: seen() == expected, f"{expected} after {when}; instead: {seen()}")


def follow(field: Field, scenario: str) -> Callable[[str], None]:
    """Fits `after` of a replay: waits until the lamps show the story."""
    events = iter(recorded_events(scenario))
    picture: Picture = {}

    def after(event: str) -> None:
        nonlocal picture
        recorded = next(events)
        assert recorded["event"] == event
        picture = told(picture, event, recorded.get("args") or {})
        shows(field, picture, f"{event} of {scenario}")

    return after


@pytest.mark.parametrize(
    ("scenario", "parts"),
    [
        (
            "full_race_timed",
            (
                "RACE_STAGE_TONE",
                "RACE_START",
                "RACE_PILOT_LEADING",
                "RACE_WIN",
                "RACE_FINISH",
                "RACE_STOP",
                "LAPS_SAVE",
            ),
        ),
        ("aborted_in_staging", ("RACE_STAGE_TONE", "RACE_ABORT")),
        ("mock_signal_crossings", ("CROSSING_ENTER", "RACE_PILOT_LEADING", "RACE_STOP", "LAPS_DISCARD")),
        ("class_race_0", ("RACE_START", "RACE_STOP", "LAPS_SAVE", "HEAT_SET")),
    ],
)
def test_the_lamps_tell_the_story_of_a_whole_race(tmp_path: Path, scenario: str, parts: tuple[str, ...]) -> None:
    with day_of_the_story(tmp_path) as (server, field):
        replay(server, scenario, after=follow(field, scenario))
        assert {event_value(part) for part in parts} <= set(server.events.fired)
        assert server.events.errors == []
        assert not any("did not follow" in message for message in server.ui.messages), server.ui.messages


def test_one_race_after_the_other_begins_the_story_anew(tmp_path: Path) -> None:
    with day_of_the_story(tmp_path) as (server, field):
        for scenario in ("aborted_in_staging", "class_race_0", "aborted_in_staging"):
            replay(server, scenario, after=follow(field, scenario))
        assert server.events.errors == []


def test_a_gateway_that_is_lost_in_the_middle_delays_nothing_and_the_end_is_seen_again(tmp_path: Path) -> None:
    with day_of_the_story(tmp_path) as (server, field):
        [mac] = field.simulation.gateways

        def times_connected() -> int:
            return sum(f"Gateway {mac} is connected" in message for message in server.ui.messages)

        before: list[int] = []

        def after(event: str) -> None:
            if event == "RACE_START":
                shows(field, dict.fromkeys(GROUPS, GREEN), event)
                field.simulation.fault("unplug", mac)
                said(server, "is lost")
                before.append(times_connected())
            if event == "RACE_FINISH":
                said(server, "did not follow: No gateway is connected")
                assert field.colours() == {GREEN}, "no light came through"
                field.simulation.fault("replug", mac)
                until(lambda: times_connected() > before[0], "the gateway again")
            if event == "RACE_STOP":
                shows(field, dict.fromkeys(GROUPS, RED), event)

        replay(server, "full_race_timed", after=after)
        assert server.events.errors == []


def test_a_silent_gateway_holds_no_event_back(tmp_path: Path) -> None:
    with day_of_the_story(tmp_path) as (server, field):
        [mac] = field.simulation.gateways
        field.simulation.fault("stuck", mac, 3)
        replay(server, "full_race_timed")
        shows(field, dict.fromkeys(GROUPS, BLUE), "the whole race")
        assert server.events.errors == []


def test_bindings_are_limited_to_a_seat_a_lap_or_a_class_of_the_timer(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.rhapi.db.rows_of_heats[1] = Heat(1, class_id=7)
        bind(server, "RACE_START", light(GREEN), only={"class_id": 7})
        bind(server, "RACE_START", light(RED), only={"class_id": 8})
        bind(server, "RACE_LAP_RECORDED", light(RED, GATE_1), only={"seat": 0})
        bind(server, "RACE_LAP_RECORDED", light(BLUE, GATE_2), only={"lap_number": 2})
        server.fire("RACE_START", {"heat_id": 1, "color": 0x00FF00})
        shows(field, dict.fromkeys(GROUPS, GREEN), "the start")
        for seat, lap in ((1, 1), (0, 1), (2, 2)):
            args = {"pilot_id": seat + 1, "node_index": seat, "color": 1, "lap": Lap({"lap_number": lap})}
            server.fire("RACE_LAP_RECORDED", args)
        expected = dict.fromkeys(GROUPS, GREEN) | {GATE_1: RED, GATE_2: BLUE}
        shows(field, expected, "the passes")


def test_tones_flash_at_the_moment_that_was_announced_and_not_before(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind(server, "RACE_STAGE", light(AMBER))
        bind(server, "RACE_STAGE_TONE", light(WHITE), at_moment=True)
        server.fire("RACE_STAGE", {"heat_id": 1, "race_node_colors": [0x0022FF] * 4})
        shows(field, dict.fromkeys(GROUPS, AMBER), "staging")
        moment_s = time.monotonic() + 1.0
        server.fire("RACE_STAGE_TONE", {"tone_index": 0, "scheduled_at_monotonic": moment_s})
        shows(field, dict.fromkeys(GROUPS, WHITE), "the tone")
        assert time.monotonic() >= moment_s


def test_every_event_reaches_what_is_bound_to_it(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        deaf = []
        for event in RACE_EVENTS:
            if event in ("STARTUP", "SHUTDOWN"):
                continue
            number = bind(server, event, {"kind": "locate", "target": ALL}, name=event)
            server.fire(event)
            try:
                said(server, f"“{event}” did not follow: No gateway")
            except AssertionError:
                deaf.append(event)
            asked(server, "DELETE", f"race/bindings/{number}")
        assert deaf == []
        assert server.events.errors == []


def test_the_start_of_the_timer_is_seen_as_soon_as_the_gateway_is_there_and_its_end_before_it_is_gone(
    tmp_path: Path,
) -> None:
    field = Field()
    with field.switched_on():
        field.write_store(tmp_path)
        settings = {"rl_comms_port": field.gateway.url}
        with RotorHazard(tmp_path, RACELINK=settings).running(initialize) as server:
            bind(server, "STARTUP", light(GREEN))
            bind(server, "SHUTDOWN", light(VIOLET))
        assert field.colours() == {VIOLET} or field.colours() != {GREEN}
        with RotorHazard(tmp_path, RACELINK=settings).running(initialize):
            shows(field, dict.fromkeys(GROUPS, GREEN), "the start")
        shows(field, dict.fromkeys(GROUPS, VIOLET), "the end")


def test_an_older_rotorhazard_without_an_event_is_served_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = RotorHazard(tmp_path, RACELINK=NOWHERE)
    with server.importable():
        from eventmanager import Evt

        monkeypatch.delattr(Evt, "LAP_RESTORE_DELETED")
        server.load(initialize)
        assert server.events.count(event_value("LAP_DELETE") or "") == 1
        assert event_value("LAP_RESTORE_DELETED") is None
        server.shut_down()
