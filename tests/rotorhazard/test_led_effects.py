"""RaceLink's lamps as effects of RotorHazard's own LED strip."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.command import RlEffectCommand
from racelink_core.domain.group import GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.protocol.radio_packet import parse_radio
from racelink_rh_plugin import initialize
from racelink_rh_plugin.led_colours import LedColours, Wanted
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import GATE_1, PIT_WALL, Field, status_of, until
from tests.rotorhazard.stored_scenes import NOWHERE, asked

RED, GREEN, WHITE = (255, 0, 0), (0, 255, 0), (255, 255, 255)
RACE = Origin("LED effect raceStart", Priority.RACE_EVENT)
SENT = CommandResult(CommandStatus.SENT)
OVERTAKEN = CommandResult(CommandStatus.OVERTAKEN, "overtaken", "The race was stopped.")
REFUSED = CommandResult(CommandStatus.REJECTED, "unavailable", "No gateway.")


@contextmanager
def strip_day(data_dir: Path, field: Field) -> Iterator[RotorHazard]:
    """As a race day, on a timer with an LED strip."""
    with field.switched_on():
        field.write_store(data_dir)
        server = RotorHazard(data_dir, RACELINK={"rl_comms_port": field.gateway.url})
        server.has_strip = True
        with server.running(initialize):
            until(lambda: ": connected," in status_of(server), "the gateway")
            yield server


def test_all_lamps_and_each_group_are_offered(tmp_path: Path) -> None:
    with strip_day(tmp_path, Field()) as server:
        assert server.leds.offered("RACE_START") == [
            "RaceLink: all lamps",
            "RaceLink: Start Line",
            "RaceLink: Gate 1",
            "RaceLink: Gate 2",
            "RaceLink: Pit Wall",
        ]


def test_without_a_strip_nothing_is_offered_and_nothing_is_missing(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        asked(server, "POST", "groups/create", {"name": "Gate 1"})
        assert server.leds.effects == {}
        assert server.events.errors == []


def test_the_lamps_take_the_colour_of_the_event_and_white_where_it_has_none(tmp_path: Path) -> None:
    field = Field()
    with strip_day(tmp_path, field) as server:
        server.leds.assign("RACE_START", "racelink_all")
        server.leds.assign("RACE_STOP", f"racelink_group_{GATE_1}")
        server.leds.assign("LAPS_CLEAR", f"racelink_group_{PIT_WALL}")
        server.fire("RACE_START", {"heat_id": 1, "color": 0x00FF00})
        until(lambda: field.colours() == {GREEN}, "green everywhere")
        server.fire("RACE_STOP", {"heat_id": 1, "color": 0xFF0000})
        until(lambda: field.colours(GATE_1) == {RED}, "red at one gate")
        server.fire("LAPS_CLEAR")
        until(lambda: field.colours(PIT_WALL) == {WHITE}, "white")
        assert server.events.errors == []


def test_a_recorded_race_with_crossings_ends_in_the_colours_of_its_last_events(tmp_path: Path) -> None:
    field = Field()
    with strip_day(tmp_path, field) as server:
        server.leds.assign("CROSSING_ENTER", f"racelink_group_{GATE_1}")
        server.leds.assign("RACE_STOP", "racelink_all")
        before = controls(field)
        replay(server, "mock_signal_crossings")
        until(lambda: field.colours() == {RED}, "the stop")
        crossings = server.events.fired.count("crossingEnter")
        assert 0 < controls(field) - before <= crossings + 1
        assert server.events.errors == []


def test_the_colour_of_a_stop_is_shown_beside_what_else_is_bound_to_it(tmp_path: Path) -> None:
    field = Field()
    with strip_day(tmp_path, field) as server:
        server.leds.assign("RACE_STOP", f"racelink_group_{GATE_1}")
        server.bind("RACE_STOP", "gcaction", rl_action_group=f"group:{PIT_WALL}", rl_action_preset="preset:1")
        server.fire("RACE_STAGE", {})
        server.fire("RACE_START", {"color": 0x00FF00})
        server.fire("RACE_STOP", {"color": 0xFF0000})
        until(lambda: (field.colours(GATE_1), field.colours(PIT_WALL)) == ({RED}, {GREEN}), "both")
        assert complaints(server) == []


def test_effects_follow_the_groups_and_keep_their_names(tmp_path: Path) -> None:
    field = Field()
    with strip_day(tmp_path, field) as server:
        server.leds.assign("RACE_START", f"racelink_group_{GATE_1}")
        before = dict(server.leds.effects)
        asked(server, "POST", "groups/rename", {"id": GATE_1, "name": "<b>Tower</b>"})
        added = asked(server, "POST", "groups/create", {"name": "Podium"})["id"]
        asked(server, "POST", "groups/delete", {"id": PIT_WALL})
        assert server.leds.offered("RACE_START") == [
            "RaceLink: all lamps",
            "RaceLink: Start Line",
            "RaceLink: &lt;b&gt;Tower&lt;/b&gt;",
            "RaceLink: Gate 2",
            "RaceLink: Podium",
        ]
        changed = {name for name, effect in server.leds.effects.items() if before.get(name) is not effect}
        assert changed == {f"racelink_group_{number}" for number in (GATE_1, PIT_WALL, added)}
        server.fire("RACE_START", {"color": 0xFF0000})
        until(lambda: field.colours(GATE_1) == {RED}, "the effect as it was assigned before the renaming")


def test_a_lost_gateway_is_said_once_and_holds_the_strip_up_in_nothing(tmp_path: Path) -> None:
    server = RotorHazard(tmp_path, RACELINK=NOWHERE)
    server.has_strip = True
    with server.running(initialize):
        asked(server, "POST", "groups/create", {"name": "Gate 1"})
        server.leds.assign("CROSSING_ENTER", "racelink_group_1")
        for number in range(20):
            server.fire("CROSSING_ENTER", {"nodeIndex": 0, "color": number})
        until(lambda: server.leds.idled == 20, "the end of every effect")
        until(lambda: complaints(server), "the complaint")
        assert len(complaints(server)) == 1
        assert server.events.errors == []


@pytest.mark.parametrize("colour", [None, "#ff0000", True, -1, 1 << 24, [], 0.5])
def test_a_colour_that_is_none_is_white(tmp_path: Path, colour: Any) -> None:
    field = Field()
    with strip_day(tmp_path, field) as server:
        server.leds.assign("RACE_START", "racelink_all")
        server.fire("RACE_START", {"color": colour})
        until(lambda: field.colours() == {WHITE}, "white")
        assert server.events.errors == []


def test_in_a_storm_the_newest_colour_wins_and_the_others_are_never_sent() -> None:
    sent: list[tuple[int, ...] | None] = []
    may_go = threading.Event()

    def send(command: RlEffectCommand, _origin: Origin) -> CommandResult:
        may_go.wait()
        sent.append(command.params.color1)
        return SENT

    colours = LedColours(send, lambda sentence: None)
    colours.show(Wanted(None, (1, 0, 0), RACE))
    for number in range(2, 200):
        colours.show(Wanted(None, (number, 0, 0), RACE))
    may_go.set()
    until(lambda: sent and sent[-1] == (199, 0, 0), "the newest")
    assert len(sent) <= 2
    colours.stop()


def test_groups_do_not_wait_for_each_other() -> None:
    sent: list[int] = []
    blocked = threading.Event()

    def send(command: RlEffectCommand, _origin: Origin) -> CommandResult:
        [group_id] = command.target.value  # type: ignore[union-attr]
        if group_id == 1:
            blocked.wait()
        sent.append(int(group_id))
        return SENT

    colours = LedColours(send, lambda sentence: None)
    colours.show(Wanted(GroupId(1), RED, RACE))
    colours.show(Wanted(GroupId(2), RED, RACE))
    until(lambda: sent == [2], "the group that is free")
    blocked.set()
    until(lambda: sent == [2, 1], "the other")
    colours.stop()


def test_what_fails_is_said_once_and_said_again_after_it_has_worked() -> None:
    said: list[str] = []
    results = [REFUSED, REFUSED, SENT, REFUSED, OVERTAKEN]
    colours = LedColours(lambda command, origin: results.pop(0), said.append, after_failure_s=0.0, pace_s=0.0)
    for _ in tuple(results):
        colours.show(Wanted(None, RED, RACE))
        until(lambda: colours.is_idle, "its outcome")
    assert said == ["The lamps do not follow RotorHazard's LED effects: No gateway."] * 2
    colours.stop()


def complaints(server: RotorHazard) -> list[str]:
    return [message for message in server.ui.messages if "LED effects" in message]


def controls(field: Field) -> int:
    return sum(parse_radio(sent.raw).opcode == Opcode.CONTROL for sent in field.simulation.air_log)
