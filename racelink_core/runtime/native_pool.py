"""The one way to run what blocks in C without the interpreter lock: fsync, commits, hashing (design 3.6).

A job is handed plain values and returns plain values. It never logs and shares no lock, queue or
socket with greenlets: touching those from another thread can hang the whole process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar, cast

import gevent
from gevent.threadpool import ThreadPool

from racelink_core.domain.errors import RaceLinkError

P = ParamSpec("P")
T = TypeVar("T")


class PoolClosed(RaceLinkError):
    """A job was handed in after `close`."""

    code = "pool_closed"

    def __init__(self) -> None:
        super().__init__("RaceLink is shutting down; this was not done. Start it again and retry.")


@dataclass(frozen=True, slots=True)
class Finished(Generic[T]):
    """A job that ran to its end. `interruption`: what hit its caller meanwhile (a kill, a timeout)."""

    value: T
    interruption: BaseException | None = None

    def settle(self) -> T:
        """The value, or the interruption raised late."""
        if self.interruption is not None:
            raise self.interruption
        return self.value


class NativePool:
    """`threads` native threads behind the hub; one thread makes jobs run one after another.

    Any number of greenlets of one hub may call it; those beyond `threads` wait their turn, first come, first served.
    """

    def __init__(self, threads: int = 1) -> None:
        self._pool = ThreadPool(threads)
        self._free_threads = threading.BoundedSemaphore(threads)
        self._is_closed = False
        self._is_abandoned = False

    def run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Waits cooperatively for the job; raises what it raised, or PoolClosed."""
        return self.finish(job, *args, **kwargs).settle()

    def finish(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Finished[T]:
        """Like `run`, for a job whose effect must be known: a caller that is killed or timed out while
        the job runs still waits for its end, and learns of both."""
        with self._free_threads:
            if self._is_closed:
                raise PoolClosed
            waiting = self._pool.spawn(_caught, job, args, kwargs)
            interruption: BaseException | None = None
            while not waiting.ready():
                try:
                    waiting.wait()
                except BaseException as hit:  # noqa: BLE001 - the job goes on whatever it is; raised by `settle`
                    interruption = hit
            if self._is_abandoned and len(self._pool) == 0:
                self._pool.kill()
        outcome = cast(_Outcome[T], waiting.get())
        if outcome.error is not None:
            raise outcome.error from interruption
        return Finished(cast(T, outcome.value), interruption)

    def close(self, timeout_s: float = 10.0) -> bool:
        """Ends the threads once their jobs are done; False if they were not within `timeout_s`. Harmless twice."""
        if self._is_closed:
            return True
        self._is_closed = True
        too_late = gevent.Timeout(timeout_s)
        try:
            with too_late:
                self._pool.kill()
        except gevent.Timeout as timeout:
            if timeout is not too_late:
                raise
            self._is_abandoned = True  # the last job to end takes the threads with it
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Outcome(Generic[T]):
    value: T | None = None
    error: BaseException | None = None


def _caught(job: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Outcome[T]:
    """In the native thread. The error crosses as a value: gevent prints a traceback for one that is raised."""
    try:
        return _Outcome(value=job(*args, **kwargs))
    except BaseException as error:  # noqa: BLE001 - raised again on the other side
        return _Outcome(error=error)
