"""A loop that gives way does not keep timers waiting."""

from __future__ import annotations

import threading
import time

from racelink_core.runtime.turns import give_way


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
