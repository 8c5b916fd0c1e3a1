"""Scenes are kept as they were written, with what is needed to read them later: nothing here interprets an action.

Source: spec scenes, section 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from racelink_core.domain.whole_number import whole_number
from racelink_core.state.importers.findings import Findings

_LAST_ID = 2**31 - 1
_MOST = 2000


@dataclass(frozen=True, slots=True)
class OlderScenes:
    """By id. `next_id`: no scene ever had it or a higher one."""

    scenes: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    next_id: int = 0


def read_scenes(document: Mapping[str, Any], findings: Findings) -> OlderScenes:
    """Needs a key and a label; a missing or doubled id becomes the place in the list, then the next free one."""
    found: dict[int, Mapping[str, Any]] = {}
    keys: set[str] = set()
    for place, record in enumerate(document["scenes"]):
        key = record.get("key") if isinstance(record, dict) else None
        label = record.get("label") if isinstance(record, dict) else None
        if not isinstance(key, str) or not isinstance(label, str) or not key.strip() or not label.strip():
            findings.leave_out("scene", label or key or f"scene {place + 1}", "It has no key or no name.")
            continue
        if key in keys or len(found) >= _MOST:
            findings.leave_out(
                "scene", label, "Its key is there twice; the first one counts." if key in keys else "Too many."
            )
            continue
        keys.add(key)
        number = whole_number(record.get("id"))
        if number is None or not 0 <= number <= _LAST_ID:
            number = place
        if number in found:
            number = max(found) + 1
        found[number] = record
    next_id = whole_number(document.get("next_id")) or 0
    return OlderScenes(found, max(next_id if 0 <= next_id <= _LAST_ID else 0, max(found, default=0) + 1))
