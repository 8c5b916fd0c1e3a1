"""Writes readings and offset notes every few seconds, off the hub and off every command's path."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.state.kept_notes import KeptNotes
from racelink_core.state.readings import Readings
from racelink_core.state.rows import RowChange

_log = logging.getLogger(__name__)


class Batches:
    """`write(rows, durable)` saves rows or raises. `problem`: why the last batch was not saved, None if it was."""

    def __init__(
        self,
        readings: Readings,
        notes: KeptNotes,
        write: Callable[[Sequence[RowChange], bool], None],
        interval_s: float,
    ) -> None:
        """`interval_s` in the system's seconds."""
        self._readings, self._notes, self._write, self._interval_s = readings, notes, write, interval_s
        self._one_at_a_time = threading.Lock()
        self._woken = threading.Event()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="rl-readings", daemon=True)
        self.problem: str | None = None

    def start(self) -> None:
        self._thread.start()

    def notes_of(self, network_id: str) -> OffsetNotes:
        return self._notes.of(network_id)

    def put_notes(self, network_id: str, notes: OffsetNotes) -> None:
        """Returns at once. Notes of the last run that no longer hold are replaced without delay."""
        self._notes.put(network_id, notes)
        if self._notes.is_stale:
            self._woken.set()

    def flush(self, *, is_last: bool = False) -> None:
        """Raises what `write` raises; what was not saved is tried again with the next batch."""
        with self._one_at_a_time:
            is_urgent = self._notes.is_stale
            rows = [*self._notes.take_unsaved(is_last=is_last), *self._readings.take_unsaved()]
            if not rows:
                return
            try:
                self._write(rows, is_urgent or is_last)
            except BaseException as error:
                self._readings.give_back(rows)
                self._notes.give_back(rows)
                if isinstance(error, RaceLinkError):
                    self._note_failure(error)
                raise
            self.problem = None

    def stop(self, timeout_s: float) -> None:
        """Ends the greenlet, without a last batch. Harmless twice."""
        self._is_stopped = True
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            self._woken.wait(self._interval_s)
            self._woken.clear()
            if self._is_stopped:
                return
            try:
                self.flush()
            except RaceLinkError:
                continue  # said by `_note_failure`
            except Exception:  # noqa: BLE001 - the edge of a worker: the next batch must still come
                _log.exception("Saving readings failed")

    def _note_failure(self, error: RaceLinkError) -> None:
        if self.problem is None:
            _log.warning("Readings are not being saved, RaceLink keeps trying: %s", error)
        self.problem = f"Readings are not being saved: {error}"
