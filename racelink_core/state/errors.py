"""What can go wrong with the stored configuration, each with what to do next."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from racelink_core.domain.errors import RaceLinkError

_LEAST_FREE_BYTES = 64 * 1024
"""Less is a full disk: no change is saved in less than a few pages of the database and its log."""


class StoreError(RaceLinkError):
    """The configuration could not be opened, read or saved; what was saved before is untouched."""

    code = "store_error"


class StoreFull(StoreError):
    """The disk has no room for the change. Nothing was changed."""

    code = "store_full"

    def __init__(self, path: str) -> None:
        super().__init__(f"The disk with {path} is full, so nothing was changed. Free some space and try again.")


class StoreNotSaved(StoreError):
    """Writing failed for another reason than a full disk. Nothing was changed."""

    code = "store_not_saved"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} could not be written ({reason}), so nothing was changed. "
            "Check the disk and its permissions, then restart RaceLink."
        )


class StoreUnreadable(StoreError):
    """The data directory or the database cannot be opened at all; nothing in it was touched."""

    code = "store_unreadable"

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path} cannot be opened ({reason}). Check that the folder exists, belongs to the user who runs RaceLink, "
            "and that the disk is not write-protected."
        )


class StoreLocked(StoreError):
    """Another process works on the same data directory."""

    code = "store_locked"

    def __init__(self, path: str, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"{path} is in use by {who}. Stop that RaceLink first, or choose another data directory.")
        self.pid = pid


class StoreTooNew(StoreError):
    """The database was written by a newer program. It was left as it is."""

    code = "store_too_new"

    def __init__(self, path: str, version: int, known_version: int) -> None:
        super().__init__(
            f"{path} was written by a newer RaceLink (format {version}; this one knows {known_version}). "
            "Update RaceLink, or choose another data directory. Nothing was changed."
        )


class StoreClosed(StoreError):
    code = "store_closed"

    def __init__(self) -> None:
        super().__init__("RaceLink is shutting down, so nothing was changed. Start it again and retry.")


class StoreBusy(StoreError):
    """Another change is not finished within the deadline. Nothing was changed."""

    code = "store_busy"

    def __init__(self, waited_s: float) -> None:
        super().__init__(
            f"Another change was still being saved after {waited_s:.0f} s, so nothing was changed. "
            "The disk may be slow or failing; try again."
        )


class NothingSaved(StoreError):
    """A backup was asked of a store that lives in memory."""

    code = "nothing_saved"

    def __init__(self) -> None:
        super().__init__("Nothing is being saved, so there is nothing to back up. See the notices for the reason.")


class NestedTransaction(StoreError):
    """A programming error: a transaction was opened inside another one of the same greenlet."""

    code = "nested_transaction"

    def __init__(self) -> None:
        super().__init__("A transaction is already open here. Make both changes in one.")


class NoFreeGroup(StoreError):
    code = "no_free_group"

    def __init__(self) -> None:
        super().__init__("All 254 groups are taken. Delete one first.")


@contextmanager
def write_errors(path: str) -> Iterator[None]:
    """Translates what sqlite and the system raise while `path` is written."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        full = is_full(error) or _has_no_room(path)
        raise StoreFull(path) if full else StoreNotSaved(path, reason_of(error)) from error


def is_full(error: Exception) -> bool:
    """sqlite's error names came with Python 3.11, so its text is what is read here."""
    text = str(error).lower()
    return "disk is full" in text or "no space left" in text or "quota exceeded" in text


def _has_no_room(path: str) -> bool:
    """sqlite calls a full disk an I/O error when it finds out while syncing or growing its log."""
    try:
        return shutil.disk_usage(Path(path).parent).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def reason_of(error: Exception) -> str:
    return str(error) or type(error).__name__
