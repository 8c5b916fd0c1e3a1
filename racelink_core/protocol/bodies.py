"""What the host says to nodes: one frozen type per opcode, and the table that finds it.

Every body has `OPCODE`, `to_bytes()` and `from_bytes(body)`, which raises MalformedPacket on a wrong length. Values
are kept as they are, in range or not; what must not be sent is refused where a command becomes a packet.
Source: spec wire, sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.control import Control, Rgb
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.offset import Offset
from racelink_core.protocol.radio_profile_codec import WireProfile, decode_profile, encode_profile
from racelink_core.protocol.stream import Stream

__all__ = [
    "BODY_TYPES",
    "Body",
    "Config",
    "Control",
    "GetConfig",
    "GetDevices",
    "GetRadioProfile",
    "GetStatus",
    "Headless",
    "Indicate",
    "MalformedPacket",
    "Offset",
    "OffsetMode",
    "Preset",
    "RawBody",
    "Rgb",
    "SetGroup",
    "SetRadioProfile",
    "Stream",
    "Sync",
    "decode_body",
]


@dataclass(frozen=True, slots=True)
class GetDevices:
    """Asks who is there. group_id 0 = only unconfigured nodes, 255 = all."""

    OPCODE: ClassVar[Opcode] = Opcode.DEVICES

    group_id: int
    flags: int = 0

    def to_bytes(self) -> bytes:
        return bytes((self.group_id, self.flags))

    @classmethod
    def from_bytes(cls, body: bytes) -> GetDevices:
        return cls(*_exactly(2, body, "DEVICES"))


@dataclass(frozen=True, slots=True)
class SetGroup:
    """Assigns a group (0..254) and makes the sender the node's master. Never broadcast it."""

    OPCODE: ClassVar[Opcode] = Opcode.SET_GROUP

    group_id: int

    def to_bytes(self) -> bytes:
        return bytes((self.group_id,))

    @classmethod
    def from_bytes(cls, body: bytes) -> SetGroup:
        return cls(*_exactly(1, body, "SET_GROUP"))


@dataclass(frozen=True, slots=True)
class GetStatus:
    OPCODE: ClassVar[Opcode] = Opcode.STATUS

    group_id: int
    flags: int = 0

    def to_bytes(self) -> bytes:
        return bytes((self.group_id, self.flags))

    @classmethod
    def from_bytes(cls, body: bytes) -> GetStatus:
        return cls(*_exactly(2, body, "STATUS"))


@dataclass(frozen=True, slots=True)
class Preset:
    """Shows a preset stored on the node, slot 1..250. Brightness is always applied; of the flags only OFFSET_MODE."""

    OPCODE: ClassVar[Opcode] = Opcode.PRESET

    group_id: int
    flags: int
    preset_id: int
    brightness: int

    def to_bytes(self) -> bytes:
        return bytes((self.group_id, self.flags, self.preset_id, self.brightness))

    @classmethod
    def from_bytes(cls, body: bytes) -> Preset:
        return cls(*_exactly(4, body, "PRESET"))


@dataclass(frozen=True, slots=True)
class Config:
    """Writes a node option (spec wire, 12). Unicast only; the ACK comes before the option is looked at."""

    OPCODE: ClassVar[Opcode] = Opcode.CONFIG

    option: int
    data0: int = 0
    data1: int = 0
    data2: int = 0
    data3: int = 0

    def to_bytes(self) -> bytes:
        return bytes((self.option, self.data0, self.data1, self.data2, self.data3))

    @classmethod
    def from_bytes(cls, body: bytes) -> Config:
        return cls(*_exactly(5, body, "CONFIG"))


@dataclass(frozen=True, slots=True)
class GetConfig:
    """Reads a node option. Unicast only; an option that cannot be read gets no answer."""

    OPCODE: ClassVar[Opcode] = Opcode.GET_CONFIG

    option: int

    def to_bytes(self) -> bytes:
        return bytes((self.option,))

    @classmethod
    def from_bytes(cls, body: bytes) -> GetConfig:
        return cls(*_exactly(1, body, "GET_CONFIG"))


