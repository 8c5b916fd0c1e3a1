"""Light that nobody would see is not sent: what is repeated, overwritten, armed anew or can share a packet.

All within one segment, so that every lamp shows and has armed the same at each barrier. Packets with FORCE_REAPPLY
are deliberate and stay. Source: spec scenes, N6a, N9 and section 13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, NamedTuple

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.group import ALL_GROUPS
from racelink_core.planning.scene.blocks import Block, BlockKind, Segment, group_of
from racelink_core.protocol.bodies import Body, Control, Offset, Preset
from racelink_core.protocol.flags import PacketFlags
from racelink_core.protocol.radio_packet import RadioPacket

REPEATED = "what was just sent is not repeated"
REPLACED = "what is replaced before anybody sees it is not sent"
MERGED = "two changes of the same lamps share a packet"
_MAX_CONTROL_BYTES = 21
_AT_LEAST = 2
_FIELDS = tuple(each.name for each in fields(Control) if each.name not in ("group_id", "flags", "ext_reserved"))
_BRIGHTNESS = _FIELDS.index("brightness")
_values: Callable[[Control], tuple[Any, ...]] = attrgetter(*_FIELDS)

# Plain numbers: `&` of two enums takes ten times as long
_POWER_ON = int(PacketFlags.POWER_ON)
_ARMED = int(PacketFlags.ARM_ON_SYNC)
_FORCED = int(PacketFlags.FORCE_REAPPLY)
_OFFSET_MODE = int(PacketFlags.OFFSET_MODE)


class _Place(NamedTuple):
    """A packet, where it stands, and who takes it: `receiver` is None for everybody."""

    block: int
    packet: RadioPacket
    body: Body
    receiver: RadioAddress | None
    group: int


class Tidying:
    """Of one segment."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Segment, list[_Place]]] = {}
        """By identity of what became of the segment; it is held, so that no other takes its place."""

    def without_repeats(self, segment: Segment) -> Segment:
        """Drops a packet that says nothing new to lamps that were just told."""
        return self._rewritten(segment, _drop_repeated, REPEATED)

    def without_replaced(self, segment: Segment) -> Segment:
        """Drops a packet whose every effect is overwritten, or whose arming is replaced, within its segment."""
        return self._rewritten(segment, _drop_replaced, REPLACED)

    def merged(self, segment: Segment) -> Segment:
        """Puts two unarmed changes of the same address into the later packet."""
        return self._rewritten(segment, _merge, MERGED)

    def _rewritten(self, segment: Segment, rewrite: Callable[[list[_Place]], list[_Place]], reason: str) -> Segment:
        places = self._places_of(segment)
        left = rewrite(places) if places else places
        if len(left) == len(places):
            return segment
        rewritten = Segment(tuple(_with_packets(segment.blocks, left, reason)))
        self._places[id(rewritten)] = (rewritten, left if _is_worth_tidying(rewritten) else [])
        return rewritten

    def _places_of(self, segment: Segment) -> list[_Place]:
        """None where there is nothing to tidy. Streams and syncs are left alone; they stand in nobody's way."""
        known = self._places.get(id(segment))
        if known is None:
            known = (segment, list(_found_places(segment)) if _is_worth_tidying(segment) else [])
            self._places[id(segment)] = known
        return known[1]


class _Nearest:
    """The place last noted that some node of a packet's receivers takes as well."""

    def __init__(self) -> None:
        self._noted: list[int] = []
        self._to_all = -1
        self._by_group: dict[int, int] = {}
        self._by_device: dict[RadioAddress, int] = {}
        self._devices_by_group: dict[int, int] = {}

    def note(self, number: int, place: _Place) -> None:
        at = len(self._noted)
        self._noted.append(number)
        if place.receiver is not None:
            self._by_device[place.receiver] = self._devices_by_group[place.group] = at
        elif place.group == ALL_GROUPS:
            self._to_all = at
        else:
            self._by_group[place.group] = at

    def touching(self, place: _Place) -> int | None:
        if not self._noted:
            return None
        receiver, group = place.receiver, place.group
        if receiver is None and group == ALL_GROUPS:
            return self._noted[-1]
        at = self._by_group.get(group, -1)
        at = max(at, self._to_all)
        if self._by_device:
            by_device = self._devices_by_group.get(group, -1) if receiver is None else self._by_device.get(receiver, -1)
            at = max(at, by_device)
        return self._noted[at] if at >= 0 else None


def _drop_repeated(places: list[_Place]) -> list[_Place]:
    kept: list[_Place] = []
    nearest = _Nearest()
    for place in places:
        before = nearest.touching(place)
        if before is None or not _says_all(kept[before], place):
            nearest.note(len(kept), place)
            kept.append(place)
    return kept


def _drop_replaced(places: list[_Place]) -> list[_Place]:
    kept: list[_Place] = []
    next_offset = _Nearest()
    later = _Later()
    for number in reversed(range(len(places))):
        place = places[number]
        body = place.body
        if isinstance(body, Offset):
            next_offset.note(number, place)
        elif isinstance(body, Control):
            until = next_offset.touching(place)
            if not body.flags & _FORCED and later.replaces(place, body, len(places) if until is None else until):
                continue
            later.note(number, place, body)
        kept.append(place)
    return kept[::-1]


