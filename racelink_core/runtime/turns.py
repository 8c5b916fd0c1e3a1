"""Giving others their turn, in a loop that computes for longer than 2 ms."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

_SHORTEST_S = 1e-6
_LONG_S = 1e-3


class _Line:
    """Those who gave way, in the order in which they go on."""

    def __init__(self) -> None:
        self._waiting: deque[threading.Event] = deque()

    def wait(self) -> None:
        """Returns in a later round of the hub, and in no round together with another one."""
        mine = threading.Event()
        self._waiting.append(mine)
        try:
            if self._waiting[0] is not mine:
                mine.wait()
            time.sleep(_SHORTEST_S)
            time.sleep(0)  # who waited for an event in vain goes on only so long after its timer
        finally:
            was_first = self._waiting[0] is mine
            self._waiting.remove(mine)
            if was_first and self._waiting:
                self._waiting[0].set()


_line = _Line()


def give_way() -> None:
    """Timers, sockets and every other greenlet get a turn before the caller goes on.

    `time.sleep(0)` is not enough: gevent runs up to fifty such callbacks before it looks at timers and sockets again,
    which is 40 ms where each computes for 0.7 ms (measured 2026-11, gevent 24.11). Nor is a timer of each one's own:
    those of thirty computations ran out in the same round, which then took 30 ms. So they stand in a line. After the
    timer comes a callback: a wait for an event that runs out ends with one, and would else be behind whatever comes
    next in the line.
    """
    _line.wait()


class Turns:
    """For work whose steps differ too much in length to be counted: gives way by time.

    A step should take less than 1 ms; with what came before it, others then wait for less than 2 ms.
    """

    def __init__(self) -> None:
        self._began_s = time.perf_counter()

    def give_way_if_long(self) -> None:
        """Gives way if 1 ms has gone by since it last did."""
        if time.perf_counter() - self._began_s >= _LONG_S:
            give_way()
            self._began_s = time.perf_counter()

    def between(self, items: Iterable[T]) -> Iterator[T]:
        """The same items; others get a turn before any that comes late."""
        for item in items:
            self.give_way_if_long()
            yield item
