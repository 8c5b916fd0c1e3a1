"""Seats and race bindings follow what they name. Pure work on a transaction's draft."""

from __future__ import annotations

import logging
from collections.abc import Collection

from racelink_core.domain.address import Mac
from racelink_core.domain.race_references import binding_with_new_groups, seat_with_new_groups
from racelink_core.domain.scene_references import NewIds
from racelink_core.domain.target import DeviceTarget
from racelink_core.state.draft import Draft

_log = logging.getLogger(__name__)


def race_follows_groups(draft: Draft, new_ids: NewIds) -> int:
    """A seat without lamps is dropped; a binding stays and says what is missing. Returns how many seats were."""
    emptied = []
    for seat in tuple(draft.seats.values()):
        moved = seat_with_new_groups(seat, new_ids)
        if moved is None:
            emptied.append(seat.index)
        else:
            draft.seats[seat.index] = moved
    for binding in tuple(draft.race_bindings.values()):
        draft.race_bindings[binding.id] = binding_with_new_groups(binding, new_ids)
    return _emptied(draft, emptied)


def race_forgets_devices(draft: Draft, macs: Collection[Mac]) -> int:
    """Seats whose lamp is gone are dropped. Returns how many were."""
    seats = draft.seats.values()
    return _emptied(
        draft, [seat.index for seat in seats if isinstance(seat.target, DeviceTarget) and seat.target.value in macs]
    )


def report_emptied(seats: int) -> None:
    """Once it has happened; an import may only be tried."""
    if seats:
        _log.warning("%s of the race timer's seats lost all lamps, which were deleted", seats)


def _emptied(draft: Draft, indexes: Collection[int]) -> int:
    for index in indexes:
        del draft.seats[index]
    return len(indexes)
