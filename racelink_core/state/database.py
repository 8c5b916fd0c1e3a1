"""The native side of the store. Everything here runs in the pool's one thread and deals in plain values."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from racelink_core.state import schema
from racelink_core.state.errors import write_errors
from racelink_core.state.rows import Contents, RowChange, StoredRow

IN_MEMORY = ":memory:"


class Database:
    """One open connection; used only in the thread that made it. Raises sqlite3.Error unless said otherwise."""

    def __init__(self, path: Path | None) -> None:
        """None: in memory. The file is created, for its owner only, if it is not there."""
        self.path = path
        self.name = str(path) if path else IN_MEMORY
        if path is not None:
            create_private(path)
        # Transactions are opened by hand: sqlite3 would commit behind our back before a schema change.
        self.connection = sqlite3.connect(self.name, timeout=2.0, isolation_level=None)
        # No second process shares the file, so the index of the WAL stays in memory: a full disk still opens.
        self.connection.execute("PRAGMA locking_mode=EXCLUSIVE")

    @property
    def version(self) -> int:
        return int(self.connection.execute("PRAGMA user_version").fetchone()[0])

    @property
    def tables(self) -> frozenset[str]:
        return frozenset(row[0] for row in self.connection.execute("SELECT name FROM sqlite_master WHERE type='table'"))

    def use_write_ahead_log(self) -> None:
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")

    def migrate(self, before_step: Callable[[], None], first_rows: Callable[[], Iterable[RowChange]]) -> None:
        """Step by step to the newest version; an empty database gets all of it and its first rows at once."""
        if not self.tables:
            with self._transaction():
                for step in schema.MIGRATIONS:
                    step(self.connection)
                self._set_version(len(schema.MIGRATIONS))
                self._apply(first_rows())
            return
        for version in range(self.version, len(schema.MIGRATIONS)):
            before_step()
            with self._transaction():
                schema.MIGRATIONS[version](self.connection)
                self._set_version(version + 1)

    def read(self) -> Contents:
        """Bytes, not text: a damaged document must not keep the others from being read."""
        self.connection.text_factory = bytes
        try:
            return {
                table: [
                    StoredRow(_text(row[0]), row[1])
                    for row in self.connection.execute(f'SELECT id, document FROM "{table}" ORDER BY number')
                ]
                for table in schema.TABLES
            }
        finally:
            self.connection.text_factory = str

    def write(self, changes: Iterable[RowChange], durable: bool = True) -> None:
        """All or nothing, on the disk when it returns; `durable` False may be lost at a power cut, still as a whole.

        Raises StoreFull or StoreNotSaved.
        """
        with write_errors(self.name):
            if not durable:
                self.connection.execute("PRAGMA synchronous=NORMAL")
            try:
                with self._transaction():
                    self._apply(changes)
            finally:
                if not durable:
                    self.connection.execute("PRAGMA synchronous=FULL")

    def close(self) -> None:
        self.connection.close()

    def _apply(self, changes: Iterable[RowChange]) -> None:
        for table, row_id, document, keeps_unreadable in changes:
            if keeps_unreadable:
                self.connection.execute(
                    f'INSERT INTO "{schema.SET_ASIDE}" (kind, id, document) '
                    f'SELECT ?, id, document FROM "{table}" WHERE id = ?',
                    (table, row_id),
                )
            if document is None:
                self.connection.execute(f'DELETE FROM "{table}" WHERE id = ?', (row_id,))
            else:
                self.connection.execute(
                    f'INSERT INTO "{table}" (id, document) VALUES (?, ?) '
                    "ON CONFLICT (id) DO UPDATE SET document = excluded.document",
                    (row_id, document),
                )

    def _set_version(self, version: int) -> None:
        self.connection.execute(f"PRAGMA user_version = {version:d}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise


def damage(connection: sqlite3.Connection) -> str | None:
    """What is wrong with a database that can be opened, or None. An empty one is not damaged."""
    try:
        found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            return str(found)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        if is_about_access(error):
            raise
        return str(error)
    if 0 < version <= len(schema.MIGRATIONS) and not schema.tables_at(version) <= tables:
        return "tables are missing"
    if version == 0 and tables:
        return "it is not a RaceLink database"
    return None


def is_about_access(error: sqlite3.Error) -> bool:
    """The file may be fine, but the system does not let us at it: nothing must be replaced then."""
    text = str(error)
    return any(
        sign in text
        for sign in ("unable to open", "readonly", "locked", "disk is full", "disk I/O error", "authorization denied")
    )


def create_private(path: Path) -> None:
    """An empty file that only its owner may read, if there is none yet. Raises OSError."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600))


def _text(raw: object) -> str:
    return raw.decode("utf-8", "surrogateescape") if isinstance(raw, bytes) else str(raw)