@dataclass(frozen=True, slots=True)
class Sync:
    """Sets the clock of every node and, on request, fires what is armed (spec wire, 10).

    ts24        ms modulo 2^24; 0 towards a USB gateway, which puts its own uptime there
    brightness  taken literally by nodes whose last CONTROL had no HAS_BRI
    flags       None: the 4-byte form. SYNC_TRIGGER fires armed effects
    """

    OPCODE: ClassVar[Opcode] = Opcode.SYNC

    ts24: int
    brightness: int
    flags: int | None = None

    def to_bytes(self) -> bytes:
        body = self.ts24.to_bytes(3, "little") + bytes((self.brightness,))
        return body if self.flags is None else body + bytes((self.flags,))

    @classmethod
    def from_bytes(cls, body: bytes) -> Sync:
        if len(body) not in (4, 5):
            raise MalformedPacket("SYNC body", "4 or 5 bytes", body)
        return cls(int.from_bytes(body[:3], "little"), body[3], body[4] if len(body) == 5 else None)


@dataclass(frozen=True, slots=True)
class Headless:
    """Starts a scene that nodes know by themselves. Brightness 0 = the node's boot brightness."""

    OPCODE: ClassVar[Opcode] = Opcode.HEADLESS

    scene_id: int
    brightness: int

    def to_bytes(self) -> bytes:
        return bytes((self.scene_id, self.brightness))

    @classmethod
    def from_bytes(cls, body: bytes) -> Headless:
        return cls(*_exactly(2, body, "HEADLESS"))


@dataclass(frozen=True, slots=True)
class Indicate:
    """Paints a strobe over the running effect, for 1..255 seconds; 0 takes it away."""

    OPCODE: ClassVar[Opcode] = Opcode.INDICATE

    indicator: int
    seconds: int

    def to_bytes(self) -> bytes:
        return bytes((self.indicator, self.seconds))

    @classmethod
    def from_bytes(cls, body: bytes) -> Indicate:
        return cls(*_exactly(2, body, "INDICATE"))


@dataclass(frozen=True, slots=True)
class SetRadioProfile:
    """Moves a node to other radio settings; it restarts. Unicast only, no ACK on success (spec wire, 15.4)."""

    OPCODE: ClassVar[Opcode] = Opcode.RF_CONFIG

    profile: WireProfile

    def to_bytes(self) -> bytes:
        return encode_profile(self.profile)

    @classmethod
    def from_bytes(cls, body: bytes) -> SetRadioProfile:
        return cls(decode_profile(body))


@dataclass(frozen=True, slots=True)
class GetRadioProfile:
    """Unicast only. A node answers only if `reserved` is 0."""

    OPCODE: ClassVar[Opcode] = Opcode.GET_RF_CONFIG

    reserved: int = 0

    def to_bytes(self) -> bytes:
        return bytes((self.reserved,))

    @classmethod
    def from_bytes(cls, body: bytes) -> GetRadioProfile:
        return cls(*_exactly(1, body, "GET_RF_CONFIG"))


@dataclass(frozen=True, slots=True)
class RawBody:
    """Bytes that no typed body fits: an unknown opcode, or a length that its opcode does not have."""

    opcode: int
    raw: bytes

    def to_bytes(self) -> bytes:
        return self.raw


TypedBody = (
    GetDevices
    | SetGroup
    | GetStatus
    | Preset
    | Config
    | Sync
    | Stream
    | Control
    | Offset
    | GetConfig
    | Headless
    | Indicate
    | SetRadioProfile
    | GetRadioProfile
)
Body = TypedBody | RawBody

BODY_TYPES: Mapping[Opcode, type[TypedBody]] = MappingProxyType(
    {
        body_type.OPCODE: body_type
        for body_type in (
            GetDevices,
            SetGroup,
            GetStatus,
            Preset,
            Config,
            Sync,
            Stream,
            Control,
            Offset,
            GetConfig,
            Headless,
            Indicate,
            SetRadioProfile,
            GetRadioProfile,
        )
    }
)


def decode_body(opcode: int, raw: bytes) -> Body:
    """Never raises: what fits no typed body comes back as a RawBody."""
    body_type = BODY_TYPES.get(opcode)  # type: ignore[call-overload]
    if body_type is None:
        return RawBody(opcode, bytes(raw))
    try:
        return body_type.from_bytes(raw)  # type: ignore[no-any-return]
    except MalformedPacket:
        return RawBody(opcode, bytes(raw))


def _exactly(count: int, body: bytes, name: str) -> bytes:
    if len(body) != count:
        raise MalformedPacket(f"{name} body", f"{count} bytes", body)
    return body
