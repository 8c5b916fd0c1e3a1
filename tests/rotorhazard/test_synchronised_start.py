"""The start, exactly, driven by recorded races: armed while staging, lit at the announced moment, or not at all."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.radio_packet import parse_radio
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.contract import EVENT_NAMES
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import GATE_1, GATE_2, Field, race_day, said, status_of, until
from tests.rotorhazard.stored_scenes import (
    A_MINUTE,
    AMBER,
    AMBER_CAUTION,
    BLUE,
    BLUE_BREATHE,
    GREEN,
    GREEN_GO,
    NOWHERE,
    RED,
    RED_STOP,
    asked,
    create_scene,
    light,
)

EFFECT = "rl_synchronised_start"
KEY = "synchronised_start"
LAST_TONE_BEFORE_S = 1.5
"""RotorHazard announces its last tone longer before the start; a busy machine replays it when it gets to it."""
NOT_BEFORE_S = 0.03
"""What the simulated gateway may be quicker than the host has measured."""


def bind(server: RotorHazard, preset: int = GREEN_GO, event: str = "RACE_STAGE", **touched: str) -> None:
    server.bind(event, EFFECT, rl_action_preset=f"preset:{preset}", **touched)


def armed(field: Field, group_id: int | None = None) -> bool:
    return all(node.lamp.armed is not None for node in field.nodes(group_id))


def free(field: Field) -> bool:
    return all(node.lamp.armed is None for node in field.nodes())


def starts(server: RotorHazard) -> list[dict[str, Any]]:
    """The runs of the start that are over, oldest first."""
    return [run for run in reversed(asked(server, "GET", "scene-runs")["past"]) if run["scene_key"] == KEY]


def test_the_lamps_change_at_the_announced_start_and_not_before(tmp_path: Path) -> None:
    for scenario in ("full_race_timed", "random_start_hidden_timer", "scheduled_race"):
        field = Field()
        with race_day(tmp_path / scenario, field) as server:
            bind(server)
            moments = announced(server)
            replay(server, scenario, lambda event: follow(event, field, moments))  # noqa: B023
            assert moments["shown"] > moments["start"] - NOT_BEFORE_S
            assert field.colours() == {GREEN}
            until(lambda: len(starts(server)) == 1, "the end of it")
            assert starts(server)[0]["status"] == "done"
            assert server.events.errors == []
            assert complaints(server) == []


def complaints(server: RotorHazard) -> list[str]:
    return [message for message in server.ui.messages if "did not follow" in message]


def announced(server: RotorHazard) -> dict[str, float]:
    """`start`: as RotorHazard announced it last; `follow` adds `shown`."""
    moments: dict[str, float] = {}
    server.events.on(
        EVENT_NAMES["RACE_STAGE"],
        lambda args: moments.update(start=args["pi_starts_at_s"]),
        priority=1,
        name="announced",
    )
    return moments


def follow(event: str, field: Field, moments: dict[str, float]) -> None:
    """From RACE_STAGE until the light has changed, as if the pauses of the recording were kept."""
    if event != "RACE_STAGE":
        return
    until(lambda: armed(field), "every lamp armed")
    assert field.colours() != {GREEN}
    until(lambda: field.colours() == {GREEN}, "the light of the start")
    moments["shown"] = min(field.pump.system_s(node.lamp.shown_since_s) for node in field.nodes())


def test_a_race_that_is_aborted_while_staging_gets_no_start(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind(server)
        before = field.colours()

        def after(event: str) -> None:
            if event == "RACE_STAGE":
                until(lambda: armed(field), "every lamp armed")

        replay(server, "aborted_in_staging", after)
        until(lambda: free(field), "freed lamps")
        until(lambda: [run["status"] for run in starts(server)] == ["cancelled"], "the end of it")
        assert field.colours() == before
        assert complaints(server) == []


def test_an_abort_shows_its_own_light_and_the_next_staging_its_own_start(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind(server)
        server.bind("RACE_ABORT", "gcaction", rl_action_preset=f"preset:{RED_STOP}")
        replay(server, "aborted_in_staging")
        until(lambda: field.colours() == {RED}, "the light of the abort")
        aborted = [each for each in asked(server, "GET", "history")["records"] if each["origin"].endswith("raceAbort")]
        assert [each["priority"] for each in aborted] == ["race_end"]
        replay(server, "scheduled_race", lambda event: follow(event, field, {}))


def test_a_schedule_that_is_cancelled_arms_nobody(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind(server)
        sent = len(field.simulation.air_log)
        replay(server, "schedule_cancelled")
        assert starts(server) == []
        assert not any(parse_radio(each.raw).opcode == Opcode.CONTROL for each in field.simulation.air_log[sent:])


def test_while_it_stages_tones_and_lights_of_other_bindings_are_seen_and_the_start_comes_all_the_same(
    tmp_path: Path,
) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        server.bind("RACE_STAGE", "gcaction", rl_action_preset=f"preset:{AMBER_CAUTION}")
        bind(server)
        server.bind("RACE_STAGE_TONE", "gcaction", rl_action_preset=f"preset:{BLUE_BREATHE}")
        moments = announced(server)

        def has_time() -> bool:
            return time.monotonic() < moments["start"] - LAST_TONE_BEFORE_S

        def after(event: str) -> None:
            if event == "RACE_STAGE":
                until(lambda: armed(field), "every lamp armed")
                assert field.colours() == {AMBER}
            elif event == "RACE_STAGE_TONE" and has_time():
                assert field.colours() == {BLUE}
                until(lambda: armed(field) or not has_time(), "every lamp armed again")

        replay(server, "full_race_timed", lambda event: after(event) if event != "RACE_START" else None)


def test_two_bindings_start_together_each_for_its_lamps(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind(server, GREEN_GO, rl_action_group=f"group:{GATE_1}")
        bind(server, RED_STOP, rl_action_group=f"group:{GATE_2}")
        replay(
            server,
            "scheduled_race",
            lambda event: (
                until(lambda: (field.colours(GATE_1), field.colours(GATE_2)) == ({GREEN}, {RED}), "both lights")
                if event == "RACE_STAGE"
                else None
            ),
        )
        until(lambda: len(starts(server)) == 1, "one run for both")


def test_the_pages_know_nothing_of_a_start_that_pilots_must_not_know(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind(server)
        moments = announced(server)

        def after(event: str) -> None:
            if event == "RACE_STAGE":
                until(lambda: armed(field), "every lamp armed")
                known = asked(server, "GET", "scene-runs"), asked(server, "GET", "history")
                assert known[0]["current"] is None
                assert "fire" not in str(known)
                assert str(int(moments["start"])) not in str(known)
            follow(event, field, moments)

        replay(server, "random_start_hidden_timer", after)


def test_bound_to_an_event_that_announces_no_start_it_says_where_it_belongs(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        for event in ("RACE_START", "RACE_STAGE_TONE"):
            bind(server, event=event)
            server.fire(event, {"scheduled_at_monotonic": time.monotonic() + 0.9})
        assert sum("only the event “Race Stage” says" in message for message in server.ui.messages) == 2
        assert starts(server) == []
        assert server.events.errors == []


@pytest.mark.parametrize(
    ("preset", "problem"), [("none", "There are no presets yet"), ("preset:999", "no longer exists")]
)
def test_a_preset_that_is_not_there_is_named(tmp_path: Path, preset: str, problem: str) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        server.bind("RACE_STAGE", EFFECT, rl_action_preset=preset)
        replay(server, "aborted_in_staging")
        said(server, problem)
        assert server.events.errors == []


def test_without_a_gateway_the_race_director_is_told_and_no_event_waits(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        bind(server)
        replay(server, "scheduled_race", lambda event: said(server, "gateway") if event == "RACE_STAGE" else None)
        assert server.events.errors == []


def test_a_gateway_lost_while_lamps_are_armed_delays_no_event_and_the_next_race_starts_as_ever(tmp_path: Path) -> None:
    field = Field()
    (mac,) = field.simulation.gateways
    with race_day(tmp_path, field) as server:
        bind(server)

        def after(event: str) -> None:
            if event == "RACE_STAGE":
                until(lambda: armed(field), "every lamp armed")
                field.simulation.fault("unplug", mac)
                until(lambda: complaints(server), "a message")

        replay(server, "scheduled_race", after)
        assert field.colours() != {GREEN}
        field.simulation.fault("replug", mac)
        until(lambda: ": connected," in status_of(server), "the gateway again")
        replay(server, "scheduled_race", lambda event: follow(event, field, {}))
        assert server.events.errors == []


def test_a_staging_too_short_to_arm_the_lamps_lights_them_late_and_says_so(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind(server)
        server.fire("RACE_STAGE", {"pi_starts_at_s": time.monotonic() - 0.3, "hide_stage_timer": False})
        until(lambda: field.colours() == {GREEN}, "the light, late")
        said(server, "s after the start")
        until(lambda: len(starts(server)) == 1, "the end of it")
        [sync] = [each for each in starts(server)[0]["result"]["actions"] if each["kind"] == "sync"]
        assert sync["detail"]["fire_error_ms"] > 0


def test_a_scene_with_a_sync_of_its_own_cannot_fire_the_start(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        key = create_scene(server, "Flash", light(AMBER_CAUTION), A_MINUTE, {"kind": "sync"})
        bind(server)

        def after(event: str) -> None:
            if event == "RACE_STAGE":
                until(lambda: armed(field), "every lamp armed")
                server.bind("HEAT_SET", "rl_scene_action", rl_action_scene=f"scene:{key}")
                server.fire("HEAT_SET", {"heat_id": 1})
                said(server, "would fire them before it")
                assert armed(field)

        replay(server, "aborted_in_staging", after)
