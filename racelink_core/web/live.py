"""Server-sent events: one hub, any number of browsers, each with a bounded queue.

Source: spec http-api, section 10. Everything here runs on the hub's greenlets and nothing waits
between a look and a change, so there is no lock; payloads become JSON once per event, not per client.
"""

from __future__ import annotations

import errno
import json
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import gevent

from racelink_core.domain.errors import RaceLinkError

_log = logging.getLogger(__name__)

QUEUE_LENGTH = 256
MAX_CLIENTS = 64
_HEARTBEAT = b": still here\n\n"

Seed = Iterable[tuple[str, Any]]


class NoStream(RaceLinkError):
    """No stream can be opened now; the browser tries again by itself."""

    code = "unavailable"


class _Client:
    """One open stream. `waiting` maps a key to the newest frame with that key, oldest key first."""

    def __init__(self) -> None:
        self.waiting: OrderedDict[str, bytes] = OrderedDict()
        self.wake = threading.Event()
        self.greenlet = gevent.getcurrent()
        self.asked_s = time.monotonic()
        self.closed = False

    def put(self, key: str, frame: bytes) -> None:
        """Newest state wins; a client with too much unread is closed so that it starts anew."""
        self.waiting.pop(key, None)
        self.waiting[key] = frame
        if len(self.waiting) > QUEUE_LENGTH:
            self.close()
        self.wake.set()

    def close(self) -> None:
        self.closed = True
        self.wake.set()

    def is_stalled(self, stalled_s: float) -> bool:
        return bool(self.waiting) and time.monotonic() - self.asked_s > stalled_s

    def abandon(self) -> None:
        """Ends a write that the browser never takes, as if the connection had broken."""
        self.close()
        if isinstance(self.greenlet, gevent.Greenlet):
            self.greenlet.kill(BrokenPipeError(errno.EPIPE, "the browser stopped reading"), block=False)


class LiveHub:
    """Publishes events to every open stream.

    stalled_s  a browser that takes nothing for this long is dropped; it reloads everything when it returns
    """

    def __init__(self, heartbeat_s: float = 2.0, stalled_s: float = 15.0) -> None:
        self._heartbeat_s, self._stalled_s = heartbeat_s, stalled_s
        self._clients: set[_Client] = set()
        self._number = 0
        self._closed = False

    @property
    def client_count(self) -> int:
        return len(self._clients)

    def publish(self, event: str, payload: Any, *, key: str | None = None) -> None:
        """An unread event with the same `key` (default: the event's name) is replaced."""
        if not self._clients:
            return
        frame = self._frame(event, payload)
        for client in tuple(self._clients):
            if client.is_stalled(self._stalled_s):
                self._clients.discard(client)
                client.abandon()
            else:
                client.put(key or event, frame)

    def stream(self, seed: Callable[[], Seed]) -> Iterator[bytes]:
        """The frames of one client, beginning with what `seed` gives. Raises NoStream at once."""
        if self._closed:
            raise NoStream("RaceLink is shutting down. The page tries again by itself.")
        if len(self._clients) >= MAX_CLIENTS:
            raise NoStream("Too many pages are open. Close some; this one tries again by itself.")
        client = _Client()
        self._clients.add(client)
        return self._frames(client, seed)

    def close(self) -> None:
        """Ends every stream; none is opened any more. Harmless twice."""
        self._closed = True
        for client in tuple(self._clients):
            client.close()

    def _frames(self, client: _Client, seed: Callable[[], Seed]) -> Iterator[bytes]:
        try:
            yield b"retry: 1000\n\n"
            for event, payload in seed():
                yield self._frame(event, payload)
            while not client.closed:
                client.asked_s = time.monotonic()
                if not client.wake.wait(self._heartbeat_s):
                    yield _HEARTBEAT
                    continue
                client.wake.clear()
                frames = b"".join(client.waiting.values())
                client.waiting.clear()
                if frames:
                    yield frames
        finally:
            self._clients.discard(client)

    def _frame(self, event: str, payload: Any) -> bytes:
        self._number += 1
        text = json.dumps(payload, separators=(",", ":"))
        return f"id: {self._number}\nevent: {event}\ndata: {text}\n\n".encode()


class Coalescer:
    """Calls `emit(keys)` for touched keys: soon when it was quiet, at most once per `interval_s` for each key.

    `touch` costs next to nothing and never calls `emit` itself, so that it may stand in a sender's way.
    """

    def __init__(self, interval_s: float, emit: Callable[[frozenset[str]], None]) -> None:
        self._interval_s, self._emit = interval_s, emit
        self._touched: set[str] = set()
        self._emitted_s: dict[str, float] = {}
        self._timer: gevent.Greenlet[[], None] | None = None

    def touch(self, *keys: str) -> None:
        self._touched.update(keys)
        if self._touched and self._timer is None:
            self._timer = gevent.spawn_later(self._next_due_s(), self._run)

    def close(self) -> None:
        """Nothing is emitted afterwards. Harmless twice."""
        self._touched.clear()
        if self._timer is not None:
            self._timer.kill(block=False)
            self._timer = None

    def _run(self) -> None:
        now_s = time.monotonic()
        due = frozenset(key for key in self._touched if self._due_s(key) <= now_s)
        self._touched -= due
        self._emitted_s.update(dict.fromkeys(due, now_s))
        self._timer = gevent.spawn_later(self._next_due_s(), self._run) if self._touched else None
        if due:
            try:
                self._emit(due)
            except Exception:  # noqa: BLE001 - the edge of a timer: the next change must still be told
                _log.warning("Telling the browsers about %s failed", ", ".join(sorted(due)), exc_info=True)

    def _due_s(self, key: str) -> float:
        return self._emitted_s.get(key, float("-inf")) + self._interval_s

    def _next_due_s(self) -> float:
        return max(0.0, min(map(self._due_s, self._touched)) - time.monotonic())
