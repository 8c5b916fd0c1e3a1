"""The rows of RotorHazard's database that lights ask for, kept until an event says that they have changed.

A look costs 2 ms between an event and its light (measured 2026-11), on a Raspberry Pi several times more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .rotorhazard import RhApi, listen

_log = logging.getLogger(__name__)
_CHANGE_AT = (
    "PILOT_ADD",
    "PILOT_ALTER",
    "PILOT_DELETE",
    "HEAT_ADD",
    "HEAT_ALTER",
    "HEAT_DELETE",
    "HEAT_DUPLICATE",
    "HEAT_GENERATE",
    "CLASS_DELETE",
    "DATABASE_IMPORT",
    "DATABASE_RESET",
    "DATABASE_RESTORE",
)


class RaceRows:
    """Nothing here raises; what cannot be read is None, and is asked for again the next time."""

    def __init__(self, rhapi: RhApi) -> None:
        self._rhapi = rhapi
        self._colours: dict[int, Any] = {}
        self._classes: dict[int, Any] = {}

    def follow(self) -> None:
        """Synchronous, so that whatever is bound to the change finds the new row."""
        for name in _CHANGE_AT:
            listen(self._rhapi, name, self._forget, synchronous=True, role="rows")

    def colour_of_pilot(self, pilot_id: int) -> Any:
        """As RotorHazard keeps it: "#rrggbb" as a rule."""
        return _kept(self._colours, pilot_id, lambda: self._rhapi.db.pilot_by_id(pilot_id), "color")

    def class_of_heat(self, heat_id: int) -> Any:
        return _kept(self._classes, heat_id, lambda: self._rhapi.db.heat_by_id(heat_id), "class_id")

    def class_of_race(self, race_id: int) -> Any:
        """Of a saved race; never kept, as it is asked for after the race."""
        return _kept({}, race_id, lambda: self._rhapi.db.race_by_id(race_id), "class_id")

    def _forget(self, _args: object) -> None:
        self._colours.clear()
        self._classes.clear()


def _kept(kept: dict[int, Any], row_id: int, read: Callable[[], Any], column: str) -> Any:
    if row_id in kept:
        return kept[row_id]
    try:
        kept[row_id] = getattr(read(), column, None)
    except Exception as error:  # noqa: BLE001 - RotorHazard's own code; a light without this is better than none
        _log.debug("RotorHazard does not tell the %s of %s: %s", column, row_id, error)
    return kept.get(row_id)
