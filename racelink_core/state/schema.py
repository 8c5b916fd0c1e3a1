"""The tables, and the steps that bring an older database to them.

One row is one entity: its id and one JSON document. `number` keeps the order in which rows were added.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

_FIRST_TABLES = ("devices", "groups", "networks", "presets", "settings", "readings", "offset_notes", "counters")
OLDER = "older"
"""What an older RaceLink stored and this one keeps as it was written, and what was said about it."""
SCENES = "scenes"
RACE_TABLES = ("seats", "race_bindings")
TABLES = (*_FIRST_TABLES, OLDER, SCENES, *RACE_TABLES)
COUNTERS = "counters"
LAST_CHANGE = "last_change"
"""The counter that is a new random word after every change by an operator: equal words, equal state."""
SET_ASIDE = "set_aside"
"""Documents that could not be read when something else was saved under their id."""


def _create_tables(connection: sqlite3.Connection) -> None:
    for table in _FIRST_TABLES:
        _create(connection, table)
    connection.execute(
        f'CREATE TABLE "{SET_ASIDE}" (number INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT)'
    )


def _keep_older_documents(connection: sqlite3.Connection) -> None:
    _create(connection, OLDER)


def _keep_scenes(connection: sqlite3.Connection) -> None:
    _create(connection, SCENES)


def _keep_race_tables(connection: sqlite3.Connection) -> None:
    for table in RACE_TABLES:
        _create(connection, table)


def _create(connection: sqlite3.Connection, table: str) -> None:
    connection.execute(
        f'CREATE TABLE "{table}" (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL)'
    )


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _create_tables,
    _keep_older_documents,
    _keep_scenes,
    _keep_race_tables,
)
"""Step n turns version n into n + 1, inside a transaction. A step never changes once it was released."""


def tables_at(version: int) -> frozenset[str]:
    """What a sound database of that version has."""
    steps = ((OLDER,), (SCENES,), RACE_TABLES)[: max(version - 1, 0)]
    return frozenset((*_FIRST_TABLES, SET_ASIDE, *(table for step in steps for table in step)))
