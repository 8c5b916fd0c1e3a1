"""A simulated node: boots, announces itself, filters what it hears, answers, and drives its lamp.

Source: spec gateway-and-node-model, section C (without headless mastership, C12).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.node_options import NodeOption
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.protocol.bodies import (
    Body,
    Config,
    GetConfig,
    GetDevices,
    GetRadioProfile,
    GetStatus,
    Headless,
    Indicate,
    Preset,
    RawBody,
    SetGroup,
    SetRadioProfile,
    Sync,
    decode_body,
)
from racelink_core.protocol.catalogues import INDICATORS
from racelink_core.protocol.control import Control
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.offset import Offset
from racelink_core.protocol.radio_packet import OnAir, parse_radio
from racelink_core.protocol.radio_profile_codec import WireProfile
from racelink_core.protocol.replies import (
    Ack,
    AckStatus,
    ConfigReply,
    IdentifyReply,
    RadioProfileReply,
    Reply,
    StatusReply,
)
from racelink_core.protocol.startblock import StartblockProgram
from racelink_core.protocol.stream import StreamReassembly
from racelink_core.sim.air import Air
from racelink_core.sim.engine import Engine, Timer
from racelink_core.sim.fleet_file import FleetDevice
from racelink_core.sim.knobs import SimulationKnobs
from racelink_core.sim.lamp import Lamp
from racelink_core.sim.node_options import NodeOptions
from racelink_core.sim.radio import NodeRadio
from racelink_core.sim.wled_presets import Look

PROTOCOL_MAJOR = 2
FIRST_ANNOUNCEMENT_S = 1.0
SECOND_ANNOUNCEMENT_S = 3.0
RESTART_DELAY_S = 0.05
RESTART_ROUTINE_S = 0.45
PAIR_INDICATOR, PAIR_S = 0, 2.0
ACCESS_POINT_ON, ACCESS_POINT_OFF, ACCESS_POINT_S = 6, 7, 3.0
DISPLAY_POSITIONS = 4
DISPLAY_NAME, DISPLAY_CHANNEL = 20, 2
_EMPTY_MV, _FULL_MV = 3300, 4150


class SimulatedNode:
    """`lamp` is what it shows, `display` the startblock slots that its screen shows.

    is_deaf            a fault: it hears nothing and says what it has to say all the same
    is_storage_broken  a fault: new radio settings cannot be stored
    """

    def __init__(
        self,
        device: FleetDevice,
        profile: RadioProfile,
        *,
        engine: Engine,
        air: Air,
        knobs: SimulationKnobs,
        random: Random,
    ) -> None:
        self.mac, self.network_id, self.dev_type = device.mac, device.network_id, device.dev_type
        self.address = device.mac.radio_address
        self.profile = profile
        self.options = NodeOptions(device.dev_type, device.specials)
        self.listening_since_s: float | None = None
        self.is_deaf = False
        self.is_storage_broken = False
        self.is_powered = False
        self.is_running = False
        self.group_id = 0
        self.master: RadioAddress | None = None
        self.stored_master: RadioAddress | None = None
        self.is_filtering = True
        self.stored_filtering = True
        self.is_persistent = False
        self.has_access_point = False
        self.display: dict[int, StartblockProgram] = {}
        self.indicator: int | None = None
        self._indicator_timer: Timer | None = None
        self._heard_rssi_dbm = self._heard_snr_db = 0
        self._engine, self._knobs = engine, knobs
        self._boots = 0
        self._full_mv = random.randint(_FULL_MV - 250, _FULL_MV)
        self._charged_at_s = engine.now_s
        self._radio = NodeRadio(self, engine, air, knobs, random)
        self._stream = StreamReassembly()
        self.lamp = Lamp(
            engine,
            Look(),
            materialises_at_once=knobs.immediate_control_materialises_offset,
            cancel_indicator=lambda: self._indicate(0, 0.0),
        )

    # --- Power ---

    def power_on(self) -> None:
        """From the reset to the second announcement (C3)."""
        self._forget()
        self.is_powered = True
        boot = self._boots
        self._engine.call_in(self._knobs.boot_time_node_s, lambda: self._radio_ready(boot))

    def power_off(self) -> None:
        self._forget()
        self.is_powered = False

    def settle(self, group_id: int, master: RadioAddress | None) -> None:
        """Puts a running node where an adopted one would be, without a packet."""
        self._forget()
        self.is_powered = self.is_running = True
        self._set_group(group_id)
        self.master = master
        self._radio.start(self.profile)

    def reboot(self) -> None:
        self.power_on()

    def _forget(self) -> None:
        """Everything that a restart loses (C2)."""
        self._boots += 1
        self.is_running = False
        self._radio.stop()
        self._set_group(0)
        self.is_filtering = self.stored_filtering
        self.master = self.stored_master if self.is_persistent else None
        self.has_access_point = False
        self._heard_rssi_dbm = self._heard_snr_db = 0
        self._stream = StreamReassembly()
        self._indicate(0, 0.0)
        self.lamp.boot_brightness = self.options.boot_brightness
        self.lamp.reset()

    def _radio_ready(self, boot: int) -> None:
        if boot != self._boots:
            return
        self.is_running = True
        self._radio.start(self.profile)
        self._engine.call_in(FIRST_ANNOUNCEMENT_S, lambda: self._announce(boot, is_first=True))

    def _announce(self, boot: int, *, is_first: bool) -> None:
        if boot != self._boots or (self.group_id and not is_first):
            return
        self._reply(BROADCAST, self._identity())
        if is_first:
            self._engine.call_in(SECOND_ANNOUNCEMENT_S, lambda: self._announce(boot, is_first=False))

    @property
    def voltage_mv(self) -> int:
        """The battery, slowly running down."""
        hours = (self._engine.now_s - self._charged_at_s) / 3600
        return max(_EMPTY_MV, self._full_mv - int(hours * self._knobs.voltage_drop_mv_per_hour))

    # --- Receive pipeline (C4) ---

    def hear(self, raw: bytes, rssi_dbm: int, snr_db: int) -> None:
        if self.is_deaf or len(raw) < 7:
            return
        receiver = raw[3:6]
        if receiver not in (BROADCAST, self.address):
            return
        self._heard_rssi_dbm, self._heard_snr_db = rssi_dbm, snr_db
        packet = parse_radio(raw)
        if packet.is_reply or not self._passes_filter(packet):
            return
        if packet.opcode == Opcode.STREAM:
            self._take_fragment(packet)
            return
        body = decode_body(packet.opcode, packet.body_bytes)
        handler = _HANDLERS.get(type(body))
        if handler is not None and self._is_in_group(body):
            handler(self, packet, body)

    def _passes_filter(self, packet: OnAir) -> bool:
        if not self.is_filtering:
            return True
        if self.master is None:
            return packet.opcode in (Opcode.DEVICES, Opcode.SET_GROUP)
        return packet.sender == self.master

    def _is_in_group(self, body: Body) -> bool:
        if isinstance(body, (GetDevices, GetStatus, Preset, Control, Offset)):
            return body.group_id in (self.group_id, ALL_GROUPS)
        return not isinstance(body, RawBody)

    def _set_group(self, group_id: int) -> None:
        self.group_id = self.lamp.group_id = group_id

    # --- Handlers (C5) ---

    def on_devices(self, packet: OnAir, body: GetDevices) -> None:
        self._reply(packet.sender, self._identity())

    def on_set_group(self, packet: OnAir, body: SetGroup) -> None:
        self._set_group(body.group_id)
        self.master = packet.sender
        if self.is_persistent:
            self.stored_master = packet.sender
        self._indicate(PAIR_INDICATOR, PAIR_S)
        self._acknowledge(packet)

    def on_status(self, packet: OnAir, body: GetStatus) -> None:
        lamp = self.lamp
        flags = lamp.flags | PacketFlags.POWER_ON if lamp.brightness else lamp.flags & ~PacketFlags.POWER_ON
        config_byte = self.is_filtering | self.is_persistent << 1 | self.has_access_point << 2
        self._reply(
            packet.sender,
            StatusReply(
                flags=int(flags),
                config_byte=config_byte,
                effect_id=lamp.look.mode,
                brightness=lamp.brightness,
                voltage_mv=self.voltage_mv,
                node_rssi_dbm=self._heard_rssi_dbm,
                node_snr_db=self._heard_snr_db,
                is_legacy=self._knobs.legacy_status_7b,
            ),
        )

    def on_preset(self, packet: OnAir, body: Preset) -> None:
        self.lamp.preset(body)

    def on_control(self, packet: OnAir, body: Control) -> None:
        self.lamp.control(body)

    def on_offset(self, packet: OnAir, body: Offset) -> None:
        self.lamp.offset(body)

    def on_headless(self, packet: OnAir, body: Headless) -> None:
        self.lamp.headless(body)

    def on_sync(self, packet: OnAir, body: Sync) -> None:
        if body.flags is None or not self._knobs.sync_4_only:
            self.lamp.sync(body)

    def on_indicate(self, packet: OnAir, body: Indicate) -> None:
        if body.indicator in INDICATORS or not body.seconds:
            self._indicate(body.indicator, float(body.seconds))

    def on_config(self, packet: OnAir, body: Config) -> None:
        if packet.receiver == BROADCAST:
            return
        self._acknowledge(packet)
        self._configure(body)

    def on_get_config(self, packet: OnAir, body: GetConfig) -> None:
        value = self.options.read(body.option)
        if value is not None and packet.receiver != BROADCAST:
            self._reply(packet.sender, ConfigReply(body.option, value))

    def on_set_radio_profile(self, packet: OnAir, body: SetRadioProfile) -> None:
        if packet.receiver == BROADCAST or packet.sender != self.master:
            return
        if not body.profile.is_accepted:
            self._acknowledge(packet, AckStatus.BAD_LEN)
            return
        if self.is_storage_broken:
            self._acknowledge(packet, AckStatus.ERROR)
            return
        self.profile_after_restart(body.profile.to_profile(), packet)

    def on_get_radio_profile(self, packet: OnAir, body: GetRadioProfile) -> None:
        if packet.receiver != BROADCAST and not body.reserved:
            self._reply(packet.sender, RadioProfileReply(WireProfile.of(self.profile)))

    def profile_after_restart(self, profile: RadioProfile, packet: OnAir) -> None:
        """C9: the restart comes before the acknowledgement could leave, unless a knob says otherwise."""
        self.is_persistent = False
        self.stored_filtering = self.is_filtering
        self._acknowledge(packet)
        self._restart_in(RESTART_DELAY_S, waits=self._knobs.rf_config_ack_on_success, profile=profile)

    def _restart_in(self, delay_s: float, *, waits: bool, profile: RadioProfile | None = None) -> None:
        boot = self._boots

        def restart() -> None:
            if boot != self._boots:
                return
            if waits and self._radio.is_busy:
                self._engine.call_in(RESTART_DELAY_S, restart)
                return
            self.profile = profile or self.profile
            self.reboot()

        self._engine.call_in(delay_s, restart)

    def _configure(self, body: Config) -> None:
        option, is_on = body.option, bool(body.data0)
        if option == NodeOption.MAC_FILTER:
            self.is_filtering = is_on
        elif option == NodeOption.CLEAR_MASTER:
            self.master = None
        elif option == NodeOption.PERSIST_MASTER:
            if is_on and not self.is_persistent:
                self.stored_master = self.master
            self.is_persistent = is_on
            self._save()
        elif option == NodeOption.ACCESS_POINT:
            self.has_access_point = is_on
            self._indicate(ACCESS_POINT_ON if is_on else ACCESS_POINT_OFF, ACCESS_POINT_S)
        elif option == NodeOption.RESET:
            self.options.reset()
            self._use_boot_brightness()
        elif option == NodeOption.REBOOT:
            if is_on:
                # The acknowledgement still waits for its jitter and is lost.
                self._restart_in(0.0, waits=self._knobs.reboot_ack)
        elif self.options.write(option, (body.data0, body.data1, body.data2, body.data3)):
            if option == NodeOption.BOOT_BRIGHTNESS:
                self._use_boot_brightness()
            self._save()

    def _use_boot_brightness(self) -> None:
        self.lamp.boot_brightness = self.options.boot_brightness
        self.lamp.set_brightness(self.options.boot_brightness)
        self._save()

    def _save(self) -> None:
        self.stored_filtering = self.is_filtering

    # --- Stream (C10) ---

    def _take_fragment(self, packet: OnAir) -> None:
        if self._knobs.no_single_packet_stream and packet.body_bytes[:1] == b"\xc0":
            return
        payload = self._stream.feed(packet.body_bytes)
        if payload is None:
            return
        self._acknowledge(packet)
        self._show_program(payload)

    def _show_program(self, payload: bytes) -> None:
        try:
            program = StartblockProgram.from_payload(payload)
        except MalformedPacket:
            return
        slots = self.options.slots
        if program.version == 1 and program.slot in slots and slots.index(program.slot) < DISPLAY_POSITIONS:
            self.display[program.slot] = StartblockProgram(
                program.slot, program.channel[:DISPLAY_CHANNEL].upper(), program.name[:DISPLAY_NAME].upper()
            )

    # --- Replies and overlay ---

    def _identity(self) -> IdentifyReply:
        return IdentifyReply(PROTOCOL_MAJOR, self.dev_type, self.group_id, self.mac)

    def _acknowledge(self, packet: OnAir, status: AckStatus = AckStatus.OK) -> None:
        self._reply(packet.sender, Ack(packet.opcode, status))

    def _reply(self, receiver: RadioAddress, reply: Reply) -> None:
        self._radio.queue(OnAir(self.address, receiver, True, reply.OPCODE, reply.to_bytes()).to_bytes())

    def _indicate(self, indicator: int, seconds: float) -> None:
        """Paints over the lamp without touching it; 0 seconds takes it away."""
        if self._indicator_timer is not None:
            self._indicator_timer.cancel()
            self._indicator_timer = None
        self.indicator = indicator if seconds else None
        if seconds:
            self._indicator_timer = self._engine.call_in(seconds, lambda: self._indicate(0, 0.0))


_Handler = Callable[[SimulatedNode, OnAir, Any], None]
_HANDLERS: dict[type, _Handler] = {
    GetDevices: SimulatedNode.on_devices,
    SetGroup: SimulatedNode.on_set_group,
    GetStatus: SimulatedNode.on_status,
    Preset: SimulatedNode.on_preset,
    Control: SimulatedNode.on_control,
    Offset: SimulatedNode.on_offset,
    Headless: SimulatedNode.on_headless,
    Sync: SimulatedNode.on_sync,
    Indicate: SimulatedNode.on_indicate,
    Config: SimulatedNode.on_config,
    GetConfig: SimulatedNode.on_get_config,
    SetRadioProfile: SimulatedNode.on_set_radio_profile,
    GetRadioProfile: SimulatedNode.on_get_radio_profile,
}
