"""One packet on its way through the gateway's single slot, judged from what the gateway says. Pure.

TX_DONE says nothing about whose packet it ends. Autosync, a SYNC that the gateway kept, and stream fragments all
cause one, so every message is weighed against what was known when our bytes were written. Source: spec wire, 10.2,
13.3 and 19; gateway-and-node-model, A5 and A8.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.gateway_messages import (
    GatewayState,
    RejectReason,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
)

SlotMessage = StateChanged | StateReport | TxDone | TxRejected


class TryEnd(Enum):
    """How one try ended."""

    DONE = "done"
    REJECTED = "rejected"
    DROPPED = "dropped"
    """The radio gave up: the state left TX without a TX_DONE."""
    LINK_LOST = "link lost"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed out"


class Transmission:
    """One packet, through one or more tries. `wanted` is its number of packets on air: one TX_DONE each."""

    def __init__(self, opcode: int, wanted: int = 1) -> None:
        self.opcode, self.wanted = opcode, wanted
        self.tries = 0
        self.drops = 0
        self.end: TryEnd | None = None
        self.reject_reason: RejectReason | None = None
        self.is_slot_free = False
        """After a rejection: the slot has been seen to become free since."""
        self.written_at_s: float | None = None
        self.progress_at_s: float | None = None
        """The last moment at which the gateway was seen to work on this packet, or at which it was written."""
        self.done_at_s: float | None = None
        self.is_undisturbed = True
        """Nothing but this packet was in the slot: its duration says what the gateway adds."""
        self._foreign = 0
        self._done = 0
        self._was_seen_in_slot = False

    @property
    def packets_done(self) -> int:
        """How many of its packets are out, in this try."""
        return self._done

    @property
    def is_sync(self) -> bool:
        return self.opcode == Opcode.SYNC

    @property
    def is_in_flight(self) -> bool:
        return self.written_at_s is not None and self.end is None

    def begin(self) -> None:
        """A try starts; nothing counts before `written`."""
        self.tries += 1
        self.end = self.reject_reason = self.written_at_s = self.progress_at_s = None
        self.is_slot_free = self._was_seen_in_slot = False
        self._foreign = self._done = 0

    def written(self, at_s: float, *, foreign_in_slot: bool) -> None:
        """The bytes were handed to the device while a packet that is none of ours was or was not in the slot."""
        self.written_at_s = self.progress_at_s = at_s
        self._foreign = 1 if foreign_in_slot else 0
        self.is_undisturbed = not foreign_in_slot and self.tries == 1

    def takes_tx_done(self, at_s: float) -> bool:
        """Returns whether this TX_DONE is accounted for by this packet or by what it waits behind."""
        if not self.is_in_flight:
            if self.end is TryEnd.REJECTED:
                self.is_slot_free = True
            return False
        self.progress_at_s = at_s
        if self._foreign:
            self._foreign -= 1
            return True
        self._done += 1
        if self._done == self.wanted:
            self.done_at_s, self.end = at_s, TryEnd.DONE
        return True

    def takes_rejection(self, reason: RejectReason, at_s: float, *, behind_ours: bool) -> bool:
        """`behind_ours`: another packet of ours is known to be in the slot and takes its own TX_DONE."""
        if not self.is_in_flight or self._done:
            return False
        self.is_undisturbed = False
        if self.is_sync and reason is RejectReason.TXPENDING:
            # The gateway keeps it and sends it by itself as soon as the slot is free.
            self._foreign = 0 if behind_ours else 1
            self._was_seen_in_slot = False
            self.progress_at_s = at_s
            return True
        self.reject_reason, self.end = reason, TryEnd.REJECTED
        return True

    def state_is_tx(self) -> None:
        if self.is_in_flight and not self._foreign:
            self._was_seen_in_slot = True

    def state_left_tx(self, *, without_done: bool, restarted: bool) -> None:
        """The slot is empty. `without_done`: what was in it was dropped; `restarted`: the gateway has just booted."""
        if not self.is_in_flight:
            self.is_slot_free = self.end is TryEnd.REJECTED
            return
        if self._foreign and without_done:
            self._foreign = 0
        elif restarted or (not self._foreign and (self._was_seen_in_slot or self._done)):
            self.drops += 1
            self.end = TryEnd.DROPPED


class SlotMirror:
    """What the gateway's messages say about its state and its slot. Only they change it."""

    def __init__(self) -> None:
        self.state = GatewayState.UNKNOWN
        self.is_occupied = False
        """TX began and its TX_DONE has not come. The state stays TX for some ms after that."""
        self.last_done: Transmission | None = None
        """Whose packet the last TX_DONE ended; None: one of the gateway's own."""
        self.window_ms: int | None = None
        """Of the receive window, as long as the state is RX_WINDOW."""

    def apply(self, message: SlotMessage, at_s: float, in_flight: Sequence[Transmission]) -> bool:
        """Tells the transmissions, oldest first. Returns whether the gateway seems to have restarted."""
        if isinstance(message, TxDone):
            self.is_occupied = False
            self.last_done = None
            for transmission in in_flight:
                before = transmission.packets_done
                if transmission.takes_tx_done(at_s):
                    self.last_done = transmission if transmission.packets_done > before else None
                    break
            return False
        if isinstance(message, TxRejected):
            self._rejected(message, at_s, in_flight)
            return False
        return self._state(message, in_flight)

    @staticmethod
    def _rejected(message: TxRejected, at_s: float, in_flight: Sequence[Transmission]) -> None:
        for place in reversed(range(len(in_flight))):
            transmission = in_flight[place]
            if transmission.opcode == message.type_byte:
                behind_ours = any(earlier.is_in_flight for earlier in in_flight[:place])
                if transmission.takes_rejection(message.reason, at_s, behind_ours=behind_ours):
                    return

    def _state(self, message: StateChanged | StateReport, in_flight: Sequence[Transmission]) -> bool:
        is_change = isinstance(message, StateChanged)
        # An equal state is never sent twice: a second IDLE is the greeting of a gateway that has just booted.
        is_greeting = is_change and message.state is GatewayState.IDLE is self.state
        was_tx = self.state is GatewayState.TX
        without_done = self.is_occupied
        self.state, self.window_ms = message.state, message.window_ms
        if message.state is GatewayState.TX:
            if is_change or not was_tx:
                self.is_occupied = True
            for transmission in in_flight:
                transmission.state_is_tx()
            return False
        self.is_occupied = False
        for transmission in in_flight:
            transmission.state_left_tx(without_done=without_done, restarted=is_greeting)
        return is_greeting or (without_done and is_change)
