"""Rows become a snapshot. What cannot be read is left out and reported; its row stays as it is."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from racelink_core.domain.group import Group
from racelink_core.domain.settings import Settings
from racelink_core.domain.snapshot import Snapshot
from racelink_core.state.entities import DEVICES, GROUPS, KINDS, NETWORKS, PRESETS, SETTINGS, EntityKind, in_slices
from racelink_core.state.rows import Contents, StoredRow

_log = logging.getLogger(__name__)
_NAMED_IN_NOTICE = 5


@dataclass(frozen=True, slots=True)
class Loaded:
    """`unreadable`: (table, id) of every row that was left out."""

    snapshot: Snapshot
    unreadable: frozenset[tuple[str, str]]
    notices: tuple[str, ...]


def load(contents: Contents) -> Loaded:
    found: dict[str, dict[Any, Any]] = {}
    unreadable: set[tuple[str, str]] = set()
    notices = []
    for kind in KINDS:
        found[kind.table], left_out = _read(kind, contents[kind.table])
        unreadable |= {(kind.table, row_id) for row_id in left_out}
        if left_out:
            notices.append(_notice(kind, left_out))
    snapshot = arranged(
        found[DEVICES.table],
        found[GROUPS.table],
        found[NETWORKS.table],
        found[PRESETS.table],
        found[SETTINGS.table].get(SETTINGS.table, Settings()),
    )
    return Loaded(snapshot, frozenset(unreadable), tuple(notices))


def arranged(
    devices: dict[Any, Any],
    groups: dict[Any, Group],
    networks: dict[Any, Any],
    presets: dict[Any, Any],
    settings: Settings,
) -> Snapshot:
    """A snapshot that nobody can change, in the order that Snapshot promises."""
    by_display = sorted(groups.values(), key=lambda group: (group.display_order, group.id))
    return Snapshot(
        devices=MappingProxyType(devices),
        groups=MappingProxyType({group.id: group for group in by_display}),
        networks=MappingProxyType(networks),
        presets=MappingProxyType(dict(sorted(presets.items()))),
        settings=settings,
    )


def _read(kind: EntityKind, rows: Sequence[StoredRow]) -> tuple[dict[Any, Any], list[str]]:
    entities: dict[Any, Any] = {}
    left_out = []
    for row in in_slices(rows):
        try:
            if not isinstance(row.document, bytes):
                raise ValueError("the document is not text")
            entity = kind.model.model_validate_json(row.document)
            key = kind.key_of(entity)
            if str(key) != row.id:
                raise ValueError(f"the document calls itself {key}")
        except (ValidationError, ValueError) as error:
            _log.warning("%s %r cannot be read and is kept as it is: %s", kind.name, row.id, error)
            left_out.append(row.id)
        else:
            entities[key] = entity
    return entities, left_out


def _notice(kind: EntityKind, left_out: Sequence[str]) -> str:
    if kind is SETTINGS:
        return (
            "The settings cannot be read, so the defaults hold. The stored ones are kept; update RaceLink to use them."
        )
    named = ", ".join(left_out[:_NAMED_IN_NOTICE]) + (" ..." if len(left_out) > _NAMED_IN_NOTICE else "")
    return (
        f"{len(left_out)} stored {kind.name}(s) cannot be read and are left out: {named}. "
        "They are kept as they are; a newer RaceLink may be able to read them."
    )
