"""One action, in whatever accepted form, becomes the one model of it. Source: spec scenes, sections 4, 5 and 10.2."""

from __future__ import annotations

from racelink_core.domain.command import (
    MAX_CHILDREN,
    MAX_CONTAINER_GROUPS,
    OffsetGroupCommand,
    RlEffectCommand,
    RlPresetCommand,
    StartblockCommand,
    SyncCommand,
    WledPresetCommand,
)
from racelink_core.domain.effect import EffectFlags, FlagsOverride
from racelink_core.domain.scene import MAX_DELAY_MS, Action, Delay
from racelink_core.domain.scene_reading.aliases import with_todays_names
from racelink_core.domain.scene_reading.groups_offset import without_groups_offset
from racelink_core.domain.scene_reading.offsets import read_offset
from racelink_core.domain.scene_reading.parameters import (
    read_effect,
    read_flags,
    read_rl_preset,
    read_startblock,
    read_wled_preset,
)
from racelink_core.domain.scene_reading.place import Fields, Place, shown
from racelink_core.domain.scene_reading.targets import read_container_target, read_target
from racelink_core.domain.scene_reading.values import read_whole
from racelink_core.domain.target import TOMBSTONE, BroadcastTarget, GroupsTarget

_KINDS = ("rl_preset", "wled_preset", "rl_effect", "startblock", "sync", "delay", "offset_group")
_CHILD_KINDS = ("rl_preset", "wled_preset", "rl_effect")
Child = RlPresetCommand | WledPresetCommand | RlEffectCommand


def read_action(place: Place, value: object) -> Action:
    """Raises ChoreographyInvalid."""
    action = with_todays_names(place, without_groups_offset(place, place.fields(value)))
    kind = action.get("kind")
    if kind == "sync":
        _refuse(place, action, "target", "params", "flags_override", "duration_ms")
        return SyncCommand()
    if kind == "delay":
        _refuse(place, action, "target", "params", "flags_override")
        return Delay(duration_ms=read_whole(place.at("duration_ms"), action.get("duration_ms", 0), 0, MAX_DELAY_MS))
    if kind == "startblock":
        target = read_target(place, action)
        return StartblockCommand(target=target, params=read_startblock(place.at("params"), action["params"]))
    if kind == "offset_group":
        return _container(place, action)
    if kind in _CHILD_KINDS:
        return _light(place, action)
    place.at("kind").fail(f"expected {', '.join(_KINDS)}, got {shown(kind)}", "unknown_kind")


def _light(place: Place, action: Fields) -> Child:
    target = read_target(place, action)
    flags = read_flags(place.at("flags_override"), action.get("flags_override", {}))
    params, inner = action["params"], place.at("params")
    if action["kind"] == "rl_preset":
        return RlPresetCommand(target=target, params=read_rl_preset(inner, params), flags_override=flags)
    if action["kind"] == "rl_effect":
        return RlEffectCommand(target=target, params=read_effect(inner, params), flags_override=flags)
    _warn_of_flags(place, flags)
    return WledPresetCommand(target=target, params=read_wled_preset(inner, params), flags_override=flags)


def _container(place: Place, action: Fields) -> OffsetGroupCommand:
    _refuse(place, action, "params", "flags_override", "duration_ms")
    target = read_container_target(place, action)
    if isinstance(target, GroupsTarget) and len(target.value) > MAX_CONTAINER_GROUPS:
        place.at("target").fail(f"an offset group takes at most {MAX_CONTAINER_GROUPS} groups", "too_many")
    offset = read_offset(place, action, target)
    listed = place.at("actions").items(action.get("actions", []), MAX_CHILDREN)
    children = []
    for index, each in enumerate(listed):
        children.append(_child(place.of_action(index), each, target))
        place.give_way()
    return OffsetGroupCommand(target=target, offset=offset, actions=tuple(children))


def _child(place: Place, value: object, container: BroadcastTarget | GroupsTarget) -> Child:
    action = with_todays_names(place, place.fields(value))
    if action.get("kind") not in _CHILD_KINDS:
        place.at("kind").fail(
            f"an offset group takes {', '.join(_CHILD_KINDS)}, got {shown(action.get('kind'))}", "unknown_kind"
        )
    child = _light(place, action)
    if isinstance(container, GroupsTarget) and isinstance(child.target, GroupsTarget):
        strangers = set(child.target.value) - set(container.value) - {TOMBSTONE}
        if strangers:
            place.at("target").fail(
                f"group {min(strangers)} does not belong to the offset group, whose groups are "
                f"{', '.join(map(str, container.value))}"
            )
    return child


def _refuse(place: Place, action: Fields, *names: str) -> None:
    for name in names:
        if name in action:
            place.at(name).fail(f"{action['kind']} takes no {name}", "stray_field")


def _warn_of_flags(place: Place, flags: FlagsOverride) -> None:
    idle = [name for name in EffectFlags.model_fields if name != "offset_mode" and getattr(flags, name) is True]
    if idle:
        place.warn("flag_without_effect", f"Nodes ignore {', '.join(idle)} with a WLED preset.")
