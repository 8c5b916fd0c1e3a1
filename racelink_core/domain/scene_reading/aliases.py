"""Other names under which the same is accepted. Source: spec scenes, sections 4.1, 5.1 and 19 D2; http-api 12."""

from __future__ import annotations

from typing import Any

from racelink_core.domain.effect import EffectParameters
from racelink_core.domain.scene_reading.place import Fields, Place
from racelink_core.domain.whole_number import whole_number

_OLD_EFFECT_KIND = "wled_control"
_PRESET_FIELDS = {"presetId", "brightness"}
_STARTBLOCK_FIELDS = ("fn_key", "startblock_use_current_heat", "startblock_slot_list")
_COLOURS = ("color1", "color2", "color3")


def with_todays_names(place: Place, action: Fields) -> dict[str, Any]:
    """The same action with the names of today; what stands under today's name already counts."""
    renamed = dict(action)
    kind = renamed.get("kind")
    if kind == "delay":
        _rename(renamed, "ms", "duration_ms")
    elif kind == "offset_group":
        _rename(renamed, "children", "actions")
    elif kind in ("rl_preset", "wled_preset", "rl_effect", "startblock", _OLD_EFFECT_KIND):
        renamed["params"] = _parameters(place, renamed)
        _choose_kind(place, renamed)
    return renamed


def _parameters(place: Place, action: dict[str, Any]) -> dict[str, Any]:
    """`params`, and what older forms put beside it."""
    kind = action["kind"]
    params = dict(place.at("params").fields(action.get("params", {})))
    if kind == "startblock":
        _rename(action, "program", "fn_key")
        _move(action, params, _STARTBLOCK_FIELDS)
        return params
    for old in ("preset_id", "preset_key"):
        _rename(action, old, "presetId")
        _rename(params, old, "presetId")
    _move(action, params, ("presetId", "brightness"))
    if kind in ("rl_effect", _OLD_EFFECT_KIND):
        _rename(action, "colors", "colours_of_older_forms")
        _move(action, params, tuple(EffectParameters.model_fields))
        _spread_colours(place, params, action.pop("colours_of_older_forms", None))
        _spread_colours(place, params, params.pop("colors", None))
    return params


def _choose_kind(place: Place, action: dict[str, Any]) -> None:
    """An RL preset called `WLED:<n>` is a WLED preset; the old effect kind is what its parameters say."""
    params = action["params"]
    reference = params.get("presetId")
    if action["kind"] in ("rl_preset", "wled_preset") and isinstance(reference, str):
        prefix, _, number = reference.strip().partition(":")
        if prefix == "WLED":
            action["kind"] = "wled_preset"
            params["presetId"] = whole_number(number) if whole_number(number) is not None else number
    if action["kind"] == _OLD_EFFECT_KIND:
        is_preset = "presetId" in params and set(params) <= _PRESET_FIELDS
        action["kind"] = "rl_preset" if is_preset else "rl_effect"
        place.warn("old_kind", f'The older kind "{_OLD_EFFECT_KIND}" is "{action["kind"]}" now.')
        if not is_preset:
            params.pop("presetId", None)


def _spread_colours(place: Place, params: dict[str, Any], colours: object) -> None:
    if colours is not None:
        for name, colour in zip(_COLOURS, place.at("colors").items(colours, len(_COLOURS)), strict=False):
            if colour is not None:
                params.setdefault(name, colour)


def _rename(fields: dict[str, Any], old: str, new: str) -> None:
    if old in fields:
        value = fields.pop(old)
        fields.setdefault(new, value)


def _move(source: dict[str, Any], destination: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if name in source:
            destination.setdefault(name, source.pop(name))
