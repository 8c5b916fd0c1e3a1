"""Opens the database of a directory, whatever a power cut or a bad card left there. Runs in the native thread."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from racelink_core.state import backups, schema
from racelink_core.state.database import Database, create_private, damage
from racelink_core.state.errors import StoreFull, StoreTooNew, StoreUnreadable, is_full, reason_of
from racelink_core.state.rows import Contents, RowChange

FILE_NAME = "racelink.sqlite"
BACKUP_FOLDER = "backups"
_FILES_OF_ONE_DATABASE = ("", "-wal", "-shm", "-journal")
"""The database itself first: once it is gone, what is left beside it can only be taken for left-overs."""


@dataclass(frozen=True, slots=True)
class Opened:
    """`notices`: what an operator should know about how it was opened."""

    database: Database
    contents: Contents
    notices: tuple[str, ...]


def open_directory(directory: Path, utc: str, first_rows: Callable[[], Iterable[RowChange]]) -> Opened:
    """Sound, of this program's version, and read. `utc` names what is set aside, e.g. 20260102T030405Z.

    Raises StoreUnreadable, StoreTooNew, StoreFull. Whatever it raises, no readable file was replaced.
    """
    path, folder = directory / FILE_NAME, directory / BACKUP_FOLDER
    try:
        problem = _problem_with(path, folder)
        notices = () if problem is None else (_recover(path, folder, utc, problem),)
        return _open(path, folder, utc, first_rows, notices)
    except (sqlite3.Error, OSError) as error:
        raise StoreFull(str(path)) if is_full(error) else StoreUnreadable(str(path), reason_of(error)) from error


def _open(
    path: Path, folder: Path, utc: str, first_rows: Callable[[], Iterable[RowChange]], notices: tuple[str, ...]
) -> Opened:
    database = Database(path)
    try:
        database.use_write_ahead_log()
        database.migrate(lambda: _back_up(database, folder, utc), first_rows)
        return Opened(database, database.read(), notices)
    except BaseException:
        database.close()
        raise


def _problem_with(path: Path, folder: Path) -> str | None:
    """Why the file cannot be used as it is; None if it can, or if this is the first start."""
    if not path.exists() or path.stat().st_size == 0:
        # sqlite would take it for a new database and throw away a log beside it. A rollback journal alone is what a
        # first start leaves that was cut off.
        log = _beside(path, "-wal")
        has_log = log.exists() and log.stat().st_size > 0
        return "it is missing or empty" if has_log or backups.newest_first(folder) else None
    database = Database(path)
    try:
        try:
            version, tables = database.version, database.tables
        except sqlite3.DatabaseError:
            return damage(database.connection)
        if version > len(schema.MIGRATIONS):
            raise StoreTooNew(str(path), version, len(schema.MIGRATIONS))
        if version == 0 and not tables:
            return "it is empty" if backups.newest_first(folder) else None
        return damage(database.connection)
    finally:
        database.close()


def _recover(path: Path, folder: Path, utc: str, problem: str) -> str:
    """Sets the broken files aside and puts the newest good backup in their place. Returns what to tell."""
    set_aside = _set_aside(path, utc)
    kept = f" The broken file was kept as {set_aside.name}." if set_aside else ""
    for backup in backups.newest_first(folder):
        if backups.is_good(backup):
            partial = path.with_suffix(".partial")
            partial.unlink(missing_ok=True)
            create_private(partial)
            shutil.copyfile(backup, partial)
            backups.put_in_place(partial, path)
            return (
                f"The database could not be read ({problem}). The backup {backup.name} took its place: "
                f"check devices and groups, changes made after it are lost.{kept}"
            )
    return (
        f"The database could not be read ({problem}) and there is no good backup. RaceLink started afresh: "
        f"run a discovery to find your devices again.{kept}"
    )


def _set_aside(path: Path, utc: str) -> Path | None:
    """Renames every file of the database; the name of the first, or None if there was nothing worth keeping."""
    first: Path | None = None
    target = path.with_name(f"{path.name}.corrupt-{utc}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.corrupt-{utc}-{number}")
    for suffix in _FILES_OF_ONE_DATABASE:
        source = _beside(path, suffix)
        if source.exists():
            source.replace(_beside(target, suffix))
            first = first or _beside(target, suffix)
    return first


def _back_up(database: Database, folder: Path, utc: str) -> None:
    backups.write_backup(database.connection, folder, utc)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)
