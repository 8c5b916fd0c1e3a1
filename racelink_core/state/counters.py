"""Which ids were ever given out: kept beside the entities, so that a deleted one is not mistaken for a new one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from racelink_core.domain.snapshot import Snapshot
from racelink_core.state import schema
from racelink_core.state.entities import GROUPS, PRESETS, RACE_BINDINGS, SCENES, EntityKind
from racelink_core.state.group_ids import GroupIds
from racelink_core.state.rows import RowChange, StoredRow

_GROUP_IDS, _NEXT_PRESET_ID, _NEXT_SCENE_ID = "group_ids", "next_preset_id", "next_scene_id"
_NEXT_RACE_BINDING_ID = "next_race_binding_id"


@dataclass(frozen=True, slots=True)
class Counters:
    group_ids: GroupIds
    next_preset_id: int
    next_scene_id: int
    next_race_binding_id: int

    @classmethod
    def read(
        cls, rows: Sequence[StoredRow], snapshot: Snapshot, unreadable: Collection[tuple[str, str]]
    ) -> tuple[Counters, tuple[str, ...]]:
        """What is there counts as used, readable or not. Second: what to tell the operator."""
        stored = {row.id: row.document.decode() for row in rows if isinstance(row.document, bytes)}
        group_ids = {*snapshot.groups, *_numbers(GROUPS, unreadable)}
        next_preset_id = _after((*snapshot.presets, *_numbers(PRESETS, unreadable)))
        next_scene_id = _after((*snapshot.scenes, *_numbers(SCENES, unreadable)))
        next_binding_id = _after((*snapshot.race_bindings, *_numbers(RACE_BINDINGS, unreadable)))
        try:
            counters = cls(
                GroupIds.from_json(stored.get(_GROUP_IDS), group_ids),
                max(int(stored.get(_NEXT_PRESET_ID, 1)), next_preset_id),
                max(int(stored.get(_NEXT_SCENE_ID, 1)), next_scene_id),
                max(int(stored.get(_NEXT_RACE_BINDING_ID, 1)), next_binding_id),
            )
        except ValueError:
            return cls(GroupIds(frozenset(group_ids)), next_preset_id, next_scene_id, next_binding_id), (
                "The record of used ids cannot be read: a new group may get the id of a deleted one.",
            )
        return counters, ()

    def after(
        self, before: Snapshot, now: Snapshot, *, lowest_next_preset_id: int = 0, lowest_next_scene_id: int = 0
    ) -> Counters:
        """The last two: what the transaction gave out or reserved, used or not."""
        return Counters(
            self.group_ids.after(before.groups, now.groups),
            max(self.next_preset_id, lowest_next_preset_id, _after(now.presets)),
            max(self.next_scene_id, lowest_next_scene_id, _after(now.scenes)),
            max(self.next_race_binding_id, _after(now.race_bindings)),
        )

    def changed_since(self, before: Counters) -> list[RowChange]:
        now, then = self._documents(), before._documents()
        return [RowChange(schema.COUNTERS, name, now[name]) for name in now if now[name] != then[name]]

    def _documents(self) -> dict[str, str]:
        return {
            _GROUP_IDS: self.group_ids.to_json(),
            _NEXT_PRESET_ID: str(self.next_preset_id),
            _NEXT_SCENE_ID: str(self.next_scene_id),
            _NEXT_RACE_BINDING_ID: str(self.next_race_binding_id),
        }


def _after(ids: Iterable[int]) -> int:
    return max(ids, default=0) + 1


def _numbers(kind: EntityKind, unreadable: Collection[tuple[str, str]]) -> set[int]:
    return {int(row_id) for table, row_id in unreadable if table == kind.table and row_id.isdecimal()}
