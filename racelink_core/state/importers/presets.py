"""RL presets of rl_presets.json, version 1 and 2. Source: spec services, 15.2; spec scenes, 7.2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from racelink_core.domain.effect import EffectFlags, EffectParameters
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.slug import NoFreeKey, slug, unique_key
from racelink_core.domain.whole_number import whole_number
from racelink_core.state.entities import in_slices
from racelink_core.state.importers.fields import FieldReader
from racelink_core.state.importers.findings import Findings

NEWEST_VERSION = 2
_LAST_ID = 2**31 - 1
_MOST = 2000
_COLOURS = ("color1", "color2", "color3")
_CHECKS = ("check1", "check2", "check3")


@dataclass(frozen=True, slots=True)
class OlderPresets:
    presets: tuple[RlPreset, ...] = ()
    next_id: int = 0
    unknown: Mapping[str, Any] = field(default_factory=dict)


def read_presets(document: Mapping[str, Any], findings: Findings) -> OlderPresets:
    """Version 1 has no ids: the place in the list is the id. Of two with one id, the later gets the next free one."""
    version = whole_number(document.get("schema_version"))
    if version is not None and version > NEWEST_VERSION:
        findings.change(
            "preset", f"version {version}", "Written by a newer RaceLink; taken as far as it is understood."
        )
    records = document["presets"][:_MOST]
    if len(document["presets"]) > _MOST:
        findings.leave_out("preset", f"{len(document['presets']) - _MOST} more", f"Only the first {_MOST} are taken.")
    stored_ids = {place: _stored_id(record, place) for place, record in enumerate(records)}
    presets: dict[int, RlPreset] = {}
    keys: set[str] = set()
    unknown: dict[str, Any] = {}
    for place, record in enumerate(in_slices(records, 10)):
        label = FieldReader(record, "preset", "", Findings()).text("label") if isinstance(record, dict) else ""
        if not label:
            findings.leave_out("preset", f"RL preset {place + 1}", "It has no name.")
            continue
        fields = FieldReader(record, "preset", label, findings)
        wanted = stored_ids[place]
        number = wanted if wanted not in presets else _next_free({*presets, *stored_ids.values()})
        if number > _LAST_ID:
            findings.leave_out("preset", label, "There is no free id for it.")
            continue
        if number != wanted:
            fields.changed(f"Id {wanted} was taken by another preset; it has {number} now.")
        try:
            key = unique_key(_slug(record.get("key")) or slug(label, "preset"), keys)
        except NoFreeKey:
            findings.leave_out("preset", label, "Too many have the same key.")
            continue
        keys.add(key)
        presets[number] = RlPreset(
            id=number,
            key=key,
            label=fields.text("label"),
            created=fields.text("created"),
            updated=fields.text("updated"),
            params=_parameters(fields),
            flags=_flags(fields),
        )
        extra = fields.unknown("id", "key")
        if extra:
            unknown[str(number)] = extra
    next_id = whole_number(document.get("next_id")) or 0
    next_id = next_id if 0 <= next_id <= _LAST_ID else 0
    return OlderPresets(tuple(presets.values()), max(next_id, max(presets, default=0) + 1), unknown)


def _stored_id(record: object, place: int) -> int:
    number = whole_number(record.get("id")) if isinstance(record, dict) else None
    return number if number is not None and 0 <= number <= _LAST_ID else place


def _parameters(fields: FieldReader) -> EffectParameters:
    stored = fields.raw("params")
    if not isinstance(stored, dict):
        fields.changed("It has no effect; every value is left to the lamp.")
        return EffectParameters()
    values = {name: _parameter(name, stored.get(name)) for name in EffectParameters.model_fields}
    lost = [name for name, value in values.items() if value is None and stored.get(name) is not None]
    if lost:
        fields.changed(f"Not readable and left to the lamp: {', '.join(lost)}.")
    try:
        return EffectParameters.model_validate(values)
    except ValidationError:
        fields.changed("Its effect cannot be read; every value is left to the lamp.")
        return EffectParameters()


def _parameter(name: str, value: object) -> object:
    """Too large numbers are masked, as the older host did when it sent them (spec scenes, 7.2)."""
    if name in _CHECKS:
        return value if isinstance(value, bool) else bool(value) if value in (0, 1) else None
    if name in _COLOURS:
        parts = [whole_number(part) for part in value] if isinstance(value, list) and len(value) == 3 else [None]
        return None if None in parts else tuple(part & 0xFF for part in parts if part is not None)
    number = whole_number(value)
    return None if number is None else number & (0x1F if name == "custom3" else 0xFF)


def _flags(fields: FieldReader) -> EffectFlags:
    stored = fields.raw("flags")
    if not isinstance(stored, dict):
        return EffectFlags()
    return EffectFlags(**{name: stored.get(name) in (True, 1) for name in EffectFlags.model_fields})


def _slug(text: object) -> str:
    return slug(text, "") if isinstance(text, str) else ""


def _next_free(taken: set[int]) -> int:
    return max(taken) + 1
