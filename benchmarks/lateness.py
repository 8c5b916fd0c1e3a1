"""How late a 1 ms tick comes, and how much of that the process computed itself.

On a shared machine a tick is also late because the system ran something else. So a benchmark runs the same ticker in
an idle process beside it: what that one shows is not ours.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from racelink_core.runtime.native_pool import NativePool

TICK_S = 0.001


class Ticker:
    """`longest_ms` since the last reset, wall clock; `computed_ms`: the longest processor time between two ticks."""

    def __init__(self) -> None:
        self.longest_ms = self.computed_ms = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def reset(self) -> tuple[float, float]:
        """Wall and computed, in milliseconds."""
        found = self.longest_ms, self.computed_ms
        self.longest_ms = self.computed_ms = 0.0
        return found

    def _run(self) -> None:
        before_s, computed_s = time.monotonic(), time.thread_time()
        while not self._ended.wait(TICK_S):
            now_s, now_computed_s = time.monotonic(), time.thread_time()
            self.longest_ms = max(self.longest_ms, (now_s - before_s - TICK_S) * 1e3)
            self.computed_ms = max(self.computed_ms, (now_computed_s - computed_s) * 1e3)
            before_s, computed_s = now_s, now_computed_s


@contextmanager
def idle_process() -> Iterator[list[float]]:
    """The longest lateness, in ms, of the same ticker in a process that does nothing else; filled in at the end."""
    found: list[float] = []
    program = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lateness"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield found
    finally:
        answer, _ = program.communicate("end\n", timeout=10)
        found.append(float(answer))


def main() -> None:
    """Ticks until a line comes in, then prints the longest lateness in ms."""
    ticker = Ticker()
    ticker.start()
    NativePool().run(sys.stdin.readline)
    ticker.stop()
    print(ticker.longest_ms)


if __name__ == "__main__":
    main()
