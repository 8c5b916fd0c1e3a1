"""What the passes of the planner work on: the packets that one action means for one network."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import lru_cache

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.protocol.bodies import Body, Control, Offset, Preset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket


class BlockKind(str, Enum):
    OFFSET = "offset"
    LIGHT = "light"
    SYNC = "sync"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Block:
    """One step of an action on one network. LIGHT packets of a block differ in their group alone.

    meant    the groups that the action means; a packet to one of them does no harm, even if it is no longer needed
    formula  OFFSET: the container's own formula, as it would be told to everybody
    reasons  what was done to the packets, for the operator
    """

    kind: BlockKind
    action: int
    network_id: str
    packets: tuple[RadioPacket, ...]
    child: int | None = None
    meant: frozenset[int] = frozenset()
    formula: Offset | None = None
    reasons: tuple[str, ...] = ()

    def with_packets(self, packets: Iterable[RadioPacket], reason: str) -> Block:
        reasons = self.reasons if reason in self.reasons else (*self.reasons, reason)
        return replace(self, packets=tuple(packets), reasons=reasons)


@dataclass(frozen=True, slots=True)
class Segment:
    """Blocks between two barriers; nothing moves out of it."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """Ranked by time on air, then packets, then bytes (spec scenes, 13). Rounded, so that sums compare."""

    radio_ms: float = 0.0
    packets: int = 0
    bytes: int = 0

    def __add__(self, other: Cost) -> Cost:
        return Cost(round(self.radio_ms + other.radio_ms, 6), self.packets + other.packets, self.bytes + other.bytes)


@dataclass(frozen=True)
class NetworkFacts:
    """What planning for one network needs to know about it.

    known_groups  groups of the devices that the host knows on it, 0 for unassigned ones
    """

    network_id: str
    profile: RadioProfile | None
    known_groups: frozenset[int]
    _radio_ms: dict[int, float] = field(default_factory=dict, compare=False)
    _of_segments: dict[int, tuple[Segment, Cost]] = field(default_factory=dict, compare=False)

    def cost(self, packets: Iterable[RadioPacket]) -> Cost:
        lengths = [length for packet in packets for length in _lengths(packet.body)]
        return Cost(round(sum(map(self._time_on_air_ms, lengths)), 6), len(lengths), sum(lengths))

    def cost_of(self, segment: Segment) -> Cost:
        """Summed up once per segment; the segment is held, so that no other takes its identity."""
        known = self._of_segments.get(id(segment))
        if known is None:
            known = (segment, self.cost(packet for block in segment.blocks for packet in block.packets))
            self._of_segments[id(segment)] = known
        return known[1]

    def _time_on_air_ms(self, length: int) -> float:
        """Looked up once per length and plan."""
        found = self._radio_ms.get(length)
        if found is None:
            found = 0.0 if self.profile is None else time_on_air_ms(length, self.profile)
            self._radio_ms[length] = found
        return found


@lru_cache(maxsize=4096)
def _lengths(body: Body) -> tuple[int, ...]:
    return RadioPacket(BROADCAST, body).radio_lengths()


def group_of(packet: RadioPacket) -> int:
    """The group byte of a packet that has one."""
    body = packet.body
    if not isinstance(body, Control | Preset | Offset):
        raise TypeError(f"{type(body).__name__} has no group")
    return body.group_id


def is_in_offset_mode(packet: RadioPacket) -> bool:
    """Flag F of the acceptance gate (spec scenes, N5)."""
    body = packet.body
    return isinstance(body, Control | Preset) and bool(body.flags & PacketFlags.OFFSET_MODE)


def total(facts: NetworkFacts, segments: Iterable[Segment]) -> Cost:
    return sum(map(facts.cost_of, segments), Cost())
