"""One process per data directory: an exclusive lock that the system frees, however its holder ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from racelink_core.state.errors import StoreLocked, StoreUnreadable, reason_of

LOCK_NAME = "racelink.lock"
_WINDOWS_LOCKED_BYTE = 1 << 20
"""Locked bytes cannot be read on Windows, so it lies far behind the process id."""


class DirectoryLock:
    """Held from construction to `release`. The file stays: deleting it would let two processes hold one each."""

    def __init__(self, directory: Path) -> None:
        """Raises StoreLocked, which names the process that holds it, or StoreUnreadable."""
        path = directory / LOCK_NAME
        try:
            self._descriptor = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_CLOEXEC", 0), 0o600)
        except OSError as error:
            raise StoreUnreadable(str(path), reason_of(error)) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            pid = self._read_pid()
            os.close(self._descriptor)
            if isinstance(error, BlockingIOError | PermissionError):
                raise StoreLocked(str(directory), pid) from None
            raise StoreUnreadable(str(path), reason_of(error)) from error
        self._is_held = True
        self._write_pid()

    def release(self) -> None:
        """Harmless twice."""
        if self._is_held:
            self._is_held = False
            os.close(self._descriptor)

    def _read_pid(self) -> int | None:
        text = os.read(self._descriptor, 20).decode("ascii", "replace").strip()
        return int(text) if text.isdecimal() else None

    def _write_pid(self) -> None:
        """Only a courtesy to the reader of the refusal: a full disk must not keep us from starting."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())
        except OSError:
            return


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _WINDOWS_LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
