"""Commands in the colour of the event's pilot and for the lamps of its seat: what changes, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from racelink_core.domain.address import Mac
from racelink_core.domain.command import (
    BlackoutCommand,
    Command,
    HeadlessCommand,
    LocateCommand,
    OffsetGroupCommand,
    RlEffectCommand,
    RlPresetChoice,
    RlPresetCommand,
    SyncCommand,
    WledPresetChoice,
    WledPresetCommand,
)
from racelink_core.domain.effect import Colour, EffectFlags, EffectParameters, FlagsOverride
from racelink_core.domain.offset_choice import LinearOffset
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.race_event import ColourSource, RaceEvent
from racelink_core.domain.reaction_for_event import command_for, scene_for
from racelink_core.domain.scene import Choreography, Delay, Scene
from racelink_core.domain.seat import Seat
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget
from racelink_core.planning.draft import Appearance, appearance_of

EVERYONE, GATE = BroadcastTarget(), GroupsTarget(value=(2,))
BLUE: Colour = (0, 34, 255)
STROBE = RlPreset(
    id=7,
    key="strobe",
    label="Strobe",
    params=EffectParameters(mode=23, speed=200, color1=(255, 255, 255), color2=(1, 2, 3), brightness=90),
    flags=EffectFlags(force_reapply=True),
)
SNAPSHOT = Snapshot(
    presets={7: STROBE},
    seats={0: Seat(index=0, target=GATE), 1: Seat(index=1, target=DeviceTarget(value=Mac("F412FA5A0001")))},
)


def passed(seat: int | None = 0, colour: Colour | None = BLUE) -> RaceEvent:
    return RaceEvent("RACE_LAP_RECORDED", seat=seat, colour_of=lambda _: colour)


def reaction(command: Command, event: RaceEvent, *, colour_from: ColourSource | None = "pilot") -> Command:
    return command_for(command, event, SNAPSHOT, colour_from=colour_from, to_seat=False)


def preset(**params: Any) -> RlPresetCommand:
    return RlPresetCommand(target=EVERYONE, params=RlPresetChoice(**{"presetId": 7, **params}))


@pytest.mark.parametrize("brightness", [None, 0, 40])
@pytest.mark.parametrize("override", [FlagsOverride(), FlagsOverride(force_reapply=False, arm_on_sync=True)])
def test_a_preset_in_the_colour_of_the_event_differs_in_nothing_else(
    brightness: int | None, override: FlagsOverride
) -> None:
    command = preset(brightness=brightness).model_copy(update={"flags_override": override})
    coloured = reaction(command, passed())
    assert isinstance(coloured, RlEffectCommand)
    own, event = appearance_of(command, SNAPSHOT), appearance_of(coloured, SNAPSHOT)
    assert isinstance(own, Appearance)
    assert event == replace(own, effect=own.effect.model_copy(update={"color1": BLUE}))


def test_an_effect_gets_its_first_colour_from_the_event() -> None:
    command = RlEffectCommand(target=GATE, params=EffectParameters(mode=2, color2=(9, 9, 9)))
    assert reaction(command, passed()) == RlEffectCommand(
        target=GATE, params=EffectParameters(mode=2, color1=BLUE, color2=(9, 9, 9))
    )


def test_without_a_colour_an_effect_keeps_its_own() -> None:
    command = preset()
    assert reaction(command, passed(colour=None)) is command


def test_an_event_is_not_asked_for_a_colour_that_nobody_wants() -> None:
    def ask(_source: ColourSource) -> Colour:
        raise AssertionError("it costs the timer a look into its database")

    event = RaceEvent("RACE_LAP_RECORDED", colour_of=ask)
    command = preset()
    assert reaction(command, event, colour_from=None) is command
    scene = Choreography(actions=(command,))
    assert scene_for(scene, event, SNAPSHOT, colour_from=None) is scene


def test_the_colour_that_was_chosen_is_asked_for() -> None:
    colours: dict[ColourSource, Colour] = {"leader": (1, 1, 1), "team": (2, 2, 2)}
    event = RaceEvent("RACE_PILOT_LEADING", colour_of=colours.get)
    command = RlEffectCommand(target=GATE, params=EffectParameters())
    asked = [reaction(command, event, colour_from=source) for source in colours]
    assert [each.params.color1 for each in asked if isinstance(each, RlEffectCommand)] == [(1, 1, 1), (2, 2, 2)]


@pytest.mark.parametrize(
    "command",
    [
        WledPresetCommand(target=GATE, params=WledPresetChoice(presetId=3)),
        BlackoutCommand(target=GATE),
        SyncCommand(),
        preset(presetId=99),
        preset(presetId=None),
    ],
)
def test_what_has_no_colour_stays_as_it_is(command: Command) -> None:
    assert reaction(command, passed()) is command


@pytest.mark.parametrize(
    "make",
    [
        lambda target: preset().model_copy(update={"target": target}),
        lambda target: WledPresetCommand(target=target, params=WledPresetChoice(presetId=3)),
        lambda target: BlackoutCommand(target=target),
        lambda target: LocateCommand(target=target),
        lambda target: HeadlessCommand(target=target, scene=1),
    ],
)
def test_the_lamps_of_the_seat_are_the_target(make: Callable[[Any], Command]) -> None:
    at_seats = [
        command_for(make(EVERYONE), passed(seat), SNAPSHOT, colour_from=None, to_seat=True) for seat in (0, 1, 2, None)
    ]
    device = SNAPSHOT.seats[1].target
    assert at_seats == [make(GATE), make(device), make(EVERYONE), make(EVERYONE)], "without lamps: its own target"


def test_colour_and_seat_go_together() -> None:
    command = command_for(preset(brightness=40), passed(), SNAPSHOT, colour_from="pilot", to_seat=True)
    assert isinstance(command, RlEffectCommand)
    assert (command.target, command.params.color1, command.params.brightness) == (GATE, BLUE, 40)


def test_a_scene_has_the_colour_in_each_of_its_effects_and_stays_the_same_otherwise() -> None:
    wled = WledPresetCommand(target=GATE, params=WledPresetChoice(presetId=3))
    container = OffsetGroupCommand(
        target=EVERYONE, offset=LinearOffset(base_ms=0, step_ms=100), actions=(preset(), wled)
    )
    scene = Scene(
        id=1, key="show", label="Show", actions=(preset(), Delay(duration_ms=5), wled, container, SyncCommand())
    )
    coloured = scene_for(scene, passed(), SNAPSHOT, colour_from="pilot")
    first, delay, same_wled, offset_group, sync = coloured.actions
    assert first == reaction(preset(), passed())
    assert (delay, same_wled, sync) == (Delay(duration_ms=5), wled, SyncCommand())
    assert isinstance(offset_group, OffsetGroupCommand)
    assert offset_group.actions == (first, wled)
    assert (coloured.key, coloured.label, offset_group.offset) == ("show", "Show", container.offset)


def test_a_scene_without_effects_and_one_without_a_colour_are_not_copied() -> None:
    plain = Choreography(actions=(SyncCommand(), Delay(duration_ms=5)))
    assert scene_for(plain, passed(), SNAPSHOT, colour_from="pilot") is plain
    light = Choreography(actions=(preset(),))
    assert scene_for(light, passed(colour=None), SNAPSHOT, colour_from="pilot") is light
