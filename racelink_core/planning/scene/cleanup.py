"""Light that nobody would see is not sent: what is repeated, overwritten, armed anew or can share a packet.

All within one segment, so that every lamp shows and has armed the same at each barrier. Packets with FORCE_REAPPLY
are deliberate and stay. Source: spec scenes, N6a, N9 and section 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.planning.scene.blocks import Block, BlockKind, Segment, group_of
from racelink_core.protocol.bodies import Control, Offset, Preset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket

REPEATED = "what was just sent is not repeated"
REPLACED = "what is replaced before anybody sees it is not sent"
MERGED = "two changes of the same lamps share a packet"
_MAX_CONTROL_BYTES = 21
_AT_LEAST = 2
_FIELDS = tuple(field.name for field in fields(Control) if field.name not in ("group_id", "flags", "ext_reserved"))


@dataclass(frozen=True, slots=True)
class _Place:
    """A packet and where it stands."""

    block: int
    packet: RadioPacket


Memory = dict[tuple[str, int], tuple[Segment, Segment]]
"""What became of a segment, by pass and identity; it holds the segment, so that no other takes its place."""
_Rewrite = Callable[[list[_Place]], list[_Place]]


def without_repeats(segments: Iterable[Segment], memory: Memory) -> tuple[Segment, ...]:
    """Drops a packet that says nothing new to lamps that were just told."""
    return _with_places(segments, _drop_repeated, REPEATED, memory)


def without_replaced(segments: Iterable[Segment], memory: Memory) -> tuple[Segment, ...]:
    """Drops a packet whose every effect is overwritten, or whose arming is replaced, within its segment."""
    return _with_places(segments, _drop_replaced, REPLACED, memory)


def merged(segments: Iterable[Segment], memory: Memory) -> tuple[Segment, ...]:
    """Puts two unarmed changes of the same address into the later packet."""
    return _with_places(segments, _merge, MERGED, memory)


class _Nearest:
    """The place last noted that some node of a packet's receivers takes as well."""

    def __init__(self) -> None:
        self._any: int | None = None
        self._by_group: dict[int, int] = {}
        self._by_device: dict[RadioAddress, int] = {}
        self._devices_by_group: dict[int, int] = {}

    def note(self, number: int, packet: RadioPacket) -> None:
        group = group_of(packet)
        self._any = number
        if packet.receiver.is_broadcast:
            self._by_group[group] = number
        else:
            self._by_device[packet.receiver] = self._devices_by_group[group] = number

    def touching(self, packet: RadioPacket) -> list[int]:
        """The nearest is among them."""
        group = group_of(packet)
        if packet.receiver.is_broadcast and group == ALL_GROUPS:
            return [] if self._any is None else [self._any]
        by_device = (
            self._devices_by_group.get(group) if packet.receiver.is_broadcast else self._by_device.get(packet.receiver)
        )
        found = (self._by_group.get(group), self._by_group.get(ALL_GROUPS), by_device)
        return [number for number in found if number is not None]


def _drop_repeated(places: list[_Place]) -> list[_Place]:
    kept: list[_Place] = []
    nearest = _Nearest()
    for place in places:
        before = nearest.touching(place.packet)
        if not before or not _says_all(kept[max(before)].packet, place.packet):
            nearest.note(len(kept), place.packet)
            kept.append(place)
    return kept


def _drop_replaced(places: list[_Place]) -> list[_Place]:
    kept: list[_Place] = []
    next_offset = _Nearest()
    later: dict[tuple[RadioAddress, int], list[tuple[int, Control]]] = {}
    for number in reversed(range(len(places))):
        packet = places[number].packet
        body = packet.body
        if isinstance(body, Offset):
            next_offset.note(number, packet)
        elif isinstance(body, Control):
            until = min(next_offset.touching(packet), default=len(places))
            if _is_replaced(body, [other for at, other in _covering(later, packet) if at < until]):
                continue
            later.setdefault((packet.receiver, body.group_id), []).append((number, body))
        kept.append(places[number])
    return kept[::-1]


def _covering(
    later: Mapping[tuple[RadioAddress, int], list[tuple[int, Control]]], packet: RadioPacket
) -> list[tuple[int, Control]]:
    """Of the later packets, those that every receiver of this one takes."""
    group = group_of(packet)
    addresses = dict.fromkeys(((packet.receiver, group), (BROADCAST, group), (BROADCAST, int(ALL_GROUPS))))
    return [each for address in addresses for each in later.get(address, ())]


def _merge(places: list[_Place]) -> list[_Place]:
    rest: list[_Place | None] = list(places)
    following = _next_touching(places)
    for number, partner in enumerate(following):
        first, second = rest[number], rest[partner] if partner is not None else None
        if partner is not None and first and second and _can_share(first.packet, second.packet):
            rest[partner] = replace(second, packet=_together(first.packet, second.packet))
            rest[number] = None
    return [place for place in rest if place is not None]


