"""Bindings of every kind meet events of every kind: nothing raises into RotorHazard, and what fails is said."""

from __future__ import annotations

import math
from contextlib import suppress
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget
from racelink_core.state.starter import starter_content
from racelink_rh_plugin import initialize
from racelink_rh_plugin.values import BindingBroken, read_brightness, read_preset, read_scene, read_target
from tests.rotorhazard.double import RotorHazard
from tests.rotorhazard.double.contract import EVENT_NAMES, recorded_events
from tests.rotorhazard.double.replay import replay
from tests.rotorhazard.rig import Field, race_day, status_of, until

SNAPSHOT: Snapshot = starter_content("2026-01-02T03:04:05Z")
RACES = (
    "full_race_timed",
    "aborted_in_staging",
    "stopped_then_discarded",
    "discarded_while_racing",
    "discarded_while_staging",
    "saved_while_racing",
    "first_to_2_laps_unlimited",
    "practice_no_heat",
    "timed_no_stop_infinite_grace",
    "random_start_hidden_timer",
    "immediate_start_no_tones",
)
STORED: tuple[dict[str, object], ...] = (
    {},
    {"rl_action_group": "group:77", "rl_action_preset": "preset:1"},
    {"rl_action_group": "device:nobody", "rl_action_brightness": "nan"},
    {"rl_action_group": 3, "rl_action_preset": ["preset:1"], "rl_action_brightness": {"value": 7}},
    {"rl_action_preset": "", "rl_action_brightness": "1e400", "unknown": True},
    {"rl_action_scene": ["scene:"]},
)

json_values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers())
near_misses = st.sampled_from(["group:", "group:²", "device:", "preset:-1", "preset:" + "9" * 5000, "255 ", "٣", "NaN"])


@given(json_values | near_misses)
def test_whatever_is_stored_it_is_a_target_a_preset_a_brightness_a_scene_or_named_as_broken(stored: object) -> None:
    for read in (
        lambda: read_target(stored, SNAPSHOT),
        lambda: read_preset(stored, SNAPSHOT),
        lambda: read_brightness(stored),
        lambda: read_scene(stored, SNAPSHOT),
    ):
        with suppress(BindingBroken):
            read()


@pytest.mark.parametrize("stored", [None, "", "0", 0, False])
def test_what_the_form_shows_as_its_default_is_the_default(stored: object) -> None:
    assert isinstance(read_target(stored, SNAPSHOT), BroadcastTarget)
    assert (read_preset(stored, SNAPSHOT), read_brightness(stored)) == (1, 128)


@pytest.mark.parametrize("stored", ["256", "-1", "1e400", math.nan, True, "bright"])
def test_a_brightness_out_of_range_is_no_brightness(stored: object) -> None:
    with pytest.raises(BindingBroken, match=r"1 (to|and) 255"):
        read_brightness(stored)


def test_no_recorded_event_with_any_binding_raises_without_a_gateway(tmp_path: Path) -> None:
    events = {step["event"] for scenario in RACES for step in recorded_events(scenario)} & set(EVENT_NAMES)
    with RotorHazard(tmp_path, RACELINK={"rl_comms_port": "/dev/racelink-is-not-here"}).running(initialize) as server:
        for event, stored in zip(sorted(events), cycle(STORED), strict=False):
            for effect in server.effects:
                server.bind(event, effect, **stored)
        for scenario in RACES:
            replay(server, scenario)
        assert server.events.errors == []
        assert server.ui.messages, "it is said that nothing happened"


def test_a_group_that_is_deleted_under_a_binding_is_named_when_it_runs(tmp_path: Path) -> None:
    with RotorHazard(tmp_path).running(initialize) as server:
        browser = server.app.test_client()
        created = browser.post("/racelink/api/groups/create", json={"name": "Brief"}, auth=server.login)
        assert created.status_code == 200
        server.bind("RACE_START", "gcaction", rl_action_group="group:1")
        deleted = browser.post("/racelink/api/groups/delete", json={"id": 1}, auth=server.login)
        assert deleted.status_code == 200, deleted.get_data(as_text=True)
        server.fire("RACE_START")
        assert any("group 1 no longer exists" in message for message in server.ui.messages), server.ui.messages
        assert server.events.errors == []


def test_a_gateway_unplugged_in_the_race_comes_back_and_the_lamps_follow_again(tmp_path: Path) -> None:
    field = Field()
    (mac,) = field.simulation.gateways
    with race_day(tmp_path, field) as server:
        server.bind("RACE_START", "gcaction", rl_action_preset="preset:1")
        server.bind("RACE_FINISH", "gcaction", rl_action_preset="preset:4")
        server.bind("RACE_STOP", "gcaction", rl_action_preset="preset:2")

        def after(event: str) -> None:
            if event == "RACE_START":
                assert field.colours() == {(0, 255, 0)}
                field.simulation.fault("unplug", mac)
                until(lambda: "missing" in status_of(server), "the loss in the panel")
            elif event == "RACE_FINISH":
                assert field.colours() == {(0, 255, 0)}, "nothing could be sent"
                assert any("raceFinish" in message for message in server.ui.messages), server.ui.messages
                field.simulation.fault("replug", mac)
                until(lambda: ": connected," in status_of(server), "the gateway again")
            elif event == "RACE_STOP":
                until(lambda: field.colours() == {(255, 0, 0)}, "the stop's light")

        replay(server, "full_race_timed", after=after)
        assert server.events.errors == []