class _Later:
    """CONTROL packets that follow, by the lamps that take them."""

    def __init__(self) -> None:
        self._by_address: dict[tuple[RadioAddress | None, int], list[tuple[int, Control]]] = {}

    def note(self, number: int, place: _Place, body: Control) -> None:
        self._by_address.setdefault((place.receiver, place.group), []).append((number, body))

    def replaces(self, place: _Place, body: Control, until: int) -> bool:
        """Whether a packet before place `until`, which every receiver of this one takes, leaves nothing of it."""
        addresses = [(place.receiver, place.group)]
        if place.receiver is not None:
            addresses.append((None, place.group))
        if place.group != ALL_GROUPS:
            addresses.append((None, ALL_GROUPS))
        for address in addresses:
            for number, other in self._by_address.get(address, ()):
                if number < until and _replaces(other, body):
                    return True
        return False


def _merge(places: list[_Place]) -> list[_Place]:
    if sum(map(_may_share, places)) < _AT_LEAST:
        return places
    rest: list[_Place | None] = list(places)
    for number, partner in enumerate(_next_touching(places)):
        first, second = rest[number], rest[partner] if partner is not None else None
        shared = _shared(first, second) if first and second else None
        if partner is not None and shared is not None:
            rest[partner] = shared
            rest[number] = None
    return [place for place in rest if place is not None]


def _next_touching(places: list[_Place]) -> list[int | None]:
    """For each place the next one that some node takes as well."""
    nearest = _Nearest()
    found: list[int | None] = []
    for number in reversed(range(len(places))):
        found.append(nearest.touching(places[number]))
        nearest.note(number, places[number])
    return found[::-1]


def _may_share(place: _Place) -> bool:
    body = place.body
    return isinstance(body, Control) and not body.flags & (_ARMED | _FORCED)


def _shared(first: _Place, second: _Place) -> _Place | None:
    """Both in one packet, of which the later one's fields win; None if they cannot share."""
    one, other = first.body, second.body
    if not isinstance(one, Control) or not isinstance(other, Control) or one.flags != other.flags:
        return None
    if not _may_share(first) or (first.receiver, first.group) != (second.receiver, second.group):
        return None
    later = {name: value for name, value in zip(_FIELDS, _values(other), strict=True) if value is not None}
    body = replace(one, **later)
    if len(body.to_bytes()) > _MAX_CONTROL_BYTES:
        return None
    return second._replace(packet=RadioPacket(second.packet.receiver, body), body=body)


def _replaces(later: Control, earlier: Control) -> bool:
    """Both are accepted, or neither (spec scenes, N5), and nothing of the earlier one is left."""
    if (later.flags ^ earlier.flags) & _OFFSET_MODE:
        return False
    return bool(earlier.flags & _ARMED) or _overwrites(later, earlier)


def _overwrites(later: Control, earlier: Control) -> bool:
    """Nothing of an unarmed packet is left once `later` was applied at once."""
    if later.flags & _ARMED:
        return False
    for number, (written, anew) in enumerate(zip(_values(earlier), _values(later), strict=True)):
        is_anew = anew is not None
        is_written = written is not None
        if number == _BRIGHTNESS:
            is_written = is_written or not earlier.flags & _POWER_ON
            is_anew = is_anew or not later.flags & _POWER_ON
        if is_written and not is_anew:
            return False
    return True


def _says_all(earlier: _Place, later: _Place) -> bool:
    one, other = earlier.body, later.body
    if isinstance(one, Control) and isinstance(other, Control):
        return one.flags == other.flags and _covers(earlier, later) and _says_all_fields(one, other)
    if isinstance(one, Preset) and isinstance(other, Preset):
        is_same = (one.flags, one.preset_id, one.brightness) == (other.flags, other.preset_id, other.brightness)
        return is_same and _covers(earlier, later) and not one.flags & _FORCED
    return False


def _says_all_fields(one: Control, other: Control) -> bool:
    """For equal flags."""
    if one.flags & _FORCED:
        return False
    said, now = _values(one), _values(other)
    if one.flags & _ARMED:
        return said == now
    return all(new is None or old == new for old, new in zip(said, now, strict=True))


def _covers(wide: _Place, narrow: _Place) -> bool:
    """Whether every node that takes `narrow` also takes `wide`."""
    has_group = wide.group in (narrow.group, ALL_GROUPS)
    return has_group and (wide.receiver is None or wide.receiver == narrow.receiver)


def _with_packets(blocks: Iterable[Block], places: Iterable[_Place], reason: str) -> Iterator[Block]:
    packets: dict[int, list[RadioPacket]] = {}
    for place in places:
        packets.setdefault(place.block, []).append(place.packet)
    for number, block in enumerate(blocks):
        left = tuple(packets.get(number, ()))
        is_left_alone = block.kind not in (BlockKind.LIGHT, BlockKind.OFFSET) or left == block.packets
        is_alike = block.is_alike and reason != MERGED
        yield block if is_left_alone else block.with_packets(left, reason, is_alike)


def _is_worth_tidying(segment: Segment) -> bool:
    """A block tells nobody twice."""
    lights = sum(1 for block in segment.blocks if block.packets and block.kind is BlockKind.LIGHT)
    return lights >= _AT_LEAST


def _found_places(segment: Segment) -> Iterator[_Place]:
    for number, block in enumerate(segment.blocks):
        if block.kind in (BlockKind.LIGHT, BlockKind.OFFSET):
            for packet in block.packets:
                receiver = None if packet.receiver == BROADCAST else packet.receiver
                yield _Place(number, packet, packet.body, receiver, group_of(packet))
