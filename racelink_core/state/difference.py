"""What a transaction changed: the rows to write, the scopes to publish, the snapshot that comes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from racelink_core.domain.device import Device
from racelink_core.domain.scope import Scope
from racelink_core.domain.snapshot import Snapshot
from racelink_core.state.draft import Draft
from racelink_core.state.entities import (
    DEVICES,
    GROUPS,
    KINDS,
    NETWORKS,
    PRESETS,
    RACE_BINDINGS,
    SCENES,
    SEATS,
    SETTINGS,
    SETTINGS_ID,
    EntityKind,
    document_of,
    in_slices,
)
from racelink_core.state.loading import arranged
from racelink_core.state.rows import RowChange

_SCOPES = {
    GROUPS: Scope.GROUPS,
    NETWORKS: Scope.NETWORKS,
    PRESETS: Scope.RL_PRESETS,
    SCENES: Scope.SCENES,
    SEATS: Scope.SEATS,
    RACE_BINDINGS: Scope.RACE_BINDINGS,
    SETTINGS: Scope.SETTINGS,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`written`: (table, id) of the rows that no longer are what they were; empty scopes = nothing changed."""

    rows: tuple[RowChange, ...]
    scopes: frozenset[Scope]
    snapshot: Snapshot

    @property
    def written(self) -> frozenset[tuple[str, str]]:
        return frozenset((row.table, row.id) for row in self.rows)


def difference(before: Snapshot, draft: Draft, unreadable: Collection[tuple[str, str]]) -> Difference:
    """Yields to other greenlets on the way. Raises InvalidValue if something in the draft could not be read back."""
    rows: list[RowChange] = []
    scopes: set[Scope] = set()
    after: dict[EntityKind, dict[Any, Any]] = {}
    for kind in KINDS:
        old = kind.of(before)
        drafted = {SETTINGS_ID: draft.settings} if kind is SETTINGS else getattr(draft, kind.table)
        after[kind], changed = _compared(kind, old, drafted, unreadable)
        rows += changed
        if not changed:
            continue
        scopes |= _device_scopes(old, after[kind]) if kind is DEVICES else {_SCOPES[kind]}
    snapshot = arranged({kind.table: entities for kind, entities in after.items()})
    return Difference(tuple(rows), frozenset(scopes), snapshot)


def _compared(
    kind: EntityKind, old: Mapping[Any, Any], drafted: Mapping[Any, Any], unreadable: Collection[tuple[str, str]]
) -> tuple[dict[Any, Any], list[RowChange]]:
    """Known entities keep their place, new ones follow: the order in which the rows lie in the database."""
    rows = [
        RowChange(kind.table, str(key), None, keeps_unreadable=(kind.table, str(key)) in unreadable)
        for key in old
        if key not in drafted
    ]
    after: dict[Any, Any] = {key: old[key] for key in old if key in drafted}
    for key, entity in in_slices(drafted.items(), kind.per_slice):
        if key in old and (entity is old[key] or entity == old[key]):
            continue
        document, after[key] = document_of(kind, key, entity)
        row_id = str(key)
        rows.append(RowChange(kind.table, row_id, document, keeps_unreadable=(kind.table, row_id) in unreadable))
    return after, rows


def _device_scopes(old: Mapping[Any, Device], now: Mapping[Any, Device]) -> set[Scope]:
    scopes: set[Scope] = set()
    if old.keys() != now.keys():
        scopes |= {Scope.DEVICES, Scope.DEVICE_MEMBERSHIP}
    for mac, device in now.items():
        before = old.get(mac)
        if before is None or before is device:
            continue
        if before.specials != device.specials:
            scopes.add(Scope.DEVICE_SPECIALS)
        if (before.group_id, before.network_id) != (device.group_id, device.network_id):
            scopes.add(Scope.DEVICE_MEMBERSHIP)
        if before != device.model_copy(update={"specials": before.specials}):
            scopes.add(Scope.DEVICES)
    return scopes
