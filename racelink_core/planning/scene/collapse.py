"""One packet to everybody in place of one per group, where nobody else would take it.

Source: spec scenes, 13: "Groups list = all groups of a network", "Child list = all participants".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.planning.scene.blocks import Block, BlockKind, NetworkFacts, Segment, is_in_offset_mode
from racelink_core.planning.scene.told_offsets import NONE, ToldOffsets
from racelink_core.protocol.bodies import Control, Preset
from racelink_core.protocol.radio_packet import RadioPacket

TO_ALL = "one packet to everybody: nobody else on this network takes it"


def sent_to_all(
    segments: Iterable[Segment], facts: NetworkFacts, may_start_in_offset: frozenset[int]
) -> tuple[Segment, ...]:
    """`may_start_in_offset`: groups that could be in offset mode before the scene says anything."""
    told = ToldOffsets()

    def rewritten(block: Block) -> Block:
        if block.kind is BlockKind.OFFSET:
            told.after(block.packets)
        if block.kind is not BlockKind.LIGHT or len(block.packets) < 2:
            return block
        if not _takers(block.packets[0], told, facts, may_start_in_offset) <= block.meant:
            return block
        packet = _for_all(block)
        if packet is None:
            return block
        if facts.cost((packet,)) >= facts.cost(block.packets):
            return block
        return block.with_packets((packet,), TO_ALL)

    result: list[Segment] = []
    for segment in segments:
        blocks = tuple(map(rewritten, segment.blocks))
        is_same = all(one is other for one, other in zip(blocks, segment.blocks, strict=True))
        result.append(segment if is_same else Segment(blocks))
    return tuple(result)


def _for_all(block: Block) -> RadioPacket | None:
    """The packet that all of the block's are but for the group; None if they differ in more."""
    first = block.packets[0].body
    if not isinstance(first, Control | Preset):
        return None
    for packet in block.packets:
        body = packet.body
        if not packet.receiver.is_broadcast or not isinstance(body, Control | Preset):
            return None
        if body is not first and replace(body, group_id=first.group_id) != first:
            return None
    return RadioPacket(BROADCAST, replace(first, group_id=ALL_GROUPS))


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
