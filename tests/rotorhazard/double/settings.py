"""Where values are kept: `config.json`, and options in the event database."""

from __future__ import annotations

import copy
import sqlite3
from typing import Any

from tests.rotorhazard.double.modules import UIField
from tests.rotorhazard.double.race import Heat, RaceClass, SavedRace, recorded_pilots

_OWN_SECTIONS = ("GENERAL", "SECRETS", "USER", "UI", "LOGGING", "PLUGINS")


class ServerConfigAPI:
    def __init__(self, content: dict[str, dict[str, Any]]) -> None:
        self._content = content
        self._sections = set(_OWN_SECTIONS)

    def get(self, section: str, name: str, as_int: bool = False) -> Any:
        value = self._content.get(section, {}).get(name, False)
        return int(value) if as_int else value

    @property
    def get_all(self) -> dict[str, dict[str, Any]]:
        return copy.deepcopy(self._content)

    def set(self, section: str, name: str, value: Any) -> bool:
        if section not in self._sections:
            return False
        self._content.setdefault(section, {})[name] = value
        return True

    def register_section(self, section: str) -> None:
        self._sections.add(section)

    def drop_unregistered_sections(self) -> None:
        for section in self._content.keys() - self._sections:
            del self._content[section]


class DatabaseAPI:
    """Until `open` there are no rows: touching them damages the first start (spec rotorhazard, section 1).

    asked     which rows were looked up
    rows_...  what lies in the tables, by id
    """

    def __init__(self) -> None:
        self.is_open = False
        self.was_damaged = False
        self.asked: list[str] = []
        self.rows_of_pilots = recorded_pilots()
        self.rows_of_heats = {1: Heat(1), 2: Heat(2)}
        self.rows_of_classes: dict[int, RaceClass] = {}
        self.rows_of_races: dict[int, SavedRace] = {}
        self.fields: dict[str, UIField] = {}
        self._stored: dict[str, str] = {}

    @property
    def pilots(self) -> list[Any]:
        self._touch("pilots")
        return list(self.rows_of_pilots.values())

    @property
    def heats(self) -> list[Any]:
        self._touch("heats")
        return list(self.rows_of_heats.values())

    @property
    def raceclasses(self) -> list[Any]:
        self._touch("raceclasses")
        return list(self.rows_of_classes.values())

    def pilot_by_id(self, pilot_id: int) -> Any:
        self._touch("pilot_by_id")
        return self.rows_of_pilots.get(pilot_id)

    def heat_by_id(self, heat_id: int) -> Any:
        self._touch("heat_by_id")
        return self.rows_of_heats.get(heat_id)

    def race_by_id(self, race_id: int) -> Any:
        self._touch("race_by_id")
        return self.rows_of_races.get(race_id)

    def option(self, name: str, default: Any = False, as_int: bool = False) -> Any:
        field = self.fields.get(name)
        value = self._stored.get(name) if self.is_open else None
        if value is None:
            value = default or None if field is None else str(field.value)
        return int(value) if as_int and value is not None else value

    def option_set(self, name: str, value: Any) -> None:
        self._touch("option_set")
        self._stored[name] = _as_stored(value)

    def write_defaults(self) -> None:
        """What the server does at each start with the fields that plugins have registered by then."""
        for name, field in self.fields.items():
            if name not in self._stored:
                self._stored[name] = _as_stored(field.value)

    def _touch(self, what: str) -> None:
        self.asked.append(what)
        if not self.is_open:
            self.was_damaged = True
            raise sqlite3.OperationalError("no such table")


def _as_stored(value: Any) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
