"""Writes the traffic to a file while somebody wants it: one JSON object per line and frame.

The ring of the last frames is read four times a second, so that recording costs the way of a packet nothing.
"""

from __future__ import annotations

import calendar
import json
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import NotFound, RaceLinkError
from racelink_core.runtime.native_pool import NativePool, PoolClosed
from racelink_core.services.traffic_log import FrameRecord, TrafficLog
from racelink_core.state.database import create_private
from racelink_core.state.entities import in_slices
from racelink_core.state.errors import reason_of

_log = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")
FOLDER = "recordings"
MOST_FILES = 20
_NAME = re.compile(r"traffic-[0-9]{8}T[0-9]{6}Z(-[0-9]{1,3})?\.jsonl")
_INTERVAL_S = 0.25
_STOP_S = 5.0
_FRAMES_AT_ONCE = 500
_PER_SLICE = 20
_CHUNK_BYTES = 1 << 18


class Recording(FrozenModel):
    """started_ts   Unix time at which it was begun
    is_running   frames are being added
    ended_by     why it ended: "stopped", "size" or what went wrong; None: it runs, or an earlier start wrote it
    """

    name: str
    size_bytes: int
    started_ts: float
    is_running: bool = False
    ended_by: str | None = None


class RecordingRunning(RaceLinkError):
    """There is one recording at a time, and what it writes is not deleted under it."""

    code = "recording_running"

    def __init__(self, name: str) -> None:
        super().__init__(f"The recording {name} is running. Stop it first.")
        self.name = name


class TooManyRecordings(RaceLinkError):
    code = "too_many_recordings"

    def __init__(self) -> None:
        super().__init__(f"There are {MOST_FILES} recordings already. Delete one first.")


class RecordingFailed(RaceLinkError):
    """The files cannot be written or read."""

    code = "recording_failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"Recordings cannot be kept: {reason}. Check the data directory and the disk.")


class Recordings:
    """directory  the data directory; None: nothing can be recorded"""

    def __init__(
        self, directory: Path | None, log: TrafficLog, clock: Clock, pool: NativePool, limit_bytes: int
    ) -> None:
        self._folder = None if directory is None else directory / FOLDER
        self._traffic, self._clock, self._pool, self._limit_bytes = log, clock, pool, limit_bytes
        self._current: Recording | None = None
        self._starting = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def current(self) -> Recording | None:
        """The one that runs, or the last one that ended since the start."""
        return self._current

    def start(self) -> Recording:
        """Records from now on. Raises RecordingRunning, TooManyRecordings, RecordingFailed."""
        with self._starting:
            if self._current is not None and self._current.is_running:
                raise RecordingRunning(self._current.name)
            folder = self._require_folder()
            cursor, started_ts = self._traffic.last_seq, self._clock.unix()
            name = self._run(_new_file, folder, time.strftime("traffic-%Y%m%dT%H%M%SZ", time.gmtime(started_ts)))
            self._current = Recording(name=name, size_bytes=0, started_ts=started_ts, is_running=True)
            self._stopped = threading.Event()
            self._thread = threading.Thread(
                target=self._record, args=(folder / name, cursor, self._stopped), name="rl-recording", daemon=True
            )
            self._thread.start()
            return self._current

    def stop(self) -> Recording | None:
        """Everything up to now is in the file when it returns. None: nothing has been recorded since the start."""
        thread, self._thread = self._thread, None
        self._stopped.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_STOP_S)
        return self._current

    def all(self) -> list[Recording]:
        """Newest first. Raises RecordingFailed."""
        if self._folder is None:
            return []
        found = [
            Recording(name=name, size_bytes=size, started_ts=_started(name))
            for name, size in self._run(_files, self._folder)
        ]
        current = self._current
        return [current if current and current.name == each.name else each for each in found]

    def read(self, name: str) -> tuple[int, Iterator[bytes]]:
        """Its size now, and that much of it in pieces. Raises NotFound, RecordingFailed."""
        path = self._path(name)
        size = self._run(_size, path)
        if size is None:
            raise NotFound("recording", name)
        return size, self._pieces(path, size)

    def delete(self, name: str) -> None:
        """Raises NotFound, RecordingRunning, RecordingFailed."""
        path = self._path(name)
        current = self._current
        if current is not None and current.is_running and current.name == name:
            raise RecordingRunning(name)
        if not self._run(_remove, path):
            raise NotFound("recording", name)

    def _require_folder(self) -> Path:
        if self._folder is None:
            raise RecordingFailed("nothing is being saved")
        return self._folder

    def _path(self, name: str) -> Path:
        """Only names that `start` could have given."""
        if not _NAME.fullmatch(name):
            raise NotFound("recording", name)
        return self._require_folder() / name

    def _run(self, job: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return self._pool.run(job, *args, **kwargs)
        except OSError as error:
            raise RecordingFailed(reason_of(error)) from error

    def _pieces(self, path: Path, size: int) -> Iterator[bytes]:
        for position in range(0, size, _CHUNK_BYTES):
            yield self._run(_read, path, position, min(_CHUNK_BYTES, size - position))

    def _record(self, path: Path, cursor: int, stopped: threading.Event) -> None:
        ended_by = "stopped"
        size = 0
        try:
            is_last = False
            while not is_last:
                is_last = stopped.wait(_INTERVAL_S)
                while True:
                    frames, missed = self._traffic.after(cursor, _FRAMES_AT_ONCE)
                    if not frames:
                        break
                    cursor = frames[-1].seq
                    size = self._pool.run(_append, path, _lines(frames, missed))
                    self._note(size_bytes=size)
                if size >= self._limit_bytes:
                    ended_by, is_last = "size", True
        except (OSError, PoolClosed) as error:
            ended_by = str(RecordingFailed(reason_of(error)))
            _log.warning("%s", ended_by)
        except Exception as error:  # noqa: BLE001 - the edge of a worker: whatever it is, the page must see it
            ended_by = f"{type(error).__name__}: {error}"
            _log.exception("The recording %s ended", path.name)
        self._note(is_running=False, ended_by=ended_by)

    def _note(self, **changes: object) -> None:
        if self._current is not None:
            self._current = self._current.model_copy(update=changes)


def _lines(frames: list[FrameRecord], missed: int) -> bytes:
    lines = [json.dumps({"missed": missed})] if missed else []
    lines += [frame.model_dump_json() for frame in in_slices(frames, _PER_SLICE)]
    return "".join(f"{line}\n" for line in lines).encode()


def _started(name: str) -> float:
    return float(calendar.timegm(time.strptime(name[8:24], "%Y%m%dT%H%M%SZ")))


# In the native thread


def _new_file(folder: Path, stem: str) -> str:
    folder.mkdir(mode=0o700, exist_ok=True)
    names = {name for name, _ in _files(folder)}
    if len(names) >= MOST_FILES:
        raise TooManyRecordings
    name, number = f"{stem}.jsonl", 1
    while name in names:
        number += 1
        name = f"{stem}-{number}.jsonl"
    create_private(folder / name)
    return name


def _files(folder: Path) -> list[tuple[str, int]]:
    """Name and size, newest first."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return []
    return sorted(
        ((entry.name, entry.stat().st_size) for entry in entries if _NAME.fullmatch(entry.name) and entry.is_file()),
        reverse=True,
    )


def _append(path: Path, lines: bytes) -> int:
    """The size of the file then."""
    with path.open("ab") as file:
        file.write(lines)
        return file.tell()


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _read(path: Path, position: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(position)
        return file.read(length)


def _remove(path: Path) -> bool:
    """False: it is not there."""
    if not path.is_file():
        return False
    path.unlink()
    return True
