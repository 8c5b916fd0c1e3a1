"""RaceLink's effects for RotorHazard's event actions. Names and fields are for ever: spec rotorhazard, section 12."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from racelink_core.domain.command import (
    BlackoutCommand,
    Command,
    RlPresetChoice,
    RlPresetCommand,
    StartblockCommand,
)
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.target import BroadcastTarget

from . import rotorhazard
from .notifier import Notifier
from .values import (
    ALL,
    DEFAULT_BRIGHTNESS,
    preset_choices,
    read_brightness,
    read_preset,
    read_target,
    target_choices,
)

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
GROUP, PRESET, BRIGHTNESS = "rl_action_group", "rl_action_preset", "rl_action_brightness"

Binding = Mapping[str, Any]
"""What RotorHazard stored for one event: only the fields that the user touched, as text."""


class Actions:
    """Registers the effects, and again when their lists change; runs them without ever raising into RotorHazard."""

    def __init__(self, host: Host, notifier: Notifier) -> None:
        self._host, self._notifier = host, notifier
        self._register: Callable[[Any], Any] | None = None
        self._offered: tuple[object, ...] = ()

    def initialise(self, args: Mapping[str, Any]) -> None:
        """Handler of ACTIONS_INITIALIZE; its register function works later, too."""
        self._register = args["register_fn"]
        self.update()

    def update(self) -> None:
        """Registers the effects again if their lists differ from what RotorHazard shows."""
        if self._register is None:
            return
        snapshot = self._host.store.snapshot
        targets, presets = target_choices(snapshot), preset_choices(snapshot)
        offered = (*targets, *presets)
        if offered == self._offered:
            return
        group = rotorhazard.select_field(GROUP, "Group", targets, ALL)
        preset = rotorhazard.select_field(PRESET, "Preset", presets, presets[0][0])
        brightness = rotorhazard.range_field(BRIGHTNESS, "Brightness", DEFAULT_BRIGHTNESS, lowest=1, highest=255)
        for effect in (
            rotorhazard.action_effect(
                "gcaction", "RaceLink: group preset", self._group_preset, [group, preset, brightness]
            ),
            rotorhazard.action_effect("rl_blackout", "RaceLink: blackout", self._blackout, [group]),
            rotorhazard.action_effect(
                "rl_startblock_update", "RaceLink: update starting blocks", self._fill_startblocks, []
            ),
        ):
            self._register(effect)
        self._offered = offered

    def _group_preset(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.RACE_EVENT, self._preset_command)

    def _blackout(self, action: Binding, args: Mapping[str, Any]) -> None:
        self._perform(action, args, Priority.BLACKOUT, self._blackout_command)

    def _fill_startblocks(self, action: Binding, args: Mapping[str, Any]) -> None:
        """Takes seconds, and so never stands in the way of a light."""
        self._perform(action, args, Priority.AUTOMATION, lambda _: StartblockCommand(target=BroadcastTarget()))

    def _preset_command(self, action: Binding) -> Command:
        snapshot = self._host.store.snapshot
        choice = RlPresetChoice(
            presetId=read_preset(action.get(PRESET), snapshot), brightness=read_brightness(action.get(BRIGHTNESS))
        )
        return RlPresetCommand(target=read_target(action.get(GROUP), snapshot), params=choice)

    def _blackout_command(self, action: Binding) -> Command:
        return BlackoutCommand(target=read_target(action.get(GROUP), self._host.store.snapshot))

    def _perform(
        self,
        action: Binding,
        args: Mapping[str, Any],
        priority: Priority,
        command_for: Callable[[Binding], Command],
    ) -> None:
        event_name = str((args or {}).get("_eventName", "event"))
        try:
            result = self._host.dispatcher.submit(command_for(action), Origin(f"race event {event_name}", priority))
            problem = None if result.ok else result.detail or result.status.value
        except RaceLinkError as error:
            _log.warning("The binding to %s did nothing: %s", event_name, error)
            problem = str(error)
        except Exception:  # noqa: BLE001 - nothing of ours may raise into RotorHazard
            _log.exception("The binding to %s failed", event_name)
            problem = "an unexpected error; the server log says more"
        if problem is not None:
            self._notifier.say(f"The lights for “{event_name}” did not follow: {problem}")
