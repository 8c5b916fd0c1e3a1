"""STREAM: a payload of up to 128 bytes that travels in fragments of 8. Source: spec wire, section 13."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from racelink_core.domain.opcode import Opcode

FRAGMENT_BYTES = 8
MAX_PAYLOAD_BYTES = 128
MAX_FRAGMENTS = MAX_PAYLOAD_BYTES // FRAGMENT_BYTES
_START = 0x80
_STOP = 0x40
_LEFT = 0x3F


@dataclass(frozen=True, slots=True)
class Stream:
    """The whole payload, as the host hands it to the gateway. Gateways take 1..128 bytes."""

    OPCODE: ClassVar[Opcode] = Opcode.STREAM

    payload: bytes

    def to_bytes(self) -> bytes:
        return self.payload

    @classmethod
    def from_bytes(cls, body: bytes) -> Stream:
        return cls(bytes(body))

    @property
    def is_sendable(self) -> bool:
        return 1 <= len(self.payload) <= MAX_PAYLOAD_BYTES

    def fragments(self) -> list[bytes]:
        """The bodies that go on air, 9 bytes each: control byte and 8 bytes, the last one padded with zeros."""
        chunks = [self.payload[at : at + FRAGMENT_BYTES] for at in range(0, len(self.payload), FRAGMENT_BYTES)]
        last = len(chunks) - 1
        return [
            bytes(((_START if index == 0 else 0) | (_STOP if index == last else 0) | (last - index),))
            + chunk.ljust(FRAGMENT_BYTES, b"\0")
            for index, chunk in enumerate(chunks)
        ]


class StreamReassembly:
    """A node's side: one buffer, not separated by sender. An error leaves what was there untouched."""

    def __init__(self) -> None:
        self._payload = b""
        self._left = 0

    def feed(self, fragment: bytes) -> bytes | None:
        """Takes a 9-byte body; returns the payload (a multiple of 8 bytes) when the last fragment has come."""
        if len(fragment) != FRAGMENT_BYTES + 1:
            return None
        control, chunk = fragment[0], fragment[1:]
        is_start, is_stop, left = bool(control & _START), bool(control & _STOP), control & _LEFT
        if left >= MAX_FRAGMENTS or (left == 0) is not is_stop:
            return None
        if is_start:
            self._payload, self._left = chunk, left
        elif self._left and left == self._left - 1:
            self._payload, self._left = self._payload + chunk, left
        else:
            return None
        return self._payload if is_stop else None
