"""Where a race is: no page is rebuilt from staging to its end, and nothing is healed from staging to its start."""

from __future__ import annotations

from collections.abc import Callable

from .rotorhazard import RhApi, listen

_BEGINS = ("RACE_STAGE",)
_ENDS = ("RACE_ABORT", "RACE_STOP", "LAPS_SAVE", "LAPS_DISCARD", "LAPS_CLEAR")
"""LAPS_CLEAR is the only way out that is common to all (spec rotorhazard, section 2)."""


class RaceState:
    """staged   called when staging begins, on RotorHazard's greenlet: be quick
    started  called after the start, and whenever a race is over
    ended    called whenever a race is over; it may be called more than once
    """

    def __init__(
        self,
        rhapi: RhApi,
        *,
        staged: Callable[[], None],
        started: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self._staged, self._started, self._ended = staged, started, ended
        self.is_on = False
        for name in _BEGINS:
            listen(rhapi, name, self._begin, synchronous=True)
        listen(rhapi, "RACE_START", self._start)
        for name in _ENDS:
            listen(rhapi, name, self._end)

    def _begin(self, _args: object) -> None:
        self.is_on = True
        self._staged()

    def _start(self, _args: object) -> None:
        self._started()

    def _end(self, _args: object) -> None:
        self.is_on = False
        self._started()
        self._ended()
