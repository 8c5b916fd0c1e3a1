"""What nodes answer. Source: spec wire, sections 11, 12 and 15.

Every reply has `OPCODE` (its type byte on the wire is 80 + opcode), `to_bytes()` and `from_bytes(body)`, which raises
MalformedPacket on a wrong length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from struct import Struct
from types import MappingProxyType
from typing import ClassVar

from racelink_core.domain.address import Mac
from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.radio_profile_codec import WireProfile, decode_profile, encode_profile

_STATUS = Struct("<BBBBHbb")
_LEGACY_STATUS = Struct("<BBBHbb")
_NO_MAC = bytes(6)


@dataclass(frozen=True, slots=True)
class IdentifyReply:
    """9 bytes: who a node is. `mac` is None when it could not be read: then only the sender's address is known."""

    OPCODE: ClassVar[Opcode] = Opcode.DEVICES

    version: int
    dev_type: int
    group_id: int
    mac: Mac | None

    def to_bytes(self) -> bytes:
        return bytes((self.version, self.dev_type, self.group_id)) + bytes.fromhex(self.mac or "000000000000")

    @classmethod
    def from_bytes(cls, body: bytes) -> IdentifyReply:
        if len(body) != 9:
            raise MalformedPacket("IDENTIFY_REPLY", "9 bytes", body)
        mac = body[3:]
        return cls(body[0], body[1], body[2], None if mac == _NO_MAC else _mac(mac))


@dataclass(frozen=True, slots=True)
class StatusReply:
    """8 bytes: what a node shows and how it is. `voltage_mv` 0 = it cannot measure.

    flags      last CONTROL's flags, POWER_ON replaced by "brightness is not 0"; the arm bit proves nothing
    is_legacy  the 7-byte form of older nodes, without a config byte (read as 0)
    """

    OPCODE: ClassVar[Opcode] = Opcode.STATUS

    flags: int
    config_byte: int
    effect_id: int
    brightness: int
    voltage_mv: int
    node_rssi_dbm: int
    node_snr_db: int
    is_legacy: bool = False

    def to_bytes(self) -> bytes:
        measured = (self.effect_id, self.brightness, self.voltage_mv, self.node_rssi_dbm, self.node_snr_db)
        if self.is_legacy:
            return _LEGACY_STATUS.pack(self.flags, *measured)
        return _STATUS.pack(self.flags, self.config_byte, *measured)

    @classmethod
    def from_bytes(cls, body: bytes) -> StatusReply:
        if len(body) == _STATUS.size:
            return cls(*_STATUS.unpack(body))
        if len(body) == _LEGACY_STATUS.size:
            flags, effect_id, brightness, voltage_mv, node_rssi_dbm, node_snr_db = _LEGACY_STATUS.unpack(body)
            return cls(flags, 0, effect_id, brightness, voltage_mv, node_rssi_dbm, node_snr_db, is_legacy=True)
        raise MalformedPacket("STATUS_REPLY", "8 bytes, or 7 from older nodes", body)


class AckStatus(IntEnum):
    """Any other value is a failure too."""

    OK = 0
    BAD_TYPE = 1
    BAD_LEN = 2
    UNAUTHORIZED = 3
    BUSY = 4
    ERROR = 5


@dataclass(frozen=True, slots=True)
class Ack:
    """3 bytes: a request was received. `opcode` is what it acknowledges; `seq` None = the older 2-byte form."""

    OPCODE: ClassVar[Opcode] = Opcode.ACK

    opcode: int
    status: int
    seq: int | None = 0

    @property
    def is_ok(self) -> bool:
        return self.status == AckStatus.OK

    def to_bytes(self) -> bytes:
        head = bytes((self.opcode, self.status))
        return head if self.seq is None else head + bytes((self.seq,))

    @classmethod
    def from_bytes(cls, body: bytes) -> Ack:
        if len(body) not in (2, 3):
            raise MalformedPacket("ACK", "2 or 3 bytes", body)
        return cls(body[0], body[1], body[2] if len(body) == 3 else None)


@dataclass(frozen=True, slots=True)
class ConfigReply:
    """5 bytes: the live value of a node option."""

    OPCODE: ClassVar[Opcode] = Opcode.GET_CONFIG

    option: int
    data: tuple[int, int, int, int]

    def to_bytes(self) -> bytes:
        return bytes((self.option, *self.data))

    @classmethod
    def from_bytes(cls, body: bytes) -> ConfigReply:
        if len(body) != 5:
            raise MalformedPacket("GET_CONFIG reply", "5 bytes", body)
        return cls(body[0], (body[1], body[2], body[3], body[4]))


@dataclass(frozen=True, slots=True)
class RadioProfileReply:
    """12 bytes: the radio settings that a node uses."""

    OPCODE: ClassVar[Opcode] = Opcode.GET_RF_CONFIG

    profile: WireProfile

    def to_bytes(self) -> bytes:
        return encode_profile(self.profile)

    @classmethod
    def from_bytes(cls, body: bytes) -> RadioProfileReply:
        return cls(decode_profile(body))


Reply = IdentifyReply | StatusReply | Ack | ConfigReply | RadioProfileReply

REPLY_TYPES: Mapping[int, type[Reply]] = MappingProxyType(
    {
        int(reply_type.OPCODE): reply_type
        for reply_type in (IdentifyReply, StatusReply, Ack, ConfigReply, RadioProfileReply)
    }
)


def decode_reply(opcode: int, body: bytes) -> Reply | None:
    """None for an opcode that has no reply and for a body that does not fit it; never raises."""
    reply_type = REPLY_TYPES.get(opcode)
    if reply_type is None:
        return None
    try:
        return reply_type.from_bytes(body)
    except MalformedPacket:
        return None


@lru_cache(maxsize=1024)
def _mac(raw: bytes) -> Mac:
    return Mac.from_bytes(raw)
