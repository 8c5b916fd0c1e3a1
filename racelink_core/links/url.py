"""Addresses of links: `serial:///dev/ttyUSB0`, `socket://host:port`, `rfc2217://host:port`, `sim://…` (design 3.7)."""

from __future__ import annotations

import json
from collections.abc import Sequence

SERIAL = "serial"
_SEPARATOR = "://"


def normalise(text: str) -> str:
    """The URL for what an operator wrote; a bare device path or name (`/dev/ttyUSB0`, `COM3`) means `serial://`."""
    text = text.strip()
    scheme, separator, rest = text.partition(_SEPARATOR)
    if not separator:
        return f"{SERIAL}{_SEPARATOR}{text}"
    return f"{scheme.lower()}{separator}{rest}"


def scheme_of(url: str) -> str:
    """What stands before `://`, in lower case; `serial` for a bare device path."""
    return normalise(url).partition(_SEPARATOR)[0]


def address_of(url: str) -> str:
    """What stands after `://`: a device path, `host:port`, a name."""
    return normalise(url).partition(_SEPARATOR)[2]


def parse_pins(value: object) -> tuple[str, ...]:
    """The gateway URLs that an option names, in order and without repeats.

    Takes a string, a comma list, a list, or a JSON array as a string; blanks and other types count
    as nothing (spec services, 2.1).
    """
    pins = (normalise(part) for part in _parts(value) if part.strip())
    return tuple(dict.fromkeys(pins))


def _parts(value: object) -> Sequence[str]:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("["):
            try:
                return _parts(json.loads(text))
            except ValueError:
                text = text.strip("[]")
        return text.split(",")
    if isinstance(value, (list, tuple)):
        return [part for item in value if isinstance(item, str) for part in item.split(",")]
    return ()
