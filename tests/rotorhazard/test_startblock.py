"""RotorHazard's current heat on the starting blocks."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from racelink_core.protocol.startblock import StartblockProgram
from racelink_rh_plugin.heat import HeatUnreadable, current_heat
from tests.rotorhazard.rig import START_LINE, Field, race_day, until

CALLSIGNS = {1: "Alpha", 2: "Jörg", 3: "Charlie"}


def with_heat(rhapi: Any, pilots: dict[int, int | None]) -> Any:
    """What the API says of the chosen heat."""
    stored = {"b": ["R", "F", None, "R"], "c": [1, 4, None, 7], "f": [5658, 5800, 5732, 5880]}
    rhapi.race = SimpleNamespace(pilots=pilots, frequencyset=SimpleNamespace(frequencies=json.dumps(stored)))
    rhapi.db.pilot_by_id = lambda pilot: SimpleNamespace(display_callsign=CALLSIGNS[pilot])
    return rhapi


def api() -> Any:
    return SimpleNamespace(db=SimpleNamespace())


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


def test_a_bound_heat_change_fills_the_blocks(tmp_path: Path) -> None:
    field = Field()
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
    field = Field()
    with race_day(tmp_path, field) as server:
        with_heat(server.rhapi, {0: 99})
        server.bind("HEAT_SET", "rl_startblock_update")
        server.fire("HEAT_SET", {"heat_id": 1})
        until(lambda: any("current heat cannot be read" in message for message in server.ui.messages), "the message")
        assert shown(field) == {}
