"""Scenes bound to events of a race: they start, replace each other, and what goes wrong is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.scene import BrokenActions, Choreography, Scene
from racelink_core.protocol.radio_packet import parse_radio
from racelink_core.runtime.clock import SystemClock
from racelink_core.services.scene_runner.records import RunRecords
from racelink_core.services.scene_runner.request import RunRequest
from racelink_core.state.history_store import HistoryStore
from racelink_core.state.store import Store
from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import Field, race_day, said, status_of, until
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
    delete_scene,
    ended_runs,
    light,
    rename_scene,
    running_scene,
)


def shows(field: Field, colour: tuple[int, ...]) -> None:
    until(lambda: field.colours() == {colour}, f"{colour} everywhere; instead: {field.colours()}")


def bind_scene(server: RotorHazard, event: str, key: str) -> None:
    server.bind(event, "rl_scene_action", rl_action_scene=f"scene:{key}")


def test_in_a_recorded_race_each_event_replaces_the_scene_of_the_one_before(tmp_path: Path) -> None:
    field = Field()
    expected = {"RACE_STAGE": AMBER, "RACE_START": GREEN, "RACE_FINISH": BLUE, "RACE_STOP": RED}
    with race_day(tmp_path, field) as server:
        bind_scene(server, "RACE_STAGE", create_scene(server, "Staging", light(AMBER_CAUTION), A_MINUTE))
        bind_scene(server, "RACE_START", create_scene(server, "Go", light(GREEN_GO), A_MINUTE))
        bind_scene(server, "RACE_FINISH", create_scene(server, "Finish", light(BLUE_BREATHE), A_MINUTE))
        bind_scene(server, "RACE_STOP", create_scene(server, "Stop", light(RED_STOP)))

        def after(event: str) -> None:
            if event in expected:
                shows(field, expected[event])

        replay(server, "full_race_timed", after=after)
        until(lambda: running_scene(server) is None, "the end of the last scene")
        until(lambda: len(ended_runs(server)) == 4, "what became of each")
        assert ended_runs(server) == [
            ("staging", "cancelled"),
            ("go", "cancelled"),
            ("finish", "cancelled"),
            ("stop", "done"),
        ]
        assert server.events.errors == []
        assert not any("did not follow" in message for message in server.ui.messages), server.ui.messages


def test_a_race_that_is_aborted_while_staging_runs_the_scene_of_the_abort(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind_scene(server, "RACE_STAGE", create_scene(server, "Staging", light(AMBER_CAUTION), A_MINUTE))
        bind_scene(server, "RACE_ABORT", create_scene(server, "Aborted", light(RED_STOP)))
        replay(server, "aborted_in_staging")
        shows(field, RED)


def test_a_binding_keeps_its_scene_when_that_is_renamed(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        create_scene(server, "First", light(GREEN_GO))
        key = create_scene(server, "Second", light(RED_STOP))
        bind_scene(server, "RACE_START", key)
        rename_scene(server, key, "Something else")
        server.fire("RACE_START")
        shows(field, RED)


def test_an_untouched_binding_means_the_oldest_scene_and_a_bare_key_the_one_that_the_older_plugin_stored(
    tmp_path: Path,
) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        create_scene(server, "Zero", light(GREEN_GO))
        older = create_scene(server, "Another", light(RED_STOP))
        server.bind("RACE_START", "rl_scene_action")
        server.bind("RACE_STOP", "rl_scene_action", rl_action_scene=older)
        server.fire("RACE_START")
        shows(field, GREEN)
        server.fire("RACE_STOP")
        shows(field, RED)


def test_without_scenes_the_form_shows_a_placeholder_that_does_nothing_and_says_so(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        field = server.shown_fields("rl_scene_action")["rl_action_scene"]
        assert [(option.value, option.label) for option in field.options] == [("none", "No scenes yet")]
        server.bind("RACE_START", "rl_scene_action")
        server.bind("RACE_STOP", "rl_scene_action", rl_action_scene="none")
        server.fire("RACE_START")
        server.fire("RACE_STOP")
        assert [message for message in server.ui.messages if "No scene is chosen" in message], server.ui.messages
        assert server.events.errors == []


def test_a_scene_that_is_deleted_under_a_binding_is_named_when_it_should_run(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        create_scene(server, "Still there")
        key = create_scene(server, "Brief")
        bind_scene(server, "RACE_START", key)
        delete_scene(server, key)
        server.fire("RACE_START")
        said(server, "The scene &#x27;brief&#x27; no longer exists")
        assert running_scene(server) is None
        assert ended_runs(server) == []
        assert server.events.errors == []


def test_a_scene_that_cannot_be_read_is_never_run(tmp_path: Path) -> None:
    broken = BrokenActions(raw=[1], problem="odd", code="bad_value", action_index=0)
    store = Store.open(tmp_path / "racelink", SystemClock())
    with store.transaction() as draft:
        draft.scenes[1] = Scene(id=1, key="odd", label="Odd", broken=broken)
    store.close()
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        bind_scene(server, "RACE_START", "odd")
        server.fire("RACE_START")
        said(server, "The scene Odd cannot be read")
        assert ended_runs(server) == []


def test_a_scene_without_a_gateway_says_what_to_do_and_delays_no_event(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        bind_scene(server, "RACE_START", create_scene(server, "Go <now>", light(GREEN_GO), A_MINUTE, light(RED_STOP)))
        server.fire("RACE_START")
        said(server, "“raceStart” did not follow: scene “Go &lt;now&gt;”: Action 1: ")
        assert server.events.errors == []


@pytest.mark.parametrize(
    ("policy", "ends"),
    [("refuse", [("second", "rejected")]), ("queue", []), ("replace", [("first", "cancelled")])],
)
def test_the_setting_for_race_events_says_what_becomes_of_the_scene_that_runs(
    tmp_path: Path, policy: str, ends: list[tuple[str, str]]
) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        asked(server, "PUT", "settings", {"scene_start": {"race_event": policy}})
        bind_scene(server, "RACE_STAGE", create_scene(server, "First", A_MINUTE))
        bind_scene(server, "RACE_START", create_scene(server, "Second", A_MINUTE))
        server.fire("RACE_STAGE")
        server.fire("RACE_START")
        until(lambda: ended_runs(server) == ends, f"{ends}")
        until(lambda: running_scene(server) == ("second" if policy == "replace" else "first"), "the one that may run")
        assert any("is running" in message for message in server.ui.messages) is (policy == "refuse")


def test_the_stop_of_a_race_stops_its_scene_and_frees_the_lamps(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        armed = {**light(RED_STOP), "flags_override": {"arm_on_sync": True}}
        bind_scene(server, "RACE_START", create_scene(server, "Go", light(GREEN_GO), armed, A_MINUTE, {"kind": "sync"}))
        server.bind("RACE_STOP", "rl_stop_scene")
        seen: dict[str, object] = {}

        def after(event: str) -> None:
            if event == "RACE_START":
                until(
                    lambda: all(node.lamp.armed is not None for node in field.nodes()), "every lamp waits for the SYNC"
                )
            seen[event] = running_scene(server)

        replay(server, "full_race_timed", after=after)
        assert seen["RACE_FINISH"] == "go"
        until(lambda: ended_runs(server) == [("go", "cancelled")], "the end of the scene")
        assert all(node.lamp.armed is None for node in field.nodes()), "no lamp waits any more"
        assert field.colours() == {GREEN}
        [past] = asked(server, "GET", "scene-runs")["past"]
        assert past["result"]["detail"] == "Stopped by race event raceStop."


def test_what_waits_for_its_turn_is_stopped_too_and_stopping_nothing_is_silent(tmp_path: Path) -> None:
    with RotorHazard(tmp_path, RACELINK=NOWHERE).running(initialize) as server:
        server.bind("RACE_STOP", "rl_stop_scene")
        server.fire("RACE_STOP")
        assert not any("did not follow" in message for message in server.ui.messages)
        bind_scene(server, "RACE_START", create_scene(server, "Go", A_MINUTE))
        asked(server, "PUT", "settings", {"scene_start": {"race_event": "queue"}})
        server.fire("RACE_START")
        server.fire("RACE_START")
        assert len(asked(server, "GET", "scene-runs")["queued"]) == 1
        server.fire("RACE_STOP")
        until(lambda: ended_runs(server) == [("go", "cancelled")] * 2, "the end of both")
        assert running_scene(server) is None


def test_stopping_at_an_event_frees_lamps_that_a_crash_left_waiting(tmp_path: Path) -> None:
    field = Field()
    leave_unfinished(tmp_path / "racelink")
    with race_day(tmp_path, field) as server:
        until(lambda: "ended while the scene" in status_of(server), "the problem in the panel")
        before = len(field.simulation.air_log)
        server.bind("RACE_STOP", "rl_stop_scene")
        server.fire("RACE_STOP")
        until(
            lambda: any(parse_radio(sent.raw).opcode == Opcode.OFFSET for sent in field.simulation.air_log[before:]),
            "the packet that frees everyone",
        )
        create_scene(server, "Another")
        until(lambda: "ended while the scene" not in status_of(server), "the end of the problem")


def leave_unfinished(directory: Path) -> None:
    """A run that began in an earlier start of the host and never ended."""
    directory.mkdir()
    kept = HistoryStore(directory, 1.0, lambda: 1_000_000)
    kept.start()
    records = RunRecords(kept, SystemClock())
    records.began(records.ordered(RunRequest("cut", Choreography(), Origin("race event", Priority.RACE_EVENT))))
    kept.close(5.0)
