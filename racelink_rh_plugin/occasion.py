"""One firing of a RotorHazard event, as the effects bound to it see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from racelink_core.domain.race_event import RaceEvent


class Occasion:
    """`name`: what RotorHazard calls the event; `read` makes a typed event of its arguments."""

    def __init__(self, args: Mapping[str, Any] | None, read: Callable[[Mapping[str, Any]], RaceEvent]) -> None:
        self._args, self._read = args or {}, read
        self.name = str(self._args.get("_eventName", "event"))

    @cached_property
    def event(self) -> RaceEvent:
        """Read at the first look: most bindings never look."""
        return self._read(self._args)
