"""The event bus: priorities, names, synchronous and asynchronous handlers (spec rotorhazard, section 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import gevent

SYNCHRONOUS_BELOW = 100
_DEFAULT, _DEFAULT_OF_INITIALISE = 200, 75
_SETTLED_S = 20.0


@dataclass
class _Handler:
    call: Callable[[Any], None]
    default_args: Mapping[str, Any] | None
    priority: int


class EventsAPI:
    """`errors` is what the server would have logged at ERROR: exceptions of handlers."""

    def __init__(self) -> None:
        self.errors: list[BaseException] = []
        self.fired: list[str] = []
        self._handlers: dict[str, dict[str, _Handler]] = {}
        self._running: list[gevent.Greenlet[..., None]] = []

    def on(  # noqa: PLR0917 - their signature
        self,
        event: str,
        handler_fn: Callable[[Any], None],
        default_args: Mapping[str, Any] | None = None,
        priority: int | None = None,
        unique: bool = False,
        name: str | None = None,
    ) -> None:
        is_initialise = event.lower().endswith("initialize")
        chosen = priority or (_DEFAULT_OF_INITIALISE if is_initialise else _DEFAULT)
        named = self._handlers.setdefault(event, {})
        named[name or handler_fn.__module__] = _Handler(handler_fn, default_args, chosen)

    def off(self, event: str, name: str) -> None:
        self._handlers.get(event, {}).pop(name, None)

    def trigger(self, event: str, args: dict[str, Any]) -> None:
        """Returns when the synchronous handlers are done; the others have a greenlet each."""
        args["_eventName"] = event
        self.fired.append(event)
        for handler in self._of(event) + self._of("all"):
            given = args if handler.default_args is None else {**handler.default_args, **args}
            if handler.priority < SYNCHRONOUS_BELOW:
                self._call(handler.call, given)
            else:
                self.spawn(handler.call, given)

    def spawn(self, function: Callable[..., None], *args: object) -> None:
        """Not in a thread: its start would wait until it runs."""
        self._running.append(gevent.spawn(self._call, function, *args))

    def settle(self) -> None:
        """Waits until every asynchronous handler has returned."""
        while self._running:
            ending = self._running.pop(0)
            ending.join(_SETTLED_S)
            assert ending.ready(), f"a handler does not return: {ending}"

    def count(self, event: str) -> int:
        """How many handlers an event has."""
        return len(self._handlers.get(event, {}))

    def unfinished(self) -> int:
        """How many asynchronous handlers have not returned yet."""
        return sum(not each.ready() for each in self._running)

    def calls(self, event: str) -> list[Callable[[Any], None]]:
        """What is called at an event, by the constant's value."""
        return [handler.call for handler in self._of(event)]

    def _of(self, event: str) -> list[_Handler]:
        return sorted(self._handlers.get(event, {}).values(), key=lambda handler: handler.priority)

    def _call(self, function: Callable[..., None], *args: object) -> None:
        try:
            function(*args)
        except Exception as error:  # noqa: BLE001 - the server's bus catches and logs
            self.errors.append(error)
