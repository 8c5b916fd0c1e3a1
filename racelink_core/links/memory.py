"""Ports that exist only in memory: for tests, and under the simulator's `sim://`."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable

from racelink_core.links.contract import (
    Link,
    LinkListener,
    LinkLost,
    LinkOverrun,
    PortBusy,
    PortInfo,
    PortNotFound,
)
from racelink_core.runtime.mailbox import Mailbox

QUEUE_LIMIT = 4096
"""Notices that wait for the listener. More means that it stands still: the link is lost, bytes are never dropped."""
MAX_TIMED_ORDERS = 64

_log = logging.getLogger(__name__)


class MemoryPort:
    """The far end of one port: what a gateway would hold in its hands.

    on_data  called with the bytes of each write, in the writer's greenlet; does not block
    """

    def __init__(self, url: str, description: str, changed: Callable[[], None]) -> None:
        self.url, self.description = url, description
        self.on_data: Callable[[bytes], None] = lambda data: None
        self.is_plugged = True
        self._changed = changed
        self._link: MemoryLink | None = None

    @property
    def is_open(self) -> bool:
        return self._link is not None

    def feed(self, data: bytes, at_s: float | None = None) -> None:
        """Sends bytes to the host. They are lost when nobody has the port open, as on a cable."""
        if self._link is not None:
            self._link.notify_received(bytes(data), time.monotonic() if at_s is None else at_s)

    def unplug(self) -> None:
        """The port disappears; an open link is lost. Harmless twice."""
        if not self.is_plugged:
            return
        self.is_plugged = False
        self.break_link("it was unplugged")
        self._changed()

    def plug(self) -> None:
        """The port is there again. Harmless twice."""
        if not self.is_plugged:
            self.is_plugged = True
            self._changed()

    def break_link(self, problem: str) -> None:
        """The open link is lost, if there is one; the port stays."""
        if self._link is not None:
            self._link.lose(problem)

    def attach(self, link: MemoryLink) -> None:
        """Raises PortNotFound or PortBusy."""
        if not self.is_plugged:
            raise PortNotFound(self.url, "it is not plugged in.")
        if self._link is not None:
            raise PortBusy(self.url, "it is open already.")
        self._link = link

    def detach(self, link: MemoryLink) -> None:
        if self._link is link:
            self._link = None


class MemoryLink:
    """One open connection to a MemoryPort. Its own greenlet calls the listener."""

    def __init__(self, port: MemoryPort, listener: LinkListener) -> None:
        self.url = port.url
        self._port = port
        self._listener = listener
        self._orders = itertools.count(1)
        self._timers: dict[int, threading.Timer] = {}
        self._notices: Mailbox[Callable[[], None]] = Mailbox(QUEUE_LIMIT)
        self._catching_up: set[threading.Event] = set()
        self._ended: LinkLost | None = None
        self._last_notice: Callable[[], None] | None = None
        self._is_closed = False
        port.attach(self)
        self._reader = threading.Thread(target=self._deliver, name=f"rl-link {self.url}", daemon=True)
        self._reader.start()

    def write(self, data: bytes, *, send_at_s: float | None = None) -> int:
        self._require_open()
        order = next(self._orders)
        if send_at_s is None:
            self._hand_over(order, bytes(data))
            return order
        if len(self._timers) >= MAX_TIMED_ORDERS:
            raise LinkOverrun(self.url, f"{MAX_TIMED_ORDERS} timed orders wait already; this one was refused.")
        timer = threading.Timer(max(0.0, send_at_s - time.monotonic()), self._fire, (order, bytes(data)))
        timer.daemon = True
        self._timers[order] = timer
        timer.start()
        return order

    def cancel(self, order: int) -> bool:
        timer = self._timers.pop(order, None)
        if timer is None:
            return False
        timer.cancel()
        return True

    def catch_up(self, timeout_s: float) -> float:
        self._require_open()
        moment_s = time.monotonic()
        reached = threading.Event()
        self._catching_up.add(reached)
        self._enqueue(reached.set)
        try:
            if not reached.wait(timeout_s):
                raise LinkLost(self.url, f"nothing was delivered for {timeout_s} s.")
        finally:
            self._catching_up.discard(reached)
        self._require_open()
        return moment_s

    def close(self) -> None:
        self._is_closed = True
        self._end("it was closed.")
        if threading.current_thread() is not self._reader:
            self._reader.join(1.0)

    def notify_received(self, data: bytes, at_s: float) -> None:
        self._enqueue(lambda: self._listener.received(data, at_s))

    def lose(self, problem: str) -> None:
        """The far end is gone: says so to the listener, after everything that came before."""
        if self._ended is None:
            error = LinkLost(self.url, f"{problem}.")
            self._end(error.problem, then=lambda: self._listener.lost(error))

    def _fire(self, order: int, data: bytes) -> None:
        if self._timers.pop(order, None) is not None and self._ended is None:
            self._hand_over(order, data)

    def _hand_over(self, order: int, data: bytes) -> None:
        at_s = time.monotonic()
        self._enqueue(lambda: self._listener.written(order, at_s))
        self._port.on_data(data)

    def _enqueue(self, notice: Callable[[], None]) -> None:
        if self._ended is not None:
            return
        if not self._notices.put(notice):
            self.lose(f"{QUEUE_LIMIT} notices waited for the listener, which stands still")

    def _end(self, problem: str, then: Callable[[], None] | None = None) -> None:
        if self._ended is not None:
            return
        self._last_notice = then
        self._ended = LinkLost(self.url, problem)
        self._port.detach(self)
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._notices.close()
        for waiting in tuple(self._catching_up):
            waiting.set()

    def _deliver(self) -> None:
        while (notice := self._notices.take()) is not None:
            self._tell(notice)
        if self._last_notice is not None:
            self._tell(self._last_notice)

    def _tell(self, notice: Callable[[], None]) -> None:
        if self._is_closed:
            return
        try:
            notice()
        except Exception:  # noqa: BLE001 - a listener that fails must not end the link
            _log.exception("A listener of %s failed; the link goes on", self.url)

    def _require_open(self) -> None:
        if self._ended is not None:
            raise LinkLost(self.url, self._ended.problem)


class MemoryDriver:
    """Opens what was added. `scheme` lets a driver built on this one have its own URLs."""

    def __init__(self, scheme: str = "memory") -> None:
        self.schemes: tuple[str, ...] = (scheme,)
        self._ports: dict[str, MemoryPort] = {}
        self._links: list[MemoryLink] = []
        self._watchers: list[Callable[[], None]] = []

    def add(self, name: str, description: str = "") -> MemoryPort:
        """A new port, plugged in, with the URL `<scheme>://<name>`."""
        url = f"{self.schemes[0]}://{name}"
        port = self._ports[url] = MemoryPort(url, description, self._changed)
        self._changed()
        return port

    def open(self, url: str, listener: LinkListener) -> Link:
        port = self._ports.get(url)
        if port is None:
            raise PortNotFound(url, "there is no such port.")
        link = MemoryLink(port, listener)
        self._links.append(link)
        return link

    def ports(self) -> tuple[PortInfo, ...]:
        return tuple(PortInfo(port.url, port.description) for port in self._ports.values() if port.is_plugged)

    def watch_ports(self, changed: Callable[[], None]) -> None:
        self._watchers.append(changed)

    def close(self) -> None:
        links, self._links = self._links, []
        for link in links:
            link.close()
        self._watchers.clear()

    def _changed(self) -> None:
        for changed in tuple(self._watchers):
            changed()
