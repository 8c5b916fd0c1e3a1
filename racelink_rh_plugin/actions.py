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
from racelink_core.domain.target import BroadcastTarget
from racelink_core.services.scene_runner.results import SceneResult

from .effect_forms import Binding, Choice, EffectForm, Slider
from .notifier import Notifier
from .scene_player import ScenePlayer, problem_of
from .special_effects import SPECIAL_EFFECTS, SpecialEffect
from .values import (
    ALL,
    DEFAULT_BRIGHTNESS,
    preset_choices,
    read_brightness,
    read_preset,
    read_target,
    scene_choices,
    target_choices,
)

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
GROUP, PRESET, BRIGHTNESS = "rl_action_group", "rl_action_preset", "rl_action_brightness"
SCENE = "rl_action_scene"


class Actions:
    """Registers the effects, and again those whose lists change; runs them without ever raising into RotorHazard."""

    def __init__(self, host: Host, scenes: ScenePlayer, notifier: Notifier) -> None:
        self._host, self._scenes, self._notifier = host, scenes, notifier
        self._register: Callable[[Any], Any] | None = None
        self._offered: dict[str, EffectForm] = {}

    def initialise(self, args: Mapping[str, Any]) -> None:
        """Handler of ACTIONS_INITIALIZE; its register function works later, too."""
        self._register = args["register_fn"]
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
        group = Choice(GROUP, "Group", tuple(target_choices(snapshot)), ALL)
        preset = Choice(PRESET, "Preset", presets, presets[0][0])
        brightness = Slider(BRIGHTNESS, "Brightness", DEFAULT_BRIGHTNESS, lowest=1, highest=255)
        scene = Choice(SCENE, "Scene", scenes, scenes[0][0])
        return (
            EffectForm("gcaction", "RaceLink: group preset", self._group_preset, (group, preset, brightness)),
            EffectForm("rl_scene_action", "RaceLink: run scene", self._run_scene, (scene,)),
            EffectForm("rl_stop_scene", "RaceLink: stop scene", self._stop_scene),
            EffectForm("rl_blackout", "RaceLink: blackout", self._blackout, (group,)),
            EffectForm("rl_locate", "RaceLink: locate", self._locate, (group,)),
            EffectForm("rl_startblock_update", "RaceLink: update starting blocks", self._fill_startblocks),
            *(
                EffectForm(each.name, each.label, partial(self._special, each), each.fields(snapshot))
                for each in SPECIAL_EFFECTS
            ),
        )

    def _group_preset(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.RACE_EVENT, self._preset_command)

    def _run_scene(self, action: Binding, args: Mapping[str, Any]) -> None:
        """Returns as soon as the scene is under way; what goes wrong later is said then."""

        def start(event_name: str) -> None:
            playing = self._scenes.start(action.get(SCENE), _origin(event_name, Priority.RACE_EVENT))

            def tell(result: SceneResult) -> None:
                if (problem := problem_of(result)) is not None:
                    self._say(event_name, f"scene “{playing.label}”: {problem}")

            self._scenes.when_over(playing, tell)

        self._attempt(args, start)

    def _stop_scene(self, _action: Binding, args: Mapping[str, Any]) -> None:
        """Silent when none runs: most races end without one."""
        self._attempt(args, lambda event_name: self._scenes.stop(f"Stopped by race event {event_name}."))

    def _blackout(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.BLACKOUT, self._blackout_command)

    def _locate(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.RACE_EVENT, self._locate_command)

    def _fill_startblocks(self, action: Binding, args: Mapping[str, Any]) -> None:
        """Takes seconds, and so never stands in the way of a light."""
        self._perform(action, args, Priority.AUTOMATION, lambda _: StartblockCommand(target=BroadcastTarget()))

    def _special(self, effect: SpecialEffect, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, effect.priority, lambda stored: effect.command(stored, self._host.store.snapshot))

    def _preset_command(self, action: Binding) -> Command:
        snapshot = self._host.store.snapshot
        choice = RlPresetChoice(
            presetId=read_preset(action.get(PRESET), snapshot), brightness=read_brightness(action.get(BRIGHTNESS))
        )
        return RlPresetCommand(target=read_target(action.get(GROUP), snapshot), params=choice)

    def _blackout_command(self, action: Binding) -> Command:
        return BlackoutCommand(target=read_target(action.get(GROUP), self._host.store.snapshot))

    def _locate_command(self, action: Binding) -> Command:
        return LocateCommand(target=read_target(action.get(GROUP), self._host.store.snapshot))

    def _perform(
        self,
        action: Binding,
        args: Mapping[str, Any],
        priority: Priority,
        command_for: Callable[[Binding], Command],
    ) -> None:
        def submit(event_name: str) -> None:
            result = self._host.dispatcher.submit(command_for(action), _origin(event_name, priority))
            if not result.ok:
                self._say(event_name, result.detail or result.status.value)

        self._attempt(args, submit)

    def _attempt(self, args: Mapping[str, Any], work: Callable[[str], object]) -> None:
        """Calls `work` with the name of the event; whatever it raises becomes a notification."""
        event_name = str((args or {}).get("_eventName", "event"))
        try:
            work(event_name)
        except RaceLinkError as error:
            _log.warning("The binding to %s did nothing: %s", event_name, error)
            self._say(event_name, str(error))
        except Exception:  # noqa: BLE001 - nothing of ours may raise into RotorHazard
            _log.exception("The binding to %s failed", event_name)
            self._say(event_name, "an unexpected error; the server log says more")

    def _say(self, event_name: str, problem: str) -> None:
        self._notifier.say(f"The lights for “{event_name}” did not follow: {problem}")


def _origin(event_name: str, priority: Priority) -> Origin:
    return Origin(f"race event {event_name}", priority)
