"""The manager of a wired LED strip: which effect an event runs (spec rotorhazard, section 4)."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tests.rotorhazard.double.contract import EVENT_NAMES
from tests.rotorhazard.double.events import EventsAPI
from tests.rotorhazard.double.modules import LEDEffect


class LedManager:
    """`effects` are those that were registered; one runs at a time, and the next waits until it has ended."""

    def __init__(self, events: EventsAPI) -> None:
        self._events = events
        self.effects: dict[str, LEDEffect] = {}
        self._running: LEDEffect | None = None
        self.idled = 0

    def register(self, effect: LEDEffect) -> bool:
        self.effects[effect.name] = effect
        return True

    def offered(self, event: str) -> list[str]:
        """Labels that the settings page offers for an event, by the constant's name."""
        return [
            effect.label
            for effect in self.effects.values()
            if not {EVENT_NAMES["ALL"], EVENT_NAMES[event]} & set(effect.valid_events.get("exclude", ()))
        ]

    def assign(self, event: str, name: str) -> None:
        """As by the user; the effect of this moment is kept, whatever is registered later."""
        effect = self.effects[name]
        given = {**copy.deepcopy(dict(effect.default_args or {})), "effect": effect, "strip": None, "manager": self}
        self._events.on(EVENT_NAMES[event], self._activate, given, priority=150, name="LED")

    def _activate(self, args: Mapping[str, Any]) -> None:
        if self._running is not None:
            self._running.stop_effect()
        self._running = args["effect"]
        args["effect"].run_effect(args, self._idle)

    def _idle(self) -> None:
        self.idled += 1
