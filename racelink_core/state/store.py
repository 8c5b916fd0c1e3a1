"""The one owner of what we know: immutable snapshots, changed by transactions (design 3.4 and 3.5)."""

from __future__ import annotations

import logging
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.scope import Change, Scope
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.timings import Timings
from racelink_core.runtime.native_pool import NativePool
from racelink_core.runtime.radio_guard import radio_forbidden
from racelink_core.state import backups, schema
from racelink_core.state.batches import Batches
from racelink_core.state.counters import Counters
from racelink_core.state.database import Database, damage
from racelink_core.state.difference import difference
from racelink_core.state.draft import Draft
from racelink_core.state.entities import rows_of
from racelink_core.state.errors import (
    NestedTransaction,
    NothingSaved,
    StoreBusy,
    StoreClosed,
    StoreUnreadable,
    reason_of,
    write_errors,
)
from racelink_core.state.kept_notes import KeptNotes
from racelink_core.state.loading import load
from racelink_core.state.lock import DirectoryLock
from racelink_core.state.older_documents import older_documents, older_rows, with_older
from racelink_core.state.readings import Readings
from racelink_core.state.recovery import BACKUP_FOLDER, Opened, open_directory
from racelink_core.state.rows import RowChange
from racelink_core.state.starter import starter_content
from racelink_core.state.subscribers import Subscribers

_log = logging.getLogger(__name__)


