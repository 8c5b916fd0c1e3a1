from __future__ import annotations

import gevent
import pytest
from gevent import monkey

from racelink_core.runtime.native_pool import NativePool, PoolClosed

_allocate_lock = monkey.get_original("_thread", "allocate_lock")
_native_thread_id = monkey.get_original("threading", "get_ident")


class _Gate:
    """An event made of a native lock: gevent's must not be waited for in another thread."""

    def __init__(self) -> None:
        self._lock = _allocate_lock()
        self._lock.acquire()

    def wait(self, timeout_s: float) -> bool:
        return bool(self._lock.acquire(timeout=timeout_s))

    def set(self) -> None:
        self._lock.release()


def test_jobs_run_off_the_hub_one_after_another_whoever_asks() -> None:
    pool = NativePool(threads=1)
    running, overlaps, threads = [], [], set()

    def job(number: int) -> int:
        threads.add(_native_thread_id())
        running.append(number)
        overlaps.append(len(running))
        running.remove(number)
        return number * 2

    workers = [gevent.spawn(pool.run, job, number) for number in range(50)]
    gevent.joinall(workers, timeout=10, raise_error=True)
    assert [worker.value for worker in workers] == [number * 2 for number in range(50)]
    assert set(overlaps) == {1}
    assert len(threads) == 1
    assert _native_thread_id() not in threads
    assert pool.close()


def test_what_a_job_raises_reaches_its_caller_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    pool = NativePool()

    def fail() -> None:
        raise ValueError("from the other side")

    with pytest.raises(ValueError, match="from the other side"):
        pool.run(fail)
    assert pool.run(int, "7") == 7
    assert pool.close()
    assert capfd.readouterr() == ("", "")


def test_the_hub_goes_on_while_a_job_blocks() -> None:
    pool = NativePool()
    release = _Gate()
    worker = gevent.spawn(pool.run, release.wait, 10)
    ticks = 0
    for _ in range(5):
        gevent.sleep(0.001)
        ticks += 1
    assert not worker.ready()
    release.set()
    assert worker.get(timeout=10) is True
    assert ticks == 5
    assert pool.close()


def test_a_caller_that_is_killed_still_waits_for_its_job_and_learns_how_it_ended() -> None:
    pool = NativePool()
    release = _Gate()
    started: list[bool] = []
    learnt: list[str] = []

    def job() -> str:
        started.append(True)
        release.wait(10)
        return "done"

    def call() -> None:
        finished = pool.finish(job)
        learnt.append(finished.value)
        finished.settle()

    caller = gevent.spawn(call)
    while not started:
        gevent.sleep(0.001)
    caller.kill(block=False)
    gevent.sleep(0)
    assert not caller.ready()
    release.set()
    caller.join(10)
    assert learnt == ["done"]
    assert isinstance(caller.value, gevent.GreenletExit)
    assert pool.close()


def test_a_caller_that_is_killed_before_its_turn_leaves_at_once() -> None:
    pool = NativePool()
    release = _Gate()
    first = gevent.spawn(pool.run, release.wait, 10)
    second = gevent.spawn(pool.run, int, "1")
    gevent.sleep(0)
    second.kill(timeout=5)
    assert second.ready()
    release.set()
    assert first.get(timeout=10)
    assert pool.run(int, "2") == 2
    assert pool.close()


def test_closing_is_bounded_harmless_twice_and_refuses_what_comes_after() -> None:
    pool = NativePool()
    release = _Gate()
    stuck = gevent.spawn(pool.run, release.wait, 10)
    refused: list[PoolClosed] = []

    def wait_for_a_turn() -> None:
        try:
            pool.run(int)
        except PoolClosed as error:
            refused.append(error)

    waiting = gevent.spawn(wait_for_a_turn)
    gevent.sleep(0)
    assert pool.close(timeout_s=0.05) is False
    assert pool.close() is True
    release.set()
    assert stuck.get(timeout=10)
    waiting.join(10)
    assert len(refused) == 1
    with pytest.raises(PoolClosed):
        pool.run(int)
