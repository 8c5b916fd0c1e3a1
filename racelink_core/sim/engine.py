"""Virtual time: what is to happen, in order, and nothing else. No clock, no thread, no I/O."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count


class Timer:
    """One thing to come. `cancel` takes it back; harmless when it has happened."""

    __slots__ = ("_action", "at_s")

    def __init__(self, at_s: float, action: Callable[[], None]) -> None:
        self.at_s = at_s
        self._action: Callable[[], None] | None = action

    @property
    def is_pending(self) -> bool:
        return self._action is not None

    def cancel(self) -> None:
        self._action = None

    def fire(self) -> None:
        action, self._action = self._action, None
        if action is not None:
            action()


class Engine:
    """Runs actions at their moments, in seconds on one scale that starts at `start_s`.

    Actions of the same moment run in the order in which they were asked for.
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self.now_s = start_s
        self.asked: Callable[[], None] = _nothing
        """Called when something new was asked for; whoever drives the engine may have to wake earlier."""
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = count()

    def call_at(self, at_s: float, action: Callable[[], None]) -> Timer:
        """A moment that has passed means now."""
        timer = Timer(max(at_s, self.now_s), action)
        heappush(self._timers, (timer.at_s, next(self._numbers), timer))
        self.asked()
        return timer

    def call_in(self, delay_s: float, action: Callable[[], None]) -> Timer:
        return self.call_at(self.now_s + delay_s, action)

    @property
    def next_s(self) -> float | None:
        """When the next thing happens, or None."""
        timers = self._timers
        while timers and not timers[0][2].is_pending:
            heappop(timers)
        return timers[0][0] if timers else None

    def step(self, until_s: float) -> bool:
        """Does the next thing if it is due by `until_s`; False when there is none, and then it is `until_s`."""
        at_s = self.next_s
        if at_s is None or at_s > until_s:
            self.now_s = max(self.now_s, until_s)
            return False
        timer = heappop(self._timers)[2]
        self.now_s = at_s
        timer.fire()
        return True

    def advance_to(self, until_s: float) -> None:
        while self.step(until_s):
            pass


def _nothing() -> None:
    return None
