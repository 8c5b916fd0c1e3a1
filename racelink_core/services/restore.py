"""Gives known nodes their group back when they have lost it. Source: spec services, section 7.1."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.origin import Priority
from racelink_core.domain.timings import Timings
from racelink_core.services.membership import Membership, Push
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_WORKERS = 8
_MAX_WAITING = 512


class Restore:
    """A queue of nodes and a few workers that end when it is empty.

    A node waits at most once; when the queue is full, further ones are left to their next reply.
    """

    def __init__(self, store: Store, membership: Membership, clock: Clock, timings: Timings) -> None:
        self._store, self._membership, self._clock, self._timings = store, membership, clock, timings
        self._lock = threading.Lock()
        self._waiting: dict[Mac, bool] = {}
        """Whether priming is all that is missing."""
        self._busy: set[Mac] = set()
        self._not_before_s: dict[Mac, float] = {}
        self._workers: list[threading.Thread] = []
        self._suppressed = 0
        self._is_stopped = False

    def request(self, mac: Mac, *, prime_only: bool = False) -> None:
        """Returns at once. `prime_only`: the node has its group, but its priming was lost or postponed.

        Ignored while suppressed and within the cool-down. Who waits already waits once, for the more of the two.
        """
        with self._lock:
            if mac in self._waiting:
                self._waiting[mac] = self._waiting[mac] and prime_only
                return
            if self._is_stopped or self._suppressed or mac in self._busy:
                return
            if self._clock.monotonic() < self._not_before_s.get(mac, 0.0) or len(self._waiting) >= _MAX_WAITING:
                return
            self._waiting[mac] = prime_only
            self._workers = [worker for worker in self._workers if worker.is_alive()]
            if len(self._workers) >= _WORKERS:
                return
            name = f"rl-auto-restore-{len(self._workers) + 1}"
            worker = threading.Thread(target=self._work, name=name, daemon=True)
            self._workers.append(worker)
        worker.start()

    @contextmanager
    def suppressed(self) -> Iterator[None]:
        """For the time of a discovery, which assigns groups itself."""
        self._suppressed += 1
        try:
            yield
        finally:
            self._suppressed -= 1

    def stop(self, timeout_s: float) -> None:
        """What waits is dropped, what is being sent may end. Harmless twice."""
        with self._lock:
            self._is_stopped = True
            self._waiting.clear()
            workers, self._workers = self._workers, []
        for worker in workers:
            worker.join(self._clock.system_s(timeout_s))

    def _work(self) -> None:
        while (waiting := self._next()) is not None:
            mac, prime_only = waiting
            try:
                self._restore(mac, prime_only=prime_only)
            except RaceLinkError as error:
                _log.warning("The group of %s was not restored: %s", mac, error)
            except Exception:  # noqa: BLE001 - the edge of a worker: the other nodes must still get theirs
                _log.exception("The group of %s was not restored", mac)
            finally:
                with self._lock:
                    self._busy.discard(mac)
                    self._not_before_s[mac] = self._clock.monotonic() + self._timings.restore_cooldown_s

    def _next(self) -> tuple[Mac, bool] | None:
        with self._lock:
            mac = next(iter(self._waiting), None)
            if mac is None:
                return None
            self._busy.add(mac)
            return mac, self._waiting.pop(mac)

    def _restore(self, mac: Mac, *, prime_only: bool) -> None:
        device = self._store.snapshot.devices.get(mac)
        if device is None:
            return
        if prime_only:
            self._membership.prime(device, Priority.AUTOMATION)
            return
        push = self._membership.push(device, Priority.AUTOMATION, prime=True, request_name="auto-restore")
        if push is Push.CONFIRMED:
            _log.info("%s is back in group %d", device.name, device.group_id)
            if device.group_push_pending:
                self._membership.confirm((mac,), {mac: device.group_id})
            return
        if not device.group_push_pending:
            self._membership.doubt(device)
        if push is Push.SILENT:
            _log.warning("%s did not acknowledge its group %d", device.name, device.group_id)
