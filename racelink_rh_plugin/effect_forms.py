"""Effects for RotorHazard's event actions as data, comparable, so that only what changed is registered again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from . import rotorhazard

Binding = Mapping[str, Any]
"""What RotorHazard stored for one event: only the fields that the user touched, as text."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`choices` are pairs of value and label; `value` is what the form shows at first."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str

    def made(self) -> Any:
        return rotorhazard.select_field(self.name, self.label, self.choices, self.value)


@dataclass(frozen=True, slots=True)
class Slider:
    name: str
    label: str
    value: int
    lowest: int
    highest: int

    def made(self) -> Any:
        return rotorhazard.range_field(self.name, self.label, self.value, lowest=self.lowest, highest=self.highest)


@dataclass(frozen=True, slots=True)
class EffectForm:
    """`perform` gets the stored binding and the event's arguments, and never raises."""

    name: str
    label: str
    perform: rotorhazard.Effect = field(compare=False)
    fields: tuple[Choice | Slider, ...] = ()

    def made(self) -> Any:
        return rotorhazard.action_effect(self.name, self.label, self.perform, [each.made() for each in self.fields])
