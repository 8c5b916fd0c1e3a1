"""RaceLink's effects for RotorHazard's event actions. Names and fields are for ever: spec rotorhazard, section 12."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from racelink_core.domain.command import (
    BlackoutCommand,
    Command,
    LocateCommand,
    RlPresetChoice,
    RlPresetCommand,
    StartblockCommand,
)
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.seat import Seat
from racelink_core.domain.target import BroadcastTarget, Target
from racelink_core.services.scene_runner.results import SceneResult

from .effect_forms import Binding, Choice, EffectForm, Slider
from .notifier import Notifier
from .occasion import Occasion
from .race_fields import colour_field, limit_fields, otherwise_field
from .race_light import RaceLight, SeatWithoutLamps
from .race_state import priority_of
from .scene_player import ScenePlayer
from .special_effects import SPECIAL_EFFECTS, SpecialEffect
from .synchronised_start import order_start
from .values import (
    ALL,
    DEFAULT_BRIGHTNESS,
    preset_choices,
    read_brightness,
    read_preset,
    scene_choices,
    seat_target_choices,
)

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
GROUP, PRESET, BRIGHTNESS = "rl_action_group", "rl_action_preset", "rl_action_brightness"
SCENE = "rl_action_scene"


class Actions:
    """Registers the effects, and again those whose lists change; runs them without ever raising into RotorHazard."""

    def __init__(self, host: Host, scenes: ScenePlayer, light: RaceLight, notifier: Notifier) -> None:
        self._host, self._scenes, self._light, self._notifier = host, scenes, light, notifier
        self._seats: Mapping[int, Seat] = {}
        self._seats_without_lamps: set[str] = set()
        self._logged: set[str] = set()
        self._register: Callable[[Any], Any] | None = None
        self._offered: dict[str, EffectForm] = {}

    def initialise(self, args: Mapping[str, Any]) -> None:
        """Handler of ACTIONS_INITIALIZE; its register function works later, too."""
        self._register = args["register_fn"]
        self.look_and_update()

    def look_and_update(self, _args: object = None) -> None:
        """Handler of what changes RotorHazard's classes."""
        self._light.look()
        self.update()

    def update(self) -> None:
        """Registers again what differs from what RotorHazard shows."""
        if self._register is None:
            return
        for effect in self._effects():
            if self._offered.get(effect.name) != effect:
                self._register(effect.made())
                self._offered[effect.name] = effect

    def _effects(self) -> tuple[EffectForm, ...]:
        snapshot = self._host.store.snapshot
        presets, scenes = tuple(preset_choices(snapshot)), tuple(scene_choices(snapshot))
        limits = limit_fields(self._light.offered)
        group = Choice(GROUP, "Group", tuple(seat_target_choices(snapshot)), ALL), otherwise_field(snapshot)
        preset = Choice(PRESET, "Preset", presets, presets[0][0])
        brightness = Slider(BRIGHTNESS, "Brightness", DEFAULT_BRIGHTNESS, lowest=1, highest=255)
        scene = Choice(SCENE, "Scene", scenes, scenes[0][0])
        light: tuple[Choice | Slider, ...] = (*group, preset, brightness, colour_field("Of the preset"), *limits)
        show = (scene, colour_field("Of the scene"), *limits)
        return (
            EffectForm("gcaction", "RaceLink: group preset", self._group_preset, light),
            EffectForm("rl_synchronised_start", "RaceLink: synchronised start", self._synchronised_start, light),
            EffectForm("rl_scene_action", "RaceLink: run scene", self._run_scene, show),
            EffectForm("rl_stop_scene", "RaceLink: stop scene", self._stop_scene),
            EffectForm("rl_blackout", "RaceLink: blackout", self._blackout, (*group, *limits)),
            EffectForm("rl_locate", "RaceLink: locate", self._locate, (*group, *limits)),
            EffectForm("rl_startblock_update", "RaceLink: update starting blocks", self._fill_startblocks),
            *(
                EffectForm(each.name, each.label, partial(self._special, each), each.fields(snapshot, limits))
                for each in SPECIAL_EFFECTS
            ),
        )

    def _group_preset(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.RACE_EVENT, self._preset_command)

    def _synchronised_start(self, action: Binding, args: Mapping[str, Any]) -> None:
        """Returns as soon as it is ordered; what goes wrong later is said then."""

        def order(occasion: Occasion) -> None:
            command = self._concrete(self._preset_command, action, occasion)
            origin = _origin(occasion, Priority.RACE_EVENT)
            order_start(self._host, command, occasion.event, origin, lambda problem: self._say(occasion, problem))

        self._attempt(action, args, order)

    def _run_scene(self, action: Binding, args: Mapping[str, Any]) -> None:
        """Returns as soon as the scene is under way; what goes wrong later is said then."""

        def start(occasion: Occasion) -> None:
            playing = self._scenes.start(
                action.get(SCENE),
                _origin(occasion, Priority.RACE_EVENT),
                lambda scene: self._light.coloured_scene(scene, action, occasion),
            )

            def tell(result: SceneResult) -> None:
                if (problem := result.problem) is not None:
                    self._say(occasion, f"scene “{playing.label}”: {problem}")

            self._scenes.when_over(playing, tell)

        self._attempt(action, args, start)

    def _stop_scene(self, action: Binding, args: Mapping[str, Any]) -> None:
        """Silent when none runs: most races end without one."""
        self._attempt(action, args, lambda occasion: self._scenes.stop(f"Stopped by race event {occasion.name}."))

    def _blackout(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.BLACKOUT, lambda target, _: BlackoutCommand(target=target))

    def _locate(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.RACE_EVENT, lambda target, _: LocateCommand(target=target))

    def _fill_startblocks(self, action: Binding, args: Mapping[str, Any]) -> None:
        """Takes seconds, and so never stands in the way of a light."""
        self._perform(action, args, Priority.AUTOMATION, lambda *_: StartblockCommand(target=BroadcastTarget()))

    def _special(self, effect: SpecialEffect, action: Binding, args: Mapping[str, Any]) -> None:
        def command(target: Target, stored: Binding) -> Command:
            return effect.command(target, stored, self._host.store.snapshot)

        self._perform(action, args, effect.priority, command, target_field=effect.name)

    def _preset_command(self, target: Target, action: Binding) -> Command:
        choice = RlPresetChoice(
            presetId=read_preset(action.get(PRESET), self._host.store.snapshot),
            brightness=read_brightness(action.get(BRIGHTNESS)),
        )
        return RlPresetCommand(target=target, params=choice)

    def _perform(
        self,
        action: Binding,
        args: Mapping[str, Any],
        priority: Priority,
        command_for: Callable[[Target, Binding], Command],
        target_field: str = GROUP,
    ) -> None:
        def submit(occasion: Occasion) -> None:
            command = self._concrete(command_for, action, occasion, target_field)
            result = self._host.dispatcher.submit(command, _origin(occasion, priority))
            if not result.ok:
                self._say(occasion, result.detail or result.status.value)

        self._attempt(action, args, submit)

    def _concrete(
        self,
        command_for: Callable[[Target, Binding], Command],
        action: Binding,
        occasion: Occasion,
        target_field: str = GROUP,
    ) -> Command:
        """For the lamps and in the colour of this very event."""
        target = self._light.target(action.get(target_field), action, occasion)
        return self._light.coloured(command_for(target, action), action, occasion)

    def _attempt(self, action: Binding, args: Mapping[str, Any], work: Callable[[Occasion], object]) -> None:
        """Calls `work` if the binding is meant; whatever it raises becomes a notification."""
        occasion = self._light.occasion(args)
        try:
            if self._light.is_meant(action, occasion):
                work(occasion)
        except SeatWithoutLamps as error:
            self._say_once(occasion, error)
        except RaceLinkError as error:
            self._log_once(occasion, str(error))
            self._say(occasion, str(error))
        except Exception:  # noqa: BLE001 - nothing of ours may raise into RotorHazard
            _log.exception("The binding to %s failed", occasion.name)
            self._say(occasion, "an unexpected error; the server log says more")

    def _say_once(self, occasion: Occasion, error: SeatWithoutLamps) -> None:
        """Once, and not at every pass, until somebody has changed the lamps of seats."""
        problem, seats = str(error), self._host.store.snapshot.seats
        if seats != self._seats:
            self._seats = seats
            self._seats_without_lamps.clear()
        if problem not in self._seats_without_lamps:
            self._seats_without_lamps.add(problem)
            self._log_once(occasion, problem)
            self._say(occasion, problem)

    def _log_once(self, occasion: Occasion, problem: str) -> None:
        """A leader passes dozens of times in a race, and each time the same is missing."""
        line = f"The binding to {occasion.name} did nothing: {problem}"
        if line not in self._logged:
            self._logged.add(line)
            _log.warning("%s", line)

    def _say(self, occasion: Occasion, problem: str) -> None:
        self._notifier.say(f"The lights for “{occasion.name}” did not follow: {problem}")


def _origin(occasion: Occasion, priority: Priority) -> Origin:
    """What is bound to an abort or stop overtakes what other events still want to send."""
    is_light = priority is Priority.RACE_EVENT
    return Origin(f"race event {occasion.name}", priority_of(occasion.name) if is_light else priority)
