"""Messages as named fields and back, in the names of the vector file. Source: spec wire, section 26.1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from racelink_core.domain.address import Mac, RadioAddress
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.offset import OffsetMode
from racelink_core.protocol.bodies import (
    BODY_TYPES,
    Body,
    Config,
    Control,
    Indicate,
    Offset,
    RawBody,
    SetRadioProfile,
    Stream,
    decode_body,
)
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.framing import MAX_FRAME_LENGTH, FrameDecoder, encode_frame
from racelink_core.protocol.gateway_commands import GatewayCommand, SetGatewayProfile, decode_host_frame
from racelink_core.protocol.gateway_messages import (
    Forwarded,
    GatewayFault,
    GatewayMessage,
    RadioChanged,
    StateChanged,
    StateReport,
    TxDone,
    TxRejected,
    decode_gateway_frame,
)
from racelink_core.protocol.identity import GatewayIdentity, find_identity, identity_text
from racelink_core.protocol.radio_packet import DIRECTION_TO_MASTER, RadioPacket
from racelink_core.protocol.radio_profile_codec import WireProfile, encode_profile
from racelink_core.protocol.replies import (
    REPLY_TYPES,
    Ack,
    ConfigReply,
    IdentifyReply,
    RadioProfileReply,
    Reply,
    StatusReply,
)
from racelink_core.protocol.startblock import StartblockProgram

Fields = Mapping[str, Any]
Message = GatewayCommand | RadioPacket | GatewayMessage | GatewayIdentity

_COLOURS = ("color1", "color2", "color3")
_SEGMENT_OPTIONS = (0x06, 0x07)
_SIXTEEN_BIT_OPTIONS = (0x08, 0x0A)
_STATUS_NAMES = {"vbat_mv": "voltage_mv", "node_rssi": "node_rssi_dbm", "node_snr": "node_snr_db"}
_STATE_CHANGED, _TX_DONE, _TX_REJECTED, _STATE_REPORT, _RADIO_CHANGED = 0xF1, 0xF3, 0xF4, 0xF5, 0xF6


def decode(raw: bytes, direction: str) -> tuple[Message, bytes]:
    """The one message in `raw` and the bytes behind it. Raises MalformedPacket when there is none."""
    decoder = FrameDecoder(MAX_FRAME_LENGTH)
    for end in range(1, len(raw) + 1):
        frames = decoder.feed(raw[end - 1 : end])
        if frames:
            message = (
                decode_host_frame(frames[0]) if direction == "host_to_gateway" else decode_gateway_frame(frames[0])
            )
            if message is None:
                raise MalformedPacket("frame", "something that a gateway does not ignore", raw)
            return message, raw[end:]
    identity = find_identity(raw)
    if identity is None:
        raise MalformedPacket("message", "a whole frame or an identity text", raw)
    return identity, b""


def encode(fields: Fields, direction: str) -> bytes:
    """The bytes that the codec makes of named fields. Raises what a field of the wrong kind raises."""
    if "ident" in fields:
        version = int(fields["ident"].rpartition("v")[2])
        return identity_text(Mac(fields["mac"]), version)
    params = fields.get("params")
    if "command" in fields:
        return _encode_command(fields["command"], fields["payload"], params)
    if "event" in fields:
        return _encode_event(fields["event"], bytes.fromhex(fields["payload"]), params)
    body = bytes.fromhex(fields["body"])
    if direction == "host_to_gateway":
        typed = RawBody(fields["opcode"], body) if params is None else _body(fields["opcode"], params, body)
        return RadioPacket(RadioAddress.parse(fields["recv3"]), typed).to_frame()
    is_reply = fields["dir"] == "N2M"
    if params is not None:
        body = (_reply if is_reply else _body)(fields["opcode"], params, body).to_bytes()
    sender, receiver = RadioAddress.parse(fields["sender3"]), RadioAddress.parse(fields["receiver3"])
    return Forwarded(sender, receiver, is_reply, fields["opcode"], body, fields["rssi"], fields["snr"]).to_frame()


def fields_of(message: Message, rest: bytes = b"") -> dict[str, Any]:
    """`rest`: stray bytes behind the frame, as old hosts leave them."""
    if isinstance(message, GatewayIdentity):
        pairs = ":".join(message.mac[at : at + 2] for at in range(0, 12, 2))
        return {"ident": message.name, "mac": pairs, "framed": False}
    frame = message.to_frame()[2:]
    if isinstance(message, RadioPacket):
        return _with_params(
            {"type": frame[0], "opcode": message.opcode, "recv3": frame[1:4].hex(), "body": frame[4:].hex()},
            _body_params(message.body),
        )
    if isinstance(message, Forwarded):
        fields = {
            "type": frame[0],
            "opcode": message.opcode,
            "dir": "N2M" if message.is_reply else "M2N",
            "sender3": message.sender.hex(),
            "receiver3": message.receiver.hex(),
            "body": message.body.hex(),
            "rssi": message.rssi_dbm,
            "snr": message.snr_db,
        }
        if message.is_reply:
            return _with_params(fields, None if message.reply is None else _reply_params(message.reply))
        return _with_params(fields, _body_params(decode_body(message.opcode, message.body)))
    if isinstance(message, GatewayCommand):
        command: dict[str, Any] = {"command": frame[0], "payload": frame[1:].hex()}
        if isinstance(message, SetGatewayProfile):
            return {**command, "params": {"persist_flag": frame[1], **asdict(message.profile)}}
        return _with_params(command, {"trailing_byte": rest[0]} if rest else None)
    return _with_params({"event": frame[0], "payload": frame[1:].hex()}, _event_params(message, frame))


def _with_params(fields: dict[str, Any], params: dict[str, Any] | None) -> dict[str, Any]:
    return fields if params is None else {**fields, "params": params}


def _encode_command(command: int, payload: str, params: Fields | None) -> bytes:
    if params is None:
        return encode_frame(command, bytes.fromhex(payload))
    if "persist_flag" in params:
        flag = params["persist_flag"]
        profile = _profile(params)
        return SetGatewayProfile(flag == 1, profile, 0 if flag == 1 else flag).to_frame()
    return encode_frame(command, bytes.fromhex(payload)) + bytes((params["trailing_byte"],))


def _encode_event(event: int, payload: bytes, params: Fields | None) -> bytes:
    if params is None:
        return encode_frame(event, payload)
    if event in (_STATE_CHANGED, _STATE_REPORT):
        window_ms = params["min_ms"]
        window = b"" if window_ms is None else window_ms.to_bytes(2, "little")
        return decode_gateway_frame(bytes((event, params["state"])) + window).to_frame()
    if event == _TX_DONE:
        return TxDone().to_frame()
    if event == _TX_REJECTED:
        return decode_gateway_frame(bytes((event, params["type_full"], params["reason"]))).to_frame()
    if event == _RADIO_CHANGED:
        profile = encode_profile(_profile(params))
        return decode_gateway_frame(bytes((event, params["reason"])) + profile).to_frame()
    return GatewayFault(params["text"]).to_frame()


def _event_params(message: GatewayMessage, frame: bytes) -> dict[str, Any] | None:
    if isinstance(message, StateChanged | StateReport):
        return {"state": frame[1], "min_ms": message.window_ms}
    if isinstance(message, TxDone):
        return {"value": frame[1]}
    if isinstance(message, TxRejected):
        return {"type_full": frame[1], "opcode": frame[1] & ~DIRECTION_TO_MASTER, "reason": frame[2]}
    if isinstance(message, RadioChanged):
        return {"reason": frame[1], **asdict(message.profile)}
    return {"text": message.text} if isinstance(message, GatewayFault) else None


def _body(opcode: int, params: Fields, raw: bytes) -> Body:
    """`raw` is the payload of a stream that is no startblock program: its params do not hold it."""
    body_type = {int(known): body_type for known, body_type in BODY_TYPES.items()}[opcode]
    if body_type is Control:
        return _control(params)
    if body_type is Offset:
        values = {name: value for name, value in params.items() if name not in ("mode", "mode_id")}
        return Offset(mode=OffsetMode(params["mode_id"]), **values)
    if body_type is Stream:
        return Stream(_startblock(params).to_payload() if "slot" in params else raw)
    if body_type is SetRadioProfile:
        return SetRadioProfile(_profile(params))
    if body_type is Indicate:
        return Indicate(params["indicator"], params["duration_s"])
    if body_type is Config:
        return Config(params["option"], *(params[f"data{index}"] for index in range(4)))
    return body_type(**params)


def _body_params(body: Body) -> dict[str, Any] | None:
    if isinstance(body, RawBody):
        return None
    if isinstance(body, Stream):
        return {"payload_len": len(body.payload), **_startblock_params(body.payload)}
    if isinstance(body, SetRadioProfile):
        return asdict(body.profile)
    if isinstance(body, Indicate):
        return {"indicator": body.indicator, "duration_s": body.seconds}
    params = asdict(body)
    if isinstance(body, Control):
        return _control_params(body, params)
    if isinstance(body, Offset):
        return {**params, "mode": body.mode.name.lower(), "mode_id": int(body.mode)}
    if isinstance(body, Config) and body.option in _SEGMENT_OPTIONS:
        return {**params, "start": body.data0 | body.data1 << 8, "stop": body.data2 | body.data3 << 8}
    if isinstance(body, Config) and body.option in _SIXTEEN_BIT_OPTIONS:
        return {**params, "value_u16": body.data0 | body.data1 << 8}
    return params


def _control(params: Fields) -> Control:
    values = {name: value for name, value in params.items() if name not in ("field_mask", "ext_mask")}
    for name in _COLOURS:
        if values.get(name) is not None:
            red, green, blue = bytes.fromhex(values[name])
            values[name] = (red, green, blue)
    ext_mask = params["ext_mask"]
    if ext_mask is not None and (ext_mask & 0xF0 or not ext_mask):
        values["ext_reserved"] = ext_mask & 0xF0
    return Control(**values)


def _control_params(body: Control, params: dict[str, Any]) -> dict[str, Any]:
    raw = body.to_bytes()
    main_fields = (raw[2] & 0x7F).bit_count()
    del params["ext_reserved"]
    for name in _COLOURS:
        if params[name] is not None:
            params[name] = bytes(params[name]).hex()
    return {**params, "field_mask": raw[2], "ext_mask": raw[3 + main_fields] if raw[2] & 0x80 else None}


def _startblock(params: Fields) -> StartblockProgram:
    return StartblockProgram(params["slot"], params["channel"], params["name"], params["startblock_version"])


def _startblock_params(payload: bytes) -> dict[str, Any]:
    try:
        program = StartblockProgram.from_payload(payload)
    except MalformedPacket:
        return {}
    named = {"slot": program.slot, "channel": program.channel, "name": program.name}
    return {"startblock_version": program.version, **named}


def _reply(opcode: int, params: Fields, raw: bytes) -> Reply:
    reply_type = REPLY_TYPES[opcode]
    if reply_type is IdentifyReply:
        mac = Mac(params["mac6"])
        known = None if mac == "000000000000" else mac
        return IdentifyReply(params["version"], params["dev_type"], params["group_id"], known)
    if reply_type is StatusReply:
        values = {_STATUS_NAMES.get(name, name): value for name, value in params.items()}
        is_legacy = values["config_byte"] is None
        return StatusReply(**{**values, "config_byte": values["config_byte"] or 0, "is_legacy": is_legacy})
    if reply_type is Ack:
        return Ack(params["ack_of"], params["status"], params["seq"])
    if reply_type is ConfigReply:
        return ConfigReply(params["option"], (params["data0"], params["data1"], params["data2"], params["data3"]))
    return RadioProfileReply(_profile(params))


def _reply_params(reply: Reply) -> dict[str, Any]:
    if isinstance(reply, IdentifyReply):
        mac = reply.mac.lower() if reply.mac else "000000000000"
        return {"version": reply.version, "dev_type": reply.dev_type, "group_id": reply.group_id, "mac6": mac}
    if isinstance(reply, StatusReply):
        values = asdict(reply)
        if values.pop("is_legacy"):
            values["config_byte"] = None
        names = {attribute: name for name, attribute in _STATUS_NAMES.items()}
        return {names.get(name, name): value for name, value in values.items()}
    if isinstance(reply, Ack):
        return {"ack_of": reply.opcode, "status": reply.status, "seq": reply.seq}
    if isinstance(reply, ConfigReply):
        return {"option": reply.option, **{f"data{index}": value for index, value in enumerate(reply.data)}}
    return asdict(reply.profile)


def _profile(params: Fields) -> WireProfile:
    try:
        return WireProfile(**{name: params[name] for name in WireProfile.__slots__})
    except KeyError as error:
        raise InvalidValue(str(error.args[0]), "is missing") from error
