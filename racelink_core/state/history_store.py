"""Keeps the history: takes records at once, writes them in batches, pages through them newest first.

Nothing here ever fails a caller: what cannot be written waits, and `notices` say so.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from racelink_core.domain.history_record import HistoryRecord
from racelink_core.runtime.native_pool import NativePool, PoolClosed
from racelink_core.state.entities import in_slices
from racelink_core.state.history_database import (
    FILE_NAME,
    HistoryDatabase,
    MinuteRow,
    OpenedHistory,
    RecordRow,
    begin_anew,
    open_history,
)

_log = logging.getLogger(__name__)
MOST_WAITING = 5000
"""Records that wait for a disk that does not take them; the oldest beyond go."""
_PER_SLICE = 4
"""A record takes 0.1 ms, made and written (measured 2026-11)."""

RecordSource = Callable[[int], HistoryRecord]
"""Makes the record with this id. Called later, off the path of what is recorded."""


@dataclass(slots=True)
class _Waiting:
    id: int
    source: RecordSource
    made: HistoryRecord | None = None

    def record(self) -> HistoryRecord:
        if self.made is None:
            self.made = self.source(self.id)
        return self.made


@dataclass(frozen=True, slots=True)
class Minutes:
    """Time on air that is saved beside the history. `take` gives the rows that changed and the oldest minute to keep;
    `give_back` gets those that could not be written."""

    take: Callable[[], tuple[Sequence[MinuteRow], int]]
    give_back: Callable[[Sequence[MinuteRow]], None]


class HistoryStore:
    """All methods cooperate with the hub; what blocks runs in a native thread of its own.

    loaded_minutes  what was saved of the time on air before this start
    """

    def __init__(self, directory: Path | None, interval_s: float, limit_bytes: Callable[[], int]) -> None:
        """None: in memory. `interval_s` in the system's seconds. Never raises for what a disk or a file may be like."""
        self._interval_s, self._limit_bytes = interval_s, limit_bytes
        self._pool = NativePool(threads=1)
        self._notice: str | None = None
        self._problem: str | None = None
        self.dropped = 0
        self._database = self._use(self._pool.run(open_history, None if directory is None else directory / FILE_NAME))
        self._waiting: deque[_Waiting] = deque()
        self._minutes: Minutes | None = None
        self._one_at_a_time = threading.Lock()
        self._woken = threading.Event()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="rl-history", daemon=True)

    def start(self, minutes: Minutes | None = None) -> None:
        """Writes from now on; before, what is added waits."""
        self._minutes = minutes
        self._thread.start()

    @property
    def notices(self) -> tuple[str, ...]:
        """What an operator should know: begun anew, not being saved."""
        return tuple(notice for notice in (self._notice, self._problem) if notice)

    def add(self, source: RecordSource) -> int:
        """Returns the record's id at once."""
        self._last_id += 1
        self._waiting.append(_Waiting(self._last_id, source))
        if len(self._waiting) > MOST_WAITING:
            self._waiting.popleft()
            self.dropped += 1
        return self._last_id

    def hurry(self) -> None:
        """Has what waits written soon, by somebody else."""
        self._woken.set()

    def page(
        self, *, before: int | None, limit: int, kind: str | None = None, origin: str | None = None
    ) -> list[HistoryRecord]:
        """The newest `limit` records whose id is smaller than `before`, newest first."""
        waiting = [each for each in self._waiting if before is None or each.id < before]
        first_waiting = waiting[0].id if waiting else self._last_id + 1
        found: list[HistoryRecord] = []
        for each in in_slices(reversed(waiting), _PER_SLICE):
            record = each.record()
            if (kind is None or record.kind == kind) and (origin is None or record.origin == origin):
                found.append(record)
                if len(found) == limit:
                    return found
        older_than = first_waiting if before is None else min(before, first_waiting)
        return found + self._stored_page(older_than, limit - len(found), kind, origin)

    def flush(self) -> bool:
        """Writes what waits. False: it could not be written and waits on; `notices` say why."""
        with self._one_at_a_time:
            batch = list(self._waiting)
            rows = [_row(each.record()) for each in in_slices(batch, _PER_SLICE)]
            minutes, oldest = self._minutes.take() if self._minutes else ((), 0)
            if not rows and not minutes:
                return True
            try:
                self._pool.run(self._database.write, rows, minutes, oldest, self._limit_bytes())
            except BaseException as error:
                if self._minutes is not None:
                    self._minutes.give_back(minutes)
                if not isinstance(error, sqlite3.Error | OSError | PoolClosed):
                    raise
                self._failed(error)
                return False
            while batch and self._waiting and self._waiting[0].id <= batch[-1].id:
                self._waiting.popleft()
            self._problem = None
            return True

    def check(self) -> str:
        """The word ok, or what SQLite finds wrong with the file."""
        return self._pool.run(self._database.check)

    def close(self, timeout_s: float) -> None:
        """Writes what waits and frees the file. Harmless twice."""
        if self._is_closed:
            return
        self._is_closed = True
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        self.flush()
        try:
            self._pool.run(self._database.close)
        except sqlite3.Error as error:
            _log.warning("The history did not close cleanly: %s", error)
        if not self._pool.close(timeout_s):
            _log.warning("The disk did not answer when the history was closed")

    def _run(self) -> None:
        while True:
            self._woken.wait(self._interval_s)
            self._woken.clear()
            if self._is_closed:
                return
            try:
                self.flush()
            except Exception:  # noqa: BLE001 - the edge of a worker: the next batch must still come
                _log.exception("Saving the history failed")

    def _stored_page(self, before: int, limit: int, kind: str | None, origin: str | None) -> list[HistoryRecord]:
        try:
            rows = self._pool.run(self._database.page, before, limit, kind, origin)
        except sqlite3.Error as error:
            self._failed(error)
            return []
        return [record for row in in_slices(rows, _PER_SLICE) if (record := _read(row)) is not None]

    def _use(self, opened: OpenedHistory) -> HistoryDatabase:
        self._last_id = max(opened.last_id, getattr(self, "_last_id", 0))
        self.loaded_minutes = opened.minutes
        if opened.notice is not None:
            self._notice = opened.notice
            _log.warning("%s", opened.notice)
        return opened.database

    def _failed(self, error: Exception) -> None:
        """A damaged file is replaced at once; anything else is waited for."""
        if type(error) is sqlite3.DatabaseError:  # what a full disk or a missing right raises is a subclass
            self._database = self._use(self._pool.run(begin_anew, self._database, str(error)))
            return
        if self._problem is None:
            _log.warning("The history is not being saved, RaceLink keeps trying: %s", error)
        self._problem = (
            f"The history is not being saved ({error}). Free some space or check the disk; nothing else is affected."
        )


def _row(record: HistoryRecord) -> RecordRow:
    return RecordRow(record.id, record.kind, record.origin, record.model_dump_json(exclude_defaults=True))


def _read(row: tuple[int, str]) -> HistoryRecord | None:
    """None: written by another version, in a form that this one does not know."""
    try:
        return HistoryRecord.model_validate_json(row[1])
    except ValidationError:
        _log.debug("The history record %d cannot be read", row[0])
        return None
