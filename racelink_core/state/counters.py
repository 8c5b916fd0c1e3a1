"""Which ids were ever given out: kept beside the entities, so that a deleted one is not mistaken for a new one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from racelink_core.domain.snapshot import Snapshot
from racelink_core.state import schema
from racelink_core.state.entities import GROUPS, PRESETS, EntityKind
from racelink_core.state.group_ids import GroupIds
from racelink_core.state.rows import RowChange, StoredRow

_GROUP_IDS, _NEXT_PRESET_ID = "group_ids", "next_preset_id"


@dataclass(frozen=True, slots=True)
class Counters:
    group_ids: GroupIds
    next_preset_id: int

    @classmethod
    def read(
        cls, rows: Sequence[StoredRow], snapshot: Snapshot, unreadable: Collection[tuple[str, str]]
    ) -> tuple[Counters, tuple[str, ...]]:
        """What is there counts as used, readable or not. Second: what to tell the operator."""
        stored = {row.id: row.document.decode() for row in rows if isinstance(row.document, bytes)}
        group_ids = {*snapshot.groups, *_numbers(GROUPS, unreadable)}
        next_preset_id = max((0, *snapshot.presets, *_numbers(PRESETS, unreadable))) + 1
        try:
            counters = cls(
                GroupIds.from_json(stored.get(_GROUP_IDS), group_ids),
                max(int(stored.get(_NEXT_PRESET_ID, 1)), next_preset_id),
            )
        except ValueError:
            return cls(GroupIds(frozenset(group_ids)), next_preset_id), (
                "The record of used ids cannot be read: a new group may get the id of a deleted one.",
            )
        return counters, ()

    def after(self, before: Snapshot, now: Snapshot, lowest_next_preset_id: int = 0) -> Counters:
        """`lowest_next_preset_id`: what the transaction gave out or reserved, used or not."""
        return Counters(
            self.group_ids.after(before.groups, now.groups),
            max(self.next_preset_id, lowest_next_preset_id, max(now.presets, default=0) + 1),
        )

    def changed_since(self, before: Counters) -> list[RowChange]:
        rows = []
        if self.group_ids != before.group_ids:
            rows.append(RowChange(schema.COUNTERS, _GROUP_IDS, self.group_ids.to_json()))
        if self.next_preset_id != before.next_preset_id:
            rows.append(RowChange(schema.COUNTERS, _NEXT_PRESET_ID, str(self.next_preset_id)))
        return rows


def _numbers(kind: EntityKind, unreadable: Collection[tuple[str, str]]) -> set[int]:
    return {int(row_id) for table, row_id in unreadable if table == kind.table and row_id.isdecimal()}
