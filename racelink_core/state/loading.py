"""Rows become a snapshot. What cannot be read is left out and reported; its row stays as it is."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from racelink_core.domain.group import Group
from racelink_core.domain.settings import Settings
from racelink_core.domain.snapshot import Snapshot
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
    in_slices,
)
from racelink_core.state.rows import Contents, StoredRow
from racelink_core.state.unreadable_scenes import stand_in_for

_log = logging.getLogger(__name__)
_NAMED_IN_NOTICE = 5
_LeftOut = tuple[StoredRow, str]
"""And why it cannot be read."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """`unreadable`: (table, id) of every row that was left out, or whose scene is a stand-in."""

    snapshot: Snapshot
    unreadable: frozenset[tuple[str, str]]
    notices: tuple[str, ...]


def load(contents: Contents) -> Loaded:
    found: dict[str, Mapping[Any, Any]] = {}
    unreadable: set[tuple[str, str]] = set()
    notices = []
    for kind in KINDS:
        entities, left_out = _read(kind, contents[kind.table])
        found[kind.table] = entities
        unreadable |= {(kind.table, row.id) for row, _ in left_out}
        if kind is SCENES:
            left_out = _put_in_stand_ins(entities, left_out)
        if left_out:
            notices.append(_notice(kind, [row.id for row, _ in left_out]))
    return Loaded(arranged(found), frozenset(unreadable), tuple(notices))


def arranged(entities: Mapping[str, Mapping[Any, Any]]) -> Snapshot:
    """A snapshot that nobody can change, in the order that Snapshot promises. `entities`: by table."""
    groups: Iterable[Group] = entities[GROUPS.table].values()
    by_display = sorted(groups, key=lambda group: (group.display_order, group.id))
    return Snapshot(
        devices=MappingProxyType(entities[DEVICES.table]),
        groups=MappingProxyType({group.id: group for group in by_display}),
        networks=MappingProxyType(entities[NETWORKS.table]),
        presets=MappingProxyType(dict(sorted(entities[PRESETS.table].items()))),
        scenes=MappingProxyType(dict(sorted(entities[SCENES.table].items()))),
        seats=MappingProxyType(dict(sorted(entities[SEATS.table].items()))),
        race_bindings=MappingProxyType(dict(sorted(entities[RACE_BINDINGS.table].items()))),
        settings=entities[SETTINGS.table].get(SETTINGS_ID, Settings()),
    )


def _put_in_stand_ins(scenes: dict[Any, Any], unreadable: Sequence[_LeftOut]) -> list[_LeftOut]:
    """Returns what still is left out."""
    left_out = []
    for row, problem in unreadable:
        stand_in = stand_in_for(row, problem, {scene.key for scene in scenes.values()})
        if stand_in is None:
            left_out.append((row, problem))
        else:
            scenes[stand_in.id] = stand_in
    return left_out


def _read(kind: EntityKind, rows: Sequence[StoredRow]) -> tuple[dict[Any, Any], list[_LeftOut]]:
    entities: dict[Any, Any] = {}
    left_out = []
    for row in in_slices(rows, kind.per_slice):
        try:
            if not isinstance(row.document, bytes):
                raise ValueError("the document is not text")
            entity = kind.model.model_validate_json(row.document)
            key = kind.key_of(entity)
            if str(key) != row.id:
                raise ValueError(f"the document calls itself {key}")
        except (ValidationError, ValueError) as error:
            _log.warning("%s %r cannot be read and is kept as it is: %s", kind.name, row.id, error)
            left_out.append((row, _problem(error)))
        else:
            entities[key] = entity
    return entities, left_out


def _problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


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
