"""One packet to everybody in place of one per group, where nobody else would take it.

Source: spec scenes, 13: "Groups list = all groups of a network", "Child list = all participants".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.planning.scene.blocks import Block, BlockKind, NetworkFacts, Segment, is_in_offset_mode
from racelink_core.planning.scene.told_offsets import NOT_TOLD, ToldOffsets
from racelink_core.protocol.bodies import Body, Control, Preset
from racelink_core.protocol.group_body import content_of, for_group
from racelink_core.protocol.radio_packet import RadioPacket

TO_ALL = "one packet to everybody: nobody else on this network takes it"
_AT_LEAST = 2


class Takers(NamedTuple):
    """Known groups of which a member may take a packet to everybody (spec scenes, N5), by flag OFFSET_MODE."""

    without_flag: frozenset[int]
    with_flag: frozenset[int]


def takers_by_block(
    segments: Iterable[Segment], facts: NetworkFacts, may_start_in_offset: frozenset[int]
) -> Iterator[list[Takers]]:
    """For each segment. They stay the same as long as the OFFSET packets do.

    may_start_in_offset  groups that could be in offset mode before the scene says anything
    """
    told = ToldOffsets()
    takers = _takers(told, facts, may_start_in_offset)
    for segment in segments:
        found: list[Takers] = []
        for block in segment.blocks:
            if block.kind is BlockKind.OFFSET and block.packets:
                told.after(block.packets)
                takers = _takers(told, facts, may_start_in_offset)
            found.append(takers)
        yield found


def _takers(told: ToldOffsets, facts: NetworkFacts, may_start_in_offset: frozenset[int]) -> Takers:
    in_offset_mode = frozenset(filter(told.is_in_offset_mode, facts.known_groups))
    not_told = (group for group in may_start_in_offset & facts.known_groups if told[group] == NOT_TOLD)
    return Takers(facts.known_groups - in_offset_mode, in_offset_mode.union(not_told))


def sent_to_all(segment: Segment, takers: Iterable[Takers], facts: NetworkFacts) -> Segment:
    blocks = (_collapsed(block, each, facts) for block, each in zip(segment.blocks, takers, strict=True))
    return segment.with_blocks(tuple(blocks))


def _collapsed(block: Block, takers: Takers, facts: NetworkFacts) -> Block:
    if block.kind is not BlockKind.LIGHT or len(block.packets) < _AT_LEAST:
        return block
    if not (takers.with_flag if is_in_offset_mode(block.packets[0]) else takers.without_flag) <= block.meant:
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
    if any(packet.receiver != BROADCAST for packet in block.packets):
        return None
    if not block.is_alike and len({_content(packet.body) for packet in block.packets}) > 1:
        return None
    return RadioPacket(BROADCAST, for_group(first, ALL_GROUPS))


def _content(body: Body) -> tuple[Any, ...] | None:
    return (type(body), *content_of(body)) if isinstance(body, Control | Preset) else None
