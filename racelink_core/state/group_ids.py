"""Which group id is given out next (design 3.15): lamps in the field may still hold the id of a deleted group."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from racelink_core.domain.group import FIRST_GROUP, LAST_GROUP, GroupId
from racelink_core.state.errors import NoFreeGroup


@dataclass(frozen=True, slots=True)
class GroupIds:
    """used: every id that a group ever had. freed: those of deleted groups, the one freed longest ago first."""

    used: frozenset[int] = frozenset()
    freed: tuple[int, ...] = ()

    def next(self, taken: Collection[int]) -> GroupId:
        """The lowest id never used; when none is left, the one freed longest ago. Raises NoFreeGroup."""
        for group_id in range(FIRST_GROUP, LAST_GROUP + 1):
            if group_id not in self.used and group_id not in taken:
                return GroupId(group_id)
        for group_id in self.freed:
            if group_id not in taken:
                return GroupId(group_id)
        raise NoFreeGroup

    def after(self, before: Collection[int], now: Collection[int]) -> GroupIds:
        """What holds once the groups `before` have become the groups `now`."""
        freed = [group_id for group_id in self.freed if group_id not in now]
        freed += [group_id for group_id in sorted(before) if group_id not in now]
        return GroupIds(self.used | frozenset(now), tuple(freed))

    def to_json(self) -> str:
        return json.dumps({"used": sorted(self.used), "freed": list(self.freed)})

    @classmethod
    def from_json(cls, text: str | None, present: Collection[int]) -> GroupIds:
        """Present groups count as used, whatever `text` says. Raises ValueError if it says nothing sensible."""
        if text is None:
            return cls(frozenset(present))
        kept = json.loads(text)
        try:
            used, freed = frozenset(map(int, kept["used"])), tuple(map(int, kept["freed"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a record of group ids: {text}") from error
        return cls(used | frozenset(present), tuple(group_id for group_id in freed if group_id not in present))
