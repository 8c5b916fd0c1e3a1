"""What the race timer around us has to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from racelink_core.domain.race_filter import MAX_SEATS


@dataclass(frozen=True, slots=True)
class RaceTimer:
    """`seats`: how many it has. `classes`: names of its race classes by id."""

    seats: int = MAX_SEATS
    classes: Mapping[int, str] = field(default_factory=dict)