class Store:
    """`snapshot` is read without a lock and never waits; whoever holds one keeps it as it is.

    directory  where it is saved; None = in memory
    readings   what nodes last reported, outside of transactions
    """

    @classmethod
    def open(cls, directory: Path, clock: Clock, timings: Timings | None = None) -> Store:
        """Creates what is missing, recovers what is damaged (see `notices`), and locks the directory.

        Raises StoreLocked, StoreTooNew, StoreFull, StoreUnreadable.
        """
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnreadable(str(directory), reason_of(error)) from error
        lock = DirectoryLock(directory)
        pool = NativePool(threads=1)
        try:
            opened = pool.run(open_directory, directory, _utc(clock), lambda: rows_of(starter_content(_iso(clock))))
            store = cls(opened, pool, clock, timings, directory=directory, lock=lock)
        except BaseException:
            pool.close()
            lock.release()
            raise
        store._back_up_if_changed()
        return store

    @classmethod
    def in_memory(cls, clock: Clock, why: str = "no data directory", timings: Timings | None = None) -> Store:
        """The same store, saving nothing and saying so; for a host whose directory cannot be used."""
        pool = NativePool(threads=1)
        try:
            opened = pool.run(_open_in_memory, lambda: rows_of(starter_content(_iso(clock))), why)
            return cls(opened, pool, clock, timings)
        except BaseException:
            pool.close()
            raise

    def __init__(
        self,
        opened: Opened,
        pool: NativePool,
        clock: Clock,
        timings: Timings | None = None,
        *,
        directory: Path | None = None,
        lock: DirectoryLock | None = None,
    ) -> None:
        """Use `open` or `in_memory`."""
        self.directory = directory
        self._database, self._pool, self._lock = opened.database, pool, lock
        self._clock, self._timings = clock, timings or Timings()
        loaded = load(opened.contents)
        self._snapshot, self._unreadable = loaded.snapshot, loaded.unreadable
        self._counters, counter_notices = Counters.read(
            opened.contents[schema.COUNTERS], loaded.snapshot, loaded.unreadable
        )
        self._older_documents = older_documents(opened.contents[schema.OLDER])
        is_changed = any(row.id == schema.LAST_CHANGE for row in opened.contents[schema.COUNTERS])
        self._is_untouched = not opened.notices and not is_changed
        self._notices = (*opened.notices, *loaded.notices, *counter_notices)
        for notice in self._notices:
            _log.warning("%s", notice)
        self._subscribers: Subscribers[Change] = Subscribers("configuration changes")
        self._writer = threading.Lock()
        self._owner: int | None = None
        self._is_closed = False
        self.readings = Readings(opened.contents["readings"])
        self._batches = Batches(
            self.readings,
            KeptNotes(opened.contents["offset_notes"]),
            self._write_batch,
            clock.system_s(self._timings.reading_flush_s),
        )
        self._batches.start()

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def is_untouched(self) -> bool:
        """Nobody has changed anything since the first start, and nothing was lost: there is only what we start with."""
        return self._is_untouched

    @property
    def older_documents(self) -> Mapping[str, str]:
        """What older hosts stored and is kept as it was written, by id; see `Draft.older_documents`."""
        return self._older_documents

    @property
    def notices(self) -> tuple[str, ...]:
        """What an operator should know: recovered, left out, not being saved."""
        problem = self._batches.problem
        return (*self._notices, problem) if problem else self._notices

    @contextmanager
    def transaction(self) -> Iterator[Draft]:
        """One change: `with store.transaction() as draft: draft.devices[mac] = ...`.

        On a clean exit it is checked, on the disk, and in `snapshot`; then subscribers are told. On an exception
        nothing changes. One at a time; a second one waits. Sending is forbidden inside.
        Raises InvalidValue, StoreFull, StoreNotSaved, StoreBusy, StoreClosed, NestedTransaction.
        """
        self._begin()
        interruption: BaseException | None = None
        try:
            with radio_forbidden("store transaction"):
                draft = Draft(self._snapshot, self._counters)
                yield draft
                change, interruption = self._commit(draft)
        finally:
            self._end()
        if change.scopes:
            self._subscribers.call(change)
        if interruption is not None:
            raise interruption

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Called after each change, outside of every lock, by the greenlet that made it. Returns what ends it."""
        return self._subscribers.add(callback)

    def offset_notes(self, network_id: str) -> OffsetNotes:
        return self._batches.notes_of(network_id)

    def set_offset_notes(self, network_id: str, notes: OffsetNotes) -> None:
        """Returns at once; saved with the next batch."""
        self._batches.put_notes(network_id, notes)

    def flush(self) -> None:
        """Saves what waits for the next batch. Raises StoreFull, StoreNotSaved, StoreClosed."""
        if self._is_closed:
            raise StoreClosed
        self._batches.flush()

    def backup(self) -> Path:
        """Saves everything and makes a backup of it; the oldest beyond 5 goes.

        Raises StoreFull, StoreNotSaved, StoreClosed, NothingSaved.
        """
        if self.directory is None:
            raise NothingSaved
        self.flush()
        folder = self.directory / BACKUP_FOLDER
        with write_errors(str(folder)):
            return self._pool.run(backups.write_backup, self._database.connection, folder, _utc(self._clock))

    def announce(self, *scopes: Scope) -> None:
        """Tells every listener that something changed which is not kept here."""
        self._subscribers.call(Change(frozenset(scopes)))

    def announce_all(self) -> None:
        """Tells every listener to read everything anew, though nothing has changed."""
        self._subscribers.call(Change(frozenset({Scope.FULL})))

    def check(self) -> str:
        """The word ok, or what SQLite finds wrong with the database. Raises PoolClosed."""
        return self._pool.run(damage, self._database.connection) or "ok"

    def close(self) -> None:
        """Saves what is not saved, makes a backup if something changed, frees the directory. Harmless twice."""
        if self._owner == threading.get_ident():
            raise NestedTransaction
        if self._is_closed:
            return
        self._is_closed = True
        deadline_s = self._clock.system_s(self._timings.store_writer_s)
        if not self._writer.acquire(timeout=deadline_s):
            _log.warning("A change was still being saved when RaceLink shut down")
        try:
            self._batches.stop(deadline_s)
            self._batches.flush(is_last=True)
        except RaceLinkError as error:
            _log.warning("The last readings were not saved: %s", error)
        finally:
            try:
                self._back_up_if_changed()
                self._pool.run(self._database.close)
            except sqlite3.Error as error:
                _log.warning("The database did not close cleanly; the next start puts it right: %s", error)
            finally:
                if not self._pool.close(deadline_s):
                    _log.warning("The disk did not answer when RaceLink shut down")
                if self._lock is not None:
                    self._lock.release()

    def _begin(self) -> None:
        if self._owner == threading.get_ident():
            raise NestedTransaction
        if not self._is_closed and not self._writer.acquire(timeout=self._clock.system_s(self._timings.store_writer_s)):
            raise StoreBusy(self._timings.store_writer_s)
        if self._is_closed:
            raise StoreClosed
        self._owner = threading.get_ident()

    def _end(self) -> None:
        self._owner = None
        self._writer.release()

    def _commit(self, draft: Draft) -> tuple[Change, BaseException | None]:
        """The interruption, if any, hit us when the commit could no longer be called off."""
        before = self._snapshot
        made = difference(before, draft, self._unreadable)
        counters = self._counters.after(
            before,
            made.snapshot,
            lowest_next_preset_id=draft.lowest_next_preset_id,
            lowest_next_scene_id=draft.lowest_next_scene_id,
        )
        older = {key: each for key, each in draft.older_documents.items() if each != self._older_documents.get(key)}
        changed = (*made.rows, *older_rows(older), *counters.changed_since(self._counters))
        if not changed:
            return Change(frozenset()), None
        finished = self._pool.finish(self._database.write, (*changed, _last_change()))
        self._snapshot, self._counters = made.snapshot, counters
        self._older_documents = with_older(self._older_documents, older)
        self._is_untouched = False
        self._unreadable -= made.written
        for mac in before.devices.keys() - made.snapshot.devices.keys():
            self.readings.forget(mac)
        return Change(made.scopes), finished.interruption

    def _write_batch(self, rows: Sequence[RowChange], durable: bool) -> None:
        self._pool.run(self._database.write, rows, durable)

    def _back_up_if_changed(self) -> None:
        """A backup that fails is no reason to keep anyone waiting: the database itself is sound."""
        if self.directory is None:
            return
        folder = self.directory / BACKUP_FOLDER
        try:
            self._pool.run(backups.write_backup_if_changed, self._database.connection, folder, _utc(self._clock))
        except (sqlite3.Error, OSError) as error:
            _log.warning("No backup was made in %s: %s", folder, error)


def _open_in_memory(first_rows: Callable[[], Sequence[RowChange]], why: str) -> Opened:
    database = Database(None)
    database.migrate(lambda: None, first_rows)
    return Opened(database, database.read(), (f"Nothing is being saved: {why}",))


def _last_change() -> RowChange:
    return RowChange(schema.COUNTERS, schema.LAST_CHANGE, secrets.token_hex(8))


def _utc(clock: Clock) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(clock.unix()))


def _iso(clock: Clock) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(clock.unix()))
