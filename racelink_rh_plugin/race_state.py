"""Whether a race is on: pages must not be rebuilt between staging and the end of a race."""

from __future__ import annotations

from collections.abc import Callable

from .rotorhazard import RhApi, listen

_BEGINS = ("RACE_STAGE",)
_ENDS = ("RACE_ABORT", "RACE_STOP", "LAPS_SAVE", "LAPS_DISCARD", "LAPS_CLEAR")
"""LAPS_CLEAR is the only way out that is common to all (spec rotorhazard, section 2)."""


class RaceState:
    """`ended` is called whenever a race is over; it may be called more than once."""

    def __init__(self, rhapi: RhApi, ended: Callable[[], None]) -> None:
        self._ended = ended
        self.is_on = False
        for name in _BEGINS:
            listen(rhapi, name, self._begin, synchronous=True)
        for name in _ENDS:
            listen(rhapi, name, self._end)

    def _begin(self, _args: object) -> None:
        self.is_on = True

    def _end(self, _args: object) -> None:
        self.is_on = False
        self._ended()