def _next_touching(places: list[_Place]) -> list[int | None]:
    """For each place the next one that some node takes as well."""
    nearest = _Nearest()
    found: list[int | None] = []
    for number in reversed(range(len(places))):
        found.append(min(nearest.touching(places[number].packet), default=None))
        nearest.note(number, places[number].packet)
    return found[::-1]


def _can_share(first: RadioPacket, second: RadioPacket) -> bool:
    one, other = first.body, second.body
    if not isinstance(one, Control) or not isinstance(other, Control) or one.flags != other.flags:
        return False
    if one.flags & (PacketFlags.ARM_ON_SYNC | PacketFlags.FORCE_REAPPLY):
        return False
    if (first.receiver, one.group_id) != (second.receiver, other.group_id):
        return False
    return len(_together(first, second).body.to_bytes()) <= _MAX_CONTROL_BYTES


def _together(first: RadioPacket, second: RadioPacket) -> RadioPacket:
    """The later one's fields win."""
    one, other = first.body, second.body
    if not isinstance(one, Control) or not isinstance(other, Control):
        raise TypeError("only CONTROL packets share")
    return RadioPacket(second.receiver, replace(one, **_fields_of(other)))


def _is_replaced(body: Control, later: Iterable[Control]) -> bool:
    if body.flags & PacketFlags.FORCE_REAPPLY:
        return False
    is_armed = bool(body.flags & PacketFlags.ARM_ON_SYNC)
    return any(_same_gate(body, other) and (is_armed or _overwrites(other, body)) for other in later)


def _overwrites(later: Control, earlier: Control) -> bool:
    """Nothing of an unarmed packet is left once `later` was applied at once."""
    if later.flags & PacketFlags.ARM_ON_SYNC:
        return False
    written = set(_fields_of(earlier))
    overwritten = set(_fields_of(later))
    if not earlier.flags & PacketFlags.POWER_ON:
        written.add("brightness")
    if not later.flags & PacketFlags.POWER_ON:
        overwritten.add("brightness")
    return written <= overwritten


def _says_all(earlier: RadioPacket, later: RadioPacket) -> bool:
    one, other = earlier.body, later.body
    if not _covers(earlier, later):
        return False
    if isinstance(one, Preset) and isinstance(other, Preset):
        is_same = (one.flags, one.preset_id, one.brightness) == (other.flags, other.preset_id, other.brightness)
        return is_same and not one.flags & PacketFlags.FORCE_REAPPLY
    if not isinstance(one, Control) or not isinstance(other, Control) or one.flags != other.flags:
        return False
    if one.flags & PacketFlags.FORCE_REAPPLY:
        return False
    said, now = _fields_of(one), _fields_of(other)
    if one.flags & PacketFlags.ARM_ON_SYNC:
        return said == now
    return all(said.get(name, _NOTHING) == value for name, value in now.items())


def _covers(wide: RadioPacket, narrow: RadioPacket) -> bool:
    """Whether every node that takes `narrow` also takes `wide`."""
    has_group = group_of(wide) in (group_of(narrow), ALL_GROUPS)
    return has_group and (wide.receiver == narrow.receiver or wide.receiver.is_broadcast)


def _same_gate(one: Control, other: Control) -> bool:
    """Both are accepted, or neither (spec scenes, N5)."""
    return not (one.flags ^ other.flags) & PacketFlags.OFFSET_MODE


def _fields_of(body: Control) -> dict[str, Any]:
    return {name: value for name in _FIELDS if (value := getattr(body, name)) is not None}


_NOTHING = object()


def _with_places(segments: Iterable[Segment], rewrite: _Rewrite, reason: str, memory: Memory) -> tuple[Segment, ...]:
    result: list[Segment] = []
    for segment in segments:
        known = memory.get((reason, id(segment)))
        if known is None:
            blocks = tuple(_rewritten(segment.blocks, rewrite, reason))
            known = (segment, segment if _same(blocks, segment.blocks) else Segment(blocks))
            memory[reason, id(segment)] = known
        result.append(known[1])
    return tuple(result)


def _same(blocks: tuple[Block, ...], others: tuple[Block, ...]) -> bool:
    return all(one is other for one, other in zip(blocks, others, strict=True))


def _rewritten(blocks: tuple[Block, ...], rewrite: _Rewrite, reason: str) -> Iterator[Block]:
    """Streams and syncs are left alone; they stand in nobody's way."""
    if sum(len(block.packets) for block in blocks if block.kind is BlockKind.LIGHT) < _AT_LEAST:
        yield from blocks
        return
    places = [
        _Place(number, packet)
        for number, block in enumerate(blocks)
        if block.kind in (BlockKind.LIGHT, BlockKind.OFFSET)
        for packet in block.packets
    ]
    left: dict[int, list[RadioPacket]] = {}
    for place in rewrite(places):
        left.setdefault(place.block, []).append(place.packet)
    for number, block in enumerate(blocks):
        packets = tuple(left.get(number, ()))
        if block.kind not in (BlockKind.LIGHT, BlockKind.OFFSET) or packets == block.packets:
            yield block
        else:
            yield block.with_packets(packets, reason)
