"""The effects and palettes of WLED: names, what each effect uses, and what stays in step. Shipped with the package.

Source: spec wled-effects; the files are written by `.ci/effect_catalogue.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.offset_safe import OFFSET_SAFE_EFFECTS

_FOLDER = Path(__file__).with_name("wled")


class Slot(FrozenModel):
    """A value that an effect uses. `label`: what the effect calls it; `default`: what it suggests."""

    label: str | None = None
    default: int | bool | None = None


class Effect(FrozenModel):
    """`id` is sent as `mode`. `slots`: only those it uses. `reasons`: why it does not stay in step."""

    id: int
    name: str
    slots: Mapping[str, Slot]
    sync: Literal["verified", "unsafe", "unaudited"]
    reasons: tuple[str, ...] = ()


class Palette(FrozenModel):
    id: int
    name: str
    offset_safe: bool


class PaletteColourRules(FrozenModel):
    """Colour n is part of a palette p if `force_slot_min_palette[n]` <= p <= `max_palette_id`."""

    force_slot_min_palette: tuple[int, int, int]
    max_palette_id: int


class EffectCatalogue(FrozenModel):
    wled_version: str
    generic_labels: Mapping[str, str]
    effects: tuple[Effect, ...]


class PaletteCatalogue(FrozenModel):
    palette_color_rules: PaletteColourRules
    palettes: tuple[Palette, ...]


@cache
def effect_catalogue() -> EffectCatalogue:
    """Effects that stay in step come first, each part by id."""
    read = EffectCatalogue.model_validate(_json("effects.json"))
    in_order = sorted(read.effects, key=lambda effect: (effect.id not in OFFSET_SAFE_EFFECTS, effect.id))
    return read.model_copy(update={"effects": tuple(in_order)})


@cache
def palette_catalogue() -> PaletteCatalogue:
    return PaletteCatalogue.model_validate(_json("palettes.json"))


@cache
def used_fields() -> Mapping[int, frozenset[str]]:
    """What each effect uses, by its number: for the planner that leaves out the rest."""
    return MappingProxyType({effect.id: frozenset(effect.slots) for effect in effect_catalogue().effects})


def _json(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((_FOLDER / name).read_text(encoding="utf-8"))
    return value
