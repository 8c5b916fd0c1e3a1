"""One link whose port is owned by the port process."""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from racelink_core.links.contract import LinkListener, LinkLost, LinkOverrun
from racelink_core.links.port_child import Kind, Message

if TYPE_CHECKING:
    from racelink_core.links.port_connection import PortConnection

UNDER_WAY_LIMIT = 64 * 1024
"""Bytes written but not yet taken by the device, per link. It bounds the child's queue too."""
ORDER_COST = 64
"""What an order counts besides its bytes."""
ANSWER_S = 1.0
CLOSE_S = 2.0

_log = logging.getLogger(__name__)
_numbers = itertools.count(1)


class PortLink:
    """See `contract.Link`."""

    def __init__(self, url: str, listener: LinkListener, connection: PortConnection) -> None:
        self.url = url
        self.number = next(_numbers)
        self._listener = listener
        self._connection = connection
        self._under_way: dict[int, int] = {}
        self._bytes_under_way = 0
        self._problem: str | None = None
        self._is_announced = False

    def open(self, timeout_s: float) -> Message | None:
        """What the port process answered, None for nothing. Unless it is OPENED, the link is to be thrown away."""
        answer = None
        self._connection.add(self)
        try:
            answer = self._connection.ask(self, Kind.OPEN, self._connection.next_order(), timeout_s, self.url.encode())
        finally:
            if answer is None or answer.kind != Kind.OPENED:
                self._abandon()
        self._require_open()
        self._is_announced = True
        return answer

    def write(self, data: bytes, *, send_at_s: float | None = None) -> int:
        self._require_open()
        cost = len(data) + ORDER_COST
        if self._bytes_under_way + cost > UNDER_WAY_LIMIT:
            problem = f"{self._bytes_under_way} bytes are still under way; these {len(data)} were refused."
            raise LinkOverrun(self.url, problem)
        order = self._connection.next_order()
        self._connection.send(self, Kind.WRITE, order, send_at_s or 0.0, data)
        self._under_way[order] = cost
        self._bytes_under_way += cost
        return order

    def cancel(self, order: int) -> bool:
        if order not in self._under_way or self._problem is not None:
            return False
        try:
            answer = self._connection.ask(self, Kind.CANCEL, order, ANSWER_S)
        except (LinkLost, LinkOverrun):
            return False
        if answer is None or answer.kind != Kind.TAKEN_BACK:
            return False
        self._settle(order)
        return True

    def catch_up(self, timeout_s: float) -> float:
        self._require_open()
        answer = self._connection.ask(self, Kind.CATCH_UP, self._connection.next_order(), timeout_s)
        self._require_open()
        if answer is None:
            raise LinkLost(self.url, f"the port process did not answer within {timeout_s} s.")
        return answer.moment_s

    def close(self) -> None:
        if self._problem is not None:
            return
        self._problem = "the link was closed"
        self._connection.remove(self)
        try:
            answer = self._connection.ask(self, Kind.CLOSE, self._connection.next_order(), CLOSE_S)
        except LinkLost:
            return  # the port is free: its process is gone
        except LinkOverrun:
            answer = None
        if answer is None and self._connection.is_alive:
            _log.warning("%s did not close within %s s; it may stay busy until the device answers", self.url, CLOSE_S)

    def handle(self, message: Message) -> None:
        if message.kind == Kind.RECEIVED:
            self._tell(lambda: self._listener.received(message.payload, message.moment_s))
        elif message.kind == Kind.WRITTEN:
            self._settle(message.order)
            self._tell(lambda: self._listener.written(message.order, message.moment_s))

    def end(self, problem: str) -> None:
        """The port or its process is gone."""
        if self._problem is None:
            self._problem = problem
            if self._is_announced:  # else `open` raises it
                error = LinkLost(self.url, f"{problem}.")
                self._tell(lambda: self._listener.lost(error))

    def _abandon(self) -> None:
        self._connection.remove(self)
        with contextlib.suppress(LinkLost, LinkOverrun):
            self._connection.send(self, Kind.CLOSE, self._connection.next_order())

    def _settle(self, order: int) -> None:
        self._bytes_under_way -= self._under_way.pop(order, 0)

    def _tell(self, notice: Callable[[], None]) -> None:
        try:
            notice()
        except Exception:  # noqa: BLE001 - a listener that fails must not end the other links
            _log.exception("A listener of %s failed; the link goes on", self.url)

    def _require_open(self) -> None:
        if self._problem is not None:
            raise LinkLost(self.url, f"{self._problem}.")
