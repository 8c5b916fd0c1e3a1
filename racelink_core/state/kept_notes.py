"""Each network's offset notes, kept over restarts. Source: design section 6, "Lamps".

A note that says "not in offset mode" is only believed at the next start if this run ended cleanly: after a crash
the node may have been told more than was saved. Unknown is the safe value, and costs one packet.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence

from racelink_core.domain.offset_notes import NOTHING_KNOWN, OffsetNotes
from racelink_core.state.rows import RowChange, StoredRow

_log = logging.getLogger(__name__)
TABLE = "offset_notes"


class KeptNotes:
    """`is_stale`: the file still believes notes of the last run, which have changed since. Write it at once."""

    def __init__(self, rows: Sequence[StoredRow] = ()) -> None:
        self._notes: dict[str, OffsetNotes] = {}
        self._unsaved: set[str] = set()
        self._believed: set[str] = set()
        for row in rows:
            try:
                self._notes[row.id] = OffsetNotes.from_json(json.loads(row.document))
                self._believed.add(row.id)
            except (ValueError, TypeError, AttributeError) as error:
                _log.warning("The offset notes of network %r cannot be read and count as unknown: %s", row.id, error)

    @property
    def is_stale(self) -> bool:
        return bool(self._believed & self._unsaved)

    def of(self, network_id: str) -> OffsetNotes:
        return self._notes.get(network_id, NOTHING_KNOWN)

    def put(self, network_id: str, notes: OffsetNotes) -> None:
        if self._notes.get(network_id) != notes:
            self._notes[network_id] = notes
            self._unsaved.add(network_id)

    def take_unsaved(self, *, is_last: bool) -> list[RowChange]:
        """`is_last`: nothing is sent any more, so that every note can be believed again."""
        networks = set(self._notes) - (self._believed - self._unsaved) if is_last else self._unsaved
        self._unsaved = set()
        if not is_last:
            self._believed -= networks
        return [RowChange(TABLE, network_id, self._document(network_id, is_last)) for network_id in networks]

    def give_back(self, rows: Sequence[RowChange]) -> None:
        self._unsaved |= {row.id for row in rows if row.table == TABLE}

    def _document(self, network_id: str, is_last: bool) -> str:
        notes = self._notes[network_id]
        return json.dumps((notes if is_last else OffsetNotes(in_offset=notes.in_offset)).to_json())
