"""Where values are kept: `config.json`, and options in the event database."""

from __future__ import annotations

import copy
import sqlite3
from typing import Any

from tests.rotorhazard.double.modules import UIField

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
    """Until `open` there are no rows: touching them damages the first start (spec rotorhazard, section 1)."""

    def __init__(self) -> None:
        self.is_open = False
        self.was_damaged = False
        self.fields: dict[str, UIField] = {}
        self._stored: dict[str, str] = {}

    @property
    def pilots(self) -> list[Any]:
        self._touch()
        return []

    @property
    def heats(self) -> list[Any]:
        self._touch()
        return []

    def option(self, name: str, default: Any = False, as_int: bool = False) -> Any:
        field = self.fields.get(name)
        value = self._stored.get(name) if self.is_open else None
        if value is None:
            value = default or None if field is None else str(field.value)
        return int(value) if as_int and value is not None else value

    def option_set(self, name: str, value: Any) -> None:
        self._touch()
        self._stored[name] = str(int(value)) if isinstance(value, bool) else str(value)

    def _touch(self) -> None:
        if not self.is_open:
            self.was_damaged = True
            raise sqlite3.OperationalError("no such table")
