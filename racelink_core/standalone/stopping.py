"""Ctrl-C and SIGTERM as one event that a program waits for."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import gevent


@contextmanager
def stop_signal() -> Iterator[threading.Event]:
    """The event is set by the first Ctrl-C or SIGTERM; inside, neither ends the process by itself."""
    stopped = threading.Event()
    watchers = [gevent.signal_handler(number, stopped.set) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield stopped
    finally:
        for watcher in watchers:
            watcher.cancel()
