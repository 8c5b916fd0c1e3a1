"""What earlier commands may have left in offset mode is freed before it would drop a packet, or take a stranger's.

Only with what a running host knows; a plan on paper starts from lamps that are free (design, section 6, "Lamps").
"""

from __future__ import annotations

from collections.abc import Iterable

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.planning.scene.blocks import (
    Block,
    BlockKind,
    NetworkFacts,
    Segment,
    group_of,
    is_in_offset_mode,
)
from racelink_core.planning.scene.told_offsets import NOT_TOLD, ToldOffsets
from racelink_core.protocol.bodies import Offset
from racelink_core.protocol.radio_packet import RadioPacket

FREED = "these lamps may still be in offset mode from before, and would ignore what follows"


def freed(segments: Iterable[Segment], facts: NetworkFacts, notes: OffsetNotes) -> tuple[Segment, ...]:
    """An OFFSET "none" before the first packet without OFFSET_MODE that a group of this scene's would drop."""
    told = ToldOffsets()
    result: list[Segment] = []
    for segment in segments:
        blocks: list[Block] = []
        for block in segment.blocks:
            if block.kind is BlockKind.LIGHT:
                freeing = _freeing(block, told, facts, notes)
                if freeing:
                    blocks.append(Block(BlockKind.OFFSET, block.action, block.network_id, freeing, reasons=(FREED,)))
                    told.after(freeing)
            elif block.kind is BlockKind.OFFSET:
                told.after(block.packets)
            blocks.append(block)
        result.append(Segment(tuple(blocks)))
    return tuple(result)


def _freeing(block: Block, told: ToldOffsets, facts: NetworkFacts, notes: OffsetNotes) -> tuple[RadioPacket, ...]:
    held: list[int] = []
    for packet in block.packets:
        if is_in_offset_mode(packet):
            continue
        group = group_of(packet)
        if group == ALL_GROUPS:
            return _for_everybody(told, facts, notes)
        if told[group] == NOT_TOLD and notes.may_be_in_offset((group,)):
            held.append(group)
    return tuple(RadioPacket(BROADCAST, Offset(group, OffsetMode.NONE)) for group in dict.fromkeys(held))


def _for_everybody(told: ToldOffsets, facts: NetworkFacts, notes: OffsetNotes) -> tuple[RadioPacket, ...]:
    """One packet, unless this scene has put somebody into offset mode who shall stay there."""
    if not told.any_in_offset_mode():
        is_needed = any(told[group] == NOT_TOLD and notes.may_be_in_offset((group,)) for group in range(ALL_GROUPS))
        return (RadioPacket(BROADCAST, Offset(ALL_GROUPS, OffsetMode.NONE)),) if is_needed else ()
    return tuple(
        RadioPacket(BROADCAST, Offset(group, OffsetMode.NONE))
        for group in sorted(facts.known_groups)
        if told[group] == NOT_TOLD and notes.may_be_in_offset((group,))
    )
