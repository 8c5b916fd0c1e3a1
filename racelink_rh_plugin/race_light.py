"""What a binding takes from its event: whether it is meant, the lamps of the seat, the colour."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from racelink_core.domain.command import Command
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.race_event import RaceEvent
from racelink_core.domain.race_filter import MAX_SEATS
from racelink_core.domain.reaction_for_event import command_for, scene_for
from racelink_core.domain.scene import Scene
from racelink_core.domain.target import Target

from .effect_forms import Binding
from .occasion import Occasion
from .race_events import RaceEvents, names_by_value
from .race_fields import OTHERWISE, Offered, read_colour, read_limit
from .rotorhazard import RhApi
from .values import NOTHING, SEAT, as_text, read_target

if TYPE_CHECKING:
    from racelink_core.host import Host

_log = logging.getLogger(__name__)
CLASSES_CHANGE_AT = (
    "CLASS_ADD",
    "CLASS_ALTER",
    "CLASS_DELETE",
    "CLASS_DUPLICATE",
    "DATABASE_IMPORT",
    "DATABASE_RESET",
    "DATABASE_RESTORE",
)


class SeatWithoutLamps(RaceLinkError):
    """Nothing is lit for this event; that is no fault of the binding."""

    code = "seat_without_lamps"

    def __init__(self, seat: int | None) -> None:
        if seat is None:
            super().__init__("The event is about no seat. Choose other lamps for it.")
        else:
            number = seat + 1
            super().__init__(f"Seat {number} has no lamps. Give it some on the RaceLink page, or choose others for it.")


class RaceLight:
    """An event is looked at only for a binding that takes something from it: the rest costs nothing."""

    def __init__(self, events: RaceEvents, rhapi: RhApi, host: Host) -> None:
        self._events, self._rhapi, self._host = events, rhapi, host
        self._names: Mapping[str, str] = {}
        self.offered = Offered()

    def look(self) -> None:
        """Asks RotorHazard what can be chosen. Touches its database: not before ACTIONS_INITIALIZE."""
        self._names = names_by_value()
        try:
            slots = self._rhapi.race.slots
            classes = {each.id: str(each.display_name) for each in self._rhapi.db.raceclasses}
        except Exception as error:  # noqa: BLE001 - RotorHazard's own code; what was offered before stays
            _log.warning("RotorHazard's seats and race classes cannot be read: %s", error)
            return
        known = isinstance(slots, int) and 1 <= slots <= MAX_SEATS
        self.offered = Offered(slots, classes) if known else Offered(classes=classes)

    def occasion(self, args: Mapping[str, Any] | None) -> Occasion:
        return Occasion(args, self._read)

    def is_meant(self, action: Binding, occasion: Occasion) -> bool:
        """Whether the binding is limited to such events, or not at all. Raises BindingBroken."""
        only = read_limit(action, self.offered)
        return only is None or only.passes(occasion.event)

    def target(self, stored: object, action: Binding, occasion: Occasion) -> Target:
        """`stored`: the value of the target's field. Raises BindingBroken or SeatWithoutLamps."""
        snapshot = self._host.store.snapshot
        if as_text(stored) != SEAT:
            return read_target(stored, snapshot)
        index = occasion.event.seat
        seat = None if index is None else snapshot.seats.get(index)
        if seat is not None:
            return seat.target
        otherwise = as_text(action.get(OTHERWISE))
        if otherwise in (None, NOTHING):
            raise SeatWithoutLamps(index)
        return read_target(otherwise, snapshot)

    def coloured(self, command: Command, action: Binding, occasion: Occasion) -> Command:
        """In the colour that the binding asks for; the same if the event has none. Raises BindingBroken."""
        source = read_colour(action)
        if source is None:
            return command
        return command_for(command, occasion.event, self._host.store.snapshot, colour_from=source, to_seat=False)

    def coloured_scene(self, scene: Scene, action: Binding, occasion: Occasion) -> Scene:
        """The same for every effect of a scene."""
        source = read_colour(action)
        if source is None:
            return scene
        return scene_for(scene, occasion.event, self._host.store.snapshot, colour_from=source)

    def _read(self, args: Mapping[str, Any]) -> RaceEvent:
        value = str(args.get("_eventName", ""))
        return self._events.read(self._names.get(value, value), args)
