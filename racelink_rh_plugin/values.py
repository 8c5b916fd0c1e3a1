"""The values of fields and bindings: what RotorHazard stores as text, as targets, presets and scenes.

Source: spec rotorhazard, section 12. Values are never empty, "0" or false: RotorHazard would show the default again.
"""

from __future__ import annotations

from collections.abc import Sequence

from racelink_core.domain.address import Mac
from racelink_core.domain.device_type import Capability
from racelink_core.domain.errors import InvalidValue, RaceLinkError
from racelink_core.domain.group import ALL_GROUPS, FIRST_GROUP, LAST_GROUP, GroupId
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target

ALL = "all"
EVERYONE_CHOICE = (ALL, "All lamps")
SEAT = "seat"
SEAT_CHOICE = (SEAT, "Lamps of the pilot's seat")
"""The seat that the event is about."""
NEW = "new"
NOTHING = "none"
"""The placeholder of an empty list: choosing it does nothing and says so."""
DEFAULT_BRIGHTNESS = 128
_MOST_DIGITS = 9


class BindingBroken(RaceLinkError):
    """A stored value points at something that no longer exists, or cannot be read."""

    code = "binding_broken"


def group_value(group_id: int) -> str:
    return f"group:{group_id}"


def preset_value(preset_id: int) -> str:
    return f"preset:{preset_id}"


def group_choices(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Every group in display order, as pairs of value and label."""
    groups = sorted(snapshot.groups.values(), key=lambda group: (group.display_order, group.id))
    return [(group_value(group.id), group.name) for group in groups]


def target_choices(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [EVERYONE_CHOICE, *group_choices(snapshot)]


def seat_target_choices(snapshot: Snapshot) -> list[tuple[str, str]]:
    """For effects whose event may be about a seat."""
    return [EVERYONE_CHOICE, SEAT_CHOICE, *group_choices(snapshot)]


def capable_group_choices(snapshot: Snapshot, capability: Capability) -> list[tuple[str, str]]:
    """The groups with at least one device that can do it."""
    capable = {device.group_id for device in snapshot.devices.values() if capability in device.type.capabilities}
    values = {group_value(group_id) for group_id in capable}
    return [choice for choice in group_choices(snapshot) if choice[0] in values]


def capable_device_choices(snapshot: Snapshot, capability: Capability) -> list[tuple[str, str]]:
    """The devices that can do it, by name."""
    devices = [device for device in snapshot.devices.values() if capability in device.type.capabilities]
    return [(f"device:{device.mac}", device.name) for device in sorted(devices, key=lambda each: (each.name, each.mac))]


def preset_choices(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The lowest id first: it is the default, and ids are not reused, so an untouched binding keeps its meaning."""
    presets = sorted(snapshot.presets.values(), key=lambda preset: preset.id)
    return [(preset_value(preset.id), preset.label) for preset in presets] or [(NOTHING, "No presets yet")]


def scene_value(key: str) -> str:
    return f"scene:{key}"


def scene_choices(snapshot: Snapshot) -> list[tuple[str, str]]:
    """By key, which outlives every renaming; the lowest id first, for the same reason as among presets."""
    scenes = sorted(snapshot.scenes.values(), key=lambda scene: scene.id)
    return [(scene_value(scene.key), scene.label) for scene in scenes] or [(NOTHING, "No scenes yet")]


def read_target(stored: object, snapshot: Snapshot) -> Target:
    """Nothing and `all` mean every lamp; `group:<id>`, `device:<MAC>`, and the bare digits of the older plugin.

    Raises BindingBroken.
    """
    text = as_text(stored)
    if text is None or text == ALL or text == str(ALL_GROUPS):
        return BroadcastTarget()
    kind, _, rest = text.partition(":")
    if kind == "device":
        return _device(rest, snapshot)
    digits = rest if kind == "group" else text
    number = as_number(digits)
    if number is None or not FIRST_GROUP <= number <= LAST_GROUP:
        raise BindingBroken(f"The target {text!r} is not a group or device. Choose it again.")
    if GroupId(number) not in snapshot.groups:
        raise BindingBroken(f"The group {number} no longer exists. Choose another one.")
    return GroupsTarget(value=(number,))


def read_preset(stored: object, snapshot: Snapshot) -> int:
    """The preset's id; nothing means the one with the lowest id. Raises BindingBroken."""
    text = as_text(stored) or preset_choices(snapshot)[0][0]
    if text == NOTHING:
        raise BindingBroken("There are no presets yet. Create one on the RaceLink page.")
    number = as_number(text.removeprefix("preset:"))
    if number is None:
        raise BindingBroken(f"The preset {text!r} cannot be read. Choose it again.")
    if number not in snapshot.presets:
        raise BindingBroken(f"The preset {number} no longer exists. Choose another one.")
    return number


def read_scene(stored: object, snapshot: Snapshot) -> str:
    """The scene's key; nothing means the scene with the lowest id. The older plugin stored bare keys.

    Raises BindingBroken.
    """
    text = as_text(stored) or scene_choices(snapshot)[0][0]
    if text == NOTHING:
        raise BindingBroken("No scene is chosen. Create one on the RaceLink page if there is none, then choose it.")
    key = text.removeprefix("scene:")
    if all(scene.key != key for scene in snapshot.scenes.values()):
        raise BindingBroken(f"The scene {key!r} no longer exists. Choose another one.")
    return key


def read_brightness(stored: object) -> int:
    """1 to 255; nothing means 128. Raises BindingBroken."""
    text = as_text(stored)
    if text is None:
        return DEFAULT_BRIGHTNESS
    try:
        value = int(float(text))
    except (ValueError, OverflowError):
        raise BindingBroken(f"The brightness {text!r} is not a number from 1 to 255.") from None
    if not 1 <= value <= 255:
        raise BindingBroken(f"The brightness {text} is not between 1 and 255.")
    return value


def choice_or_first(value: str | None, choices: Sequence[tuple[str, str]]) -> str:
    """The stored choice if it is still on the list, else the first."""
    offered = [choice for choice, _ in choices]
    return value if value in offered else offered[0]


def as_text(stored: object) -> str | None:
    """None for what RotorHazard shows as the field's default: absent, empty, zero, false. Users edit the list, too."""
    return None if stored in (None, "", "0", 0, False) else str(stored)


def as_number(digits: str) -> int | None:
    """None for everything but a few plain digits."""
    return int(digits) if len(digits) <= _MOST_DIGITS and digits.isascii() and digits.isdigit() else None


def _device(text: str, snapshot: Snapshot) -> DeviceTarget:
    try:
        mac = Mac(text)
    except InvalidValue:
        raise BindingBroken(f"The device {text!r} cannot be read. Choose it again.") from None
    if mac not in snapshot.devices:
        raise BindingBroken(f"The device {mac} no longer exists. Choose another one.")
    return DeviceTarget(value=mac)
