"""Says in words what frames mean, for people who look at a cable."""

from __future__ import annotations

from collections.abc import Iterator

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.device_type import device_type
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.bodies import (
    Body,
    Config,
    Control,
    GetConfig,
    GetDevices,
    GetRadioProfile,
    GetStatus,
    Headless,
    Indicate,
    Offset,
    Preset,
    RawBody,
    SetGroup,
    SetRadioProfile,
    Stream,
    Sync,
    decode_body,
)
from racelink_core.protocol.catalogues import HEADLESS_SCENES, INDICATORS
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.flags import SYNC_TRIGGER, PacketFlags
from racelink_core.protocol.framing import MAX_FRAME_LENGTH, MAX_LENGTH_FROM_GATEWAY, FrameDecoder
from racelink_core.protocol.gateway_commands import (
    GetGatewayProfile,
    Identify,
    SetGatewayProfile,
    StateRequest,
    decode_host_frame,
)
from racelink_core.protocol.gateway_messages import (
    Forwarded,
    GatewayFault,
    GatewayMessage,
    GatewayState,
    RadioChanged,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
    UnknownMessage,
    decode_gateway_frame,
)
from racelink_core.protocol.identity import find_identity
from racelink_core.protocol.radio_packet import DIRECTION_TO_MASTER, RadioPacket
from racelink_core.protocol.radio_profile_codec import WireProfile
from racelink_core.protocol.replies import Ack, AckStatus, ConfigReply, IdentifyReply, Reply, StatusReply
from racelink_core.protocol.startblock import StartblockProgram

TO_GATEWAY = "host to gateway"
FROM_GATEWAY = "gateway to host"

_MAIN_FIELDS = ("brightness", "mode", "speed", "intensity", "custom1", "custom2", "custom3")
_PLAIN_FIELDS = (*_MAIN_FIELDS, "check1", "check2", "check3", "palette")


def describe_stream(raw: bytes) -> Iterator[tuple[bytes, str]]:
    """Each piece of `raw` in order, with what it says: frames, the identity text, noise, a cut-off frame."""
    # A gateway never sends more than LEN 64, a host does: take the reading that explains more of the bytes.
    readings = [list(_pieces(raw, limit)) for limit in (MAX_LENGTH_FROM_GATEWAY, MAX_FRAME_LENGTH)]
    for piece, frame in min(readings, key=lambda pieces: sum(len(piece) for piece, frame in pieces if frame is None)):
        yield piece, describe_frame(frame) if frame is not None else _describe_unframed(piece)


def describe_frame(frame: bytes) -> str:
    """`frame` is TYPE and DATA. The direction is the one in which the frame makes sense."""
    from_gateway = decode_gateway_frame(frame)
    if frame[0] & DIRECTION_TO_MASTER:
        return f"{FROM_GATEWAY}: {describe_message(frame)}"
    order = decode_host_frame(frame)
    is_packet_that_fits = isinstance(order, RadioPacket) and not isinstance(order.body, RawBody)
    if isinstance(from_gateway, Forwarded) and (order is None or isinstance(order, RadioPacket)):
        overheard = decode_body(from_gateway.opcode, from_gateway.body)
        if not isinstance(overheard, RawBody) and not is_packet_that_fits:
            return f"{FROM_GATEWAY}: {describe_message(frame)}"
    return f"{TO_GATEWAY}: {describe_order(frame)}"


def describe_message(frame: bytes) -> str:
    """What a gateway said with this TYPE and DATA."""
    return _message(decode_gateway_frame(frame))


def describe_order(frame: bytes) -> str:
    """What the host told a gateway with this TYPE and DATA."""
    order = decode_host_frame(frame)
    if order is None:
        return f"type {frame[0]:02X} without a receiver; a gateway ignores it"
    if isinstance(order, RadioPacket):
        return f"{_name(order.opcode)} to {_whom(order.receiver)}: {_body(order.body)}"
    return _command(order)


def describe_packet(packet: RadioPacket) -> str:
    """A request of the host: to whom, what kind, and what it says."""
    return f"{_whom(packet.receiver)}, {_name(packet.opcode)}: {_body(packet.body)}"


def _pieces(raw: bytes, max_length: int) -> Iterator[tuple[bytes, bytes | None]]:
    """Cuts with the decoder itself, byte by byte; None marks what belongs to no frame."""
    decoder = FrameDecoder(max_length)
    pending = bytearray()
    noise = bytearray()
    dropped = 0
    for value in raw:
        pending.append(value)
        frames = decoder.feed(bytes((value,)))
        noise += pending[: decoder.dropped_bytes - dropped]
        del pending[: decoder.dropped_bytes - dropped]
        dropped = decoder.dropped_bytes
        if frames:
            if noise:
                yield bytes(noise), None
            yield bytes(pending), frames[0]
            pending.clear()
            noise.clear()
    if noise:
        yield bytes(noise), None
    if pending:
        yield bytes(pending), None


