"""The kinds of entity that are stored: one table each, one JSON document per entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.device import Device
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.group import Group
from racelink_core.domain.network import Network
from racelink_core.domain.preset import RlPreset
from racelink_core.domain.race_binding import RaceBinding
from racelink_core.domain.scene import Scene
from racelink_core.domain.seat import Seat
from racelink_core.domain.settings import Settings
from racelink_core.domain.snapshot import Snapshot
from racelink_core.runtime.turns import give_way
from racelink_core.state.rows import RowChange

SETTINGS_ID = "settings"
_PER_SLICE = 40
"""Documents built or read before other greenlets get a turn: well under 2 ms."""


@dataclass(frozen=True, slots=True)
class EntityKind:
    """`table` is also the field of Snapshot and Draft that holds the entities, keyed by what `key_of` gives.

    per_slice: how many are built or read before other greenlets get a turn
    """

    table: str
    name: str
    model: type[FrozenModel]
    key_of: Callable[[Any], Any]
    per_slice: int = _PER_SLICE

    def of(self, snapshot: Snapshot) -> Mapping[Any, Any]:
        if self.table == SETTINGS_ID:
            return {SETTINGS_ID: snapshot.settings}
        return getattr(snapshot, self.table)  # type: ignore[no-any-return]


DEVICES = EntityKind("devices", "device", Device, lambda device: device.mac)
GROUPS = EntityKind("groups", "group", Group, lambda group: group.id)
NETWORKS = EntityKind("networks", "network", Network, lambda network: network.id)
PRESETS = EntityKind("presets", "RL preset", RlPreset, lambda preset: preset.id)
SCENES = EntityKind("scenes", "scene", Scene, lambda scene: scene.id, per_slice=4)
SEATS = EntityKind("seats", "seat", Seat, lambda seat: seat.index)
RACE_BINDINGS = EntityKind("race_bindings", "race binding", RaceBinding, lambda binding: binding.id, per_slice=8)
SETTINGS = EntityKind(SETTINGS_ID, SETTINGS_ID, Settings, lambda settings: SETTINGS_ID)
KINDS = (NETWORKS, GROUPS, DEVICES, PRESETS, SCENES, SEATS, RACE_BINDINGS, SETTINGS)


def document_of(kind: EntityKind, key: object, entity: FrozenModel) -> tuple[str, FrozenModel]:
    """The document, and the entity as it will be read from it: `model_copy` checks nothing. Raises InvalidValue."""
    try:
        document = entity.model_dump_json(warnings="error")
        read = kind.model.model_validate_json(document)
    except (ValidationError, PydanticSerializationError) as error:
        raise InvalidValue(f"{kind.name} {key}", _first_problem(error)) from error
    if not isinstance(entity, kind.model) or kind.key_of(read) != key:
        raise InvalidValue(f"{kind.name} {key}", "stored under a key that is not its own")
    return document, read


def rows_of(snapshot: Snapshot) -> list[RowChange]:
    """Every entity of a snapshot, as rows to add."""
    return [
        RowChange(kind.table, str(key), document_of(kind, key, entity)[0])
        for kind in KINDS
        for key, entity in kind.of(snapshot).items()
    ]


def in_slices(items: Iterable[Any], per_slice: int = _PER_SLICE) -> Iterable[Any]:
    """The same items; other greenlets get a turn every now and then."""
    for number, item in enumerate(items, 1):
        yield item
        if number % per_slice == 0:
            give_way()


def _first_problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)
