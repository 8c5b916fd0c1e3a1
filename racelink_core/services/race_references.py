"""Seats and race bindings follow the groups that they name. Pure work on a transaction's draft."""

from __future__ import annotations

from racelink_core.domain.race_references import binding_with_new_groups, seat_with_new_groups
from racelink_core.domain.scene_references import NewIds
from racelink_core.state.draft import Draft


def race_follows_groups(draft: Draft, new_ids: NewIds) -> None:
    """A seat without lamps is dropped; a binding stays and says what is missing."""
    for seat in tuple(draft.seats.values()):
        moved = seat_with_new_groups(seat, new_ids)
        if moved is None:
            del draft.seats[seat.index]
        else:
            draft.seats[seat.index] = moved
    for binding in tuple(draft.race_bindings.values()):
        draft.race_bindings[binding.id] = binding_with_new_groups(binding, new_ids)
