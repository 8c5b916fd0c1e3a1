"""A loop that gives way does not keep timers waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import gevent

from racelink_core.runtime.turns import Turns, give_way


def with_timer_due(wait: Callable[[], None]) -> threading.Thread:
    """Runs it in a greenlet until it waits, for a millisecond at most, and computes until that has passed."""
    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0)
    due_s = time.perf_counter() + 0.01
    while time.perf_counter() < due_s:
        pass
    return waiting


def test_a_timer_that_is_due_runs_before_the_loop_goes_on() -> None:
    """By order, not by time: each turn lasts until the timer is due, so that the first one must let it run."""
    fired: list[int] = []
    turn = 0

    def wait() -> None:
        time.sleep(0.001)
        fired.append(turn)

    waiting = with_timer_due(wait)
    while not fired and turn < 20:
        turn += 1
        give_way()
    waiting.join()
    assert turn <= 2


def test_whoever_waited_in_vain_for_an_event_goes_on_first() -> None:
    ran: list[str] = []

    def wait() -> None:
        threading.Event().wait(0.001)
        ran.append("waited")

    waiting = with_timer_due(wait)
    give_way()
    ran.append("gave way")
    waiting.join()
    assert ran == ["waited", "gave way"]


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


def test_who_gives_way_goes_on_in_turn_and_alone() -> None:
    """A timer that is due after every step runs between the steps of five computations, not after all of them."""
    ran: list[str] = []
    ended = threading.Event()

    def tick() -> None:
        while not ended.wait(0.001):
            ran.append("tick")

    def compute(name: str) -> None:
        for _ in range(3):
            give_way()
            ran.append(name)
            due_s = time.perf_counter() + 0.003
            while time.perf_counter() < due_s:
                pass

    ticker = threading.Thread(target=tick)
    workers = [threading.Thread(target=compute, args=(name,)) for name in "abcde"]
    for thread in (ticker, *workers):
        thread.start()
    for worker in workers:
        worker.join()
    ended.set()
    ticker.join()
    assert [name for name in ran if name != "tick"] == list("abcde") * 3
    assert max(len(steps) for steps in _runs_of_steps(ran)) <= 2


def test_who_is_ended_while_it_waits_keeps_nobody_waiting() -> None:
    went_on: list[int] = []

    def compute(number: int) -> None:
        give_way()
        went_on.append(number)

    waiting = [gevent.spawn(compute, number) for number in range(4)]
    time.sleep(0)  # all of them stand in line
    waiting[0].kill(block=False)
    waiting[2].kill(block=False)
    gevent.joinall(waiting)
    assert went_on == [1, 3]


def _runs_of_steps(ran: list[str]) -> list[list[str]]:
    """The steps between two ticks."""
    runs: list[list[str]] = [[]]
    for name in ran:
        if name == "tick":
            runs.append([])
        else:
            runs[-1].append(name)
    return runs
