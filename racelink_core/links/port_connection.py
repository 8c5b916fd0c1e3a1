"""One life of the port process, seen from the parent: orders out, notices in."""

from __future__ import annotations

import contextlib
import itertools
import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from racelink_core.links.child_process import ChildProcess
from racelink_core.links.contract import LinkError, LinkLost, LinkOverrun, PortInfo
from racelink_core.links.port_child import Kind, Message, MessageReader, encode
from racelink_core.links.port_link import PortLink
from racelink_core.runtime.turns import give_way

BACKLOG_LIMIT = 256 * 1024
"""Bytes of orders that wait for a child that does not read. More are refused."""
SLICE_S = 0.001
"""The hub gets a turn at least this often while notices pour in."""
GRACE_S = 0.1
"""After a time-out the reader gets this one turn more: the hub itself may have stood still."""

_log = logging.getLogger(__name__)
_orders = itertools.count(1)


class _Waiter:
    def __init__(self, link: int) -> None:
        self.link = link
        self.answered = threading.Event()
        self.answer: Message | None = None


class PortConnection:
    """Starts a child and talks to it until it ends. Every link of it is lost with it.

    ended          called on the reader's greenlet when the child ended by itself
    ports_changed  called there when the child has listed other ports than before
    """

    def __init__(
        self,
        *,
        ended: Callable[[PortConnection], None],
        ports_changed: Callable[[], None],
        scan_interval_s: float,
        pyserial_folder: Path | None,
    ) -> None:
        """Raises OSError when the child cannot be started."""
        self._child = ChildProcess(pyserial_folder=pyserial_folder, scan_interval_s=scan_interval_s)
        # Never waits, so that an order leaves in its caller's turn; the other one waits cooperatively.
        self._direct = self._child.socket.dup()
        self._direct.setblocking(False)
        self._backlog = bytearray()
        self._waiters: dict[int, _Waiter] = {}
        self._links: dict[int, PortLink] = {}
        self._on_ended, self._on_ports_changed = ended, ports_changed
        self._problem: str | None = None
        self._fatal = "the port process ended unexpectedly. It is started again with the next attempt"
        self._is_closed = False
        self.listed: tuple[PortInfo, ...] = ()
        self._has_listed = threading.Event()
        self._reader = threading.Thread(target=self._read, name="rl-port-process", daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        return self._problem is None

    def add(self, link: PortLink) -> None:
        self._links[link.number] = link

    def remove(self, link: PortLink) -> None:
        self._links.pop(link.number, None)

    def wait_for_list(self, timeout_s: float) -> None:
        """Until the child has listed the ports for the first time. Raises LinkError."""
        if not self._has_listed.wait(timeout_s) and not self._has_listed.wait(GRACE_S):
            raise LinkError("serial://", f"the port process did not list the ports within {timeout_s} s.")
        if self._problem is not None:
            raise LinkLost("serial://", f"{self._problem}.")

    def next_order(self) -> int:
        return next(_orders)

    def send(self, link: PortLink, kind: Kind, order: int, moment_s: float = 0.0, payload: bytes = b"") -> None:
        """Never waits. Raises LinkLost, or LinkOverrun when the child does not read."""
        if self._problem is not None:
            raise LinkLost(link.url, f"{self._problem}.")
        message = encode(kind, link.number, order, moment_s, payload)
        if not self._backlog:
            try:
                sent = self._direct.send(message)
            except BlockingIOError:
                sent = 0
            except OSError as error:
                raise LinkLost(link.url, f"{self._fatal}.") from error
            if sent == len(message):
                return
            self._backlog += message[sent:]
            threading.Thread(target=self._send_backlog, name="rl-port-process-backlog", daemon=True).start()
        elif len(self._backlog) + len(message) > BACKLOG_LIMIT:
            raise LinkOverrun(link.url, "the port process does not take orders; this one was refused.")
        else:
            self._backlog += message

    def ask(self, link: PortLink, kind: Kind, order: int, timeout_s: float, payload: bytes = b"") -> Message | None:
        """Sends a request and waits for its answer; None when none came in time or the link is gone."""
        waiter = self._waiters.setdefault(order, _Waiter(link.number))
        try:
            self.send(link, kind, order, payload=payload)
            if not waiter.answered.wait(timeout_s):
                waiter.answered.wait(GRACE_S)
        finally:
            self._waiters.pop(order, None)
        return waiter.answer

    def close(self) -> None:
        """Ends the child and waits until it is gone; the links fall silent. Harmless twice."""
        self._is_closed = True
        self._end("the link was closed")
        if threading.current_thread() is not self._reader:
            self._reader.join(10.0)

    def _send_backlog(self) -> None:
        while self._backlog and self._problem is None:
            chunk = bytes(self._backlog)
            try:
                self._child.socket.sendall(chunk)
            except OSError:
                return  # the reader sees the same end
            del self._backlog[: len(chunk)]

    def _read(self) -> None:
        messages = MessageReader()
        turn_began_s = time.monotonic()
        while self._problem is None:
            try:
                chunk = self._child.socket.recv(65536)
            except OSError:
                chunk = b""
            if not chunk:
                break
            for message in messages.feed(chunk):
                self._handle(message)
                if time.monotonic() - turn_began_s > SLICE_S:
                    give_way()
                    turn_began_s = time.monotonic()
        self._end(self._fatal)
        self._direct.close()
        self._child.end()
        if not self._is_closed:
            _log.warning("The port process is gone: %s", self._problem)
            self._on_ended(self)

    def _handle(self, message: Message) -> None:
        waiter = self._waiters.get(message.order) if message.order else None
        if message.kind == Kind.PORTS:
            self.listed = tuple(
                PortInfo(f"serial://{device}", description, usb_id)
                for device, description, usb_id in json.loads(message.payload)
            )
            self._has_listed.set()
            self._on_ports_changed()
        elif message.kind == Kind.FATAL:
            self._fatal = f"the port process failed: {message.payload.decode(errors='replace')}"
        elif waiter is not None and message.kind not in (Kind.RECEIVED, Kind.WRITTEN):
            waiter.answer = message
            waiter.answered.set()
        elif (link := self._links.get(message.link)) is not None:
            if message.kind == Kind.LOST:
                self._lose(link, message.payload.decode(errors="replace"))
            else:
                link.handle(message)

    def _lose(self, link: PortLink, problem: str) -> None:
        self.remove(link)
        link.end(problem)
        for waiter in tuple(self._waiters.values()):
            if waiter.link == link.number:
                waiter.answered.set()

    def _end(self, problem: str) -> None:
        if self._problem is not None:
            return
        self._problem = problem
        if self._is_closed:
            self._links.clear()
        for link in tuple(self._links.values()):
            self._lose(link, problem)
        for waiter in tuple(self._waiters.values()):
            waiter.answered.set()
        self._has_listed.set()
        with contextlib.suppress(OSError):  # the child was first
            self._child.socket.shutdown(socket.SHUT_RDWR)
