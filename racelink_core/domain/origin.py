"""Who asked for a command, and how urgent that makes it (design 3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """A larger value overtakes a smaller one between two packets."""

    BACKGROUND = -1
    """Healing: whatever else there is goes first."""
    AUTOMATION = 0
    OPERATOR = 1
    RACE_EVENT = 2
    RACE_END = 3
    """Abort and stop of a race: what its other events wanted to send is out of date."""
    BLACKOUT = 4


@dataclass(frozen=True, slots=True)
class Origin:
    """`name` is what history shows: "race event RACE_START", "WebUI", "discovery"."""

    name: str
    priority: Priority
