"""A process that only ticks, as prompt as the system allows: when it is late, the machine itself stood still.

On a shared or virtual machine that happens; what falls into such a moment says nothing about us.
"""

from __future__ import annotations

import bisect
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

TICK_S = 0.001
_NOTED_MS = 1.0
_PRIORITY = 10


def make_prompt(process_id: int) -> None:
    """Whatever else the machine does, this process acts in time, as hardware does; where the system allows it."""
    with suppress(AttributeError, PermissionError):
        os.sched_setscheduler(process_id, os.SCHED_FIFO, os.sched_param(_PRIORITY))


class Witness:
    """Filled in when the witness ends. Moments on the system's monotonic clock."""

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []

    def saw(self, late: list[tuple[float, float]]) -> None:
        self._late = late

    def late_ms(self, from_s: float, to_s: float) -> float:
        """The longest lateness in that time."""
        first = bisect.bisect_left(self._late, (from_s, 0.0))
        return max((late_ms for at_s, late_ms in self._late[first:] if at_s - late_ms / 1000 <= to_s), default=0.0)


@contextmanager
def witness() -> Iterator[Witness]:
    found = Witness()
    command = [sys.executable, "-m", "benchmarks.witness"]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    make_prompt(program.pid)
    try:
        yield found
    finally:
        answer, _ = program.communicate("end\n", timeout=10)
        found.saw([(at_s, late_ms) for at_s, late_ms in json.loads(answer)])


def main() -> None:
    """Ticks until a line comes in, then prints each late tick: when it came, and how late, in ms."""
    ended = threading.Event()
    late: list[tuple[float, float]] = []

    def tick() -> None:
        before_s = time.monotonic()
        while not ended.is_set():
            time.sleep(TICK_S)
            now_s = time.monotonic()
            late_ms = (now_s - before_s - TICK_S) * 1000
            if late_ms > _NOTED_MS:
                late.append((now_s, late_ms))
            before_s = now_s

    ticker = threading.Thread(target=tick)
    ticker.start()
    sys.stdin.readline()
    ended.set()
    ticker.join()
    print(json.dumps(late))


if __name__ == "__main__":
    main()
