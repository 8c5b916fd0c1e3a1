"""Holds long work back while a race is about to start, so that none of its packets is in the slot then.

Source: design, section 6.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from racelink_core.domain.clock import Clock


class TaskPause:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until_s: float | None = None
        self._changed = threading.Condition()

    @property
    def is_on(self) -> bool:
        return self._remaining_s() > 0

    def hold(self, limit_s: float) -> None:
        """From now on, until `release`, at the latest for `limit_s`."""
        with self._changed:
            self._until_s = self._clock.monotonic() + limit_s

    def release(self, after_s: float = 0.0) -> None:
        """In `after_s`; harmless without a pause."""
        with self._changed:
            if self._until_s is not None:
                self._until_s = min(self._until_s, self._clock.monotonic() + after_s)
            self._changed.notify_all()

    def wake(self) -> None:
        """Has those who wait look again whether they were cancelled."""
        with self._changed:
            self._changed.notify_all()

    def wait(self, is_cancelled: Callable[[], bool]) -> None:
        """Returns when work may go on, or is to end; `wake` makes it look at `is_cancelled` again."""
        with self._changed:
            while not is_cancelled() and (remaining_s := self._remaining_s()) > 0:
                self._changed.wait(self._clock.system_s(remaining_s))

    def _remaining_s(self) -> float:
        return 0.0 if self._until_s is None else self._until_s - self._clock.monotonic()
