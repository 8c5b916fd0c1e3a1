"""The native side of the history: a file of its own, which may be lost without harm (design 3.16).

Everything here runs in one thread of the native pool and deals in plain values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from racelink_core.state.database import IN_MEMORY, create_private, is_about_access

FILE_NAME = "history.sqlite"
SET_ASIDE_SUFFIX = ".damaged"
_VERSION = 1
_FILES = ("", "-wal", "-shm", "-journal")
_LOG_LIMIT_BYTES = 1 << 20
_CACHE_KIB = 256
"""Of pages in memory: records are written once and seldom read. SQLite's own 2 MiB would fill up over a race day."""
_SCHEMA = """
CREATE TABLE records (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, origin TEXT NOT NULL, document TEXT NOT NULL);
CREATE INDEX records_by_kind ON records (kind, id);
CREATE INDEX records_by_origin ON records (origin, id);
CREATE TABLE minutes (
  network_id TEXT NOT NULL, minute INTEGER NOT NULL, sent_packets INTEGER NOT NULL, sent_bytes INTEGER NOT NULL,
  sent_ms REAL NOT NULL, heard_packets INTEGER NOT NULL, heard_bytes INTEGER NOT NULL, heard_ms REAL NOT NULL,
  PRIMARY KEY (network_id, minute)
) WITHOUT ROWID;
"""


class RecordRow(NamedTuple):
    id: int
    kind: str
    origin: str
    document: str


class MinuteRow(NamedTuple):
    """What one network sent and heard in one minute. `minute` counts since 1970; `*_ms` is time on air."""

    network_id: str
    minute: int
    sent_packets: int
    sent_bytes: int
    sent_ms: float
    heard_packets: int
    heard_bytes: int
    heard_ms: float


class HistoryDatabase:
    """One open connection; used only in the thread that made it. Raises sqlite3.Error."""

    def __init__(self, path: Path | None) -> None:
        """None: in memory. Raises OSError, and sqlite3.DatabaseError for a file that is not a history of ours."""
        self.path = path
        if path is not None:
            create_private(path)
        self._connection = sqlite3.connect(str(path) if path else IN_MEMORY, timeout=2.0, isolation_level=None)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    @property
    def last_id(self) -> int:
        return int(self._connection.execute("SELECT coalesce(max(id), 0) FROM records").fetchone()[0])

    def write(
        self, records: Sequence[RecordRow], minutes: Sequence[MinuteRow], oldest_minute: int, limit_bytes: int
    ) -> None:
        """All or nothing; what was confirmed survives the end of the process. Then the oldest beyond the limit goes."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            self._connection.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)", records)
            self._connection.executemany("INSERT OR REPLACE INTO minutes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", minutes)
            self._connection.execute("DELETE FROM minutes WHERE minute < ?", (oldest_minute,))
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._keep_within(limit_bytes)

    def page(self, before: int, limit: int, kind: str | None, origin: str | None) -> list[tuple[int, str]]:
        """Id and document of the newest `limit` records older than `before`, newest first."""
        where, values = ["id < ?"], [before]  # type: tuple[list[str], list[int | str]]
        for column, value in (("kind", kind), ("origin", origin)):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        sql = f"SELECT id, document FROM records WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"
        return list(self._connection.execute(sql, (*values, limit)))

    def minutes(self) -> list[MinuteRow]:
        return [MinuteRow(*row) for row in self._connection.execute("SELECT * FROM minutes ORDER BY minute")]

    def used_bytes(self) -> int:
        """Of the file, without what is free in it and without its log."""
        pages, free, size = (self._number(name) for name in ("page_count", "freelist_count", "page_size"))
        return (pages - free) * size

    def check(self) -> str:
        """The word ok, or what SQLite finds wrong."""
        try:
            return str(self._connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        except sqlite3.Error as error:
            return str(error)

    def close(self) -> None:
        self._connection.close()

    def _prepare(self) -> None:
        connection = self._connection
        # As for the configuration: nobody shares the file, so a full disk still opens.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        version = self._number("user_version")
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"it has format {version}, this program knows {_VERSION}")
        if version == 0:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"PRAGMA journal_size_limit={_LOG_LIMIT_BYTES}")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version={_VERSION};COMMIT;")

    def _keep_within(self, limit_bytes: int) -> None:
        while self.used_bytes() > limit_bytes:
            first, last = self._connection.execute("SELECT min(id), max(id) FROM records").fetchone()
            if first is None:
                break
            self._connection.execute("DELETE FROM records WHERE id <= ?", (first + (last - first) // 20,))
        if self._number("freelist_count"):
            # `execute` would take a single step of it, which frees one page.
            self._connection.executescript("PRAGMA incremental_vacuum")

    def _number(self, pragma: str) -> int:
        return int(self._connection.execute(f"PRAGMA {pragma}").fetchone()[0])


@dataclass(frozen=True, slots=True)
class OpenedHistory:
    """`notice`: what an operator should know about how it was opened."""

    database: HistoryDatabase
    last_id: int
    minutes: list[MinuteRow]
    notice: str | None = None


def open_history(path: Path | None) -> OpenedHistory:
    """A file that is damaged, or of another program, is set aside; where none can be had, it is kept in memory."""
    if path is None:
        return _opened(HistoryDatabase(None))
    try:
        try:
            return _opened(HistoryDatabase(path))
        except sqlite3.DatabaseError as error:
            if is_about_access(error):
                raise
            set_aside(path)
            notice = f"The history could not be read ({error}) and was begun anew. {_kept_as(path)}"
            return _opened(HistoryDatabase(path), notice)
    except (sqlite3.Error, OSError) as error:
        why = f"{path.name} cannot be opened ({error})"
        notice = f"The history is not being saved: {why}. Free some space or check the disk, then restart RaceLink."
        return _opened(HistoryDatabase(None), notice)


def begin_anew(database: HistoryDatabase, problem: str) -> OpenedHistory:
    """After damage was met while working; closes `database`."""
    path = database.path
    try:
        database.close()
        if path is None:
            return open_history(None)
        set_aside(path)
    except (sqlite3.Error, OSError):
        return _opened(HistoryDatabase(None), f"The history is not being saved: the file is damaged ({problem}).")
    again = open_history(path)
    notice = again.notice or f"The history was damaged ({problem}) and was begun anew. {_kept_as(path)}"
    return OpenedHistory(again.database, again.last_id, again.minutes, notice)


def set_aside(path: Path) -> None:
    """Only the last damaged history is kept, so that a bad card does not fill up with them. Raises OSError."""
    for suffix in _FILES:
        target = path.with_name(path.name + SET_ASIDE_SUFFIX + suffix)
        source = path.with_name(path.name + suffix)
        target.unlink(missing_ok=True)
        if source.exists():
            source.replace(target)


def _kept_as(path: Path) -> str:
    return f"The old file was kept as {path.name}{SET_ASIDE_SUFFIX}."


def _opened(database: HistoryDatabase, notice: str | None = None) -> OpenedHistory:
    try:
        return OpenedHistory(database, database.last_id, database.minutes(), notice)
    except BaseException:
        database.close()
        raise
