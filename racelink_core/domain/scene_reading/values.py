"""Single values of a choreography. Source: spec scenes, sections 3 and 4; D26."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from racelink_core.domain.effect import Colour
from racelink_core.domain.scene_reading.place import Place, shown
from racelink_core.domain.whole_number import whole_number

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")


def read_whole(place: Place, value: object, lowest: int, highest: int) -> int:
    number = whole_number(value)
    if number is None:
        place.fail(f"expected a whole number, got {shown(value)}")
    if not lowest <= number <= highest:
        place.fail(f"expected {lowest} to {highest}, got {number}", "out_of_range")
    return number


def read_masked(place: Place, value: object, highest: int) -> int:
    """0 to `highest`, which is 2^n - 1. From a file, a larger number is cut as older hosts did when they sent it."""
    number = whole_number(value)
    if number is not None and not place.is_saving and not 0 <= number <= highest:
        place.warn("masked_value", f"{place.path} was {number}; older hosts sent {number & highest}, which holds now.")
        return number & highest
    return read_whole(place, value, 0, highest)


def read_boolean(place: Place, value: object) -> bool:
    found = boolean(value)
    if found is None:
        place.fail(f"expected true or false, got {shown(value)}")
    return found


def boolean(value: object) -> bool | None:
    """JSON booleans, numbers (0 is false), and true/1/yes/on, false/0/no/off in any case; None for the rest."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value != 0
    if isinstance(value, str):
        text = value.strip().lower()
        return True if text in _TRUE else False if text in _FALSE else None
    return None


def read_colour(place: Place, value: object) -> Colour:
    """`[r,g,b]`, `"#RRGGBB"`, `"RRGGBB"` or `{"r","g","b"}`."""
    parts = _parts(place, value)
    red, green, blue = (read_masked(place, part, 255) for part in parts)
    return red, green, blue


def _parts(place: Place, value: object) -> list[Any]:
    if isinstance(value, str):
        found = re.fullmatch(r"#?([0-9a-fA-F]{6})", value.strip())
        if found is not None:
            return list(bytes.fromhex(found.group(1)))
    elif isinstance(value, Mapping):
        if all(name in value for name in "rgb"):
            return [value[name] for name in "rgb"]
    elif isinstance(value, list | tuple) and len(value) == 3:
        return list(value)
    place.fail(f'expected a colour as [r,g,b] or "#RRGGBB", got {shown(value)}')
