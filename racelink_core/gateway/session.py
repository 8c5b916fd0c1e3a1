"""The traffic of one gateway: who it is, how it is, and exactly one outcome for every packet.

Source: spec wire, sections 10.2, 13.3, 18 and 19; spec services, section 2.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.domain.timings import Timings
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.errors import GatewayTooOld, NotAGateway
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.guards import air_s, outcome_guard_s, rejected_give_up_s
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.gateway.overhead import Overhead
from racelink_core.gateway.port import GatewayPort, Opener
from racelink_core.gateway.reply_matcher import MatcherRegistry
from racelink_core.gateway.sendable import Sendable, sendable
from racelink_core.gateway.traffic import AUTOSYNC_BYTES, OnAir, Traffic
from racelink_core.gateway.transmission import SlotMirror, Transmission, TryEnd
from racelink_core.links.contract import LinkError, LinkLost, LinkOverrun
from racelink_core.protocol.gateway_commands import GetGatewayProfile, SetGatewayProfile, StateRequest
from racelink_core.protocol.gateway_messages import (
    GatewayMessage,
    GatewayState,
    RadioChanged,
    RejectReason,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
)
from racelink_core.protocol.identity import SUPPORTED_VERSION, GatewayIdentity
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.radio_profile_codec import WireProfile
from racelink_core.runtime.radio_guard import require_radio_allowed

_log = logging.getLogger(__name__)

RADIO_FAULT = "RADIO_FAULT"
"""Reason of a rejection: the radio dropped the packet twice."""
_QUESTION_TRIES = 2
_MOST_DROPS = 2


class GatewaySession:
    """One connection from `open` to its end; a new one is made for the next. All moments are Clock seconds.

    listener  gets every message, on the link's reader greenlet: be quick
    on_lost   called once when the link is lost, not after `close`; on any greenlet
    matchers  waits for replies that came through this gateway
    traffic   keeps every frame and counts what went on air
    """

    def __init__(
        self,
        url: str,
        drivers: Opener,
        clock: Clock,
        timings: Timings,
        listener: Callable[[GatewayEvent], None],
        *,
        traffic: Traffic | None = None,
    ) -> None:
        self.url = url
        self.on_lost: Callable[[LinkError], None] = lambda error: None
        self.matchers = MatcherRegistry()
        self.profile: RadioProfile | None = None
        self.last_error: LinkError | None = None
        self.last_event: tuple[GatewayMessage, float] | None = None
        self._drivers, self._clock, self._timings, self._listener = drivers, clock, timings, listener
        self.traffic = traffic or Traffic()
        self._port: GatewayPort | None = None
        self._identity: GatewayIdentity | None = None
        self._is_ready = self._is_closed = False
        self._mirror = SlotMirror()
        self._overhead = Overhead()
        self._turn = threading.Lock()
        self._in_flight: list[_Send] = []
        self._stream_until_s = 0.0
        self._is_gateway_doubted = self._is_restart_suspected = False
        self._attention = threading.Event()
        self._keeper: threading.Thread | None = None

    # What it is

    @property
    def identity(self) -> GatewayIdentity:
        """Raises LinkLost before `open` has succeeded."""
        if self._identity is None:
            raise LinkLost(self.url, "no gateway has been identified yet")
        return self._identity

    @property
    def state(self) -> GatewayState:
        """As last reported by the gateway."""
        return self._mirror.state

    @property
    def window_ms(self) -> int:
        """How long the receive window is that the gateway last reported; 0 in every other state."""
        return self._mirror.window_ms or 0

    @property
    def is_open(self) -> bool:
        return self._is_ready and self.last_error is None and not self._is_closed

    @property
    def overhead_ms(self) -> float:
        """Write to TX_DONE minus time on air: running median, 10.0 until known."""
        return self._overhead.ms

    @property
    def least_overhead_ms(self) -> float:
        """Of the quickest of the same packets, 10.0 until known."""
        return self._overhead.least_ms

    # Opening and closing

    def open(self) -> None:
        """Waits until the gateway is known. Raises LinkError: NotAGateway, GatewayTooOld or what the driver raises.

        The port is free again after any failure.
        """
        self._port = port = GatewayPort(self.url, self._drivers, self._clock, self._timings, self, traffic=self.traffic)
        try:
            if self._is_closed:
                raise LinkLost(self.url, "closed while it was being opened")
            self._identity = identity = self._identify(port)
            port.name = identity.mac
            if identity.version != SUPPORTED_VERSION:
                _log.warning(
                    "%s calls itself %s; this program was written for version %d. It is used as long as it answers.",
                    self.url,
                    identity.name,
                    SUPPORTED_VERSION,
                )
            if not any(self._ask_state(port) for _ in range(_QUESTION_TRIES)):
                raise GatewayTooOld(self.url, identity.name)
            if not any(self._ask_profile(port) for _ in range(_QUESTION_TRIES)):
                _log.info("%s: gateway %s has no runtime radio settings", self.url, identity.mac)
        except BaseException:
            port.close()
            raise
        self._is_ready = True
        self._keeper = threading.Thread(target=self._keep_alive, name=f"rl-gateway-{identity.mac}", daemon=True)
        self._keeper.start()

    def close(self) -> None:
        """Frees the port; whoever still waits gets LINK_LOST. Harmless twice."""
        self._is_closed = True
        if self._port is not None:
            self._port.close()
            self._end_everything(LinkLost(self.url, "closed by the host"))
        self._attention.set()
        if self._keeper is not None and self._keeper is not threading.current_thread():
            self._keeper.join(1.0)

    def _identify(self, port: GatewayPort) -> GatewayIdentity:
        """Asks at once, then after the board has settled, then until it should have booted."""
        attempts = self._timings.identify_attempts
        waits_s = (self._timings.open_settle_s, *(self._timings.identify_attempt_s,) * attempts)
        for wait_s in waits_s:
            identity = port.identify(wait_s)
            if identity is not None:
                return identity
        raise NotAGateway(self.url, len(waits_s))

    # Questions to the gateway itself

    def query_state(self) -> StateReport | None:
        """None: no answer in time. Raises LinkLost."""
        return self._ask_state(self._open_port())

    def query_profile(self) -> RadioProfile | None:
        """The active radio settings, also kept in `profile`; None: no answer in time. Raises LinkLost."""
        return self.profile if self._ask_profile(self._open_port()) else None

    def set_profile(self, profile: RadioProfile, *, persist: bool) -> RadioChanged | None:
        """None: no answer in time. Persistent: the gateway restarts about 100 ms after its answer. Raises LinkLost.

        After a volatile change the radio hears nothing until it has transmitted once (spec wire, 17).
        """
        require_radio_allowed()
        command = SetGatewayProfile(persist, WireProfile.of(profile))
        with self._turn:
            return self._open_port().ask(command, _radio_changed, self._timings.radio_report_s)

    def _ask_state(self, port: GatewayPort) -> StateReport | None:
        return port.ask(StateRequest(), _state_report, self._timings.state_report_s)

    def _ask_profile(self, port: GatewayPort) -> RadioChanged | None:
        return port.ask(GetGatewayProfile(), _radio_changed, self._timings.radio_report_s)

    def _open_port(self) -> GatewayPort:
        if self._port is None or not self.is_open:
            raise self.last_error or LinkLost(self.url, "the gateway is not connected")
        return self._port

    # Sending

    def send(
        self,
        packet: RadioPacket | Sendable,
        *,
        fire_at_s: float | None = None,
        cancellation: Cancellation | None = None,
    ) -> SendOutcome:
        """Waits for the one outcome. Raises RadioForbidden or NotSendable, and then nothing was written.

        packet     made `sendable` beforehand where another packet is in the slot before it: that is time won
        fire_at_s  the moment at which the port process writes the packet, also while this process stands still.
                   Other packets may be sent before it; who leaves the slot free for it is the lane's business
        """
        require_radio_allowed()
        send = _Send(packet if isinstance(packet, Sendable) else sendable(packet), cancellation or Cancellation())
        if fire_at_s is not None:
            outcome = self._send_timed(send, fire_at_s)
            if outcome is not None:
                return outcome
        with self._turn:
            return self._send_now(send)

    def _send_timed(self, send: _Send, fire_at_s: float) -> SendOutcome | None:
        """None: it has to be tried again, at once."""
        if send.cancellation.is_cancelled:
            return send.outcome(SendKind.CANCELLED, "taken back before it was written")
        self._in_flight.append(send)
        detach = send.cancellation.attach(lambda: self._take_back(send))
        try:
            self._try(send, fire_at_s)
            return self._judge(send)
        finally:
            detach()
            self._in_flight.remove(send)

    def _take_back(self, send: _Send) -> None:
        port, order = self._port, send.order
        if port is not None and order is not None and send.written_at_s is None and port.take_back(order):
            send.finish(TryEnd.CANCELLED)

    def _send_now(self, send: _Send) -> SendOutcome:
        self._in_flight.append(send)
        try:
            while True:
                if send.end is TryEnd.REJECTED:
                    self._wait_for_slot(send)
                self._try(send, None)
                outcome = self._judge(send)
                if outcome is not None:
                    return outcome
        finally:
            self._in_flight.remove(send)

    def _try(self, send: _Send, fire_at_s: float | None) -> None:
        """Writes once and waits until the try has an end."""
        send.begin()
        send.order = None
        send.changed.clear()
        try:
            port = self._open_port()
            started_s = max(self._clock.monotonic(), fire_at_s or 0.0)
            send.order = port.write(send.sendable.frame, send_at_s=fire_at_s)
        except LinkError as error:
            send.failure = error
            send.tries -= 1
            send.end = TryEnd.REJECTED if isinstance(error, LinkOverrun) else TryEnd.LINK_LOST
            return
        if fire_at_s is not None and send.cancellation.is_cancelled:
            self._take_back(send)
        guard_s = outcome_guard_s(self._timings, self.profile)
        while send.end is None:
            deadline_s = (send.progress_at_s or started_s) + guard_s
            remaining_s = deadline_s - self._clock.monotonic()
            if remaining_s > 0 and send.changed.wait(self._clock.system_s(remaining_s)):
                continue
            # This process may have stood still: only the port process's stamps say what came too late.
            known_s = port.catch_up()
            if send.end is None and known_s >= (send.progress_at_s or started_s) + guard_s:
                send.end = TryEnd.TIMED_OUT

    def _judge(self, send: _Send) -> SendOutcome | None:
        """The outcome of a try that has ended; None: try again."""
        end = send.end
        if end is TryEnd.DONE:
            self._measure(send)
            return send.outcome(SendKind.SENT)
        if end is TryEnd.CANCELLED:
            return send.outcome(SendKind.CANCELLED, "taken back before it was written")
        if end is TryEnd.LINK_LOST:
            return send.outcome(SendKind.LINK_LOST, str(send.failure or self.last_error))
        if end is TryEnd.DROPPED:
            return None if send.drops < _MOST_DROPS else send.outcome(SendKind.REJECTED, RADIO_FAULT)
        if end is TryEnd.REJECTED:
            return self._judge_rejection(send)
        if send.wanted > 1:
            self._stream_until_s = self._clock.monotonic() + air_s(send.sendable.lengths_on_air, self.profile)
        if self._port is not None:
            self._port.resynchronise()
        self._is_gateway_doubted = True
        self._attention.set()
        return send.outcome(SendKind.TIMED_OUT, "the gateway did not say what became of it")

    def _judge_rejection(self, send: _Send) -> SendOutcome | None:
        if send.failure is not None:
            return send.outcome(SendKind.REJECTED, str(send.failure))
        now_s = self._clock.monotonic()
        if send.give_up_s is None:
            behind_stream = now_s < self._stream_until_s
            patience_s = rejected_give_up_s(self._timings, self.profile, behind_stream=behind_stream)
            send.give_up_s = now_s + patience_s
        reason = send.reject_reason or RejectReason.UNKNOWN
        can_pass = reason is RejectReason.TXPENDING or (reason is RejectReason.UNKNOWN and send.is_stream)
        if can_pass and now_s < send.give_up_s:
            return None
        return send.outcome(SendKind.REJECTED, reason.name)

    def _wait_for_slot(self, send: _Send) -> None:
        """After a rejection: until the slot is seen to become free, or for the retry time."""
        send.changed.clear()
        if not send.is_slot_free:
            send.changed.wait(self._clock.system_s(self._timings.rejected_retry_s))

    def _measure(self, send: _Send) -> None:
        if send.is_undisturbed and send.wanted == 1 and send.written_at_s is not None and send.done_at_s is not None:
            spent_s = send.done_at_s - send.written_at_s
            self._overhead.add((spent_s - air_s(send.sendable.lengths_on_air, self.profile)) * 1000)

    def catch_up(self) -> float:
        """Waits until all that the gateway said so far is handled; returns the moment up to which that holds."""
        return self._clock.monotonic() if self._port is None else self._port.catch_up()

    # What the port calls, on the link's reader greenlet

    def written(self, order: int, at_s: float) -> None:
        for send in self._in_flight:
            # A driver may report it before `write` has returned the number.
            if send.order in (order, None) and send.written_at_s is None and send.end is None:
                others = any(other.is_in_flight for other in self._in_flight if other is not send)
                send.written(at_s, foreign_in_slot=self._mirror.is_occupied and not others)
                self._in_flight.sort(key=_written_first)
                return

    def message(self, message: GatewayMessage, at_s: float) -> None:
        self.last_event = (message, at_s)
        if isinstance(message, TxDone | StateChanged | StateReport | TxRejected):
            waiting = [send for send in self._in_flight if send.end is None]
            if self._mirror.apply(message, at_s, self._in_flight):
                self._is_restart_suspected = True
                self._attention.set()
            if isinstance(message, TxDone):
                self._count_on_air(at_s)
            for send in self._in_flight:
                if send.is_slot_free or (send.end is not None and send in waiting):
                    send.changed.set()
        elif isinstance(message, RadioChanged):
            self._take_profile(message)
        if self._identity is None or not self._is_ready:
            return
        event = GatewayEvent(self._identity.mac, message, at_s)
        try:
            self.matchers.offer(event)
        finally:
            self._listener(event)

    def _count_on_air(self, at_s: float) -> None:
        done = self._mirror.last_done
        if self._identity is None:
            return
        mac, profile = self._identity.mac, self.profile
        if isinstance(done, _Send):
            length = done.sendable.lengths_on_air[done.packets_done - 1]
            is_last = done.packets_done == done.wanted
            self.traffic.transmitted(OnAir(mac, at_s, length, profile, done.sendable.packet, is_last))
        else:
            self.traffic.transmitted(OnAir(mac, at_s, AUTOSYNC_BYTES, profile))

    def lost(self, error: LinkError) -> None:
        was_ready = self._is_ready and not self._is_closed
        self._end_everything(error)
        self._attention.set()
        if was_ready:
            self.on_lost(error)

    def _end_everything(self, error: LinkError) -> None:
        if self.last_error is None:
            self.last_error = error
        for send in self._in_flight:
            send.failure = send.failure or error
            send.finish(TryEnd.LINK_LOST)
        self.matchers.end_all("link_lost")

    def _take_profile(self, message: RadioChanged) -> None:
        try:
            self.profile = message.profile.to_profile()
        except InvalidValue as error:
            self.profile = None
            _log.warning("%s: the gateway reports radio settings that no radio accepts: %s", self.url, error)

    # Keeping it alive

    def _keep_alive(self) -> None:
        """Asks a silent or doubtful gateway for its state; ends with the session."""
        port = self._port
        assert port is not None
        try:
            while self.is_open:
                self._check(port)
                due_s = port.last_heard_s + self._timings.keep_alive_s - self._clock.monotonic()
                self._attention.wait(self._clock.system_s(max(0.0, due_s)))
                self._attention.clear()
        except LinkError as error:
            _log.debug("%s: keep-alive ended: %s", self.url, error)
        port.close()

    def _check(self, port: GatewayPort) -> None:
        is_silent = self._clock.monotonic() - port.last_heard_s >= self._timings.keep_alive_s
        if self._is_restart_suspected:
            self._is_restart_suspected = False
            _log.info("%s: gateway %s seems to have restarted; asking it anew", self.url, self.identity.mac)
            self._check_identity(port)
            self._ask_profile(port)
            is_silent = True
        if not (is_silent or self._is_gateway_doubted):
            return
        self._is_gateway_doubted = False
        for _ in range(self._timings.keep_alive_misses):
            if self._ask_state(port) is not None:
                return
        port.abandon(f"the gateway did not answer {self._timings.keep_alive_misses} times")

    def _check_identity(self, port: GatewayPort) -> None:
        found = port.identify(self._timings.identify_attempt_s)
        port.forget_identity()
        if found is not None and found.mac != self.identity.mac:
            port.abandon(f"another gateway ({found.mac}) answers on this port now")


class _Send(Transmission):
    """A transmission with somebody who waits for it."""

    def __init__(self, sendable: Sendable, cancellation: Cancellation) -> None:
        super().__init__(sendable.packet.opcode, len(sendable.lengths_on_air))
        self.sendable = sendable
        self.cancellation = cancellation
        self.changed = threading.Event()
        self.order: int | None = None
        self.failure: LinkError | None = None
        self.give_up_s: float | None = None

    @property
    def is_stream(self) -> bool:
        return self.wanted > 1

    def finish(self, end: TryEnd) -> None:
        """Also ends the wait between two tries."""
        if self.end in (None, TryEnd.REJECTED, TryEnd.DROPPED):
            self.end = end
        self.changed.set()

    def outcome(self, kind: SendKind, reason: str | None = None) -> SendOutcome:
        return SendOutcome(kind, reason, self.written_at_s, self.done_at_s, self.tries)


def _written_first(send: _Send) -> float:
    return float("inf") if send.written_at_s is None else send.written_at_s


def _state_report(message: GatewayMessage | None) -> StateReport | None:
    return message if isinstance(message, StateReport) else None


def _radio_changed(message: GatewayMessage | None) -> RadioChanged | None:
    return message if isinstance(message, RadioChanged) else None
