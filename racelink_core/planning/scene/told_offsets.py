"""What the groups of one network were told about offset mode, packet by packet, since the scene began."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import ne

from racelink_core.domain.group import ALL_GROUPS
from racelink_core.domain.offset import OffsetMode
from racelink_core.protocol.bodies import Offset
from racelink_core.protocol.radio_packet import RadioPacket

NOT_TOLD = -2
"""Nothing yet in this scene."""
NONE = -1
"""To leave offset mode."""
EVERY_GROUP = range(ALL_GROUPS)


def value_for(body: Offset, group_id: int) -> int:
    """What a member of the group makes of it: a delay in ms, or NONE."""
    return NONE if body.mode is OffsetMode.NONE else body.offset_ms_for(group_id)


def values_for(body: Offset, group_ids: Sequence[int]) -> list[int]:
    """`value_for` of each of these groups."""
    return [NONE] * len(group_ids) if body.mode is OffsetMode.NONE else body.offsets_ms_for(group_ids)


@lru_cache(maxsize=512)
def values_for_all(body: Offset) -> tuple[int, ...]:
    """`value_for` of every group, by its number."""
    return tuple(values_for(body, EVERY_GROUP))


class ToldOffsets:
    """Mutable, local to one pass over one network."""

    def __init__(self) -> None:
        self._values = [NOT_TOLD] * ALL_GROUPS

    def copy(self) -> ToldOffsets:
        other = ToldOffsets()
        other._values = list(self._values)
        return other

    def __getitem__(self, group_id: int) -> int:
        return self._values[group_id]

    def kept(self, group_id: int) -> int:
        """What a group that a container leaves alone goes on with: nobody starts in offset mode (design, section 6)."""
        return max(self._values[group_id], NONE)

    def is_in_offset_mode(self, group_id: int) -> bool:
        return self._values[group_id] > NONE

    def any_in_offset_mode(self) -> bool:
        return max(self._values) > NONE

    def count_differing(self, wanted: Sequence[int]) -> int:
        """How many groups do not have the value that every group shall have."""
        return sum(map(ne, wanted, self._values))

    def differing(self, wanted: Sequence[int]) -> dict[int, int]:
        """Of the values that every group shall have, those that it has not."""
        return {
            group_id: value
            for group_id, (value, told) in enumerate(zip(wanted, self._values, strict=True))
            if value != told
        }

    def after(self, packets: Iterable[RadioPacket]) -> None:
        """Follows the OFFSET packets among these."""
        for packet in packets:
            body = packet.body
            if not isinstance(body, Offset):
                continue
            if body.group_id == ALL_GROUPS:
                self._values = list(values_for_all(body))
            else:
                self._values[body.group_id] = value_for(body, body.group_id)
