"""RL presets as they come from outside. Source: spec scenes, sections 7.1 and 7.2."""

from __future__ import annotations

from racelink_core.domain.effect import EffectFlags, EffectParameters
from racelink_core.domain.scene_reading.parameters import read_effect_values, read_flags
from racelink_core.domain.scene_reading.place import Place, ReadingWarning, Warnings


def read_preset_params(value: object, *, is_saving: bool) -> tuple[EffectParameters, tuple[ReadingWarning, ...]]:
    """All 14 values; missing ones are left to the node. Raises ChoreographyInvalid."""
    warnings = Warnings()
    place = Place(is_saving=is_saving, tell=warnings, path="params")
    return read_effect_values(place, place.fields({} if value is None else value)), tuple(warnings.found)


def read_preset_flags(value: object) -> EffectFlags:
    """The four flags; missing ones are off. Raises ChoreographyInvalid."""
    override = read_flags(Place(is_saving=True, tell=Warnings(), path="flags"), {} if value is None else value)
    return override.applied_to(EffectFlags())
