"""Fields of every effect that makes light: whose colour, which lamps if the seat has none, for which events only.

Names and values are for ever: never empty, "0" or false. What nobody touched is absent, and means what it meant before
these fields were there. Source: issue 5, "Race colours and data"; spec rotorhazard, sections 4 and 12.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from racelink_core.domain.race_event import ColourSource
from racelink_core.domain.race_filter import MAX_LAP, MAX_SEATS, RaceFilter
from racelink_core.domain.snapshot import Snapshot

from .effect_forms import Binding, Choice
from .values import EVERYONE_CHOICE, NOTHING, BindingBroken, as_number, as_text, group_choices

COLOUR, OTHERWISE = "rl_action_colour", "rl_action_otherwise"
ONLY_SEAT, ONLY_LAP, ONLY_CLASS = "rl_action_only_seat", "rl_action_only_lap", "rl_action_only_class"
OWN, ANY = "own", "any"
_COLOURS: Mapping[ColourSource, str] = {
    "event": "Of the event",
    "pilot": "Of the pilot",
    "leader": "Of the leader",
    "team": "Of the team",
    "seat": "Of the seat",
}
_OFFERED_LAPS = 20
_OFFERED_SEATS = 8
"""While RotorHazard does not say how many it has."""
_LAST_CLASS = 10**9


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen. classes: names by id; None: nobody said, and then every class is taken."""

    seats: int = _OFFERED_SEATS
    classes: Mapping[int, str] | None = None


def colour_field(own: str) -> Choice:
    """`own`: what the effect shows without a colour of the event."""
    return Choice(COLOUR, "Colour", ((OWN, own), *_COLOURS.items()), OWN)


def otherwise_field(snapshot: Snapshot) -> Choice:
    """Beside a target that can be the lamps of a seat."""
    choices = ((NOTHING, "No lamps"), EVERYONE_CHOICE, *group_choices(snapshot))
    return Choice(OTHERWISE, "If the seat has no lamps", choices, NOTHING)


def limit_fields(offered: Offered) -> tuple[Choice, ...]:
    seats = ((f"seat:{number}", f"Seat {number}") for number in range(1, offered.seats + 1))
    laps = ((f"lap:{number}", f"Lap {number}") for number in range(1, _OFFERED_LAPS + 1))
    classes = ((f"class:{number}", name) for number, name in (offered.classes or {}).items())
    return (
        Choice(ONLY_SEAT, "Only for seat", ((ANY, "Every seat"), *seats), ANY),
        Choice(ONLY_LAP, "Only for lap", ((ANY, "Every lap"), ("lap:0", "First pass"), *laps), ANY),
        Choice(ONLY_CLASS, "Only for class", ((ANY, "Every class"), *classes), ANY),
    )


def read_colour(action: Binding) -> ColourSource | None:
    """None: the effect's own. Raises BindingBroken."""
    text = as_text(action.get(COLOUR))
    if text is None or text == OWN:
        return None
    for source in _COLOURS:
        if source == text:
            return source
    raise BindingBroken(f"The colour {text!r} is none that RaceLink knows. Choose it again.")


def read_limit(action: Binding, offered: Offered) -> RaceFilter | None:
    """None: every event. Raises BindingBroken."""
    seat = _numbered(action.get(ONLY_SEAT), "seat", range(1, MAX_SEATS + 1))
    lap = _numbered(action.get(ONLY_LAP), "lap", range(MAX_LAP + 1))
    class_id = _numbered(action.get(ONLY_CLASS), "class", range(1, _LAST_CLASS))
    if seat is lap is class_id is None:
        return None
    if class_id is not None and offered.classes is not None and class_id not in offered.classes:
        raise BindingBroken(f"The race class {class_id} no longer exists. Choose another one.")
    return RaceFilter(seat=None if seat is None else seat - 1, lap_number=lap, class_id=class_id)


def _numbered(stored: object, kind: str, allowed: range) -> int | None:
    """The number of "seat:3"; None for any. Raises BindingBroken."""
    text = as_text(stored)
    if text is None or text == ANY:
        return None
    prefix, _, digits = text.partition(":")
    number = as_number(digits) if prefix == kind else None
    if number is None or number not in allowed:
        raise BindingBroken(f"The {kind} {text!r} cannot be read. Choose it again.")
    return number
