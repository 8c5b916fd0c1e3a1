"""Copies of the whole database, newest by number: a clock without a battery may run backwards."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from racelink_core.state import schema
from racelink_core.state.database import create_private, damage

BACKUPS_KEPT = 5
_NAME = re.compile(r"racelink-(\d{6,})-\d{8}T\d{6}Z\.sqlite")


def newest_first(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    numbered = [(int(found[1]), path) for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(numbered, reverse=True)]


def write_backup_if_changed(source: sqlite3.Connection, folder: Path, utc: str) -> Path | None:
    """None: the newest backup is good and holds this very state. Raises sqlite3.Error or OSError."""
    newest = newest_first(folder)[:1]
    if newest and is_good(newest[0]) and _last_change_in(newest[0]) == _last_change(source):
        return None
    return write_backup(source, folder, utc)


def write_backup(source: sqlite3.Connection, folder: Path, utc: str) -> Path:
    """A complete copy under a new name, or none. Raises sqlite3.Error or OSError."""
    folder.mkdir(mode=0o700, exist_ok=True)
    existing = newest_first(folder)
    found = _NAME.fullmatch(existing[0].name) if existing else None
    number = int(found[1]) + 1 if found else 1
    final = folder / f"racelink-{number:06d}-{utc}.sqlite"
    partial = final.with_suffix(".partial")
    for left_over in folder.glob("*.partial*"):
        left_over.unlink(missing_ok=True)
    try:
        create_private(partial)
        with closing(sqlite3.connect(partial, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous=OFF")  # one fsync at the end does
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # a single file, readable without a log beside it
        put_in_place(partial, final)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    for old in existing[BACKUPS_KEPT - 1 :]:
        old.unlink(missing_ok=True)
    return final


def is_good(path: Path) -> bool:
    """Whether this program can go on from the backup."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
            version = copy.execute("PRAGMA user_version").fetchone()[0]
            return 0 < version <= len(schema.MIGRATIONS) and damage(copy) is None
    except sqlite3.Error:
        return False


def put_in_place(partial: Path, final: Path) -> None:
    """Durable first, then visible under its name. Raises OSError."""
    _sync(partial)
    os.replace(partial, final)
    if os.name == "posix":
        _sync(final.parent)


def _last_change_in(path: Path) -> str | None:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        return _last_change(copy)


def _last_change(connection: sqlite3.Connection) -> str | None:
    found = connection.execute(
        f'SELECT document FROM "{schema.COUNTERS}" WHERE id = ?', (schema.LAST_CHANGE,)
    ).fetchone()
    return str(found[0]) if found else None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
