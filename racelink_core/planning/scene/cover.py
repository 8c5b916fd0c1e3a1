"""The cheapest OFFSET packets that give every group of a network what a container wants it to have.

Form: at most one packet to everybody, then at most one per group (design, section 6). Source: spec scenes, 12 and 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from racelink_core.domain.address import BROADCAST
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.planning.scene.blocks import Block, BlockKind, Cost, NetworkFacts, Segment, group_of
from racelink_core.planning.scene.formulas import best_formulas, count_wrong, straight_formulas
from racelink_core.planning.scene.plan import no_turn
from racelink_core.planning.scene.told_offsets import NONE, ToldOffsets, value_for, values_for, values_for_all
from racelink_core.protocol.bodies import Offset
from racelink_core.protocol.radio_packet import RadioPacket

_FITS_16_BITS = 32767
_LEAVE = Offset(ALL_GROUPS, OffsetMode.NONE)
ALREADY_TOLD = "who was told the same earlier in this scene is not told again"
COVERED = "one packet to everybody, corrected for the groups that it gets wrong"
SHORTER = "a shorter packet that means the same for every group"


@dataclass(frozen=True, slots=True)
class Cover:
    packets: tuple[RadioPacket, ...]
    cost: Cost


def told_once(segments: Iterable[Segment], facts: NetworkFacts) -> tuple[Segment, ...]:
    """Leaves out OFFSET packets that say what their groups were already told in this scene."""
    told = ToldOffsets()

    def rewritten(block: Block) -> Block:
        missing = tuple(packet for packet in block.packets if not _is_told(packet, told))
        return block if len(missing) == len(block.packets) else block.with_packets(missing, ALREADY_TOLD)

    return _with_offset_blocks(segments, told, rewritten)


def covered(segments: Iterable[Segment], facts: NetworkFacts, give_way: Callable[[], None]) -> tuple[Segment, ...]:
    """Chooses the cheapest cover for each container. `give_way` is called before each."""
    told = ToldOffsets()

    def rewritten(block: Block) -> Block:
        if not block.packets:
            return block
        give_way()
        if ALL_GROUPS in block.meant:
            cover = cheapest_for_everybody(block.packets[0], told, facts)
            return block.with_packets(cover.packets, SHORTER) if cover.cost < facts.cost_of_block(block) else block
        wanted = {group: told[group] for group in block.meant} | dict(map(_told_by, block.packets))
        cover = cheapest_cover(wanted, told, facts, block.formula, give_way)
        return block.with_packets(cover.packets, COVERED) if cover.cost < facts.cost_of_block(block) else block

    return _with_offset_blocks(segments, told, rewritten)


def cheapest_cover(
    wanted: Mapping[int, int],
    told: ToldOffsets,
    facts: NetworkFacts,
    own: Offset | None = None,
    give_way: Callable[[], None] = no_turn,
) -> Cover:
    """`wanted`: delay in ms, or NONE, by group. Other known groups go on with what they have.

    own  a formula that gives every wanted group its delay, if there is one
    """
    kept = {group: told.kept(group) for group in facts.known_groups if group not in wanted}
    everyone = {**kept, **wanted}
    best = _cover((), {group: value for group, value in wanted.items() if told[group] != value}, facts)
    groups = list(everyone)
    for formula in _formulas(wanted, everyone, own, best.cost.packets, give_way):
        found = zip(everyone.items(), values_for(formula, groups), strict=True)
        wrong = {group: value for (group, value), found_ms in found if found_ms != value}
        if len(wrong) + 1 <= best.cost.packets:
            best = min(best, _cover((formula,), wrong, facts), key=lambda cover: cover.cost)
    return best


def _formulas(
    wanted: Mapping[int, int],
    everyone: Mapping[int, int],
    own: Offset | None,
    most_packets: int,
    give_way: Callable[[], None],
) -> Iterator[Offset]:
    """Those that could do with at most `most_packets`, corrections included."""
    yield _LEAVE
    points = tuple(sorted((group, value) for group, value in everyone.items() if value > NONE))
    misses = most_packets - 1 - (len(everyone) - len(points))
    if misses < 0 or most_packets < 2 or not any(value > NONE for value in wanted.values()):
        return
    wrong = misses + 1
    if own is not None:
        yield own
        wrong = count_wrong(own, points)
    if wrong:
        yield from best_formulas(points, min(misses, wrong - 1), give_way)
    else:
        yield from straight_formulas(points)


def cheapest_for_everybody(packet: RadioPacket, told: ToldOffsets, facts: NetworkFacts) -> Cover:
    """The same function for every group there can be, also for nodes that the host does not know."""
    body = packet.body
    if not isinstance(body, Offset):
        raise TypeError(f"{type(body).__name__} is no OFFSET")
    wanted = values_for_all(body)
    best = _cover((body,), {}, facts)
    for formula in _same_for_everybody(body, wanted):
        best = min(best, _cover((formula,), {}, facts), key=lambda cover: cover.cost)
    if told.count_differing(wanted) <= 1:
        best = min(best, _cover((), told.differing(wanted), facts), key=lambda cover: cover.cost)
    return best


def _same_for_everybody(body: Offset, wanted: Sequence[int]) -> list[Offset]:
    if body.mode in (OffsetMode.NONE, OffsetMode.EXPLICIT):
        return []
    base_ms, step_ms = body.base_ms, body.step_ms
    lines = [
        Offset(ALL_GROUPS, OffsetMode.EXPLICIT, offset_ms=wanted[0]),
        Offset(ALL_GROUPS, OffsetMode.LINEAR, base_ms=base_ms, step_ms=step_ms),
    ]
    if body.mode is OffsetMode.VSHAPE:
        falling_from_ms = base_ms + body.center * step_ms
        if max(abs(falling_from_ms), abs(step_ms)) <= _FITS_16_BITS:
            lines.append(Offset(ALL_GROUPS, OffsetMode.LINEAR, base_ms=falling_from_ms, step_ms=-step_ms))
    return [line for line in lines if values_for_all(line) == wanted]


def _cover(formulas: tuple[Offset, ...], single: Mapping[int, int], facts: NetworkFacts) -> Cover:
    packets = (
        *(RadioPacket(BROADCAST, body) for body in formulas),
        *(_single(group, single[group]) for group in sorted(single)),
    )
    return Cover(packets, facts.cost(packets))


@lru_cache(maxsize=2048)
def _single(group: int, value: int) -> RadioPacket:
    if value == NONE:
        return RadioPacket(BROADCAST, Offset(group, OffsetMode.NONE))
    return RadioPacket(BROADCAST, Offset(group, OffsetMode.EXPLICIT, offset_ms=value))


def _told_by(packet: RadioPacket) -> tuple[int, int]:
    group = group_of(packet)
    body = packet.body
    if not isinstance(body, Offset):
        raise TypeError(f"{type(body).__name__} is no OFFSET")
    return group, value_for(body, group)


def _is_told(packet: RadioPacket, told: ToldOffsets) -> bool:
    body = packet.body
    if not isinstance(body, Offset):
        return False
    if body.group_id == ALL_GROUPS:
        return not told.count_differing(values_for_all(body))
    return told[body.group_id] == value_for(body, body.group_id)


def _with_offset_blocks(
    segments: Iterable[Segment], told: ToldOffsets, rewritten: Callable[[Block], Block]
) -> tuple[Segment, ...]:
    """`told` follows what is really sent."""
    result: list[Segment] = []
    for segment in segments:
        blocks: list[Block] = []
        for block in segment.blocks:
            blocks.append(rewritten(block) if block.kind is BlockKind.OFFSET else block)
            if block.kind is BlockKind.OFFSET:
                told.after(blocks[-1].packets)
        result.append(segment.with_blocks(tuple(blocks)))
    return tuple(result)
