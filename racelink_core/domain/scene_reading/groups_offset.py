"""The older target that was an offset group in disguise. Source: spec scenes, section 5.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from racelink_core.domain.group import LAST_GROUP
from racelink_core.domain.scene_reading.place import Fields, Place
from racelink_core.domain.whole_number import whole_number


def without_groups_offset(place: Place, action: Fields) -> Fields:
    """An offset group with one child for everybody in it, if the target says `groups_offset`; else the same action."""
    target = action.get("target")
    if not isinstance(target, Mapping) or target.get("kind") != "groups_offset":
        return action
    place.warn("groups_offset", 'The older target "groups_offset" is an offset group with one action now.')
    target = place.at("target").fields(target)
    child = {**action, "target": {"kind": "broadcast"}}
    given: dict[str, Any] = {name: child.pop(name) for name in ("offset", "ui_hints", "groups") if name in child}
    given.update({name: target[name] for name in ("offset", "ui_hints", "groups", "value") if name in target})
    listed = given.get("value", given.get("groups"))
    container, offset = _participants(place.at("target"), listed, given)
    return {"kind": "offset_group", "target": container, "offset": offset, "actions": [child]}


def _participants(place: Place, listed: object, given: Fields) -> tuple[dict[str, Any], Any]:
    offset = given.get("offset", {"mode": "none"})
    if listed == "all" or whole_number(listed) == 255:
        return {"kind": "broadcast"}, offset
    entries = place.at("value").items(listed, LAST_GROUP)
    if not entries or not all(isinstance(entry, Mapping) for entry in entries):
        return {"kind": "groups", "value": entries}, offset
    groups = {"kind": "groups", "value": [entry.get("id") for entry in entries]}
    hints = given.get("ui_hints")
    if isinstance(hints, Mapping) and hints.get("mode") == "linear":
        base_ms, step_ms = whole_number(hints.get("base_ms")), whole_number(hints.get("step_ms"))
        if base_ms is not None and step_ms is not None:
            return groups, {"mode": "linear", "base_ms": base_ms, "step_ms": step_ms}
    return groups, {"mode": "explicit", "values": entries}
