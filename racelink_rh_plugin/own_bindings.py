"""RotorHazard's events on their way to the bindings of our own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from racelink_core.domain.race_event import RACE_EVENTS

from .race_events import RaceEvents, event_value
from .rotorhazard import RhApi, listen

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
_GATEWAY_WITHIN_S = 30.0
"""So long after its start the timer's own event waits for the first gateway: before, no light can be reached."""


class OwnBindings:
    """Listens to every event that this version of RotorHazard has; one without bindings costs microseconds."""

    def __init__(self, rhapi: RhApi, host: Host, events: RaceEvents) -> None:
        self._rhapi, self._host, self._events = rhapi, host, events

    def register(self) -> None:
        """Before the handler that stops the host: what is bound to SHUTDOWN goes out first."""
        for name in RACE_EVENTS:
            if event_value(name) is None:
                continue
            listen(self._rhapi, name, self._handler(name), role="own", synchronous=name == "SHUTDOWN")

    def _handler(self, name: str) -> Callable[[Mapping[str, Any]], None]:
        def handle(args: Mapping[str, Any]) -> None:
            try:
                if not self._host.race_reactions.wants(name):
                    return
                if name == "STARTUP":
                    self._await_gateway()
                self._host.race_reactions.handle(self._events.read(name, args or {}))
            except Exception:  # noqa: BLE001 - nothing of ours may raise into RotorHazard
                _log.exception("What is bound to %s failed", name)

        return handle

    def _await_gateway(self) -> None:
        ready = threading.Event()
        unsubscribe = self._host.gateways.subscribe(lambda status: ready.set() if status.ready else None)
        self._host.on_stop(ready.set)
        try:
            if not self._host.gateways.status().ready:
                ready.wait(_GATEWAY_WITHIN_S)
        finally:
            unsubscribe()