def _describe_unframed(piece: bytes) -> str:
    identity = find_identity(piece)
    if identity is not None:
        return f"{FROM_GATEWAY}: identity, {identity.name} with MAC {identity.mac}"
    if piece[0] == 0:
        return "a frame that is cut off here"
    text = "".join(chr(value) if 0x20 <= value < 0x7F else "." for value in piece)
    return f"noise, {len(piece)} bytes that belong to no frame: {text}"


def _command(command: Identify | StateRequest | GetGatewayProfile | SetGatewayProfile) -> str:
    if isinstance(command, Identify):
        return "IDENTIFY: who are you?"
    if isinstance(command, StateRequest):
        return "STATE_REQUEST: what are you doing?"
    if isinstance(command, GetGatewayProfile):
        return "GET_RF_CONFIG: which radio settings are active?"
    kept = "store and restart" if command.persist else "until the next restart"
    return f"SET_RF_CONFIG, {kept}: {_profile(command.profile)}"


def _message(message: GatewayMessage) -> str:
    if isinstance(message, Forwarded):
        strength = f"{message.rssi_dbm} dBm, SNR {message.snr_db} dB"
        route = f"from {message.sender} to {_whom(message.receiver)}, {strength}"
        if message.is_reply:
            return f"{_reply_name(message)} {route}: {_reply(message.reply, message.body)}"
        overheard = _body(decode_body(message.opcode, message.body))
        return f"overheard {_name(message.opcode)} of another master {route}: {overheard}"
    if isinstance(message, StateChanged | StateReport):
        kind = "STATE_CHANGED" if isinstance(message, StateChanged) else "STATE_REPORT"
        state = message.state.name if message.code is None else f"unknown state {message.code}"
        window = f", listening for {message.window_ms} ms" if message.window_ms is not None else ""
        idle = ", ready" if message.state is GatewayState.IDLE else ""
        return f"{kind}: {state}{window}{idle}"
    if isinstance(message, TxDone):
        return "TX_DONE: one radio packet is out"
    if isinstance(message, TxRejected):
        reason = message.reason.name if message.code is None else f"unknown reason {message.code}"
        return f"TX_REJECTED: {_name(message.type_byte)} was not accepted: {reason}"
    if isinstance(message, RadioChanged):
        reason = message.reason.name if message.code is None else f"unknown reason {message.code}"
        return f"RF_CHANGED: {reason}, active is {_profile(message.profile)}"
    if isinstance(message, GatewayFault):
        return f"ERROR: {message.text!r}"
    return _unknown(message)


def _unknown(message: UnknownMessage) -> str:
    return f"type {message.type_byte:02X} that this version does not know, data {message.data.hex(' ') or 'none'}"


def _reply_name(message: Forwarded) -> str:
    known = {Opcode.DEVICES: "IDENTIFY_REPLY", Opcode.STATUS: "STATUS_REPLY", Opcode.ACK: "ACK"}
    names: dict[int, str] = {int(opcode): name for opcode, name in known.items()}
    return names.get(message.opcode, f"{_name(message.opcode)} reply")


def _reply(reply: Reply | None, raw: bytes) -> str:
    if reply is None:
        return f"a body that fits no reply: {raw.hex(' ') or 'empty'}"
    if isinstance(reply, IdentifyReply):
        kind = f"type {reply.dev_type} ({device_type(reply.dev_type).name})"
        return f"{kind}, {_group(reply.group_id)}, MAC {reply.mac or 'unreadable'}, protocol {reply.version}"
    if isinstance(reply, StatusReply):
        battery = f"{reply.voltage_mv} mV" if reply.voltage_mv else "no battery monitor"
        heard = f"node heard {reply.node_rssi_dbm} dBm, SNR {reply.node_snr_db} dB"
        legacy = ", older 7-byte form" if reply.is_legacy else ""
        shown = f"effect {reply.effect_id}, brightness {reply.brightness}, flags {_flags(reply.flags)}"
        return f"{shown}, config {reply.config_byte:02X}, {battery}, {heard}{legacy}"
    if isinstance(reply, Ack):
        status = AckStatus(reply.status).name if reply.status in list(AckStatus) else f"failure {reply.status}"
        return f"{_name(reply.opcode)}: {status}"
    if isinstance(reply, ConfigReply):
        return f"option {reply.option:02X} holds {bytes(reply.data).hex(' ')}"
    return _profile(reply.profile)


