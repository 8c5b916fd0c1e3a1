"""A loop that gives way does not keep timers waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

from racelink_core.runtime.turns import Turns, give_way


def test_a_timer_that_is_due_runs_before_the_loop_goes_on() -> None:
    """By order, not by time: each turn lasts until the timer is due, so that the first one must let it run."""
    fired: list[int] = []
    turn = 0

    def wait() -> None:
        time.sleep(0.001)
        fired.append(turn)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0)  # the greenlet has begun to wait
    due_s = time.perf_counter() + 0.01
    while time.perf_counter() < due_s:
        pass
    while not fired and turn < 20:
        turn += 1
        give_way()
    waiting.join()
    assert turn <= 2


def test_work_of_uneven_steps_gives_way_by_time_and_loses_nothing() -> None:
    """A step lasts until a timer is due; the next step is kept waiting until that timer has run."""
    fired: list[int] = []

    def wait(step: int) -> None:
        time.sleep(0.001)
        fired.append(step)

    def long_steps() -> Iterator[int]:
        for step in range(3):
            threading.Thread(target=wait, args=(step,)).start()
            time.sleep(0)  # the greenlet has begun to wait
            due_s = time.perf_counter() + 0.01
            while time.perf_counter() < due_s:
                pass
            yield step

    assert [step for step in Turns().between(long_steps()) if step in fired] == [0, 1, 2]
