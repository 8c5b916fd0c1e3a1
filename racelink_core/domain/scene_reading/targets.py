"""Whom an action is for, older forms included. Source: spec scenes, sections 5 and 5.1."""

from __future__ import annotations

import re

from racelink_core.domain.address import Mac
from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP
from racelink_core.domain.scene_reading.place import Fields, Place, shown
from racelink_core.domain.scene_reading.values import read_whole
from racelink_core.domain.target import TOMBSTONE, BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.domain.whole_number import whole_number

_MOST_GROUPS = 1000


def read_target(place: Place, action: Fields) -> Target:
    """Of an action: everybody, groups or one device."""
    if "target" not in action:
        place.fail("a target is missing", "missing")
    place = place.at("target")
    target = place.fields(action["target"])
    kind = target.get("kind")
    if kind == "broadcast":
        return BroadcastTarget()
    if kind == "scope":
        place.warn("target_scope", 'The older target "scope" is "broadcast" now.')
        return BroadcastTarget()
    if kind == "groups":
        return read_groups(place.at("value"), target.get("value"))
    if kind == "group":
        place.warn("target_group", 'The older target "group" is a list of one group now.')
        return read_groups(place.at("value"), [target.get("value")])
    if kind == "device":
        return _device(place.at("value"), target.get("value"))
    place.fail(f"expected the kind broadcast, groups or device, got {shown(kind)}")


def read_container_target(place: Place, action: Fields) -> BroadcastTarget | GroupsTarget:
    """Of an offset group: also from the older field `groups`."""
    if "target" not in action and "groups" in action:
        groups = action["groups"]
        place.warn("container_groups", 'The older field "groups" of the offset group is its target now.')
        if groups == "all" or whole_number(groups) == 255:
            return BroadcastTarget()
        return read_groups(place.at("groups"), groups)
    target = read_target(place, action)
    if isinstance(target, DeviceTarget):
        place.at("target").fail("an offset group is for everybody or for groups, not for a device")
    return target


def read_groups(place: Place, value: object) -> GroupsTarget:
    """Sorted, without repeats. A file may hold what is left of deleted groups; nobody can choose that."""
    lowest = FIRST_GROUP if place.is_saving else TOMBSTONE
    numbers: set[int] = set()
    for index, each in enumerate(place.items(value, _MOST_GROUPS)):
        is_plain = type(each) is int and lowest <= each <= LAST_GROUP
        numbers.add(each if is_plain else read_whole(place.at(index), each, lowest, LAST_GROUP))
    if not numbers:
        place.fail("at least one group", "missing")
    if TOMBSTONE in numbers and len(numbers) > 1:
        place.warn("group_zero", '"Unconfigured" cannot be a target beside groups, so it was left out.')
        numbers.discard(TOMBSTONE)
    return GroupsTarget(value=tuple(sorted(numbers)))


def _device(place: Place, value: object) -> DeviceTarget:
    if not isinstance(value, str) or not re.fullmatch("[0-9A-Fa-f]{12}", value):
        place.fail(f"expected the 12 hex digits of a device, got {shown(value)}")
    return DeviceTarget(value=Mac(value.upper()))
