"""Measures how long the hub stands still: the longest time in which no greenlet could run."""

from __future__ import annotations

import threading
import time


class StallMonitor:
    """Ticks every `interval_s`; a late tick is a stall. Cheap enough to run all day (200 wake-ups a second)."""

    def __init__(self, interval_s: float = 0.005) -> None:
        self._interval_s = interval_s
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self.longest_s = 0.0

    def start(self) -> None:
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, name="rl-stall-monitor", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(1.0)
            self._thread = None

    def reset(self) -> float:
        """Returns the longest stall so far, in seconds, and starts anew."""
        longest_s, self.longest_s = self.longest_s, 0.0
        return longest_s

    def _run(self) -> None:
        before_s = time.monotonic()
        while not self._stopped.wait(self._interval_s):
            now_s = time.monotonic()
            self.longest_s = max(self.longest_s, now_s - before_s - self._interval_s)
            before_s = now_s
