"""Limits a reaction to some events: only this seat, lap or race class."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.race_event import RaceEvent

MAX_SEATS = 16
MAX_LAP = 999
SeatIndex = Annotated[int, Field(ge=0, lt=MAX_SEATS, strict=True)]
LapNumber = Annotated[int, Field(ge=0, le=MAX_LAP, strict=True)]


class RaceFilter(FrozenModel):
    """None: whatever it is. Seats count from 0; lap 0 is the pass that begins the first lap.

    An event that does not say what is asked for does not pass.
    """

    seat: SeatIndex | None = None
    lap_number: LapNumber | None = None
    class_id: Annotated[int, Field(ge=1, strict=True)] | None = None

    def passes(self, event: RaceEvent) -> bool:
        return (
            self.seat in (None, event.seat)
            and self.lap_number in (None, event.lap_number)
            and (self.class_id is None or self.class_id == event.class_id())
        )
