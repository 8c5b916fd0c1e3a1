"""What the passes of the planner work on: the packets that one action means for one network."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from operator import is_

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.radio_profile import RadioProfile
from racelink_core.planning.airtime import time_on_air_ms
from racelink_core.protocol.bodies import Body, Control, Offset, Preset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.group_body import content_of
from racelink_core.protocol.radio_packet import RadioPacket


class BlockKind(str, Enum):
    OFFSET = "offset"
    LIGHT = "light"
    SYNC = "sync"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Block:
    """One step of an action on one network.

    meant     the groups that the action means; a packet to one of them does no harm, even if it is no longer needed
    formula   OFFSET: the container's own formula, as it would be told to everybody
    reasons   what was done to the packets, for the operator
    is_alike  LIGHT: its packets are known to differ in their address alone
    """

    kind: BlockKind
    action: int
    network_id: str
    packets: tuple[RadioPacket, ...]
    child: int | None = None
    meant: frozenset[int] = frozenset()
    formula: Offset | None = None
    reasons: tuple[str, ...] = ()
    is_alike: bool = False

    def with_packets(self, packets: Iterable[RadioPacket], reason: str, is_alike: bool = False) -> Block:
        reasons = self.reasons if reason in self.reasons else (*self.reasons, reason)
        return replace(self, packets=tuple(packets), reasons=reasons, is_alike=is_alike)


@dataclass(frozen=True, slots=True)
class Segment:
    """Blocks between two barriers; nothing moves out of it."""

    blocks: tuple[Block, ...]

    def with_blocks(self, blocks: tuple[Block, ...]) -> Segment:
        """As many; this very segment if they are the same."""
        return self if all(map(is_, blocks, self.blocks)) else Segment(blocks)


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """Ranked by time on air, then packets, then bytes (spec scenes, 13). Rounded, so that sums compare."""

    radio_ms: float = 0.0
    packets: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class NetworkFacts:
    """What planning for one network needs to know about it.

    known_groups  groups of the devices that the host knows on it, 0 for unassigned ones
    lengths       of the bodies met so far, by shape: bytes on air of each fragment. Networks may share it
    """

    network_id: str
    profile: RadioProfile | None
    known_groups: frozenset[int]
    lengths: dict[Hashable, tuple[int, ...]] = field(default_factory=dict, compare=False)
    _of_shapes: dict[Hashable, Cost] = field(default_factory=dict, compare=False)
    _of_blocks: dict[int, tuple[Block, Cost]] = field(default_factory=dict, compare=False)
    _of_segments: dict[int, tuple[Segment, Cost]] = field(default_factory=dict, compare=False)

    def cost(self, packets: Iterable[RadioPacket]) -> Cost:
        return summed([self._cost_of_body(packet.body) for packet in packets])

    def cost_of(self, segment: Segment) -> Cost:
        """Summed up once per segment; the segment is held, so that no other takes its identity."""
        known = self._of_segments.get(id(segment))
        if known is None:
            known = (segment, summed([self.cost_of_block(block) for block in segment.blocks]))
            self._of_segments[id(segment)] = known
        return known[1]

    def cost_of_block(self, block: Block) -> Cost:
        """Summed up once per block, which is held as well."""
        known = self._of_blocks.get(id(block))
        if known is None:
            known = (block, self._cost_of_alike(block.packets) if block.is_alike else self.cost(block.packets))
            self._of_blocks[id(block)] = known
        return known[1]

    def _cost_of_alike(self, packets: Sequence[RadioPacket]) -> Cost:
        if not packets:
            return Cost()
        one, count = self._cost_of_body(packets[0].body), len(packets)
        return Cost(round(one.radio_ms * count, 6), one.packets * count, one.bytes * count)

    def _cost_of_body(self, body: Body) -> Cost:
        shape = _shape(body)
        known = self._of_shapes.get(shape)
        if known is None:
            lengths = self.lengths.get(shape)
            if lengths is None:
                lengths = self.lengths[shape] = RadioPacket(BROADCAST, body).radio_lengths()
            known = self._of_shapes[shape] = self._cost_of_lengths(lengths)
        return known

    def _cost_of_lengths(self, lengths: tuple[int, ...]) -> Cost:
        """One per fragment."""
        profile = self.profile
        radio_ms = 0.0 if profile is None else sum(time_on_air_ms(length, profile) for length in lengths)
        return Cost(round(radio_ms, 6), len(lengths), sum(lengths))


def _shape(body: Body) -> Hashable:
    """Bodies of the same shape are as long."""
    if isinstance(body, Offset):
        return body.mode
    return content_of(body) if isinstance(body, Control) else body


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
    return summed([facts.cost_of(segment) for segment in segments])


def summed(costs: Sequence[Cost]) -> Cost:
    if len(costs) == 1:
        return costs[0]
    return Cost(
        round(sum([cost.radio_ms for cost in costs]), 6),
        sum([cost.packets for cost in costs]),
        sum([cost.bytes for cost in costs]),
    )
