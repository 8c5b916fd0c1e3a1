"""Waiting for nodes to answer: one primitive says who may, what counts, how many, and ends with one reason.

Source: spec services, section 3. All moments are Clock seconds, as stamped when the bytes were read.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.opcode import Opcode
from racelink_core.gateway.events import GatewayEvent
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import Ack

_log = logging.getLogger(__name__)

Completion = Literal["count", "idle", "max_timeout", "no_reply", "cancelled", "link_lost"]
_Key = tuple[RadioAddress, int, int | None]


@dataclass(frozen=True, slots=True)
class Replies:
    """`events` has one entry per sender, in the order of their first match.

    reason       count: as many as expected. idle: silence after at least one. max_timeout: the ceiling, at least
                 one. no_reply: the ceiling, none. cancelled and link_lost: the wait was ended
    is_disturbed other packets went out while replies were due, also at the last try; silence then proves nothing
    detail       why the request could not be sent, if it could not
    """

    reason: Completion
    events: tuple[GatewayEvent, ...] = ()
    is_disturbed: bool = False
    detail: str | None = None

    @property
    def ok(self) -> bool:
        return bool(self.events)


class Matcher:
    """Collects the replies to one request. Filters that are None let everything pass; the others must all fit.

    senders          who may answer
    opcode           of the reply; or, for acknowledgements:
    ack_of           the opcode that an ACK refers to
    option           of a configuration reply
    expected_count   ends the wait after so many senders; None: only time ends it
    idle_timeout_s   silence after the first match that ends the wait; 0: none does
    max_timeout_s    ceiling, counted from `start`; None: the lane's time per attempt
    on_match         called for each first match of a sender, on the link's reader: be quick
    """

    def __init__(
        self,
        *,
        senders: Collection[RadioAddress] | None = None,
        opcode: int | None = None,
        ack_of: int | None = None,
        option: int | None = None,
        expected_count: int | None = None,
        idle_timeout_s: float = 0.0,
        max_timeout_s: float | None = None,
        on_match: Callable[[GatewayEvent], None] | None = None,
    ) -> None:
        if (opcode is None) is (ack_of is None):
            raise ValueError("a matcher waits for either an opcode or an acknowledgement of one")
        self.senders = None if senders is None else frozenset(senders)
        self.opcode = int(Opcode.ACK if opcode is None else opcode)
        self.ack_of, self.option = ack_of, option
        self.expected_count = expected_count
        self.idle_timeout_s, self.max_timeout_s = idle_timeout_s, max_timeout_s
        self.changed = threading.Event()
        """Set with each first match of a sender, and when the wait is over or may be over earlier than was known."""
        self._on_match = on_match
        self._collected: dict[RadioAddress, GatewayEvent] = {}
        self._started_at_s = 0.0
        self._last_match_s: float | None = None
        self._ended: Completion | None = None

    @property
    def key(self) -> _Key | None:
        """The bucket of a matcher with a single sender."""
        if self.senders is None or len(self.senders) != 1:
            return None
        return (next(iter(self.senders)), self.opcode, self.ack_of)

    @property
    def events(self) -> tuple[GatewayEvent, ...]:
        return tuple(self._collected.values())

    def start(self, at_s: float, attempt_s: float) -> None:
        """The request went out at `at_s`. `attempt_s` is the ceiling where the matcher has none of its own.

        What was heard before that answers something older, and does not count.
        """
        self._started_at_s = at_s
        early = [sender for sender, event in self._collected.items() if event.at_s < at_s]
        for sender in early:
            del self._collected[sender]
        if early and self._ended == "count":
            self._ended = None
        if early and not self._collected:
            self._last_match_s = None
        if self.max_timeout_s is None:
            self.max_timeout_s = attempt_s

    def matches(self, heard: Forwarded) -> bool:
        reply = heard.reply
        if reply is None or heard.opcode != self.opcode:
            return False
        if self.senders is not None and heard.sender not in self.senders:
            return False
        if self.ack_of is not None and not (isinstance(reply, Ack) and reply.opcode == self.ack_of):
            return False
        return self.option is None or getattr(reply, "option", None) == self.option

    def take(self, event: GatewayEvent, sender: RadioAddress) -> None:
        """Counts a match; a second one of the same sender only shows that it is not silent."""
        self._last_match_s = event.at_s
        if sender in self._collected:
            if not self._started_at_s:
                self._collected[sender] = event
            return
        self._collected[sender] = event
        self.changed.set()
        if self._on_match is not None:
            self._on_match(event)
        if self.expected_count is not None and len(self._collected) >= self.expected_count:
            self.end("count")

    def end(self, reason: Completion) -> None:
        """The first reason stands."""
        if self._ended is None:
            self._ended = reason
        self.changed.set()

    @property
    def due(self) -> int:
        """How many answers are still to come; 0 where nobody knows how many there will be."""
        return 0 if self.expected_count is None else max(0, self.expected_count - len(self._collected))

    @property
    def last_match_s(self) -> float | None:
        """When it was last heard that a sender answered; None: not yet."""
        return self._last_match_s

    @property
    def deadline_s(self) -> float:
        """When silence or the ceiling ends the wait, as far as is known now."""
        ceiling_s = self._started_at_s + (self.max_timeout_s or 0.0)
        if self._last_match_s is None or not self.idle_timeout_s:
            return ceiling_s
        return min(ceiling_s, self._last_match_s + self.idle_timeout_s)

    def reason_at(self, known_until_s: float) -> Completion | None:
        """How the wait ended, if all that was heard until `known_until_s` was offered; None: go on waiting."""
        if self._ended is not None:
            return self._ended
        if known_until_s < self.deadline_s:
            return None
        if not self._collected:
            return "no_reply"
        return "idle" if self.deadline_s < self._started_at_s + (self.max_timeout_s or 0.0) else "max_timeout"


class MatcherRegistry:
    """The matchers that wait on one gateway. A reply goes to the first that fits, and to no second one."""

    def __init__(self) -> None:
        self._by_key: dict[_Key, list[Matcher]] = {}
        self._others: list[Matcher] = []

    def add(self, matcher: Matcher) -> None:
        """Before the request is sent."""
        key = matcher.key
        waiting = self._others if key is None else self._by_key.setdefault(key, [])
        waiting.append(matcher)

    def remove(self, matcher: Matcher) -> None:
        """Harmless twice."""
        key = matcher.key
        waiting = self._others if key is None else self._by_key.get(key, [])
        if matcher in waiting:
            waiting.remove(matcher)
        if key is not None and not waiting:
            self._by_key.pop(key, None)

    def offer(self, event: GatewayEvent) -> bool:
        """Returns whether a matcher took the event."""
        heard = event.message
        if not isinstance(heard, Forwarded) or heard.reply is None:
            return False
        ack_of = heard.reply.opcode if isinstance(heard.reply, Ack) else None
        bucket = self._by_key.get((heard.sender, heard.opcode, ack_of), ())
        for matcher in (*bucket, *self._others):
            if matcher.matches(heard):
                matcher.take(event, heard.sender)
                return True
        if bucket:
            _log.debug("no match for %s of %s", heard.reply, heard.sender)
        return False

    def end_all(self, reason: Completion) -> None:
        for matcher in (*self._others, *(each for bucket in self._by_key.values() for each in bucket)):
            matcher.end(reason)

    def __len__(self) -> int:
        return len(self._others) + sum(map(len, self._by_key.values()))


def _address(node: Mac | RadioAddress) -> RadioAddress:
    return node.radio_address if isinstance(node, Mac) else node


def ack_from(node: Mac | RadioAddress, opcode: int, on_match: Callable[[GatewayEvent], None] | None = None) -> Matcher:
    """One node's acknowledgement of a request."""
    return Matcher(senders=(_address(node),), ack_of=opcode, expected_count=1, on_match=on_match)


def reply_from(node: Mac | RadioAddress, opcode: int, option: int | None = None) -> Matcher:
    """One node's own reply; `option` for GET_CONFIG."""
    return Matcher(senders=(_address(node),), opcode=opcode, option=option, expected_count=1)


def replies_from_any(
    opcode: int,
    expected_count: int | None = None,
    on_match: Callable[[GatewayEvent], None] | None = None,
    *,
    idle_timeout_s: float = 0.6,
    max_timeout_s: float | None = None,
) -> Matcher:
    """Everybody's replies to a broadcast; ends by silence, by the ceiling or by count."""
    return Matcher(
        opcode=opcode,
        expected_count=expected_count,
        on_match=on_match,
        idle_timeout_s=idle_timeout_s,
        max_timeout_s=max_timeout_s,
    )
