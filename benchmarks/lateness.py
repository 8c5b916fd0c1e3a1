"""How late a 1 ms tick comes, and how much of that the process computed itself.

On a shared machine a tick is also late because the system ran something else, and being interrupted costs processor
time of its own: up to 5 ms in a virtual machine (measured 2026-11). So what was not interrupted is told apart, and the
same ticker runs in a process beside it that always computes the same: what that one shows is not ours.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from benchmarks.figures import Figure
from racelink_core.runtime.native_pool import NativePool

TICK_S = 0.001
_STEPS = 2000
"""Of the process beside it, per tick: about 0.1 ms."""


@dataclass(slots=True)
class Lateness:
    """In milliseconds.

    longest_ms      the longest lateness of a tick, wall clock
    computed_ms     the longest processor time between two ticks
    undisturbed_ms  the same among those between which the system did not interrupt the thread
    """

    longest_ms: float = 0.0
    computed_ms: float = 0.0
    undisturbed_ms: float = 0.0


class Ticker:
    """Keeps the worst since the last reset. `work` is done at every tick."""

    def __init__(self, work: Callable[[], object] = lambda: None) -> None:
        self._work = work
        self._found = Lateness()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def reset(self) -> Lateness:
        found, self._found = self._found, Lateness()
        return found

    def _run(self) -> None:
        before_s, computed_s, interruptions = time.monotonic(), time.thread_time(), _interruptions()
        while not self._ended.wait(TICK_S):
            now_s, now_computed_s, now_interruptions = time.monotonic(), time.thread_time(), _interruptions()
            found = self._found
            found.longest_ms = max(found.longest_ms, (now_s - before_s - TICK_S) * 1e3)
            computed_ms = (now_computed_s - computed_s) * 1e3
            found.computed_ms = max(found.computed_ms, computed_ms)
            if now_interruptions == interruptions:
                found.undisturbed_ms = max(found.undisturbed_ms, computed_ms)
            before_s, computed_s, interruptions = now_s, now_computed_s, now_interruptions
            self._work()


def _interruptions() -> int:
    """How often the system ran something else although this thread had more to do (Linux)."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw


@contextmanager
def steady_process() -> Iterator[list[Lateness]]:
    """What the same ticker finds in a process that computes the same 0.1 ms every tick; filled in at the end."""
    found: list[Lateness] = []
    program = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.lateness"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield found
    finally:
        answer, _ = program.communicate("end\n", timeout=10)
        found.append(Lateness(**json.loads(answer)))


def report_lateness(whose: str, found: Lateness, goal_ms: float | None = None) -> None:
    print(Figure(f"{whose}: longest computing between ticks", found.computed_ms, "ms", goal_ms))
    print(Figure(f"{whose}: the longest not interrupted", found.undisturbed_ms, "ms", goal_ms))
    print(Figure(f"{whose}: latest tick, whatever the cause", found.longest_ms, "ms"))


def main() -> None:
    """Ticks until a line comes in, then prints what it found."""
    ticker = Ticker(lambda: sum(range(_STEPS)))
    ticker.start()
    NativePool().run(sys.stdin.readline)
    ticker.stop()
    print(json.dumps(asdict(ticker.reset())))


if __name__ == "__main__":
    main()
