"""How the 14 values of an effect are asked for. Source: spec scenes, 7.1; spec http-api, 8; spec wled-effects, 6."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.offset_safe import OFFSET_SAFE_EFFECTS
from racelink_core.state.effect_catalogue import (
    Effect,
    PaletteColourRules,
    effect_catalogue,
    palette_catalogue,
)

_CHECKS = ("check1", "check2", "check3")
_COLOURS = ("color1", "color2", "color3")


class EffectSlotRow(FrozenModel):
    """Whether the effect uses the value, what it calls it, and what it suggests."""

    used: bool
    label: str | None = None
    default: int | bool | None = None


class WidgetOptionRow(FrozenModel):
    """One entry of a list to choose from.

    slots          of effects: by value, whether it is used
    deterministic  of effects: the same on all nodes that share the clock, so fit for offsets and SYNC
    """

    value: str
    label: str
    slots: Mapping[str, EffectSlotRow] | None = None
    deterministic: bool | None = None


class WidgetRow(FrozenModel):
    """How one value is asked for. `min` and `max` of sliders, `options` of lists."""

    widget: Literal["select", "slider", "toggle", "color", "number"]
    min: int | None = None
    max: int | None = None
    options: tuple[WidgetOptionRow, ...] | None = None


class FlagRow(FrozenModel):
    key: str
    label: str


class EffectSchema(FrozenModel):
    """`vars`: the 14 values in the order of the form; `ui`: one entry for each."""

    vars: tuple[str, ...]
    ui: Mapping[str, WidgetRow]
    flags: tuple[FlagRow, ...]
    palette_color_rules: PaletteColourRules


FLAGS = (
    FlagRow(key="arm_on_sync", label="Arm on SYNC"),
    FlagRow(key="force_tt0", label="Force TT=0"),
    FlagRow(key="force_reapply", label="Force reapply"),
    FlagRow(key="offset_mode", label="Offset mode"),
)
BRIGHTNESS = WidgetRow(widget="slider", min=0, max=255)


@cache
def effect_schema() -> EffectSchema:
    return EffectSchema(
        vars=tuple(EffectParameters.model_fields),
        ui={name: _widget(name) for name in EffectParameters.model_fields},
        flags=FLAGS,
        palette_color_rules=palette_catalogue().palette_color_rules,
    )


def _widget(name: str) -> WidgetRow:
    if name == "mode":
        return WidgetRow(widget="select", options=tuple(map(_effect_option, effect_catalogue().effects)))
    if name == "palette":
        palettes = palette_catalogue().palettes
        return WidgetRow(
            widget="select",
            options=tuple(WidgetOptionRow(value=str(palette.id), label=palette.name) for palette in palettes),
        )
    if name in _CHECKS:
        return WidgetRow(widget="toggle")
    if name in _COLOURS:
        return WidgetRow(widget="color")
    return WidgetRow(widget="slider", min=0, max=31 if name == "custom3" else 255)


def _effect_option(effect: Effect) -> WidgetOptionRow:
    slots = {
        name: EffectSlotRow(used=True, label=effect.slots[name].label, default=effect.slots[name].default)
        if name in effect.slots
        else EffectSlotRow(used=False)
        for name in effect_catalogue().generic_labels
    }
    return WidgetOptionRow(
        value=str(effect.id), label=effect.name, slots=slots, deterministic=effect.id in OFFSET_SAFE_EFFECTS
    )
