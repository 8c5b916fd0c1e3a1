"""The one way to run what blocks in C without the interpreter lock: fsync, commits, hashing (design 3.6).

A job is handed plain values and returns plain values. It never logs and shares no lock, queue or
socket with greenlets: touching those from another thread can hang the whole process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from gevent.threadpool import ThreadPool

P = ParamSpec("P")
T = TypeVar("T")


class NativePool:
    """`threads` native threads behind the hub; one thread makes jobs run one after another."""

    def __init__(self, threads: int = 1) -> None:
        self._pool = ThreadPool(threads)

    def run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Waits cooperatively for the job; raises what it raised."""
        return self._pool.apply(job, args, kwargs)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Waits for running jobs and ends the threads. Harmless twice."""
        self._pool.kill()
