"""A simulated gateway: frames in, events out, one radio packet at a time.

One `_pass` is one turn of the firmware's main loop; passes that would find nothing to do are left out.
Source: spec gateway-and-node-model, section A. The order of what a pass does decides the order of events.
"""

from __future__ import annotations

from collections import deque
from random import Random

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.protocol.bodies import Preset, Stream, Sync
from racelink_core.protocol.framing import GatewayFrameDecoder
from racelink_core.protocol.gateway_commands import (
    GetGatewayProfile,
    Identify,
    SetGatewayProfile,
    StateRequest,
    decode_host_frame,
)
from racelink_core.protocol.gateway_messages import (
    Forwarded,
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
from racelink_core.protocol.radio_packet import OnAir, RadioPacket, parse_radio
from racelink_core.protocol.radio_profile_codec import WireProfile
from racelink_core.sim.air import MAX_RADIO_BYTES, Air, Transmission
from racelink_core.sim.engine import Engine, Timer
from racelink_core.sim.knobs import SimulationKnobs
from racelink_core.sim.usb_port import INPUT_BUFFER_BYTES, UsbPort

FRAGMENT_TIMEOUT_S = 0.025
AUTOSYNC_S = 30.0
BOOT_BRIGHTNESS = 128
WINDOW_UNICAST_MS = 1000
WINDOW_BROADCAST_MS = 2000
WINDOW_SILENCE_S = 0.7
RESTART_DELAY_S = 0.1
WATCHDOG_MARGIN_MS = 100
FORWARDED_BYTES = 32
_MAX_STREAM_BYTES = 128


class SimulatedGateway:
    """`port` is its USB side. `profile` is what its radio uses, `stored_profile` what it boots with."""

    def __init__(
        self,
        mac: Mac,
        network_id: str,
        profile: RadioProfile,
        *,
        engine: Engine,
        air: Air,
        knobs: SimulationKnobs,
        random: Random,
    ) -> None:
        self.mac, self.network_id = mac, network_id
        self.profile = self.stored_profile = profile
        self.listening_since_s: float | None = None
        self.stuck_transmissions = 0
        """So many of the next transmissions never end by themselves: the watchdog has to."""
        self.is_storage_broken = False
        self.port = UsbPort(engine, knobs.usb_latency_ms, random)
        self.port.to_gateway = self._bytes_arrived
        self.port.opened = self._port_opened
        self._engine, self._air, self._knobs, self._random = engine, air, knobs, random
        self._loop_s = knobs.gateway_loop_ms / 1000
        self._boots = 0
        self._booted_at_s = engine.now_s
        self._sent: Transmission | None = None
        self._is_running = False
        self._next_pass: Timer | None = None
        self._autosync_timer: Timer | None = None
        self._reset_state()

    def _reset_state(self) -> None:
        self._decoder = GatewayFrameDecoder()
        self._last_byte_s = self._engine.now_s
        self._frames: deque[bytes] = deque()
        self._slot: bytes | None = None
        self._stream: deque[bytes] = deque()
        self._ends_stream = False
        self._window_ms: int | None = None
        """Requested receive kind: None is continuous."""
        self._stream_window_ms = 0
        self._wanted = -1
        self._stream_wanted = -1
        self._deadline_s = 0.0
        self._last_accepted_s = float("-inf")
        self._mode = "idle"
        self._sent = None
        self._is_sent = False
        self._reported: StateChanged | None = None
        self._sync_brightness = BOOT_BRIGHTNESS
        self._sync_flags = 0
        self._sync_retry = False
        self._last_sync_s: float | None = None

    # --- Power and port ---

    def power_on(self) -> None:
        """Starts the boot sequence (A2); also a reset."""
        self.power_off()
        self._boots += 1
        boot = self._boots
        self._booted_at_s = self._engine.now_s
        if self._knobs.boot_noise:
            self._engine.call_in(0.1, lambda: self._boot_chatter(boot))
        self._engine.call_in(self._knobs.boot_time_gateway_s, lambda: self._booted(boot))

    def power_off(self) -> None:
        self._is_running = False
        self._boots += 1
        self.listening_since_s = None
        self._air.tune(self, None)
        if self._sent is not None:
            self._air.cut(self._sent)
        for timer in (self._next_pass, self._autosync_timer):
            if timer is not None:
                timer.cancel()
        self._next_pass = None
        self._reset_state()

    def reboot(self) -> None:
        """A restart as after a persistent radio change; boards with native USB vanish for a while."""
        if self._knobs.port_vanishes_on_reboot:
            self.port.unplug()
            self._engine.call_in(self._knobs.port_vanishes_s, self.port.plug)
        self.power_on()

    def _boot_chatter(self, boot: int) -> None:
        if boot == self._boots:
            self.port.emit(bytes(self._random.randrange(256) for _ in range(160)))

    def _booted(self, boot: int) -> None:
        if boot != self._boots:
            return
        self.profile = self.stored_profile
        self._air.tune(self, self.profile)
        self._is_running = True
        self._state(GatewayState.IDLE)
        self._wake()

    def _port_opened(self) -> None:
        if self._knobs.reset_on_open:
            self.power_on()

    @property
    def uptime_ms(self) -> int:
        return int((self._engine.now_s - self._booted_at_s) * 1000)

    # --- USB ---

    def _bytes_arrived(self, data: bytes) -> None:
        if not self._is_running:
            return
        now_s = self._engine.now_s
        if self._decoder.has_partial and not self._frames and now_s - self._last_byte_s > FRAGMENT_TIMEOUT_S:
            self._decoder.forget_partial()
        self._last_byte_s = now_s
        waiting = sum(len(frame) + 2 for frame in self._frames)
        self._frames.extend(self._decoder.feed(data[: max(0, INPUT_BUFFER_BYTES - waiting)]))
        if self._frames:
            self._wake()

    def _handle(self, frame: bytes) -> None:
        order = decode_host_frame(frame)
        if isinstance(order, Identify):
            self.port.emit(identity_text(self.mac))
        elif isinstance(order, StateRequest):
            reported = self._reported or StateChanged(GatewayState.IDLE)
            self.port.emit(StateReport(reported.state, reported.window_ms).to_frame())
        elif isinstance(order, GetGatewayProfile):
            self._report_profile(RadioChangeReason.OK)
        elif isinstance(order, SetGatewayProfile):
            self._change_profile(order)
        elif isinstance(order, RadioPacket):
            self._accept(order, frame[0])

    def _accept(self, packet: RadioPacket, type_byte: int) -> None:
        body = packet.body
        if isinstance(body, Stream):
            self._accept_stream(packet, body, type_byte)
            return
        if not packet.is_sendable:
            return
        if isinstance(body, Preset):
            # Before the slot is looked at: even a refused PRESET changes the autosync's brightness.
            self._sync_brightness = body.brightness
        if isinstance(body, Sync):
            self._sync_brightness, self._sync_flags = body.brightness, body.flags or 0
            if self._slot is not None:
                self._sync_retry = True
                self._reject(type_byte, RejectReason.TXPENDING)
            else:
                self._queue_sync(self._sync_flags)
        elif self._slot is not None:
            self._reject(type_byte, RejectReason.TXPENDING)
        else:
            self._slot = packet.to_radio(self.mac.radio_address)[0]

    def _accept_stream(self, packet: RadioPacket, body: Stream, type_byte: int) -> None:
        if not body.payload:
            self._reject(type_byte, RejectReason.ZEROLEN)
        elif self._slot is not None:
            self._reject(type_byte, RejectReason.TXPENDING)
        elif self._stream or len(body.payload) > _MAX_STREAM_BYTES:
            self._reject(type_byte, RejectReason.UNKNOWN)
        else:
            self._stream.extend(packet.to_radio(self.mac.radio_address))
            is_broadcast = packet.receiver == BROADCAST
            self._stream_window_ms = WINDOW_BROADCAST_MS if is_broadcast else WINDOW_UNICAST_MS
            self._stream_wanted = -1 if is_broadcast else 1

    def _reject(self, type_byte: int, reason: RejectReason) -> None:
        self.port.emit(TxRejected(type_byte, reason).to_frame())

    # --- Main loop ---

    def _wake(self, delay_s: float = 0.0) -> None:
        """Makes sure that a pass comes soon."""
        at_s = self._engine.now_s + delay_s
        if self._next_pass is not None and self._next_pass.is_pending:
            if self._next_pass.at_s <= at_s:
                return
            self._next_pass.cancel()
        self._next_pass = self._engine.call_at(at_s, self._pass)

    def _pass(self) -> None:
        if self._frames:
            self._handle(self._frames.popleft())
        if not self._is_running:
            return
        self._radio_service()
        self._sync_service()
        if self._has_more_to_do():
            self._wake(self._loop_s)

    def _has_more_to_do(self) -> bool:
        waiting = bool(self._frames) or (self._slot is not None and self._mode != "tx")
        return waiting or self._mode == "idle" or (bool(self._stream) and self._slot is None)

    def _radio_service(self) -> None:
        if self._stream and self._slot is None:
            self._slot = self._stream.popleft()
            self._ends_stream = not self._stream
        if self._mode == "tx" and self._is_sent:
            self._transmitted()
        elif self._mode == "idle":
            self._leave_idle()
        elif self._mode == "rx":
            self._receive_service()

    def _transmitted(self) -> None:
        self._slot, self._sent, self._is_sent = None, None, False
        self.port.emit(TxDone().to_frame())
        if self._ends_stream:
            self._ends_stream = False
            self._window_ms, self._wanted = self._stream_window_ms, self._stream_wanted
        self._mode = "idle"

    def _leave_idle(self) -> None:
        if self._slot is not None:
            self._mode = "tx"
            self._state(GatewayState.TX)
            self._transmit(self._slot)
            return
        self._mode = "rx"
        self.listening_since_s = self._engine.now_s
        if self._window_ms is None:
            self._state(GatewayState.IDLE)
            return
        self._deadline_s = self._engine.now_s + self._window_ms / 1000
        self._state(GatewayState.RX_WINDOW, self._window_ms)
        self._engine.call_at(self._deadline_s, self._wake)

    def _receive_service(self) -> None:
        now_s = self._engine.now_s
        if self._slot is not None:
            self._mode = "idle"
            self.listening_since_s = None
        elif self._window_ms is not None and (now_s >= self._deadline_s or self._wanted == 0):
            quiet_at_s = self._last_accepted_s + WINDOW_SILENCE_S
            if self._wanted != 0 and now_s < quiet_at_s:
                self._engine.call_at(quiet_at_s, self._wake)
                return
            self._window_ms = None
            self._state(GatewayState.IDLE)

    def _transmit(self, raw: bytes) -> None:
        self.listening_since_s = None
        boot = self._boots
        if self.stuck_transmissions:
            self.stuck_transmissions -= 1
            watchdog_ms = time_on_air_ms(MAX_RADIO_BYTES, self.profile) + WATCHDOG_MARGIN_MS
            self._engine.call_in(watchdog_ms / 1000, lambda: self._recover(boot))
        else:
            self._sent = self._air.transmit(self, raw, self.profile, lambda: self._air_ended(boot))

    def _air_ended(self, boot: int) -> None:
        if boot == self._boots:
            self._is_sent = True
            self._wake(self._random.uniform(0.0, self._loop_s))

    def _recover(self, boot: int) -> None:
        """The watchdog (A7): what was to be sent is dropped without a word."""
        if boot == self._boots:
            self._slot, self._sent = None, None
            self._stream.clear()
            self._ends_stream = False
            self._mode = "idle"
            self._wake()

    def _sync_service(self) -> None:
        if self._sync_retry and self._slot is None:
            self._sync_retry = False
            self._queue_sync(self._sync_flags)
            return
        rests = self._mode == "rx" and self._window_ms is None and not self._frames
        if self._sync_retry or not rests or self._slot is not None or self._decoder.has_partial:
            return
        due_s = self._engine.now_s if self._last_sync_s is None else self._last_sync_s + AUTOSYNC_S
        if self._engine.now_s >= due_s:
            self._queue_sync(0)
        elif self._autosync_timer is None or not self._autosync_timer.is_pending:
            self._autosync_timer = self._engine.call_at(due_s, self._wake)

    def _queue_sync(self, flags: int) -> None:
        """The gateway's own packet: broadcast, its own clock, the short form without flags (wire 10.1)."""
        self._last_sync_s = self._engine.now_s
        if self._autosync_timer is not None:
            self._autosync_timer.cancel()
        body = Sync(self.uptime_ms & 0xFFFFFF, self._sync_brightness, flags or None).to_bytes()
        self._slot = OnAir(self.mac.radio_address, BROADCAST, False, Opcode.SYNC, body).to_bytes()

    def _state(self, state: GatewayState, window_ms: int | None = None) -> None:
        changed = StateChanged(state, window_ms)
        if changed != self._reported:
            self._reported = changed
            self.port.emit(changed.to_frame())

    # --- Receive path ---

    def hear(self, raw: bytes, rssi_dbm: int, snr_db: int) -> None:
        packet = parse_radio(raw[:FORWARDED_BYTES])
        if packet.receiver not in (BROADCAST, self.mac.radio_address):
            return
        self._last_accepted_s = self._engine.now_s
        if self._window_ms is not None and self._wanted > 0:
            self._wanted -= 1
        self.port.emit(
            Forwarded(
                packet.sender, packet.receiver, packet.is_reply, packet.opcode, packet.body_bytes, rssi_dbm, snr_db
            ).to_frame()
        )
        self._wake(self._loop_s)

    # --- Radio settings (A9) ---

    def _report_profile(self, reason: RadioChangeReason) -> None:
        self.port.emit(RadioChanged(reason, WireProfile.of(self.profile)).to_frame())

    def _change_profile(self, order: SetGatewayProfile) -> None:
        if not order.profile.is_accepted:
            self._report_profile(RadioChangeReason.REJECTED_RANGE)
            return
        if order.persist and self.is_storage_broken:
            self._report_profile(RadioChangeReason.NVS_FAIL)
            return
        self.profile = order.profile.to_profile()
        self._report_profile(RadioChangeReason.OK)
        if order.persist:
            self.stored_profile = self.profile
            self._is_running = False
            boot = self._boots
            self._engine.call_in(RESTART_DELAY_S, lambda: self.reboot() if boot == self._boots else None)
            return
        self._air.tune(self, self.profile)
        if self._mode == "rx":
            # The radio is left in standby while the service believes that it receives.
            self.listening_since_s = None if self._knobs.volatile_switch_deaf else self._engine.now_s
