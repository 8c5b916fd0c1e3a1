"""One open link to what may be a gateway: frames out, messages in, and questions to the gateway itself.

Knows nothing of packets' outcomes; `session.py` does.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from racelink_core.domain.clock import Clock
from racelink_core.domain.timings import Timings
from racelink_core.gateway.traffic import Traffic
from racelink_core.links.contract import Link, LinkError, LinkListener, LinkLost
from racelink_core.protocol.framing import FrameDecoder
from racelink_core.protocol.gateway_commands import GatewayCommand, Identify
from racelink_core.protocol.gateway_messages import GatewayMessage, UnknownMessage, decode_gateway_frame
from racelink_core.protocol.identity import GatewayIdentity, find_identity

_log = logging.getLogger(__name__)
_M = TypeVar("_M")
_IDENTITY_SEARCH_BYTES = 4096


class Opener(Protocol):
    """The part of `links.drivers.Drivers` that a session needs."""

    def open(self, url: str, listener: LinkListener) -> Link: ...


class PortUser(Protocol):
    """Called on the link's reader greenlet; moments are Clock seconds."""

    def message(self, message: GatewayMessage, at_s: float) -> None: ...
    def written(self, order: int, at_s: float) -> None: ...
    def lost(self, error: LinkError) -> None: ...


class GatewayPort:
    """Opens at construction; raises what the driver raises.

    name  what its frames are kept under in `traffic`
    """

    def __init__(
        self, url: str, opener: Opener, clock: Clock, timings: Timings, user: PortUser, *, traffic: Traffic
    ) -> None:
        self.url = self.name = url
        self.last_heard_s = clock.monotonic()
        self.lost_error: LinkError | None = None
        self.unknown_messages = 0
        self._clock, self._timings, self._user, self._traffic = clock, timings, user, traffic
        self._unwritten: dict[int, bytes] = {}
        self._written_early: dict[int, float] = {}
        """Moments of orders that a driver reported before `write` had their number."""
        self._decoder = FrameDecoder()
        self._heard_raw: bytearray | None = None
        self._questions: list[_Question] = []
        self._silent_until_s = 0.0
        self._link = opener.open(url, self)

    # What the link calls

    def received(self, data: bytes, at_s: float) -> None:
        heard_s = self._clock.from_system(at_s)
        if self._decoder.has_partial and heard_s - self.last_heard_s > self._timings.frame_gap_ms / 1000:
            self._decoder.forget_partial()
        self.last_heard_s = heard_s
        if self._heard_raw is not None:
            self._heard_raw += data
            del self._heard_raw[:-_IDENTITY_SEARCH_BYTES]
            self._answer(None)
        for frame in self._decoder.feed(data):
            self._traffic.received(self.name, frame, heard_s)
            message = decode_gateway_frame(frame)
            if isinstance(message, UnknownMessage):
                self.unknown_messages += 1
                _log.debug("%s: unknown message %02X %s", self.url, message.type_byte, message.data.hex(" "))
            try:
                self._user.message(message, heard_s)
            except Exception:  # noqa: BLE001 - one bad message must not stop the reader
                _log.warning("%s: a message could not be handled: %r", self.url, message, exc_info=True)
            self._answer(message)

    def written(self, order: int, at_s: float) -> None:
        written_s = self._clock.from_system(at_s)
        frame = self._unwritten.pop(order, None)
        if frame is None:
            self._written_early[order] = written_s
        else:
            self._traffic.written(self.name, frame, written_s)
        self._user.written(order, written_s)

    def lost(self, error: LinkError) -> None:
        if self.lost_error is None:
            self.lost_error = error
            for question in tuple(self._questions):
                question.answered.set()
            self._user.lost(error)

    # What the session calls

    def write(self, frame: bytes, *, send_at_s: float | None = None) -> int:
        """Returns the order's number. Waits only where the gateway must get back into step. Raises LinkError."""
        silence_s = self._silent_until_s - self._clock.monotonic()
        if silence_s > 0:
            self._clock.sleep(silence_s)
        if self.lost_error is not None:
            raise self.lost_error
        order = self._link.write(frame, send_at_s=None if send_at_s is None else self._clock.to_system(send_at_s))
        written_s = self._written_early.pop(order, None)
        if written_s is None:
            self._unwritten[order] = frame
        else:
            self._traffic.written(self.name, frame, written_s)
        return order

    def take_back(self, order: int) -> bool:
        """True: the timed order will not be written."""
        try:
            is_taken_back = self._link.cancel(order)
        except LinkError:
            return False
        if is_taken_back:
            self._unwritten.pop(order, None)
        return is_taken_back

    def resynchronise(self) -> None:
        """The next frame waits for a silence after which the gateway has forgotten half a frame."""
        self._silent_until_s = self._clock.monotonic() + self._timings.resync_silence_ms / 1000

    def catch_up(self) -> float:
        """Waits until all that was read is handled; returns the moment up to which that holds, in Clock seconds."""
        if self.lost_error is None:
            try:
                return self._clock.from_system(self._link.catch_up(self._timings.catch_up_s))
            except LinkError as error:
                _log.debug("%s: could not catch up: %s", self.url, error)
        return self._clock.monotonic()

    def ask(
        self, command: GatewayCommand, pick: Callable[[GatewayMessage | None], _M | None], wait_s: float
    ) -> _M | None:
        """Writes a command and waits for the message that `pick` takes; None: no answer. Raises LinkError."""
        question = _Question(pick)
        self._questions.append(question)
        try:
            self.write(command.to_frame())
            deadline_s = self._clock.monotonic() + wait_s
            known_s = self._clock.monotonic()
            while not question.answered.is_set() and known_s < deadline_s:
                if not question.answered.wait(self._clock.system_s(deadline_s - self._clock.monotonic())):
                    known_s = self.catch_up()
        finally:
            self._questions.remove(question)
        if self.lost_error is not None:
            raise self.lost_error
        return question.answer  # type: ignore[return-value]

    def identify(self, wait_s: float) -> GatewayIdentity | None:
        """Asks who is there and searches all that is heard for the answer; None: nobody said it. Raises LinkError."""
        if self._heard_raw is None:
            self._heard_raw = bytearray()
        heard_raw = self._heard_raw
        identity = self.ask(Identify(), lambda _: find_identity(bytes(heard_raw)), wait_s)
        if identity is not None:
            self._heard_raw = None
        return identity

    def forget_identity(self) -> None:
        """Ends the search that `identify` began without success."""
        self._heard_raw = None

    def abandon(self, problem: str) -> None:
        """The link works no more, though the port is still there."""
        self.lost(LinkLost(self.url, problem))

    def close(self) -> None:
        """Frees the port. Harmless twice."""
        if self.lost_error is None:
            self.lost_error = LinkLost(self.url, "closed by the host")
            for question in tuple(self._questions):
                question.answered.set()
        self._link.close()

    def _answer(self, message: GatewayMessage | None) -> None:
        for question in self._questions:
            question.offer(message)


class _Question:
    """`pick` gets every message, and None whenever raw bytes came."""

    def __init__(self, pick: Callable[[GatewayMessage | None], object | None]) -> None:
        self.answered = threading.Event()
        self.answer: object | None = None
        self._pick = pick

    def offer(self, message: GatewayMessage | None) -> None:
        if self.answer is None:
            self.answer = self._pick(message)
            if self.answer is not None:
                self.answered.set()
