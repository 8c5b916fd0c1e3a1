"""Which lamps belong to a seat, and which colour to a team, as an operator keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from racelink_core.domain.errors import InvalidValue, NotFound
from racelink_core.domain.seat import Seat, TeamColour
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import DeviceTarget
from racelink_core.services.groups_of_devices import UnknownGroups
from racelink_core.state.store import Store


class Seats:
    """Whatever a method raises, nothing has changed then."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def replace(self, seats: Sequence[Seat]) -> None:
        """A seat that is not named has no lamps. Raises InvalidValue, UnknownGroups, NotFound for a device."""
        _check_once("seats", (seat.index + 1 for seat in seats))
        with self._store.transaction() as draft:
            for seat in seats:
                _check_target(seat, self._store.snapshot)
            draft.seats.clear()
            draft.seats.update((seat.index, seat) for seat in sorted(seats, key=lambda seat: seat.index))

    def set_team_colours(self, colours: Sequence[TeamColour]) -> None:
        """A team that is not named has no colour. Raises InvalidValue for one that is named twice."""
        _check_once("team_colours", (each.team.casefold() for each in colours))
        with self._store.transaction() as draft:
            draft.settings = draft.settings.model_copy(update={"team_colours": tuple(colours)})


def _check_once(field: str, names: Iterable[object]) -> None:
    seen: set[object] = set()
    for name in names:
        if name in seen:
            raise InvalidValue(field, f"{name} is named twice")
        seen.add(name)


def _check_target(seat: Seat, snapshot: Snapshot) -> None:
    if isinstance(seat.target, DeviceTarget):
        if seat.target.value not in snapshot.devices:
            raise NotFound("device", seat.target.value)
        return
    unknown = [group_id for group_id in seat.target.value if group_id not in snapshot.groups]
    if unknown:
        raise UnknownGroups(unknown)
