"""Packets for the radio: what the host hands to a gateway, and what is heard on air.

Source: spec wire, sections 3.1, 4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.bodies import Body, RawBody, Stream, Sync, decode_body
from racelink_core.protocol.errors import MalformedPacket
from racelink_core.protocol.framing import encode_frame

__all__ = ["DIRECTION_TO_MASTER", "HEADER_BYTES", "OnAir", "RadioPacket", "RawBody", "parse_radio"]

DIRECTION_TO_MASTER = 0x80
HEADER_BYTES = 7
_REPLIED_TO = frozenset(
    {
        Opcode.DEVICES,
        Opcode.SET_GROUP,
        Opcode.STATUS,
        Opcode.CONFIG,
        Opcode.STREAM,
        Opcode.GET_CONFIG,
        Opcode.RF_CONFIG,
        Opcode.GET_RF_CONFIG,
    }
)


@dataclass(frozen=True, slots=True)
class RadioPacket:
    """One request of the host to one node, or to all."""

    receiver: RadioAddress
    body: Body

    @property
    def opcode(self) -> int:
        body = self.body
        return body.opcode if isinstance(body, RawBody) else body.OPCODE

    @property
    def expects_reply(self) -> bool:
        """Whether nodes answer this kind of request, with an ACK or a reply of its own."""
        return self.opcode in _REPLIED_TO

    @property
    def is_sendable(self) -> bool:
        """Whether a gateway transmits it. All others it refuses or, mostly, ignores without a word."""
        body = self.body
        return body.is_sendable if isinstance(body, Stream) else not isinstance(body, RawBody)

    def to_frame(self) -> bytes:
        """For one write call to a gateway."""
        return encode_frame(self.opcode, self.receiver + self.body.to_bytes())

    @classmethod
    def from_frame(cls, frame: bytes) -> RadioPacket:
        """Reads TYPE and DATA as a gateway does. Raises MalformedPacket without a receiver or with bit 7 set."""
        if len(frame) < 4 or frame[0] & DIRECTION_TO_MASTER:
            raise MalformedPacket("packet for the radio", "a type below 80 and a receiver", frame)
        return cls(RadioAddress(frame[1:4]), decode_body(frame[0], frame[4:]))

    def radio_lengths(self) -> tuple[int, ...]:
        """Bytes on air, header included, one entry per packet; empty when the gateway would not transmit it."""
        return tuple(HEADER_BYTES + len(body) for body in self._bodies_on_air())

    def to_radio(self, sender: RadioAddress) -> list[bytes]:
        """What goes on air. A gateway moreover puts its own clock into a SYNC (spec wire, 10.1)."""
        receiver = BROADCAST if isinstance(self.body, Sync) else self.receiver
        return [OnAir(sender, receiver, False, self.opcode, body).to_bytes() for body in self._bodies_on_air()]

    def _bodies_on_air(self) -> list[bytes]:
        body = self.body
        if not self.is_sendable:
            return []
        if isinstance(body, Stream):
            return body.fragments()
        if isinstance(body, Sync) and body.flags == 0:
            return [Sync(body.ts24, body.brightness).to_bytes()]
        return [body.to_bytes()]


@dataclass(frozen=True, slots=True)
class OnAir:
    """A packet as it is on air, in either direction; the body is not looked at."""

    sender: RadioAddress
    receiver: RadioAddress
    is_reply: bool
    opcode: int
    body_bytes: bytes

    @property
    def type_byte(self) -> int:
        return self.opcode | (DIRECTION_TO_MASTER if self.is_reply else 0)

    def to_bytes(self) -> bytes:
        return b"".join((self.sender, self.receiver, bytes((self.type_byte,)), self.body_bytes))


def parse_radio(raw: bytes) -> OnAir:
    """Raises MalformedPacket below 7 bytes."""
    if len(raw) < HEADER_BYTES:
        raise MalformedPacket("radio packet", f"at least {HEADER_BYTES} bytes", raw)
    type_byte = raw[6]
    return OnAir(
        RadioAddress(raw[0:3]),
        RadioAddress(raw[3:6]),
        bool(type_byte & DIRECTION_TO_MASTER),
        type_byte & 0x7F,
        bytes(raw[HEADER_BYTES:]),
    )
