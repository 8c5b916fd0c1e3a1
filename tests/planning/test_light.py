"""What a lamp was told, compared with what the simulator's lamp makes of the same packets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.told import Told
from racelink_core.planning.light import Light, light_of, told_after
from racelink_core.protocol.bodies import Body, Control, GetStatus, Headless, Indicate, Offset, Preset, Sync
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.replies import StatusReply
from racelink_core.sim.engine import Engine
from racelink_core.sim.lamp import Lamp
from racelink_core.sim.wled_presets import Look

ON = int(PacketFlags.POWER_ON | PacketFlags.HAS_BRI)
PRIMING = Control(255, ON)
FIRE = Sync(0, 128, 1)


class BenchLamp:
    """A lamp as it is after adoption: primed, and in no offset mode."""

    def __init__(self) -> None:
        self.lamp = Lamp(Engine(0.0), Look(), materialises_at_once=False, cancel_indicator=lambda: None)
        self.take(PRIMING)

    def take(self, *bodies: Body) -> None:
        for body in bodies:
            if isinstance(body, Control):
                self.lamp.control(body)
            elif isinstance(body, Preset):
                self.lamp.preset(body)
            elif isinstance(body, Headless):
                self.lamp.headless(body)
            elif isinstance(body, Offset):
                self.lamp.offset(body)
            elif isinstance(body, Sync):
                self.lamp.sync(body)

    @property
    def status(self) -> StatusReply:
        lamp = self.lamp
        power = lamp.flags | PacketFlags.POWER_ON if lamp.brightness else lamp.flags & ~PacketFlags.POWER_ON
        return StatusReply(int(power), 0, lamp.look.mode, lamp.brightness, 0, 0, 0)


def told(*bodies: Body) -> Light:
    light = Light()
    for body in bodies:
        light = light.after(body)
    return light


byte = st.integers(0, 255)
colour = st.tuples(byte, byte, byte)
maybe = st.one_of
flags = st.sampled_from([0x04, 0x05, 0x06, 0x07, 0x0D, 0x15, 0x1F])
controls = st.builds(
    Control,
    st.just(255),
    flags,
    brightness=maybe(st.none(), byte),
    mode=maybe(st.none(), st.integers(0, 186)),
    speed=maybe(st.none(), byte),
    intensity=maybe(st.none(), byte),
    palette=maybe(st.none(), st.integers(0, 70)),
    color1=maybe(st.none(), colour),
    color2=maybe(st.none(), colour),
)
presets = st.builds(Preset, st.just(255), st.just(0), st.integers(1, 250), byte)
headless = st.builds(Headless, st.integers(0, 3), byte)
syncs = st.sampled_from([FIRE, Sync(0, 40), Sync(0, 0, 1)])
packets = maybe(controls, controls, presets, headless, syncs)


@given(st.lists(packets, max_size=8))
def test_a_lamp_that_took_every_packet_always_satisfies_the_expectation(sent: list[Body]) -> None:
    lamp = BenchLamp()
    lamp.take(*sent)
    assert told(*sent).expectation.differences(lamp.status) == ()


@given(st.lists(st.tuples(packets, st.booleans()), max_size=8))
def test_a_lamp_that_missed_something_and_shows_a_difference_never_does(sent: list[tuple[Body, bool]]) -> None:
    complete, other = BenchLamp(), BenchLamp()
    complete.take(*(body for body, _ in sent))
    other.take(*(body for body, arrives in sent if arrives))
    light = told(*(body for body, _ in sent))
    expected, shown, wrong = light.expectation, complete.status, other.status
    known = (
        (expected.effect_id is not None and shown.effect_id != wrong.effect_id)
        or (expected.brightness is not None and shown.brightness != wrong.brightness)
        or (expected.flags is not None and bool((shown.flags ^ wrong.flags) & ~expected.ignored_flags))
    )
    assert bool(expected.differences(wrong)) is known


@given(st.lists(st.tuples(packets, st.booleans()), max_size=8))
def test_the_repetition_makes_any_lamp_look_like_one_that_took_everything(sent: list[tuple[Body, bool]]) -> None:
    complete, other = BenchLamp(), BenchLamp()
    complete.take(*(body for body, _ in sent))
    other.take(*(body for body, arrives in sent if arrives))
    light = told(*(body for body, _ in sent))
    repeated = light.repetition(255, leaves_offset=True)
    if light.armed is not None or not repeated:
        return  # an armed lamp is never healed
    other.take(*repeated)
    assert light.expectation.differences(other.status) == ()
    expected, shown = complete.lamp.look, other.lamp.look
    control = light.control or PRIMING
    for name in ("mode", "speed", "intensity", "palette", "color1", "color2"):
        if light.whole is not None or getattr(control, name) is not None:
            is_left_alone = isinstance(light.whole, Headless) and name not in ("mode", "color1")
            assert is_left_alone or getattr(shown, name) == getattr(expected, name), name
    if light.expectation.brightness is not None:
        assert other.lamp.brightness == complete.lamp.brightness
    assert light.control is None or not other.lamp.armed, "what missed its SYNC does not go off at the next one"


@given(st.lists(st.one_of(packets, st.builds(Indicate, byte, byte), st.just(GetStatus(255))), max_size=8))
def test_what_is_kept_is_what_was_told(sent: list[Body]) -> None:
    kept: Told | None = None
    for number, body in enumerate(sent, 1):
        kept = told_after(kept, body, sequence=number, at_s=float(number), by="test")
    again = None if kept is None else Told.model_validate_json(kept.model_dump_json())
    light, expected = light_of(again), told(*sent)
    assert (light.expectation, light.armed, light.offset) == (expected.expectation, expected.armed, expected.offset)
    assert light.repetition(3, leaves_offset=True) == expected.repetition(3, leaves_offset=True)
    if kept is not None:
        assert kept.unseen_sequence <= kept.sequence <= len(sent)


@pytest.mark.parametrize("power", [0, 1])
@pytest.mark.parametrize("has_bri", [0, 4])
@pytest.mark.parametrize("field", [None, 90])
def test_the_truth_table_of_brightness(power: int, has_bri: int, field: int | None) -> None:
    lamp = BenchLamp()
    body = Control(255, power | has_bri, brightness=field)
    lamp.take(Control(255, ON, brightness=200), body)
    expected = told(Control(255, ON, brightness=200), body).expectation.brightness
    assert expected == (None if power and not has_bri else lamp.lamp.brightness)


def test_packets_that_are_not_about_light_change_nothing() -> None:
    kept = told_after(None, Control(255, ON, mode=4), sequence=1, at_s=0.0, by="test")
    for body in (GetStatus(255), Indicate(4, 5), Sync(0, 40), FIRE, Headless(99, 5)):
        after = told_after(kept, body, sequence=2, at_s=1.0, by="test")
        assert light_of(after) == light_of(kept)
    assert told_after(kept, FIRE, sequence=2, at_s=1.0, by="test") is kept


def test_a_fired_effect_is_repeated_without_arming_and_without_restarting() -> None:
    light = told(Control(255, ON | 0x12, mode=9, brightness=30), FIRE)
    assert light.repetition(3, leaves_offset=False) == (Control(3, ON, mode=9, brightness=30),)
    status = StatusReply(ON, 0, 9, 30, 0, 0, 0)
    assert light.expectation.differences(status) == ()
    assert light.expectation.differences(replace(status, flags=ON | 0x02)) == ()
    assert light.expectation.differences(replace(status, flags=ON | 0x08)) == ("the flags of another command",)


def test_differences_are_said_in_words() -> None:
    expected = told(Control(255, ON, mode=9, brightness=30)).expectation
    assert expected.differences(StatusReply(ON, 0, 0, 128, 0, 0, 0)) == (
        "effect Solid instead of Rainbow",
        "brightness 128 instead of 30",
    )


def test_what_status_cannot_show() -> None:
    assert not told(Control(255, ON, mode=9, brightness=30)).has_unseen
    assert told(Control(255, ON, mode=9, color1=(1, 2, 3))).has_unseen
    assert told(Preset(255, 0, 4, 50)).has_unseen
    assert not told(Preset(255, 0, 4, 0)).has_unseen, "in the dark there is nothing to see"
    assert not told(Preset(255, 0, 4, 50), Control(255, 0x04)).has_unseen
    kept = told_after(None, Control(255, ON, color1=(1, 2, 3)), sequence=1, at_s=0.0, by="test")
    kept = told_after(kept, Control(255, ON, brightness=9), sequence=2, at_s=0.0, by="test")
    assert kept is not None
    assert (kept.sequence, kept.unseen_sequence) == (2, 1)


def test_offset_mode_is_repeated_or_left() -> None:
    linear = Offset(255, OffsetMode.LINEAR, base_ms=0, step_ms=100)
    shifted = told(linear, Preset(255, 0x20, 4, 50))
    assert shifted.has_unseen
    assert shifted.repetition(3, leaves_offset=True) == (replace(linear, group_id=3), Preset(3, 0x20, 4, 50))
    straight = told(Preset(255, 0, 4, 50))
    assert straight.repetition(3, leaves_offset=False) == (Preset(3, 0, 4, 50),)
    assert straight.repetition(3, leaves_offset=True) == (Offset(3, OffsetMode.NONE), Preset(3, 0, 4, 50))
    assert Light().repetition(3, leaves_offset=True) == ()
