"""What an action shows. Source: spec scenes, sections 4, 6, 7.1 and 9.4."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from racelink_core.domain.command import PresetReference, RlPresetChoice, WledPresetChoice
from racelink_core.domain.effect import EffectFlags, EffectParameters, FlagsOverride
from racelink_core.domain.scene_reading.place import Fields, Place, shown
from racelink_core.domain.scene_reading.values import read_boolean, read_colour, read_masked, read_whole
from racelink_core.domain.startblock import LAST_SLOT, StartblockChoice
from racelink_core.domain.whole_number import whole_number

_HIGHEST = {"custom3": 31}
_CHECKS = ("check1", "check2", "check3")
_COLOURS = ("color1", "color2", "color3")
_LAST_ID = 2**31 - 1
_LONGEST_REFERENCE = 80
FIRST_SLOT, LAST_WLED_SLOT = 1, 250


def read_effect(place: Place, params: Fields) -> EffectParameters:
    """At least one value when somebody chooses it now."""
    effect = read_effect_values(place, params)
    if place.is_saving and effect == EffectParameters():
        place.fail("choose at least one value to send", "missing")
    return effect


def read_effect_values(place: Place, params: Fields) -> EffectParameters:
    """Any number of values."""
    unknown = sorted(set(params) - set(EffectParameters.model_fields))
    if unknown and place.is_saving:
        place.at(unknown[0]).fail("there is no such value of an effect", "stray_field")
    if unknown:
        place.warn("unknown_parameter", f"Not known and left out: {', '.join(map(shown, unknown))[:80]}.")
    values = {
        name: _effect_value(place.at(name), name, params[name])
        for name in EffectParameters.model_fields
        if name in params
    }
    return EffectParameters.model_validate(values)


def _effect_value(place: Place, name: str, value: object) -> object:
    if name in _CHECKS:
        return read_boolean(place, value)
    if name in _COLOURS:
        return read_colour(place, value)
    return read_masked(place, value, _HIGHEST.get(name, 255))


def read_flags(place: Place, value: object) -> FlagsOverride:
    """The four flags of an operator; others are dropped."""
    flags = place.fields(value)
    return FlagsOverride(
        **{name: read_boolean(place.at(name), flags[name]) for name in EffectFlags.model_fields if name in flags}
    )


def read_rl_preset(place: Place, params: Fields) -> RlPresetChoice:
    return RlPresetChoice(
        presetId=_reference(place.at("presetId"), params.get("presetId")), brightness=_brightness(place, params)
    )


def read_wled_preset(place: Place, params: Fields) -> WledPresetChoice:
    if "presetId" not in params:
        place.at("presetId").fail("the number of a WLED preset is missing", "missing")
    number = read_whole(place.at("presetId"), params["presetId"], 0, 255)
    if not FIRST_SLOT <= number <= LAST_WLED_SLOT:
        place.warn("no_wled_slot", f"Nodes have the WLED presets {FIRST_SLOT} to {LAST_WLED_SLOT}, not {number}.")
    return WledPresetChoice(presetId=number, brightness=_brightness(place, params))


def _brightness(place: Place, params: Fields) -> int | None:
    return read_masked(place.at("brightness"), params["brightness"], 255) if "brightness" in params else None


def _reference(place: Place, value: object) -> PresetReference | None:
    """As it was given: whether there is such a preset is another question."""
    if isinstance(value, str):
        text = value.strip()
        number = whole_number(text)
        if number is None:
            if not text or text == "RL:":
                return None
            if len(text) > _LONGEST_REFERENCE or not text.isprintable():
                place.fail(f"a preset's key has at most {_LONGEST_REFERENCE} printable characters")
            return text
        value = number
    return None if value is None else read_whole(place, value, 0, _LAST_ID)


def read_startblock(place: Place, params: Fields) -> StartblockChoice:
    values: dict[str, Any] = {}
    if params.get("fn_key", "startblock_control") != "startblock_control":
        place.at("fn_key").fail(f"expected startblock_control, got {shown(params['fn_key'])}")
    if "startblock_use_current_heat" in params:
        name = "startblock_use_current_heat"
        values[name] = read_boolean(place.at(name), params[name])
    if "startblock_slot_list" in params:
        listed = place.at("startblock_slot_list")
        values["startblock_slot_list"] = [
            _slot(listed.at(index), each)
            for index, each in enumerate(listed.items(params["startblock_slot_list"], LAST_SLOT))
        ]
    try:
        return StartblockChoice.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(map(str, first["loc"]))
        place.at(path).fail(first["msg"].removeprefix("Value error, "))


def _slot(place: Place, value: object) -> dict[str, Any]:
    """From `[slot, callsign, channel]` or the same with names. Slots count from 0."""
    if isinstance(value, list | tuple):
        names = ("slot", "callsign", "racechannel")
        value = dict(zip(names, place.items(value, len(names)), strict=False))
    fields = place.fields(value)
    slot = read_whole(place.at("slot"), fields.get("slot"), 0, LAST_SLOT - 1)
    texts = {name: str(fields[name]) for name in ("callsign", "racechannel") if name in fields}
    return {"slot": slot, **texts}
