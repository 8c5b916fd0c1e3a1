"""Keys of scenes and presets, made from what an operator calls them. Source: spec scenes, section 3."""

from __future__ import annotations

import re
from collections.abc import Collection

from racelink_core.domain.errors import InvalidValue, RaceLinkError

LONGEST = 64
_LAST_SUFFIX = 999


class NoFreeKey(RaceLinkError):
    """Too many things are called the same; nothing was changed."""

    code = "no_free_key"

    def __init__(self, key: str) -> None:
        super().__init__(f"There are {_LAST_SUFFIX} of {key!r} already. Choose another name.")
        self.key = key


def slug(text: str, fallback: str) -> str:
    """Lower-case letters and digits, `_` for everything between."""
    return re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")[:LONGEST].strip("_") or fallback


def unique_key(key: str, taken: Collection[str]) -> str:
    """The key itself, or with `_2` to `_999` behind it. Raises NoFreeKey."""
    if key not in taken:
        return key
    for number in range(2, _LAST_SUFFIX + 1):
        suffix = f"_{number}"
        found = key[: LONGEST - len(suffix)] + suffix
        if found not in taken:
            return found
    raise NoFreeKey(key)


class LabelMissing(InvalidValue):
    """Nothing was given that could be shown."""

    def __init__(self) -> None:
        super().__init__("label", "label is required")


def clean_label(text: object) -> str:
    """Trimmed, without control characters. Raises InvalidValue."""
    cleaned = (
        "".join(character for character in text if character.isprintable()).strip() if isinstance(text, str) else ""
    )
    if not cleaned:
        raise LabelMissing()
    if len(cleaned) > LONGEST:
        raise InvalidValue("label", f"a name has at most {LONGEST} characters, got {len(cleaned)}")
    return cleaned


def copy_label(label: str) -> str:
    """What a copy is called, within the length that a name may have."""
    suffix = " copy"
    return label[: LONGEST - len(suffix)].rstrip() + suffix
