"""Keeps RotorHazard's pages true, without throwing away what somebody is typing.

Only what differs is registered again. Open pages are rebuilt only when a select list changed, at most once in 5 s,
and never from staging to the end of a race (spec rotorhazard, section 12).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from racelink_core.services.race_watch import RacePhase

from . import panels
from .actions import Actions
from .buttons import Buttons
from .elements import ElementRegistry, Select
from .notifier import Notifier
from .race_state import follow_race
from .rotorhazard import RhApi
from .values import NOTHING

if TYPE_CHECKING:
    from racelink_core.gateway.pool_status import PoolStatus
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
_SETTLE_S = 0.25
_REBUILD_INTERVAL_S = 5.0


class Refresh:
    """One greenlet that follows the host. `start` after STARTUP, `stop` with the host; both harmless twice."""

    def __init__(self, rhapi: RhApi, host: Host, buttons: Buttons, actions: Actions, notifier: Notifier) -> None:
        self._rhapi, self._host, self._buttons, self._actions = rhapi, host, buttons, actions
        self._notifier = notifier
        self._registry = ElementRegistry(rhapi)
        self._race = host.race
        self._race.subscribe(self._race_changed)
        follow_race(rhapi, self._race)
        self._changed, self._stopped = threading.Event(), False
        self._pages_due: set[str] = set()
        self._rebuilt_at_s = float("-inf")
        self._unsubscribe: list[Callable[[], None]] = []
        self._connected: frozenset[str] | None = None
        self._thread: threading.Thread | None = None

    def register_now(self) -> None:
        """The first registration, in `initialize`: nothing is rebuilt, no page is open yet."""
        self._registry.register(panels.describe(self._host, self._buttons))

    def start(self) -> None:
        if self._thread is not None:
            return
        self._unsubscribe = [
            self._host.store.subscribe(lambda _change: self._touch()),
            self._host.store.readings.subscribe(lambda _mac: self._touch()),
            self._host.gateways.subscribe(self._gateways_changed),
        ]
        self._thread = threading.Thread(target=self._run, name="rl-refresh", daemon=True)
        self._thread.start()
        self._touch()

    def stop(self) -> None:
        self._stopped = True
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._changed.set()

    def _race_changed(self, phase: RacePhase) -> None:
        """On RotorHazard's greenlet: be quick."""
        if phase is RacePhase.NONE:
            self._touch()

    def _touch(self) -> None:
        self._changed.set()

    def _gateways_changed(self, status: PoolStatus) -> None:
        connected = frozenset(str(record.mac) for record in status.gateways if record.is_connected)
        if self._connected is not None:
            for mac in sorted(connected - self._connected):
                self._notifier.answer(f"Gateway {mac} is connected.")
            for mac in sorted(self._connected - connected):
                self._notifier.answer(f"Gateway {mac} is lost. It is taken back by itself when it returns.")
        self._connected = connected
        self._touch()

    def _run(self) -> None:
        while True:
            due_in_s = self._rebuilt_at_s + _REBUILD_INTERVAL_S - time.monotonic()
            waits_for_interval = bool(self._pages_due) and not self._race.is_on
            self._changed.wait(max(0.0, due_in_s) if waits_for_interval else None)
            self._changed.clear()
            if not self._stopped:
                time.sleep(_SETTLE_S)
            if self._stopped:
                return
            try:
                self._update()
            except Exception:  # noqa: BLE001 - one failed update must not end all later ones
                _log.exception("RaceLink's panels could not be updated")

    def _update(self) -> None:
        described = panels.describe(self._host, self._buttons)
        changed = self._registry.register(described)
        self._choose_what_is_there([element for element in described if isinstance(element, Select)])
        self._actions.update()
        self._pages_due |= {panels.PAGE_OF[element.panel] for element in changed if isinstance(element, Select)}
        is_early = time.monotonic() - self._rebuilt_at_s < _REBUILD_INTERVAL_S
        if not self._pages_due or self._race.is_on or is_early:
            return
        for page in sorted(self._pages_due):
            self._rhapi.ui.broadcast_ui(page)
        self._pages_due.clear()
        self._rebuilt_at_s = time.monotonic()

    def _choose_what_is_there(self, lists: Iterable[Select]) -> None:
        """Of a list that was empty when RotorHazard started, it has stored the placeholder, and would show nothing."""
        for each in lists:
            if each.value != NOTHING and self._rhapi.db.option(each.name) == NOTHING:
                self._rhapi.db.option_set(each.name, each.value)
