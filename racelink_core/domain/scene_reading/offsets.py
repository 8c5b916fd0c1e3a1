"""What an offset group tells its participants. Source: spec scenes, sections 4.1 and 10.1; D15, D29."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP
from racelink_core.domain.offset import MAX_OFFSET_MS
from racelink_core.domain.offset_choice import (
    ExplicitEntry,
    ExplicitOffset,
    LinearOffset,
    ModuloOffset,
    NoOffset,
    OffsetChoice,
    VshapeOffset,
)
from racelink_core.domain.scene_reading.place import Fields, Place, shown
from racelink_core.domain.scene_reading.values import read_whole
from racelink_core.domain.target import TOMBSTONE, BroadcastTarget, GroupsTarget

_LOWEST_MS, _HIGHEST_MS = -32768, 32767


def read_offset(place: Place, action: Fields, target: BroadcastTarget | GroupsTarget) -> OffsetChoice:
    if "offset" not in action:
        place.fail("the offset is missing", "missing")
    place = place.at("offset")
    offset = place.fields(action["offset"])
    mode = offset.get("mode")
    if mode == "none":
        return NoOffset()
    if mode == "explicit":
        return _explicit(place.at("values"), offset.get("values"), target)
    if mode not in ("linear", "vshape", "modulo"):
        place.at("mode").fail(f"expected none, explicit, linear, vshape or modulo, got {shown(mode)}")
    base_ms, step_ms = _milliseconds(place, offset, "base_ms"), _milliseconds(place, offset, "step_ms")
    if mode == "linear":
        return LinearOffset(base_ms=base_ms, step_ms=step_ms)
    if mode == "vshape":
        center = read_whole(place.at("center"), offset.get("center", 0), 0, LAST_GROUP)
        return VshapeOffset(base_ms=base_ms, step_ms=step_ms, center=center)
    cycle = read_whole(place.at("cycle"), offset.get("cycle", 1), 1, 255)
    return ModuloOffset(base_ms=base_ms, step_ms=step_ms, cycle=cycle)


def _milliseconds(place: Place, offset: Fields, name: str) -> int:
    return read_whole(place.at(name), offset.get(name, 0), _LOWEST_MS, _HIGHEST_MS)


def _explicit(place: Place, value: object, target: BroadcastTarget | GroupsTarget) -> ExplicitOffset:
    """Exactly one value for each group of the target."""
    if isinstance(target, BroadcastTarget):
        place.fail("offsets per group need a list of groups as the target; or choose a formula")
    entries: dict[int, int] = {}
    for index, (group, offset_ms) in enumerate(_pairs(place, value)):
        number = read_whole(place.at(index).at("id"), group, FIRST_GROUP, LAST_GROUP)
        if number in entries:
            place.at(index).fail(f"group {number} has an offset twice")
        entries[number] = read_whole(place.at(index).at("offset_ms"), offset_ms, 0, MAX_OFFSET_MS)
    wanted = set(target.value) - {TOMBSTONE}
    if wanted - entries.keys():
        place.fail(f"group {min(wanted - entries.keys())} has no offset", "missing")
    if entries.keys() - wanted:
        place.fail(f"group {min(entries.keys() - wanted)} has an offset but is not among the groups of the target")
    return ExplicitOffset(values=tuple(ExplicitEntry(id=group, offset_ms=ms) for group, ms in sorted(entries.items())))


def _pairs(place: Place, value: object) -> list[tuple[Any, Any]]:
    """From a list of `{id, offset_ms}`, or a map of group id to milliseconds."""
    if isinstance(value, Mapping):
        return list(value.items())
    pairs = []
    for index, each in enumerate(place.items(value, LAST_GROUP)):
        entry = place.at(index).fields(each)
        pairs.append((entry.get("id"), entry.get("offset_ms")))
    return pairs
