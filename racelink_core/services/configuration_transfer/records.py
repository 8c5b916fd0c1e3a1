"""Reading the records of one part: all of them make sense, or the document is refused."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, TypeVar

from racelink_core.domain.configuration_document import InvalidConfiguration, read_record
from racelink_core.domain.device import Device
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.group import Group
from racelink_core.domain.network import Network
from racelink_core.runtime.turns import Turns
from racelink_core.services.grouping import clean_name

NamedT = TypeVar("NamedT", Device, Group, Network)


def placed(value: object, part: str) -> Iterator[tuple[str, Any]]:
    """Each record with its place; others get their turn in between. Raises InvalidConfiguration."""
    path = f"parts.{part}"
    if not isinstance(value, list):
        raise InvalidConfiguration(path, "expected a list")
    for number, record in enumerate(Turns().between(value)):
        yield f"{path}[{number}]", record


def placed_objects(value: object, part: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The same, where each record is an object. Raises InvalidConfiguration."""
    for path, record in placed(value, part):
        if not isinstance(record, Mapping):
            raise InvalidConfiguration(path, "expected an object")
        yield path, record


def named_records(model: type[NamedT], value: object, part: str, key_of: Callable[[NamedT], Hashable]) -> list[NamedT]:
    """With names that can be shown. Raises InvalidConfiguration, also when two have the same key."""
    known = Known()
    records: list[NamedT] = []
    for path, stored in placed(value, part):
        record = read_record(model, stored, path)
        known.add(key_of(record), path)
        try:
            records.append(record.model_copy(update={"name": clean_name(record.name)}))
        except InvalidValue as error:
            raise InvalidConfiguration(f"{path}.name", error.problem) from error
    return records


class Known:
    """What was there already."""

    def __init__(self) -> None:
        self._places: dict[Hashable, str] = {}

    def add(self, key: Hashable, path: str) -> None:
        """Raises InvalidConfiguration when it is there twice."""
        first = self._places.setdefault(key, path)
        if first != path:
            raise InvalidConfiguration(path, f"{key} is there already, in {first}")
