"""The OFFSET body: how a node derives its delay from its own group. Source: spec wire, section 9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import ClassVar

from racelink_core.domain.offset import OffsetMode, offset_ms_for, offsets_ms_for
from racelink_core.domain.opcode import Opcode
from racelink_core.protocol.errors import MalformedPacket

_EXPLICIT = Struct("<H")
_LINEAR = Struct("<hh")
_SHAPED = Struct("<hhB")


@dataclass(frozen=True, slots=True)
class Offset:
    """2 to 7 bytes. `group_id` says who listens (255 = every node); the formula uses the listener's own group.

    offset_ms          EXPLICIT: 0..65535
    base_ms, step_ms   LINEAR, VSHAPE, MODULO: signed 16 bit
    center             VSHAPE: the group in the middle
    cycle              MODULO: groups per round; 0 counts as 1
    """

    OPCODE: ClassVar[Opcode] = Opcode.OFFSET

    group_id: int
    mode: OffsetMode
    offset_ms: int = 0
    base_ms: int = 0
    step_ms: int = 0
    center: int = 0
    cycle: int = 1

    def offset_ms_for(self, group_id: int) -> int:
        """The delay of a node in `group_id`, in ms, clamped to 0..65535."""
        return offset_ms_for(
            group_id,
            self.mode,
            offset_ms=self.offset_ms,
            base_ms=self.base_ms,
            step_ms=self.step_ms,
            center=self.center,
            cycle=self.cycle,
        )

    def offsets_ms_for(self, group_ids: Sequence[int]) -> list[int]:
        """`offset_ms_for` of each group."""
        return offsets_ms_for(
            group_ids,
            self.mode,
            offset_ms=self.offset_ms,
            base_ms=self.base_ms,
            step_ms=self.step_ms,
            center=self.center,
            cycle=self.cycle,
        )

    def to_bytes(self) -> bytes:
        head = bytes((self.group_id, self.mode))
        if self.mode is OffsetMode.NONE:
            return head
        if self.mode is OffsetMode.EXPLICIT:
            return head + _EXPLICIT.pack(self.offset_ms)
        if self.mode is OffsetMode.LINEAR:
            return head + _LINEAR.pack(self.base_ms, self.step_ms)
        last = self.center if self.mode is OffsetMode.VSHAPE else self.cycle
        return head + _SHAPED.pack(self.base_ms, self.step_ms, last)

    @classmethod
    def from_bytes(cls, body: bytes) -> Offset:
        """Raises MalformedPacket for an unknown mode or a length that does not fit the mode."""
        if len(body) < 2 or body[1] > OffsetMode.MODULO:
            raise MalformedPacket("OFFSET body", "a group and a mode 0..4", body)
        group_id, mode, payload = body[0], OffsetMode(body[1]), body[2:]
        if len(payload) != _PAYLOAD_BYTES[mode]:
            raise MalformedPacket(f"OFFSET body, {mode.name}", f"{2 + _PAYLOAD_BYTES[mode]} bytes", body)
        if mode is OffsetMode.EXPLICIT:
            return cls(group_id, mode, offset_ms=_EXPLICIT.unpack(payload)[0])
        if mode is OffsetMode.LINEAR:
            base_ms, step_ms = _LINEAR.unpack(payload)
            return cls(group_id, mode, base_ms=base_ms, step_ms=step_ms)
        if mode is OffsetMode.NONE:
            return cls(group_id, mode)
        base_ms, step_ms, last = _SHAPED.unpack(payload)
        if mode is OffsetMode.VSHAPE:
            return cls(group_id, mode, base_ms=base_ms, step_ms=step_ms, center=last)
        return cls(group_id, mode, base_ms=base_ms, step_ms=step_ms, cycle=last)


_PAYLOAD_BYTES = {
    OffsetMode.NONE: 0,
    OffsetMode.EXPLICIT: _EXPLICIT.size,
    OffsetMode.LINEAR: _LINEAR.size,
    OffsetMode.VSHAPE: _SHAPED.size,
    OffsetMode.MODULO: _SHAPED.size,
}
