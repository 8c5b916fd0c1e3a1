"""What the host remembers about offset mode, group by group. Source: spec scenes, section 12; spec wire, section 9.

A node in offset mode silently drops packets without the OFFSET_MODE flag, and the other way round. Nobody can ask
it, so the host notes what it told whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from racelink_core.domain.address import RadioAddress
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.opcode import Opcode

_OFFSET_MODE_FLAG = 0x20
_ASSIGNABLE = range(ALL_GROUPS)


class OffsetNote(str, Enum):
    """UNKNOWN counts as "may be in offset mode" for live commands."""

    UNKNOWN = "unknown"
    NONE = "none"
    OFFSET = "offset"


class _Bytes(Protocol):
    def to_bytes(self) -> bytes: ...


class SentPacket(Protocol):
    """The part of a radio packet that the notes read."""

    @property
    def receiver(self) -> RadioAddress: ...
    @property
    def opcode(self) -> int: ...
    @property
    def body(self) -> _Bytes: ...


@dataclass(frozen=True, slots=True)
class OffsetNotes:
    """One network's notes, immutable. Groups that are in none of the sets are UNKNOWN.

    in_offset  groups of which a member may be in offset mode
    free       groups that were told to leave it and have since been sent a packet without OFFSET_MODE
    leaving    groups that were told to leave it, with no such packet yet: their note still is what it was
    """

    in_offset: frozenset[int] = frozenset()
    free: frozenset[int] = frozenset()
    leaving: frozenset[int] = frozenset()

    def of(self, group_id: int) -> OffsetNote:
        if group_id in self.in_offset:
            return OffsetNote.OFFSET
        return OffsetNote.NONE if group_id in self.free else OffsetNote.UNKNOWN

    def may_be_in_offset(self, group_ids: Iterable[int]) -> bool:
        """Whether a packet without OFFSET_MODE could be dropped by a member of one of these groups."""
        return any(group_id not in self.free for group_id in group_ids)

    def after(self, packet: SentPacket) -> OffsetNotes:
        """The notes once `packet` has left the gateway. A packet to one device frees no group.

        A device that is moved brings its offset mode along: while any group may be in it, its new one is unknown.
        """
        opcode = packet.opcode
        if opcode == Opcode.SET_GROUP and self.in_offset:
            moved_to = frozenset(packet.body.to_bytes()[:1])
            return OffsetNotes(self.in_offset, self.free - moved_to, self.leaving - moved_to)
        if opcode not in (Opcode.OFFSET, Opcode.PRESET, Opcode.CONTROL):
            return self
        if opcode != Opcode.OFFSET and not self.leaving:
            return self
        group_id, second = packet.body.to_bytes()[:2]
        groups = frozenset(_ASSIGNABLE) if group_id == ALL_GROUPS else frozenset((group_id,))
        if opcode == Opcode.OFFSET:
            if second != OffsetMode.NONE:
                return OffsetNotes(self.in_offset | groups, self.free - groups, self.leaving - groups)
            if packet.receiver.is_broadcast:
                return OffsetNotes(self.in_offset, self.free, self.leaving | (groups - self.free))
            return self
        reached = groups & self.leaving
        if second & _OFFSET_MODE_FLAG or not packet.receiver.is_broadcast or not reached:
            return self
        return OffsetNotes(self.in_offset - reached, self.free | reached, self.leaving - reached)

    def to_json(self) -> dict[str, list[int]]:
        """What is kept over restarts."""
        return {"in_offset": sorted(self.in_offset), "free": sorted(self.free)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Iterable[int]]) -> OffsetNotes:
        return cls(frozenset(kept.get("in_offset", ())), frozenset(kept.get("free", ())))


NOTHING_KNOWN = OffsetNotes()