def _body(body: Body) -> str:  # noqa: PLR0912 - one line per body
    if isinstance(body, GetDevices):
        return f"who is in {_group(body.group_id)}?"
    if isinstance(body, SetGroup):
        return f"you are in {_group(body.group_id)}, and the sender is your master"
    if isinstance(body, GetStatus):
        return f"how is {_group(body.group_id)}?"
    if isinstance(body, Preset):
        shown = f"WLED preset {body.preset_id}, brightness {body.brightness}"
        return f"{_group(body.group_id)}, {shown}, flags {_flags(body.flags)}"
    if isinstance(body, Config):
        data = bytes((body.data0, body.data1, body.data2, body.data3))
        return f"set option {body.option:02X} to {data.hex(' ')}"
    if isinstance(body, GetConfig):
        return f"what does option {body.option:02X} hold?"
    if isinstance(body, Sync):
        fires = ", fires what is armed" if body.flags and body.flags & SYNC_TRIGGER else ""
        return f"clock {body.ts24} ms, brightness {body.brightness}{fires}"
    if isinstance(body, Stream):
        return _stream(body)
    if isinstance(body, Control):
        return _control(body)
    if isinstance(body, Offset):
        return _offset(body)
    if isinstance(body, Headless):
        scene = HEADLESS_SCENES.get(body.scene_id)
        return f"scene {body.scene_id} ({scene.name if scene else 'unknown'}), brightness {body.brightness}"
    if isinstance(body, Indicate):
        indicator = INDICATORS.get(body.indicator)
        name = f"indicator {body.indicator} ({indicator.name if indicator else 'unknown'})"
        return f"{name} for {body.seconds} s" if body.seconds else "take the indicator away"
    if isinstance(body, SetRadioProfile):
        return _profile(body.profile)
    if isinstance(body, GetRadioProfile):
        return "which radio settings are active?"
    return f"a body of {len(body.raw)} bytes that its opcode does not have: {body.raw.hex(' ') or 'empty'}"


def _stream(body: Stream) -> str:
    size = f"{len(body.payload)} bytes in {len(body.fragments())} packets"
    if not body.is_sendable:
        return f"{size}; a gateway rejects it"
    try:
        program = StartblockProgram.from_payload(body.payload)
    except MalformedPacket:
        return f"{size}: {body.payload.hex(' ')}"
    if program.version != 1:
        return f"{size}: {body.payload.hex(' ')}"
    return f"{size}, as a startblock program: slot {program.slot}, channel {program.channel}, name {program.name!r}"


def _control(body: Control) -> str:
    values = [f"{name} {int(value)}" for name in _PLAIN_FIELDS if (value := getattr(body, name)) is not None]
    for name in ("color1", "color2", "color3"):
        colour = getattr(body, name)
        if colour is not None:
            values.append(f"{name} #{bytes(colour).hex()}")
    return f"{_group(body.group_id)}, {', '.join(values) or 'no fields'}, flags {_flags(body.flags)}"


def _offset(body: Offset) -> str:
    formulas = {
        OffsetMode.NONE: "no offset",
        OffsetMode.EXPLICIT: f"{body.offset_ms} ms",
        OffsetMode.LINEAR: f"{body.base_ms} ms + group x {body.step_ms} ms",
        OffsetMode.VSHAPE: f"{body.base_ms} ms + distance from group {body.center} x {body.step_ms} ms",
        OffsetMode.MODULO: f"{body.base_ms} ms + (group mod {body.cycle or 1}) x {body.step_ms} ms",
    }
    return f"{_group(body.group_id)}, {formulas[body.mode]}"


def _profile(profile: WireProfile) -> str:
    radio = f"{profile.freq_hz / 1e6:.3f} MHz, {profile.bw_khz_x10 / 10:g} kHz, SF{profile.sf}, 4/{profile.cr_den}"
    rest = f"sync word {profile.sync_word:02X}, {profile.tx_power_dbm} dBm, preamble {profile.preamble}"
    return f"{radio}, {rest}" + ("" if profile.is_accepted else " (out of range, will be refused)")


def _flags(flags: int) -> str:
    names = [flag.name or "" for flag in PacketFlags if flags & flag]
    if flags & 0xC0:
        names.append(f"reserved {flags & 0xC0:02X}")
    return "+".join(names) or "none"


def _group(group_id: int) -> str:
    return {0: "group 0 (unconfigured)", 255: "all groups"}.get(group_id, f"group {group_id}")


def _whom(address: RadioAddress) -> str:
    return "everyone" if address.is_broadcast else str(address)


def _name(opcode: int) -> str:
    return {int(known): known.name for known in Opcode}.get(opcode & 0x7F, f"opcode {opcode & 0x7F:02X}")
