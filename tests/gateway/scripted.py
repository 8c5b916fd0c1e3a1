"""A tiny gateway at the far end of a memory port, whose every answer a test decides."""

from __future__ import annotations

import threading
from collections.abc import Callable

from racelink_core.domain.address import Mac
from racelink_core.domain.radio_profile import DEFAULT_PROFILE
from racelink_core.domain.timings import Timings
from racelink_core.links.memory import MemoryPort
from racelink_core.protocol.framing import GatewayFrameDecoder
from racelink_core.protocol.gateway_commands import (
    GetGatewayProfile,
    Identify,
    SetGatewayProfile,
    StateRequest,
    decode_host_frame,
)
from racelink_core.protocol.gateway_messages import (
    GatewayMessage,
    GatewayState,
    RadioChanged,
    RadioChangeReason,
    RejectReason,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
)
from racelink_core.protocol.identity import identity_text
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.radio_profile_codec import WireProfile

MAC = Mac("AC67B25A017F")
IDLE = StateChanged(GatewayState.IDLE)
TX = StateChanged(GatewayState.TX)
WINDOW = StateChanged(GatewayState.RX_WINDOW, 1000)
DONE = TxDone()

QUICK = Timings(
    open_settle_s=0.03,
    identify_attempt_s=0.05,
    identify_attempts=3,
    state_report_s=0.08,
    radio_report_s=0.08,
    keep_alive_s=30.0,
    outcome_guard_s=0.25,
    rejected_retry_s=0.02,
    rejected_give_up_s=0.2,
    resync_silence_ms=2.0,
    unicast_attempt_s=0.1,
    unicast_gap_s=0.01,
    collect_idle_s=0.05,
    attempt_min_interval_s=0.02,
    backoff_first_s=0.03,
    backoff_max_s=0.1,
    cool_down_s=0.3,
    gateway_reboot_s=0.2,
)
"""Short enough for tests, long enough for a busy machine."""


class ScriptedGateway:
    """Answers questions about itself; what it does with packets is `on_packet`, by default a normal send.

    identity      None: silent
    has_state     False: as firmware from before the state report
    packets       what it was given, in order
    """

    def __init__(self, port: MemoryPort, mac: Mac = MAC, version: int = 4) -> None:
        self.port = port
        self.identity: bytes | None = identity_text(mac, version)
        self.has_state = self.has_profile = True
        self.state = GatewayState.IDLE
        self.packets: list[RadioPacket] = []
        self.commands: list[object] = []
        self.on_packet: Callable[[RadioPacket], None] = lambda packet: self.transmit(len(packet.radio_lengths()))
        self._decoder = GatewayFrameDecoder()
        self._arrived = threading.Condition()
        port.on_data = self._data

    def say(self, *messages: GatewayMessage | bytes) -> None:
        """Sends messages, or raw bytes, in this order."""
        for message in messages:
            self.port.feed(message if isinstance(message, bytes) else message.to_frame())

    def transmit(self, count: int = 1) -> None:
        self.say(TX, *(DONE,) * count, *((WINDOW,) if count > 1 else ()), IDLE)

    def reject(self, packet: RadioPacket, reason: RejectReason = RejectReason.TXPENDING) -> None:
        self.say(TxRejected(packet.opcode, reason))

    def play(self, *answers: Callable[[RadioPacket], None]) -> None:
        """One answer per packet to come; the last one repeats."""
        remaining = list(answers)

        def answer(packet: RadioPacket) -> None:
            (remaining.pop(0) if len(remaining) > 1 else remaining[0])(packet)

        self.on_packet = answer

    def wait_for_packets(self, count: int) -> None:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.packets) >= count, 5.0), f"only {self.packets}"

    def _data(self, data: bytes) -> None:
        for frame in self._decoder.feed(data):
            command = decode_host_frame(frame)
            if isinstance(command, RadioPacket):
                with self._arrived:
                    self.packets.append(command)
                    self._arrived.notify_all()
                self.on_packet(command)
                continue
            self.commands.append(command)
            if isinstance(command, Identify) and self.identity is not None:
                self.say(self.identity)
            elif isinstance(command, StateRequest) and self.has_state:
                self.say(StateReport(self.state))
            elif isinstance(command, GetGatewayProfile | SetGatewayProfile) and self.has_profile:
                self.say(RadioChanged(RadioChangeReason.OK, WireProfile.of(DEFAULT_PROFILE)))
