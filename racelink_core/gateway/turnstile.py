"""Who may use a gateway's one slot next: a queue by priority, with holds and reservations (design 3.3 and 6).

Nothing here yields while it decides: with cooperative greenlets each call is one step.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from racelink_core.domain.clock import Clock
from racelink_core.domain.origin import Priority
from racelink_core.gateway.outcome import SendKind

_MARGIN_S = 0.005
_URGENT = Priority.RACE_EVENT
_places = itertools.count()


@dataclass(eq=False, slots=True)
class Hold:
    """Who waits for replies: nothing of equal or lower priority goes out, unless it is urgent.

    lets_equals_go  only lower priorities are kept back
    """

    priority: Priority
    is_disturbed: bool = False
    lets_equals_go: bool = False

    def keeps_back(self, priority: Priority) -> bool:
        return priority < self.priority or (priority == self.priority and not self.lets_equals_go)


@dataclass(eq=False, slots=True)
class Reservation:
    """A timed packet: no other is in the slot at that moment, and nobody answers one, unless it is more important."""

    fire_at_s: float
    priority: Priority


@dataclass(eq=False, slots=True)
class Ticket:
    """One command's claim. `air_s`: how long its next packet needs the slot; `answers_s`: how long nodes answer it."""

    priority: Priority
    hold: Hold | None = None
    air_s: float = 0.0
    answers_s: float = 0.0
    place: int = field(default_factory=lambda: next(_places))
    changed: threading.Event = field(default_factory=threading.Event)
    has_slot: bool = False
    refusal: tuple[SendKind, str] | None = None
    """Why it will not get the slot."""


class Turnstile:
    """`overhead_s` is what the gateway adds to a packet's time on air."""

    def __init__(self, clock: Clock, overhead_s: Callable[[], float]) -> None:
        self._clock, self._overhead_s = clock, overhead_s
        self._user: Ticket | None = None
        self._waiting: list[Ticket] = []
        self._holds: list[Hold] = []
        self._reservations: list[Reservation] = []

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def pending(self) -> int:
        """Commands that wait or are in the slot."""
        return len(self._waiting) + len(self._reservations) + (self._user is not None)

    def take(self, ticket: Ticket) -> None:
        """Waits for the slot; returns with `has_slot` or `refusal`. No greenlet switch when nobody is before it.

        Who has the slot already offers it to those with more right to it, and gets it back after them.
        """
        self._waiting.append(ticket)
        if self._user is ticket:
            self._user = None
            ticket.has_slot = False
        self._grant()
        while not ticket.has_slot and ticket.refusal is None:
            ticket.changed.wait()
            ticket.changed.clear()

    def give_back(self, ticket: Ticket) -> None:
        """Harmless without the slot."""
        if self._user is ticket:
            self._user = None
            ticket.has_slot = False
            self._grant()

    def refuse(self, ticket: Ticket, kind: SendKind, reason: str) -> None:
        """It leaves the queue; whoever is in the slot finishes the packet first."""
        ticket.refusal = ticket.refusal or (kind, reason)
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        ticket.changed.set()

    def refuse_all(self, kind: SendKind, reason: str) -> None:
        for ticket in tuple(self._waiting):
            self.refuse(ticket, kind, reason)

    def hold(self, hold: Hold) -> None:
        """Until `unhold`. Harmless twice."""
        if hold not in self._holds:
            self._holds.append(hold)

    def unhold(self, hold: Hold) -> None:
        if hold in self._holds:
            self._holds.remove(hold)
            self._grant()

    def disturb(self, own: Hold | None) -> None:
        """A packet goes out: whoever waits for replies may miss some."""
        for hold in self._holds:
            if hold is not own:
                hold.is_disturbed = True

    def reserve(self, reservation: Reservation) -> None:
        self._reservations.append(reservation)

    def unreserve(self, reservation: Reservation) -> None:
        self._reservations.remove(reservation)
        self._grant()

    def _grant(self) -> None:
        if self._user is not None or not self._waiting:
            return
        candidates = [ticket for ticket in self._waiting if self._may_go(ticket)]
        if candidates:
            ticket = min(candidates, key=lambda each: (-each.priority, each.place))
            self._waiting.remove(ticket)
            self._user = ticket
            ticket.has_slot = True
            ticket.changed.set()

    def _may_go(self, ticket: Ticket) -> bool:
        if ticket.priority < _URGENT and any(
            hold.keeps_back(ticket.priority) for hold in self._holds if hold is not ticket.hold
        ):
            return False
        if not self._reservations:
            return True
        free_at_s = self._clock.monotonic() + ticket.air_s + ticket.answers_s + self._overhead_s() + _MARGIN_S
        return all(
            ticket.priority > reservation.priority or free_at_s <= reservation.fire_at_s
            for reservation in self._reservations
        )
