"""What a host must never send is refused here, before a byte is written. Source: spec wire, 5.1, 6, 9 and 24.3."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.opcode import Opcode
from racelink_core.gateway.errors import NotSendable
from racelink_core.protocol.bodies import (
    Body,
    Config,
    Control,
    GetConfig,
    GetRadioProfile,
    Offset,
    Preset,
    RawBody,
    SetGroup,
    SetRadioProfile,
    Stream,
    Sync,
)
from racelink_core.protocol.framing import encode_frame
from racelink_core.protocol.radio_packet import RadioPacket

_UNICAST_ONLY = (SetGroup, Config, GetConfig, SetRadioProfile, GetRadioProfile)
_BODY_BYTES = {
    Opcode.DEVICES: range(2, 3),
    Opcode.STATUS: range(2, 3),
    Opcode.HEADLESS: range(2, 3),
    Opcode.INDICATE: range(2, 3),
    Opcode.SET_GROUP: range(1, 2),
    Opcode.GET_CONFIG: range(1, 2),
    Opcode.GET_RF_CONFIG: range(1, 2),
    Opcode.PRESET: range(4, 5),
    Opcode.CONFIG: range(5, 6),
    Opcode.RF_CONFIG: range(12, 13),
    Opcode.SYNC: range(4, 6),
    Opcode.CONTROL: range(3, 22),
    Opcode.OFFSET: range(2, 8),
    Opcode.STREAM: range(1, 129),
}
_RESERVED_FLAGS = 0xC0
_ARM_FLAGS = 0xFE


@dataclass(frozen=True, slots=True)
class Sendable:
    """A packet that was checked and encoded before its turn, so that its turn takes nothing but the write.

    lengths_on_air  bytes of each packet that the gateway makes of it
    """

    packet: RadioPacket
    frame: bytes
    lengths_on_air: tuple[int, ...]


def sendable(packet: RadioPacket) -> Sendable:
    """Raises NotSendable."""
    problem = _problem(packet)
    if problem is not None:
        raise NotSendable(_name(packet), problem)
    try:
        body = packet.body.to_bytes()
        frame = encode_frame(packet.opcode, packet.receiver + body)
    except (ValueError, struct.error) as error:
        raise NotSendable(_name(packet), f"a value does not fit its field ({error})") from error
    allowed = _BODY_BYTES[Opcode(packet.opcode)]
    if len(body) not in allowed:
        raise NotSendable(_name(packet), f"its body has {len(body)} bytes; the gateway would drop it without a word")
    return Sendable(packet, frame, packet.radio_lengths())


def _name(packet: RadioPacket) -> str:
    try:
        return Opcode(packet.opcode).name
    except ValueError:
        return f"opcode {packet.opcode:02X}"


def _problem(packet: RadioPacket) -> str | None:
    body = packet.body
    if isinstance(body, RawBody):
        return "its body has no form that a gateway takes"
    if isinstance(body, _UNICAST_ONLY) and packet.receiver.is_broadcast:
        return "it must have one node as its receiver, never all"
    return _lamp_problem(body) or _node_problem(body)


def _node_problem(body: Body) -> str | None:
    match body:
        case SetGroup(group_id) if group_id == ALL_GROUPS:
            return "255 selects all groups; no node can be in it (assign 0 to 254)"
        case GetRadioProfile(reserved=reserved) if reserved:
            return "its reserved byte must be 0, or no node answers"
        case SetRadioProfile(profile=profile) if not profile.is_accepted:
            return "no node accepts these radio settings"
        case Stream() if not body.is_sendable:
            return f"a stream carries 1 to 128 bytes, not {len(body.payload)}"
        case _:
            return None


def _lamp_problem(body: Body) -> str | None:
    match body:
        case Preset(preset_id=slot) if not 1 <= slot <= 250:
            return f"there is no preset slot {slot} on a node (1 to 250)"
        case Preset(flags=flags) | Control(flags=flags) if flags & _RESERVED_FLAGS:
            return f"the flags {flags:02X} use reserved bits"
        case Control(ext_reserved=reserved) if reserved is not None:
            return "its extension byte uses reserved bits"
        case Control(custom3=custom3) if custom3 is not None and not 0 <= custom3 <= 31:
            return f"custom3 is {custom3} (0 to 31)"
        case Sync(flags=flags) if flags is not None and flags & _ARM_FLAGS:
            return f"the flags {flags:02X} use reserved bits"
        case Offset(center=255):
            return "the centre of an offset is a group, 0 to 254"
        case Offset(cycle=0):
            return "an offset's cycle is 1 to 255"
        case _:
            return None
