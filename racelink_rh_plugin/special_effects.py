"""One effect per function of a capability and kind of target. Source: spec rotorhazard, section 12."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from racelink_core.domain.command import Command, RlPresetChoice, RlPresetCommand, StartblockCommand
from racelink_core.domain.origin import Priority
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.special_functions import FUNCTIONS, SpecialFunction
from racelink_core.domain.target import Target

from .effect_forms import Binding, Choice, Slider
from .race_fields import colour_field, otherwise_field
from .values import (
    ALL,
    DEFAULT_BRIGHTNESS,
    EVERYONE_CHOICE,
    SEAT_CHOICE,
    capable_device_choices,
    capable_group_choices,
    preset_choices,
    read_brightness,
    read_preset,
)

TargetKind = Literal["group", "device"]
_KINDS: tuple[TargetKind, ...] = ("group", "device")
_LABELS: dict[TargetKind, str] = {"group": "Group", "device": "Device"}
_PRESET, _STARTBLOCK = "rl_preset", "startblock_control"


@dataclass(frozen=True, slots=True)
class SpecialEffect:
    """`name` is for ever, as are the names of its fields."""

    function: SpecialFunction
    kind: TargetKind

    @property
    def name(self) -> str:
        return f"rl_special_{self.function.key}_{self.kind}"

    @property
    def label(self) -> str:
        return f"RaceLink: {self.function.label.removeprefix('RaceLink ').lower()} ({self.kind})"

    @property
    def priority(self) -> Priority:
        """A stream takes seconds, and so never stands in the way of a light."""
        return Priority.AUTOMATION if self.function.kind == "stream" else Priority.RACE_EVENT

    def fields(self, snapshot: Snapshot, limits: tuple[Choice, ...]) -> tuple[Choice | Slider, ...]:
        """The target, then what the function takes; `limits` for what makes light."""
        offered = capable_group_choices if self.kind == "group" else capable_device_choices
        choices = offered(snapshot, self.function.capability)
        if self.function.key != _PRESET:
            return (Choice(self.name, _LABELS[self.kind], (EVERYONE_CHOICE, *choices), ALL),)
        presets = tuple(preset_choices(snapshot))
        return (
            Choice(self.name, _LABELS[self.kind], (EVERYONE_CHOICE, SEAT_CHOICE, *choices), ALL),
            otherwise_field(snapshot),
            Choice(self._field("presetId"), "Preset", presets, presets[0][0]),
            Slider(self._field("brightness"), "Brightness", DEFAULT_BRIGHTNESS, lowest=1, highest=255),
            colour_field("Of the preset"),
            *limits,
        )

    def command(self, target: Target, action: Binding, snapshot: Snapshot) -> Command:
        """Raises BindingBroken."""
        if self.function.key == _STARTBLOCK:
            return StartblockCommand(target=target)
        choice = RlPresetChoice(
            presetId=read_preset(action.get(self._field("presetId")), snapshot),
            brightness=read_brightness(action.get(self._field("brightness"))),
        )
        return RlPresetCommand(target=target, params=choice)

    def _field(self, variable: str) -> str:
        return f"rl_special_{self.function.key}_{variable}"


SPECIAL_EFFECTS = tuple(
    SpecialEffect(function, kind) for function in FUNCTIONS if function.key in (_PRESET, _STARTBLOCK) for kind in _KINDS
)
