"""The rules of light: gate, offset, arming, brightness, clock."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from racelink_core.domain.offset import OffsetMode
from racelink_core.protocol.bodies import Control, Headless, Offset, Preset, Sync
from racelink_core.sim.knobs import SimulationKnobs
from racelink_core.sim.time_base import TimeBase
from racelink_core.sim.wled_presets import preset_look
from tests.sim.bench import Bench

LINEAR = Offset(255, OffsetMode.LINEAR, base_ms=100, step_ms=50)
NONE = Offset(255, OffsetMode.NONE)


@pytest.mark.parametrize(
    ("offset", "flags", "is_accepted"),
    [(LINEAR, 0x25, True), (NONE, 0x05, True), (NONE, 0x25, False), (LINEAR, 0x05, False)],
)
@pytest.mark.parametrize("kind", ["control", "preset"])
def test_the_acceptance_gate(offset: Offset, flags: int, is_accepted: bool, kind: str) -> None:
    bench = Bench().ready().told(offset)
    bench.told(Control(255, flags, mode=9) if kind == "control" else Preset(255, flags, 9, 50))
    assert (bench.node.lamp.look.mode == 9) is is_accepted


def test_a_preset_makes_a_pending_offset_active_and_an_immediate_control_does_not() -> None:
    bench = Bench().ready().told(LINEAR).told(Control(255, 0x25, mode=3))
    lamp = bench.node.lamp
    assert (lamp.pending, lamp.active.mode, lamp.phase_ms) == (LINEAR, OffsetMode.NONE, 0)
    bench.told(Preset(255, 0x20, 4, 50))
    assert (lamp.pending, lamp.active, lamp.phase_ms) == (None, LINEAR, 150)


def test_the_knob_lets_an_immediate_control_make_it_active() -> None:
    bench = Bench(knobs=SimulationKnobs(immediate_control_materialises_offset=True)).ready().told(LINEAR)
    bench.told(Control(255, 0x25, mode=3))
    assert (bench.node.lamp.active, bench.node.lamp.phase_ms) == (LINEAR, 150)


def test_the_offset_of_an_armed_control_is_frozen() -> None:
    bench = Bench().ready().told(LINEAR).told(Control(255, 0x27, mode=3))
    bench.told(Offset(255, OffsetMode.EXPLICIT, offset_ms=5_000)).told(Sync(0, 9, 1))
    bench.run(200)
    assert (bench.node.lamp.look.mode, bench.node.lamp.phase_ms) == (3, 150)
    assert bench.node.lamp.active.mode is OffsetMode.EXPLICIT


def test_arming_changes_nothing_visible_and_a_tick_does_not_fire() -> None:
    bench = Bench().ready().told(Control(255, 0x07, mode=6, brightness=77)).told(Sync(0, 9))
    lamp = bench.node.lamp
    assert lamp.armed is not None
    assert (lamp.look.mode, lamp.brightness) == (0, 128)
    bench.told(Sync(0, 9, 1))
    assert lamp.armed is None
    assert (lamp.look.mode, lamp.brightness) == (6, 77)
    shown_since_s = lamp.shown_since_s
    bench.told(Sync(0, 9, 1))
    assert lamp.shown_since_s == shown_since_s


def test_arming_without_brightness_takes_that_of_the_sync() -> None:
    bench = Bench().ready().told(Control(255, 0x03, mode=6)).told(Sync(0, 33, 1))
    assert (bench.node.lamp.look.mode, bench.node.lamp.brightness) == (6, 33)


@pytest.mark.parametrize(("flags", "brightness"), [(0x02, 0), (0x03, 64), (0x07, 128)])
def test_a_tick_changes_the_current_output_of_what_was_armed_without_brightness(flags: int, brightness: int) -> None:
    bench = Bench().ready().told(Control(255, flags, mode=6)).told(Sync(0, 64))
    assert bench.node.lamp.brightness == brightness


def test_a_scheduled_control_is_cancelled_by_control_and_not_by_preset_or_offset() -> None:
    for between, mode in ((Control(255, 0x25, mode=1), 1), (Preset(255, 0x20, 2, 9), 6), (LINEAR, 6)):
        bench = Bench().ready().told(Offset(255, OffsetMode.EXPLICIT, offset_ms=2_000))
        bench.told(Control(255, 0x27, mode=6)).told(Sync(0, 9, 1))
        assert bench.node.lamp.has_scheduled
        bench.told(between).run(3_000)
        assert bench.node.lamp.look.mode == mode


def test_a_preset_leaves_what_is_armed() -> None:
    bench = Bench().ready().told(Control(255, 0x07, mode=6)).told(Preset(255, 0, 4, 50))
    assert bench.node.lamp.armed is not None
    assert bench.node.lamp.preset_id == 4
    assert bench.node.lamp.look == preset_look(4)


@pytest.mark.parametrize(
    ("flags", "field", "expected"), [(0, 50, 0), (5, 50, 50), (5, None, 128), (1, 50, 128), (1, None, 128)]
)
def test_brightness_truth_table(flags: int, field: int | None, expected: int) -> None:
    bench = Bench().ready().told(Control(255, flags, brightness=field))
    assert bench.node.lamp.brightness == expected


def test_a_preset_can_be_overridden_by_the_next_sync_until_a_control_with_brightness_was_seen() -> None:
    bench = Bench().ready().told(Preset(255, 0, 4, 50)).told(Sync(0, 99))
    assert bench.node.lamp.brightness == 99
    bench.told(Control(255, 5, brightness=20)).told(Sync(0, 99))
    assert bench.node.lamp.brightness == 20


def test_a_node_that_saw_no_control_ignores_the_brightness_of_a_sync() -> None:
    bench = Bench().ready().told(Sync(0, 1))
    assert bench.node.lamp.brightness == 128


def test_absent_fields_stay_and_custom3_brings_its_checks() -> None:
    bench = Bench().ready().told(Control(255, 5, speed=9, color2=(1, 2, 3), check2=True))
    bench.told(Control(255, 5, custom3=7, palette=3))
    look = bench.node.lamp.look
    assert (look.speed, look.color2, look.palette) == (9, (1, 2, 3), 3)
    assert (look.custom3, look.check1, look.check2, look.check3) == (7, False, False, False)


def test_headless_scenes_know_no_group_and_no_gate() -> None:
    bench = Bench(nodes=2).ready().told(LINEAR).told(Headless(0, 0))
    assert [node.lamp.phase_ms for node in bench.nodes] == [400, 800]
    assert bench.node.lamp.look.color1 == (255, 255, 255)
    bench.told(Headless(3, 90))
    assert bench.node.lamp.brightness == 0
    bench.told(Headless(4, 90))
    assert (bench.node.lamp.brightness, bench.node.lamp.look.color1) == (90, (255, 160, 0))
    bench.told(Headless(99, 1))
    assert bench.node.lamp.brightness == 90


def test_nodes_follow_the_gateways_clock_within_the_time_on_air() -> None:
    bench = Bench(nodes=3).run(120_000)
    clocks = [node.lamp.time_base.animation_ms(bench.engine.now_s) for node in bench.nodes]
    assert len(set(clocks)) == 1
    assert 35 <= bench.gateway.uptime_ms - clocks[0] <= 50


def test_the_time_base_steps_softly_and_jumps_when_far_off() -> None:
    base = TimeBase(0.0)
    base.synchronise(1_000, 0.0, is_hard=False)
    assert base.animation_ms(0.0) == 1_000
    base.synchronise(11_100, 10.0, is_hard=False)
    assert base.animation_ms(10.0) == 11_015
    base.synchronise(12_100, 11.0, is_hard=True)
    assert base.animation_ms(11.0) == 12_100
    base.set_phase(300)
    assert base.animation_ms(11.0) == 11_800
    base.synchronise(13_100, 12.0, is_hard=False)
    assert base.animation_ms(12.0) == 12_800


def test_the_24_bit_clock_wraps_without_a_jump() -> None:
    base = TimeBase(0.0)
    base.synchronise(0xFFFFFF - 9, 0.0, is_hard=False)
    base.synchronise(0, 0.010, is_hard=False)
    assert base.animation_ms(0.010) == 0x1000000


def test_offsets_are_those_of_the_projects_cases(shared_data: Path) -> None:
    assert json.loads((shared_data / "offset-cases.json").read_text())
    for group, expected in ((1, 150), (2, 200)):
        bench = Bench(first_group=group).ready().told(LINEAR).told(Preset(255, 0x20, 1, 1))
        assert bench.node.lamp.phase_ms == expected
