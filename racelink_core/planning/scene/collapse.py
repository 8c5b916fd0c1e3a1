"""One packet to everybody in place of one per group, where nobody else would take it.

Source: spec scenes, 13: "Groups list = all groups of a network", "Child list = all participants".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.planning.scene.blocks import Block, BlockKind, NetworkFacts, Segment, is_in_offset_mode
from racelink_core.planning.scene.told_offsets import NONE, ToldOffsets
from racelink_core.protocol.bodies import Control, Preset
from racelink_core.protocol.group_body import content_of, for_group
from racelink_core.protocol.radio_packet import RadioPacket

TO_ALL = "one packet to everybody: nobody else on this network takes it"
_AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class _Known:
    """What became of a segment, and what everybody was told by its end."""

    before: Segment
    after: Segment
    told: ToldOffsets


CollapseMemory = dict[int, _Known]
"""By identity of a segment, which is held, so that no other takes its place. Valid as long as OFFSETs stay the same."""


def sent_to_all(
    segments: Iterable[Segment], facts: NetworkFacts, may_start_in_offset: frozenset[int], memory: CollapseMemory
) -> tuple[Segment, ...]:
    """`may_start_in_offset`: groups that could be in offset mode before the scene says anything."""
    told = ToldOffsets()
    result: list[Segment] = []
    for segment in segments:
        known = memory.get(id(segment))
        if known is None:
            told = told.copy()
            blocks = tuple(_collapsed(block, told, facts, may_start_in_offset) for block in segment.blocks)
            known = memory[id(segment)] = _Known(segment, segment.with_blocks(blocks), told)
        told = known.told
        result.append(known.after)
    return tuple(result)


def _collapsed(block: Block, told: ToldOffsets, facts: NetworkFacts, may_start_in_offset: frozenset[int]) -> Block:
    if block.kind is BlockKind.OFFSET:
        told.after(block.packets)
    if block.kind is not BlockKind.LIGHT or len(block.packets) < _AT_LEAST:
        return block
    if not _takers(block.packets[0], told, facts, may_start_in_offset) <= block.meant:
        return block
    packet = _for_all(block)
    if packet is None or facts.cost((packet,)) >= facts.cost_of_block(block):
        return block
    return block.with_packets((packet,), TO_ALL)


def _for_all(block: Block) -> RadioPacket | None:
    """The packet that all of the block's are but for the group; None if they differ in more."""
    first = block.packets[0].body
    if not isinstance(first, Control | Preset):
        return None
    content = content_of(first)
    for packet in block.packets:
        body = packet.body
        if packet.receiver != BROADCAST or type(body) is not type(first) or content_of(body) != content:
            return None
    return RadioPacket(BROADCAST, for_group(first, ALL_GROUPS))


def _takers(
    packet: RadioPacket, told: ToldOffsets, facts: NetworkFacts, may_start_in_offset: frozenset[int]
) -> frozenset[int]:
    """Known groups of which a member may take a packet to everybody (spec scenes, N5)."""
    if not is_in_offset_mode(packet):
        return frozenset(group for group in facts.known_groups if not told.is_in_offset_mode(group))
    return frozenset(
        group
        for group in facts.known_groups
        if told.is_in_offset_mode(group) or (told[group] < NONE and group in may_start_in_offset)
    )
