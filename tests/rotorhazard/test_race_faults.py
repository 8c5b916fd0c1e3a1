"""What breaks in the middle of a recorded race: RotorHazard hears nothing of it, and never waits for it."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

import pytest

from racelink_rh_plugin import initialize
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.contract import EVENT_NAMES, recorded_events
from tests.rotorhazard.double.replay import Lap, replay
from tests.rotorhazard.race_bindings import bind_everything
from tests.rotorhazard.rig import Field, race_day, until
from tests.rotorhazard.stored_scenes import NOWHERE

GREEN = (0, 255, 0)
JUNK: tuple[Any, ...] = (
    None,
    {},
    {"_eventName": None},
    {"_eventName": "raceStart", "node_index": "x", "nodeIndex": None, "color": [], "pilot_id": -1, "heat_id": {}},
    {"_eventName": "raceLapRecorded", "node_index": 10**9, "lap": None, "results": 1, "color": -1},
    {"_eventName": "raceLapRecorded", "node_index": 0, "lap": Lap({}), "color": "red"},
    {"_eventName": "raceStage", "pi_starts_at_s": "soon", "race_node_colors": {}, "heat_id": "1"},
    {"_eventName": "raceStageTone", "scheduled_at_monotonic": float("nan")},
    {"section": 1, "key": None},
)


@pytest.mark.parametrize("moment", ["RACE_STAGE", "RACE_STAGE_TONE", "RACE_START", "RACE_LAP_RECORDED"])
def test_a_gateway_that_is_unplugged_at_any_moment_of_a_race_stops_no_event(tmp_path: Path, moment: str) -> None:
    field = Field()
    (mac,) = field.simulation.gateways
    with race_day(tmp_path, field) as server:
        bind_everything(server)
        already = len(server.events.fired)

        def after(event: str) -> None:
            if event == moment:
                field.simulation.fault("unplug", mac)

        replay(server, "full_race_timed", after=after)
        expected = [
            EVENT_NAMES[each["event"]] for each in recorded_events("full_race_timed") if "/" not in each["event"]
        ]
        assert [name for name in dict.fromkeys(expected) if name not in server.events.fired[already:]] == []
        assert server.events.errors == []
        field.simulation.fault("replug", mac)
        until(lambda: starts_green(server, field), "lamps that follow again")


@pytest.mark.parametrize(("kind", "value"), [("garbage", 4000), ("reboot", None), ("stuck", 2)])
def test_a_gateway_that_misbehaves_in_a_race_raises_nothing(tmp_path: Path, kind: str, value: object) -> None:
    field = Field()
    (mac,) = field.simulation.gateways
    with race_day(tmp_path, field) as server:
        bind_everything(server)

        def after(event: str) -> None:
            if event == "RACE_START":
                field.simulation.fault(kind, mac, value)

        replay(server, "saved_while_racing", after=after)
        assert server.events.errors == []


def test_a_dead_gateway_delays_no_event(tmp_path: Path) -> None:
    """It takes every packet and never says that it was sent."""
    field = Field()
    (mac,) = field.simulation.gateways
    with race_day(tmp_path, field) as server:
        bind_everything(server)
        field.simulation.fault("stuck", mac, 1000)
        shown = field.colours()
        for event in ("RACE_STAGE", "RACE_START", "RACE_INITIAL_PASS", "RACE_PILOT_LEADING", "RACE_STOP", "LAPS_SAVE"):
            server.events.trigger(EVENT_NAMES[event], {"heat_id": 1, "node_index": 0, "color": 0x0022FF})
            assert server.events.unfinished(), f"{event} is over before any light is"
        assert field.colours() == shown
        field.simulation.fault("unplug", mac)
        server.events.settle()
        assert server.events.errors == []


def test_no_handler_of_ours_raises_whatever_it_is_given(tmp_path: Path) -> None:
    field = Field()
    with race_day(tmp_path, field) as server:
        bind_everything(server)
        called = 0
        for event in sorted(set(EVENT_NAMES.values()) - {EVENT_NAMES["SHUTDOWN"], EVENT_NAMES["ALL"]}):
            for handle in server.events.calls(event):
                for junk in JUNK:
                    handle(junk)
                    called += 1
        assert called > 100
        works_as_ever(server, field)


def test_no_effect_and_no_button_raises_whatever_it_is_given(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    server = RotorHazard(tmp_path, RACELINK=NOWHERE)
    server.has_strip = True
    with server.running(initialize):
        for effect in server.effects.values():
            for junk in JUNK:
                effect.runEffect({}, junk)
            for stored in (None, [], object(), -1, "\0" * 300, {"a": 1}):
                effect.runEffect({field.name: stored for field in effect.fields}, {"_eventName": "raceStart"})
        for junk in JUNK:
            for led_effect in server.leds.effects.values():
                led_effect.effect_runner(junk)
        for button in server.ui.buttons.values():
            button.fn([])
        until(lambda: not work_of_buttons(), "the end of what the buttons began")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR], "a popup on every page"


def work_of_buttons() -> set[str]:
    buttons = {"discover", "resync", "find-gateways", "save", "quickset", "run-scene", "stop-scene", "blackout"}
    return {thread.name for thread in threading.enumerate()} & {f"rl-{name}" for name in buttons}


def works_as_ever(server: RotorHazard, field: Field) -> None:
    server.events.settle()
    server.bind("RACE_START", "gcaction", rl_action_preset="preset:1")
    until(lambda: starts_green(server, field), "the light of the start")


def starts_green(server: RotorHazard, field: Field) -> bool:
    """Again and again: the panel may still tell of the gateway that was there before."""
    server.fire("RACE_STOP")
    server.fire("RACE_START")
    return field.colours() == {GREEN}
