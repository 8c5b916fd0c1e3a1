"""What a device of a capability can be made to do from its options page, and the values that this takes.

Source: spec services, section 8.2; spec scenes, section 9.2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from racelink_core.domain.device_type import Capability
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.whole_number import whole_number

Widget = Literal["number", "slider", "select", "toggle", "color"]
Rgb = tuple[int, int, int]
ParameterValue = int | bool | Rgb
_ON = frozenset({"1", "true", "yes", "on"})
_OFF = frozenset({"0", "false", "no", "off"})


class Variable(NamedTuple):
    """One input of a function.

    minimum, maximum   of a number
    default   what a form starts with; a select starts with its first option
    source    where a select's options are
    """

    name: str
    label: str
    widget: Widget
    minimum: int = 0
    maximum: int = 255
    default: int | None = None
    source: Literal["rl_presets"] | None = None


class SpecialFunction(NamedTuple):
    """comm     the opcode that it ends in, by name
    kind       effect: changes the light. configuration: changes what is stored. stream: fills a display
    broadcast  also makes sense for groups and for all; every function works on one device
    confirm    the question to ask before; None: none is needed
    refresh    whether the device's properties have to be read again afterwards
    """

    key: str
    label: str
    capability: Capability
    comm: str
    kind: Literal["effect", "configuration", "stream"]
    variables: tuple[Variable, ...] = ()
    broadcast: bool = True
    confirm: str | None = None
    refresh: bool = False


_BRIGHTNESS = Variable("brightness", "Brightness", "slider", default=255)

FUNCTIONS: tuple[SpecialFunction, ...] = (
    SpecialFunction(
        "wled_preset",
        "WLED Preset",
        "WLED",
        "PRESET",
        "effect",
        (Variable("presetId", "Preset stored on the lamp (1 to 250)", "number", 1, 250, default=1), _BRIGHTNESS),
    ),
    SpecialFunction(
        "rl_preset",
        "RaceLink Preset",
        "WLED",
        "CONTROL",
        "effect",
        (Variable("presetId", "RaceLink preset", "select", 0, 2**31 - 1, source="rl_presets"), _BRIGHTNESS),
    ),
    SpecialFunction(
        "wled_reset_overrides",
        "Reset to RaceLink defaults",
        "WLED",
        "CONFIG",
        "configuration",
        broadcast=False,
        confirm="Frame rate, current limit, brightness, transition and segments go back to the defaults, at once. "
        "Reset them?",
        refresh=True,
    ),
    SpecialFunction("startblock_control", "Startblock Control", "STARTBLOCK", "STREAM", "stream"),
)
ALIASES: Mapping[str, str] = {"wled_control": "rl_preset"}
"""Names that older clients still use."""


def coerced(variables: tuple[Variable, ...], given: Mapping[str, object]) -> dict[str, ParameterValue]:
    """The declared variables out of what a form sent; what is missing stays missing. Raises InvalidValue."""
    return {variable.name: _coerced(variable, given[variable.name]) for variable in variables if variable.name in given}


def _coerced(variable: Variable, value: object) -> ParameterValue:
    field = f"params.{variable.name}"
    if variable.widget == "color":
        return _colour(field, value)
    if variable.widget == "toggle":
        return _toggle(field, value)
    number = whole_number(value)
    if number is None or not variable.minimum <= number <= variable.maximum:
        raise InvalidValue(field, f"expected a whole number from {variable.minimum} to {variable.maximum}")
    return number


def _toggle(field: str, value: object) -> bool:
    if isinstance(value, bool | int | float):
        return bool(value)
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in _ON | _OFF:
        raise InvalidValue(field, "expected true or false, a number, or a word such as on, yes, off, no")
    return word in _ON


def _colour(field: str, value: object) -> Rgb:
    """`{r, g, b}`, `[r, g, b]` or `"#RRGGBB"`."""
    parts: list[int | None] = []
    if isinstance(value, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        parts = list(bytes.fromhex(value[1:]))
    elif isinstance(value, Mapping) and {"r", "g", "b"} <= value.keys():
        parts = [whole_number(value[name]) for name in "rgb"]
    elif isinstance(value, list | tuple):
        parts = [whole_number(part) for part in value]
    red, green, blue = parts if len(parts) == 3 else (None, None, None)
    if red is None or green is None or blue is None or not all(0 <= part <= 255 for part in (red, green, blue)):
        raise InvalidValue(field, 'expected a colour: {"r", "g", "b"}, [r, g, b] from 0 to 255, or "#RRGGBB"')
    return red, green, blue
