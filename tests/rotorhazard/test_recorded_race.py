"""The recorded race, replayed: the gates show what was bound to each event."""

from __future__ import annotations

from pathlib import Path

from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import GATE_1, PIT_WALL, Field, race_day

GREEN, RED, AMBER, WHITE, BLUE = (0, 255, 0), (255, 0, 0), (255, 120, 0), (255, 255, 255), (0, 60, 255)
GREEN_GO, RED_STOP, AMBER_CAUTION, BLUE_BREATHE, FINISH_STROBE = 1, 2, 3, 5, 7
STROBE, BREATHE, SOLID = 23, 2, 0


def look(field: Field) -> tuple[set[tuple[int, ...]], set[int], set[int]]:
    """Colours, effects and brightness that are to be seen anywhere."""
    return field.colours(), {node.lamp.look.mode for node in field.nodes()}, field.brightness()


def test_a_full_race_shows_what_was_bound_to_each_of_its_events(tmp_path: Path) -> None:
    field = Field()
    seen = {}
    with race_day(tmp_path, field) as server:
        server.bind("RACE_STAGE", "gcaction", rl_action_preset=f"preset:{AMBER_CAUTION}", rl_action_brightness="90")
        server.bind("RACE_START", "gcaction", rl_action_preset=f"preset:{GREEN_GO}", rl_action_brightness="200")
        server.bind("RACE_FINISH", "gcaction", rl_action_preset=f"preset:{FINISH_STROBE}", rl_action_brightness="255")
        server.bind("RACE_STOP", "gcaction", rl_action_preset=f"preset:{RED_STOP}")
        server.bind("LAPS_SAVE", "rl_blackout")
        replay(server, "full_race_timed", after=lambda event: seen.update({event: look(field)}))
    assert seen["RACE_STAGE"] == ({AMBER}, {SOLID}, {90})
    assert seen["RACE_STAGE_TONE"] == seen["RACE_STAGE"], "nothing is bound to tones"
    assert seen["RACE_START"] == ({GREEN}, {SOLID}, {200})
    assert seen["RACE_PILOT_LEADING"] == seen["RACE_FINISH"] == ({WHITE}, {STROBE}, {255})
    assert seen["RACE_STOP"] == ({RED}, {SOLID}, {128}), "brightness was never touched, so it is 128"
    assert seen["LAPS_SAVE"][2] == {0}
    assert server.events.errors == []


def test_each_group_shows_what_was_bound_for_it(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_STAGE", "gcaction", rl_action_preset="preset:1")
        server.bind("RACE_STAGE", "gcaction", rl_action_group=f"group:{GATE_1}", rl_action_preset="preset:2")
        server.bind("RACE_STAGE", "gcaction", rl_action_group=str(PIT_WALL), rl_action_preset="5")
        server.fire("RACE_STAGE")
        assert field.colours(GATE_1) == {RED}
        assert field.colours(PIT_WALL) == {BLUE}, "bare digits, as the older plugin stored them"
        assert field.colours(1) == field.colours(3) == {GREEN}


def test_a_race_that_is_aborted_while_staging_shows_what_was_bound_to_the_abort(tmp_path: Path) -> None:
    field = Field()
    seen = {}
    with race_day(tmp_path, field) as server:
        server.bind("RACE_STAGE", "gcaction", rl_action_preset="preset:3")
        server.bind("RACE_ABORT", "gcaction", rl_action_preset="preset:2")
        replay(server, "aborted_in_staging", after=lambda event: seen.update({event: field.colours()}))
    assert seen["LAPS_CLEAR"] == {AMBER}
    assert seen["RACE_ABORT"] == {RED}


def test_blackout_for_one_group_leaves_the_others_alone(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_STAGE", "gcaction", rl_action_preset="preset:1")
        server.bind("RACE_STOP", "rl_blackout", rl_action_group=f"group:{GATE_1}")
        server.fire("RACE_STAGE")
        server.fire("RACE_STOP")
        assert field.brightness(GATE_1) == {0}
        assert field.brightness(PIT_WALL) == {128}
