"""What nodes last reported. In memory, so that it may change by the second; saved in batches (design 3.4)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from racelink_core.domain.address import Mac
from racelink_core.domain.errors import InvalidValue
from racelink_core.domain.reading import NOTHING_HEARD, Reading
from racelink_core.state.entities import in_slices
from racelink_core.state.rows import RowChange, StoredRow
from racelink_core.state.subscribers import Subscribers

_log = logging.getLogger(__name__)
TABLE = "readings"


class Readings:
    def __init__(self, rows: Sequence[StoredRow] = ()) -> None:
        """Whether a node is online is never restored (spec services, 15.2)."""
        self._readings: dict[Mac, Reading] = {}
        self._unsaved: set[Mac] = set()
        self._subscribers: Subscribers[Mac] = Subscribers("readings")
        for row in in_slices(rows):
            try:
                reading = Reading.model_validate_json(row.document)
                self._readings[Mac(row.id)] = reading.model_copy(update={"online": None, "link_error": None})
            except (ValidationError, InvalidValue) as error:
                _log.debug("The reading of %r cannot be read; the next one replaces it: %s", row.id, error)

    def of(self, mac: Mac) -> Reading:
        return self._readings.get(mac, NOTHING_HEARD)

    def all(self) -> Mapping[Mac, Reading]:
        """Those of every node heard so far; a copy."""
        return dict(self._readings)

    def update(self, mac: Mac, **changes: Any) -> Reading:
        """Replaces the named fields. Listeners are called only if something differs."""
        before = self.of(mac)
        reading = before.model_copy(update=changes)
        if reading != before or mac not in self._readings:
            self._readings[mac] = reading
            self._unsaved.add(mac)
            self._subscribers.call(mac)
        return reading

    def forget(self, mac: Mac) -> None:
        if self._readings.pop(mac, None) is not None:
            self._unsaved.add(mac)
            self._subscribers.call(mac)

    def subscribe(self, callback: Callable[[Mac], None]) -> Callable[[], None]:
        """Called with the MAC whose reading changed or was forgotten. Returns what ends it."""
        return self._subscribers.add(callback)

    def take_unsaved(self) -> list[RowChange]:
        """What the next batch has to write; counts as saved unless `give_back` says otherwise."""
        macs, self._unsaved = self._unsaved, set()
        return [RowChange(TABLE, mac, self._document(mac)) for mac in in_slices(macs)]

    def give_back(self, rows: Sequence[RowChange]) -> None:
        """These could not be written; the next batch tries again with what holds then."""
        self._unsaved |= {Mac(row.id) for row in rows if row.table == TABLE}

    def _document(self, mac: Mac) -> str | None:
        reading = self._readings.get(mac)
        return None if reading is None else reading.model_dump_json()
