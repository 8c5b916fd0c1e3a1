"""A network's one way out: commands queue here by priority, one packet at a time reaches the gateway (design 3.3).

The lane outlives its gateway's sessions. While there is none, everything fails at once with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import NOTHING_KNOWN, OffsetNotes
from racelink_core.domain.origin import Priority
from racelink_core.domain.timings import Timings
from racelink_core.gateway.asked import Asked
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.errors import LaneFull
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.guards import air_s, slower_reply_s
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.gateway.reply_matcher import Completion, Matcher, Replies
from racelink_core.gateway.sendable import Sendable, sendable
from racelink_core.gateway.session import GatewaySession
from racelink_core.gateway.turnstile import Hold, Reservation, Ticket, Turnstile
from racelink_core.protocol.bodies import Offset
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.radio_guard import require_radio_allowed

PacketSource = Sequence[RadioPacket] | Callable[[OffsetNotes], Sequence[RadioPacket]]
"""The packets, or what plans them at the moment at which the lane is taken."""

MAX_WAITING = 256
_MOST_DISTURBANCES = 10
_UNPLANNED_AIR_S = 0.07
"""The longest single packet at SF7/125 kHz, for commands whose packets are not known yet."""
_NO_GATEWAY = "no gateway is connected"


class Lane:
    """All moments are Clock seconds.

    notes          what the nodes of this network were told about offset mode, by every packet that left
    notes_changed  called after each change of `notes`, on the sender's greenlet: be quick
    asked          called when a request has ended, on the greenlet that made it: be quick
    """

    def __init__(self, network_id: str, session: GatewaySession | None, clock: Clock, timings: Timings) -> None:
        self.network_id = network_id
        self.notes: OffsetNotes = NOTHING_KNOWN
        self.notes_changed: Callable[[OffsetNotes], None] = lambda notes: None
        self.asked: Callable[[Asked], None] = lambda asked: None
        self._session = session
        self._clock, self._timings = clock, timings
        self._why_closed = _NO_GATEWAY
        self._turnstile = Turnstile(clock, lambda: self.overhead_ms / 1000)

    @property
    def session(self) -> GatewaySession | None:
        """The gateway that serves this network now."""
        return self._session

    @property
    def clock(self) -> Clock:
        """What all its moments are on."""
        return self._clock

    @property
    def pending(self) -> int:
        """Commands that wait, or whose packet is on its way."""
        return self._turnstile.pending

    @property
    def overhead_ms(self) -> float:
        return self._session.overhead_ms if self._session is not None else 0.0

    @property
    def least_overhead_ms(self) -> float:
        return self._session.least_overhead_ms if self._session is not None else 0.0

    def attach(self, session: GatewaySession) -> None:
        """From now on this session serves the network."""
        self._session = session

    def detach(self, reason: str) -> None:
        """The session is gone: every command that waits fails at once with the reason."""
        self._session, self._why_closed = None, reason
        self._turnstile.refuse_all(SendKind.LINK_LOST, reason)

    def send(
        self,
        packets: PacketSource,
        priority: Priority,
        *,
        fire_at_s: float | None = None,
        cancellation: Cancellation | None = None,
    ) -> tuple[SendOutcome, ...]:
        """One outcome per packet, in order. A higher priority overtakes between two packets.

        A lost link fails the rest; a rejected or timed-out packet does not stop those behind it. With `fire_at_s`
        there is exactly one packet; it is written at that moment, and the slot is kept free for it.
        One packet that is NotSendable keeps all of them back.
        Raises LaneFull, NotSendable, RadioForbidden or InvalidValue, and what a callable source raises.
        """
        require_radio_allowed()
        if fire_at_s is not None:
            return (self._send_timed(packets, priority, fire_at_s, cancellation),)
        planned = None if callable(packets) else _prepared(packets)
        if planned is not None and not planned:
            return ()
        with self.turns(priority, cancellation=cancellation) as turns:
            if planned is None:
                refused = turns.wait()
                if refused is not None:
                    return (refused,)
                planned = _prepared(packets(self.notes)) if callable(packets) else ()
            return tuple(turns.send(packet) for packet in planned)

    @contextmanager
    def turns(self, priority: Priority, *, cancellation: Cancellation | None = None) -> Iterator[Turns]:
        """A place in the queue for several packets: between two of them only a higher priority goes first.

        Whoever has it should do nothing between two packets that takes time: the lane waits.
        Raises LaneFull or RadioForbidden.
        """
        require_radio_allowed()
        ticket = Ticket(priority)
        with self._queued(ticket, cancellation):
            yield Turns(self, ticket)

    def request(
        self,
        packet: RadioPacket,
        matcher: Callable[[], Matcher],
        priority: Priority,
        *,
        attempts: int = 3,
        attempt_s: float = 1.5,
        cancellation: Cancellation | None = None,
        may_ask: Callable[[], bool] | None = None,
    ) -> Replies:
        """Sends and waits for replies, `attempts` times while there is silence. `matcher` makes a new one per attempt.

        While it waits, equal and lower priorities are held back; race events, blackout and timed packets are not. A
        request that they disturbed is asked again without counting. Replies of all attempts are put together.
        `attempt_s` counts from the moment at which the request is out; slow radio settings stretch it.
        `may_ask` has the last word whenever the lane is taken: if it says no, the request ends as cancelled.
        Raises LaneFull, NotSendable or RadioForbidden.
        """
        require_radio_allowed()
        ticket = Ticket(priority, Hold(priority))
        prepared = sendable(packet)
        heard: dict[RadioAddress, GatewayEvent] = {}
        silences = disturbances = sent = 0
        began_s = self._clock.monotonic()

        def ended(replies: Replies, waiting: Matcher) -> Replies:
            took_s = self._clock.monotonic() - began_s
            self.asked(Asked(self.network_id, packet, priority, took_s, sent, waiting.senders, replies))
            return replies

        with self._queued(ticket, cancellation):
            while True:
                waiting = matcher()
                reason, detail = self._ask(
                    ticket, prepared, waiting, attempt_s, cancellation=cancellation, may_ask=may_ask
                )
                sent += detail is None
                for event in waiting.events:
                    if isinstance(event.message, Forwarded):
                        heard.setdefault(event.message.sender, event)
                is_disturbed = ticket.hold is not None and ticket.hold.is_disturbed
                result = Replies(reason, tuple(heard.values()), is_disturbed and reason != "count", detail)
                if reason in ("count", "cancelled", "link_lost"):
                    return ended(result, waiting)
                if is_disturbed and disturbances < _MOST_DISTURBANCES:
                    disturbances += 1
                    continue
                silences += 1
                if reason != "no_reply" or silences >= attempts:
                    return ended(result, waiting)
                self._clock.sleep(self._timings.unicast_gap_s)

    # Questions whose answers are awaited side by side; see `inquiry`

    @property
    def is_wanted(self) -> bool:
        """Whether somebody waits for a turn."""
        return self._turnstile.waiting > 0

    def ask(
        self, packet: RadioPacket, matcher: Matcher, hold: Hold, *, may_ask: Callable[[], bool] | None = None
    ) -> SendOutcome:
        """Sends one question and does not wait for the answer: `matcher` listens on until `forget`, unless it failed.

        From then on `hold` keeps lower priorities back, until `release`. Its own priority takes turns with it.
        `may_ask` has the last word when the lane is taken. Raises LaneFull, NotSendable or RadioForbidden.
        """
        require_radio_allowed()
        self._require_room()
        ticket, prepared = Ticket(hold.priority, hold), sendable(packet)
        try:
            self._take(ticket, prepared)
            session = self._session
            if ticket.refusal is not None or session is None:
                return _refused(ticket)
            if may_ask is not None and not may_ask():
                return SendOutcome(SendKind.CANCELLED, "it was no longer wanted when its turn came")
            session.matchers.add(matcher)
            outcome = self._transmit(ticket, prepared)
            if outcome.ok:
                matcher.start(outcome.done_at_s or self._clock.monotonic(), self._timings.unicast_attempt_s)
                self._turnstile.hold(hold)
            else:
                session.matchers.remove(matcher)
            return outcome
        finally:
            self._turnstile.give_back(ticket)

    def forget(self, matcher: Matcher) -> None:
        """It listens no more. Harmless twice."""
        if self._session is not None:
            self._session.matchers.remove(matcher)

    def release(self, hold: Hold) -> None:
        """Whoever it kept back may go. Harmless twice."""
        self._turnstile.unhold(hold)

    # The way of one packet

    def _send_in_turn(self, ticket: Ticket, packet: Sendable) -> SendOutcome:
        may_go = ticket.has_slot and ticket.refusal is None
        outcome = self._transmit(ticket, packet) if may_go else _refused(ticket)
        if outcome.kind is SendKind.LINK_LOST and ticket.refusal is None:
            self._turnstile.refuse(ticket, SendKind.LINK_LOST, outcome.reason or _NO_GATEWAY)
            self._turnstile.give_back(ticket)
        return outcome

    def _ask(
        self,
        ticket: Ticket,
        packet: Sendable,
        matcher: Matcher,
        attempt_s: float,
        *,
        cancellation: Cancellation | None,
        may_ask: Callable[[], bool] | None,
    ) -> tuple[Completion, str | None]:
        session = self._session
        ticket.answers_s = attempt_s + slower_reply_s(session.profile if session is not None else None)
        self._take(ticket, packet)
        session, hold = self._session, ticket.hold
        if ticket.refusal is not None or session is None or hold is None:
            return _ended(_refused(ticket))
        if may_ask is not None and not may_ask():
            return "cancelled", "it was no longer wanted when its turn came"
        session.matchers.add(matcher)
        detach = cancellation.attach(lambda: matcher.end("cancelled")) if cancellation is not None else _nothing
        try:
            outcome = self._transmit(ticket, packet)
            if not outcome.ok:
                return _ended(outcome)
            matcher.start(outcome.done_at_s or self._clock.monotonic(), attempt_s + slower_reply_s(session.profile))
            hold.is_disturbed = False
            self._turnstile.hold(hold)
            self._turnstile.give_back(ticket)
            return self._wait(matcher, session), None
        finally:
            detach()
            session.matchers.remove(matcher)
            self._turnstile.give_back(ticket)

    def _wait(self, matcher: Matcher, session: GatewaySession) -> Completion:
        known_s = self._clock.monotonic()
        while (reason := matcher.reason_at(known_s)) is None:
            matcher.changed.clear()
            remaining_s = matcher.deadline_s - self._clock.monotonic()
            if remaining_s > 0 and matcher.changed.wait(self._clock.system_s(remaining_s)):
                continue
            known_s = session.catch_up()
        return reason

    def _send_timed(
        self, packets: PacketSource, priority: Priority, fire_at_s: float, cancellation: Cancellation | None
    ) -> SendOutcome:
        planned = packets(self.notes) if callable(packets) else packets
        if len(planned) != 1:
            raise InvalidValue("packets", f"a timed send carries exactly one packet, not {len(planned)}")
        session = self._session
        if session is None:
            return SendOutcome(SendKind.LINK_LOST, self._why_closed)
        self._require_room()
        reservation = Reservation(fire_at_s, priority)
        self._turnstile.reserve(reservation)
        try:
            outcome = session.send(planned[0], fire_at_s=fire_at_s, cancellation=cancellation)
            if outcome.attempts:
                self._turnstile.disturb(None)
            self._note(planned[0], outcome)
            return outcome
        finally:
            self._turnstile.unreserve(reservation)

    def _take(self, ticket: Ticket, packet: Sendable | None) -> None:
        """Waits for the slot for the next packet: then `ticket` has it, or a refusal."""
        session = self._session
        if session is None:
            self._turnstile.refuse(ticket, SendKind.LINK_LOST, self._why_closed)
        elif ticket.refusal is None:
            ticket.air_s = _UNPLANNED_AIR_S if packet is None else air_s(packet.lengths_on_air, session.profile)
            self._turnstile.take(ticket)

    def _transmit(self, ticket: Ticket, packet: Sendable) -> SendOutcome:
        session = self._session
        if session is None:
            return SendOutcome(SendKind.LINK_LOST, self._why_closed)
        self._turnstile.disturb(ticket.hold)
        outcome = session.send(packet)
        self._note(packet.packet, outcome)
        return outcome

    def _note(self, packet: RadioPacket, outcome: SendOutcome) -> None:
        """An OFFSET that may have gone out counts as told; leaving offset mode needs certainty."""
        body = packet.body
        starts_offset = isinstance(body, Offset) and body.mode is not OffsetMode.NONE
        may_be_out = outcome.attempts > 0 and outcome.kind in (SendKind.TIMED_OUT, SendKind.LINK_LOST)
        if outcome.ok or (starts_offset and may_be_out):
            notes = self.notes.after(packet)
            if notes != self.notes:
                self.notes = notes
                self.notes_changed(notes)

    @contextmanager
    def _queued(self, ticket: Ticket, cancellation: Cancellation | None) -> Iterator[None]:
        """Leaves nothing of the ticket behind. Raises LaneFull."""
        self._require_room()
        detach: Callable[[], object] = _nothing
        if cancellation is not None:
            detach = cancellation.attach(lambda: self._cancel(ticket))
            if cancellation.is_cancelled:
                self._cancel(ticket)
        try:
            yield
        finally:
            detach()
            self._turnstile.give_back(ticket)
            if ticket.hold is not None:
                self._turnstile.unhold(ticket.hold)

    def _cancel(self, ticket: Ticket) -> None:
        self._turnstile.refuse(ticket, SendKind.CANCELLED, "taken back before it was written")

    def _require_room(self) -> None:
        if self._turnstile.waiting >= MAX_WAITING:
            raise LaneFull(self.network_id, self._turnstile.waiting)


class Turns:
    """Sends packet after packet, as `Lane.turns` says. A lost link or a cancellation fails all that follow at once."""

    def __init__(self, lane: Lane, ticket: Ticket) -> None:
        self._lane, self._ticket = lane, ticket
        self._is_next = False

    @property
    def notes(self) -> OffsetNotes:
        """What the nodes of this network were told about offset mode so far."""
        return self._lane.notes

    def wait(self, packet: Sendable | None = None) -> SendOutcome | None:
        """Returns when it is this command's turn, or with the outcome of what will not be sent.

        `packet`: the one that comes next; None: it is not known yet.
        """
        if self._ticket.refusal is None:
            self._lane._take(self._ticket, packet)
        self._is_next = True
        return None if self._ticket.refusal is None else _refused(self._ticket)

    def send(self, packet: Sendable) -> SendOutcome:
        """Waits for the turn, unless `wait` did, and for the outcome."""
        if not self._is_next:
            self.wait(packet)
        self._is_next = False
        return self._lane._send_in_turn(self._ticket, packet)


def _prepared(packets: Iterable[RadioPacket]) -> tuple[Sendable, ...]:
    return tuple(map(sendable, packets))


def _nothing() -> None:
    """In place of what would detach a cancellation."""


def _refused(ticket: Ticket) -> SendOutcome:
    return SendOutcome(*(ticket.refusal or (SendKind.LINK_LOST, _NO_GATEWAY)))


def _ended(outcome: SendOutcome) -> tuple[Completion, str | None]:
    """How an attempt ends whose request did not go out."""
    if outcome.kind is SendKind.LINK_LOST:
        return "link_lost", outcome.reason
    return "cancelled" if outcome.kind is SendKind.CANCELLED else "no_reply", outcome.reason
