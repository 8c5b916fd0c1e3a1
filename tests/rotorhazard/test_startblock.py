"""RotorHazard's current heat on the starting blocks."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.radio_packet import parse_radio
from racelink_core.protocol.startblock import StartblockProgram
from racelink_rh_plugin import initialize
from racelink_rh_plugin.heat import HeatUnreadable, current_heat
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import START_LINE, Field, race_day, until
from tests.rotorhazard.stored_scenes import asked

CALLSIGNS = {1: "Alpha", 2: "Jörg", 3: "Charlie"}


def with_heat(rhapi: Any, pilots: dict[int, int | None], second: int = 4) -> Any:
    """What the API says of the chosen heat; `second`: the channel of the second seat."""
    stored = {"b": ["R", "F", None, "R"], "c": [1, second, None, 7], "f": [5658, 5800, 5732, 5880]}
    rhapi.race.pilots = pilots
    rhapi.race.frequencyset = SimpleNamespace(frequencies=json.dumps(stored))
    rhapi.db.pilot_by_id = lambda pilot: SimpleNamespace(display_callsign=CALLSIGNS[pilot])
    return rhapi


def api() -> Any:
    return SimpleNamespace(db=SimpleNamespace(), race=SimpleNamespace())


def shown(field: Field) -> dict[int, StartblockProgram]:
    return next(node for node in field.nodes(START_LINE) if node.dev_type == 50).display


def test_a_seat_is_a_slot_with_its_pilot_and_its_channel() -> None:
    entries = current_heat(with_heat(api(), {0: 1, 1: 2, 2: 3, 3: None, 8: 1}))
    assert [(each.slot, each.callsign, each.channel) for each in entries] == [
        (1, "Alpha", "R1"),
        (2, "Jörg", "F4"),
        (3, "Charlie", "--"),
    ]


@pytest.mark.parametrize("pilots", [{}, None, {0: None}])
def test_practice_and_empty_seats_are_nobody(pilots: Any) -> None:
    assert current_heat(with_heat(api(), pilots)) == []


def test_a_heat_that_cannot_be_read_is_said_and_never_shown_as_empty() -> None:
    with pytest.raises(HeatUnreadable):
        current_heat(with_heat(api(), {0: 99}))
    with pytest.raises(HeatUnreadable):
        current_heat(SimpleNamespace())


def is_quiet() -> bool:
    return not any(thread.name == "rl-heat-follower" for thread in threading.enumerate())


def streams(field: Field) -> int:
    """How many fragments of streams were on air so far."""
    return sum(parse_radio(sent.raw).opcode == Opcode.STREAM for sent in field.simulation.air_log)


def names(field: Field) -> list[str]:
    return [program.name for _, program in sorted(shown(field).items())]


@contextmanager
def block_day(data_dir: Path, field: Field, pilots: dict[int, int | None]) -> Iterator[RotorHazard]:
    """A running server whose block shows the heat without any binding."""
    with field.switched_on():
        field.write_store(data_dir)
        server = RotorHazard(data_dir, RACELINK={"rl_comms_port": field.gateway.url})
        with_heat(server.rhapi, pilots)
        with server.running(initialize):
            until(lambda: len(shown(field)) == 4, "the heat after the start of the server")
            yield server


def test_blocks_follow_heat_pilots_and_frequencies_without_a_binding(tmp_path: Path) -> None:
    field = Field(blocks_follow_heat=True)
    with block_day(tmp_path, field, {0: 1, 1: 2}) as server:
        assert names(field) == ["ALPHA", "JOERG", "", ""]
        with_heat(server.rhapi, {0: 1, 1: 3})
        server.fire("HEAT_SET", {"heat_id": 2})
        until(lambda: names(field) == ["ALPHA", "CHARLIE", "", ""], "the next heat")
        with_heat(server.rhapi, {0: 1, 1: 3}, second=8)
        server.fire("FREQUENCY_SET", {"nodeIndex": 1, "band": "F", "channel": 8, "frequency": 5880})
        until(lambda: shown(field)[2].channel == "F8", "the other channel")
        with_heat(server.rhapi, {0: None, 1: None})
        server.fire("HEAT_SET", {"heat_id": None})
        until(lambda: names(field) == [""] * 4, "practice")
        assert server.events.errors == []


def test_a_recorded_race_sends_no_stream_before_the_next_heat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field = Field(blocks_follow_heat=True)
    with block_day(tmp_path, field, {0: 1, 1: 2, 2: 3}) as server:
        until(is_quiet, "a quiet follower")
        before, during = streams(field), 0

        def after(event: str) -> None:
            nonlocal during
            if event == "LAPS_CLEAR":
                during = streams(field)
                monkeypatch.setitem(CALLSIGNS, 1, "Delta")

        replay(server, "class_race_0", after=after)
        assert during == before, "staging fires FREQUENCY_SET for every seat although nothing changed"
        until(lambda: names(field) == ["DELTA", "JOERG", "CHARLIE", ""], "the heat that the save has chosen")


def test_switched_off_in_the_settings_only_bindings_fill_the_blocks(tmp_path: Path) -> None:
    field = Field(blocks_follow_heat=True)
    with block_day(tmp_path, field, {0: 1}) as server:
        asked(server, "PUT", "settings", {"startblocks_follow_heat": False})
        with_heat(server.rhapi, {0: 2})
        server.bind("HEAT_SET", "rl_startblock_update")
        server.fire("HEAT_ALTER", {"heat_id": 1})
        until(is_quiet, "a quiet follower")
        assert names(field)[0] == "ALPHA"
        server.fire("HEAT_SET", {"heat_id": 1})
        until(lambda: names(field)[0] == "JOERG", "what was bound")


def test_a_bound_heat_change_fills_the_blocks(tmp_path: Path) -> None:
    field = Field(blocks_follow_heat=True)
    with race_day(tmp_path, field) as server:
        with_heat(server.rhapi, {0: 1, 1: 2, 2: 3, 3: None})
        server.bind("HEAT_SET", "rl_startblock_update")
        server.fire("HEAT_SET", {"heat_id": 1})
        until(lambda: 4 in shown(field), "the last slot of the display")
        assert [(program.name, program.channel) for program in shown(field).values()] == [
            ("ALPHA", "R1"),
            ("JOERG", "F4"),
            ("CHARLIE", "--"),
            ("", "--"),
        ]
        assert not any("did not follow" in message for message in server.ui.messages)


def test_a_heat_that_cannot_be_read_is_a_message(tmp_path: Path) -> None:
    field = Field(blocks_follow_heat=True)
    with race_day(tmp_path, field) as server:
        with_heat(server.rhapi, {0: 99})
        server.bind("HEAT_SET", "rl_startblock_update")
        server.fire("HEAT_SET", {"heat_id": 1})
        until(lambda: any("current heat cannot be read" in message for message in server.ui.messages), "the message")
        assert shown(field) == {}
