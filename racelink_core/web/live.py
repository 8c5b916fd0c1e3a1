"""Server-sent events: one hub, any number of browsers, each with a bounded queue.

Source: spec http-api, section 10. Everything here runs on the hub's greenlets and nothing waits
between a look and a change, so there is no lock; payloads become JSON once per event, not per client.
"""

from __future__ import annotations

import errno
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import gevent
from gevent.event import Event

from racelink_core.domain.errors import RaceLinkError
from racelink_core.runtime.turns import give_way
from racelink_core.web.connection import Connection

_log = logging.getLogger(__name__)

QUEUE_LENGTH = 256
MAX_CLIENTS = 64
_WOKEN_AT_ONCE = 4
"""Each writes to its socket as soon as it wakes: fifty in a row are a stall of 7 ms (measured 2026-11)."""
_HEARTBEAT = b": still here\n\n"

Seed = Iterable[tuple[str, Any]]


class NoStream(RaceLinkError):
    """No stream can be opened now; the page tries again by itself."""

    code = "unavailable"


class _Client:
    """One open stream. `waiting` maps a key to the newest frame with that key, oldest key first."""

    def __init__(self, since_number: int, missed: bool) -> None:
        self.since_number, self.missed = since_number, missed
        self.waiting: OrderedDict[str, bytes] = OrderedDict()
        self.wake = Event()
        self.greenlet = gevent.getcurrent()
        self.writing_since_s: float | None = None
        self.connection: Connection | None = None
        self.closed = False

    def put(self, key: str, frame: bytes) -> None:
        """Newest state wins; a client with too much unread is closed so that it starts anew. Wakes nobody."""
        self.waiting.pop(key, None)
        self.waiting[key] = frame
        if len(self.waiting) > QUEUE_LENGTH:
            self.close()

    def take(self) -> bytes:
        """Everything that waits, and nothing waits any more."""
        self.wake.clear()
        frames = b"".join(self.waiting.values())
        self.waiting.clear()
        return frames

    def close(self) -> None:
        self.closed = True
        self.waiting.clear()
        self.wake.set()

    def is_stalled(self, stalled_s: float) -> bool:
        """Its greenlet waits for room in a socket that nobody empties."""
        since_s = self.writing_since_s
        return since_s is not None and time.monotonic() - since_s > stalled_s

    def abandon(self) -> None:
        """Ends a write that the browser never takes, as if the connection had broken."""
        self.close()
        if isinstance(self.greenlet, gevent.Greenlet):
            self.greenlet.kill(BrokenPipeError(errno.EPIPE, "the browser stopped reading"), block=False)


class LiveHub:
    """Publishes events to every open stream.

    stalled_s  a browser that takes nothing for this long is dropped; it reloads everything when it returns

    Events are numbered (`id:`), also those that nobody was there to hear. A client that names the last number it
    had and missed none since goes on; any other one first gets `resync`. Numbers begin at the time of day in
    milliseconds, so that those of an earlier run are not mistaken for ours.
    """

    def __init__(self, heartbeat_s: float = 2.0, stalled_s: float = 15.0) -> None:
        self._heartbeat_s, self._stalled_s = heartbeat_s, stalled_s
        self._clients: set[_Client] = set()
        self._number = round(time.time() * 1000)
        self._janitor: gevent.Greenlet[[], None] | None = None
        self._unwoken: dict[_Client, None] = {}
        self._waker: gevent.Greenlet[[], None] | None = None
        self._closed = False

    @property
    def client_count(self) -> int:
        return len(self._clients)

    def publish(self, event: str, payload: Any, *, key: str | None = None) -> None:
        """An unread event with the same `key` (default: the event's name) is replaced."""
        self.pass_over()
        if not self._clients:
            return
        frame = _frame(self._number, event, payload)
        for client in self._clients:
            if not client.closed:
                client.put(key or event, frame)
                self._unwoken[client] = None
        if self._waker is None:
            self._waker = gevent.spawn(self._wake)

    def pass_over(self) -> None:
        """Something changed that nobody is told: whoever comes back later has missed it."""
        self._number += 1

    def stream(
        self, seed: Callable[[], Seed], *, last_id: str | None = None, descriptor: int | None = None
    ) -> LiveStream:
        """The frames of one client, beginning with what `seed` gives. Raises NoStream at once.

        last_id      what the client sent as `Last-Event-ID`; None: it was not here before
        descriptor   of its socket, to notice at once when it hangs up
        """
        if self._closed:
            raise NoStream("RaceLink is shutting down. The page tries again by itself.")
        if len(self._clients) >= MAX_CLIENTS:
            raise NoStream("Too many pages are open. Close some; this one tries again by itself.")
        client = _Client(self._number, missed=last_id is not None and last_id.strip() != str(self._number))
        if descriptor is not None:
            client.connection = Connection(descriptor, client.close, self._stalled_s)
        self._clients.add(client)
        if self._janitor is None:
            self._janitor = gevent.spawn(self._drop_stalled)
        return LiveStream(client, self._frames(client, seed), self._forget)

    def close(self) -> None:
        """Ends every stream; none is opened any more. Harmless twice."""
        self._closed = True
        for client in tuple(self._clients):
            client.close()
        self._end_janitor()

    def _frames(self, client: _Client, seed: Callable[[], Seed]) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        if client.missed:
            yield _frame(client.since_number, "resync", {})
        give_way()  # pages come back all at once after a restart
        for event, payload in seed():
            yield _frame(client.since_number, event, payload)
        while not client.closed:
            if client.wake.wait(self._heartbeat_s):
                frames = client.take()
                if frames:
                    yield frames
            else:
                yield _HEARTBEAT

    def _wake(self) -> None:
        while self._unwoken:
            give_way()
            for client in tuple(islice(self._unwoken, _WOKEN_AT_ONCE)):
                del self._unwoken[client]
                client.wake.set()
        self._waker = None

    def _forget(self, client: _Client) -> None:
        self._clients.discard(client)
        self._unwoken.pop(client, None)
        if not self._clients:
            self._end_janitor()

    def _end_janitor(self) -> None:
        if self._janitor is not None:
            self._janitor.kill(block=False)
            self._janitor = None

    def _drop_stalled(self) -> None:
        while True:
            gevent.sleep(self._heartbeat_s)
            for client in tuple(self._clients):
                if client.is_stalled(self._stalled_s) and not client.closed:
                    _log.info("A browser stopped reading live events and was dropped")
                    client.abandon()


class LiveStream(Iterator[bytes]):
    """What the server iterates. Between two frames it knows that the server is writing.

    An object of its own, because a generator that was never begun cannot clean up after itself.
    """

    def __init__(self, client: _Client, frames: Iterator[bytes], ended: Callable[[_Client], None]) -> None:
        self._client, self._frames, self._ended = client, frames, ended

    def __next__(self) -> bytes:
        self._client.writing_since_s = None
        try:
            frame = next(self._frames)
        except BaseException:
            self.close()
            raise
        self._client.writing_since_s = time.monotonic()
        return frame

    def close(self) -> None:
        """Called by the server in the end, whatever the end was. Harmless twice."""
        self._client.close()
        if self._client.connection is not None:
            self._client.connection.close()
        self._ended(self._client)


def _frame(number: int, event: str, payload: Any) -> bytes:
    text = json.dumps(payload, separators=(",", ":"))
    return f"id: {number}\nevent: {event}\ndata: {text}\n\n".encode()


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
        give_way()
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
