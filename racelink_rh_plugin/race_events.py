"""RotorHazard's event arguments become typed events (design 3.8); argument names differ from event to event.

Source: the recorded events; spec rotorhazard, section 2. Nothing here raises: what cannot be read is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from racelink_core.domain.effect import Colour
from racelink_core.domain.race_event import RACE_EVENTS, ColourSource, RaceEvent
from racelink_core.domain.seat import TeamColour, colour_of_team

from .race_rows import RaceRows
from .rotorhazard import RhApi, event

_log = logging.getLogger(__name__)
_SEAT_ARGUMENTS = ("node_index", "nodeIndex", "seat")
_MOMENT_ARGUMENTS = ("pi_starts_at_s", "scheduled_at_monotonic")
_CLASS_ARGUMENTS = ("class_id", "output_class_id")
_NOBODY = 0x222222
"""RotorHazard's colour of a seat without a pilot."""


class RaceEvents:
    """Reading costs no look into RotorHazard's database; asking an event for a colour or a class may.

    team_colours: those of the moment, as the operator chose them
    """

    def __init__(self, rhapi: RhApi, team_colours: Callable[[], tuple[TeamColour, ...]]) -> None:
        self._rhapi, self._team_colours = rhapi, team_colours
        self.rows = RaceRows(rhapi)

    def read(self, name: str, args: Mapping[str, Any]) -> RaceEvent:
        """`name`: the constant's, as in "RACE_START"."""
        seat = self._seat_of_first_pass() if name == "RACE_INITIAL_PASS" else _seat(args)
        lap, moment_s = args.get("lap"), _first_number(args, _MOMENT_ARGUMENTS)
        pilot_id = _id(args.get("pilot_id")) or self._pilot_of(seat)
        event = RaceEvent(
            name=name,
            seat=seat,
            pilot_id=pilot_id,
            lap_number=_whole(getattr(lap, "lap_number", None)),
            is_late_lap=bool(getattr(lap, "late_lap", False)),
            heat_id=_id(args["heat_id"] if "heat_id" in args else self._of_race("heat")),
            class_id=lambda: self._class_of(args),
            team=_winning_team(args) if seat is None else self._team_of(seat),
            moment_s=None if moment_s is None else float(moment_s),
            hides_start=bool(args.get("hide_stage_timer", False)),
        )
        return replace(event, colour_of=lambda source: self._colour(source, event, args.get("color")))

    def _colour(self, source: ColourSource, event: RaceEvent, carried: object) -> Colour | None:
        if source == "event":
            return _of_somebody(carried) if event.seat is not None else _from_number(carried)
        if source == "seat":
            return self._seat_colour(event.seat)
        if source == "team":
            return None if event.team is None else colour_of_team(event.team, self._team_colours())
        if source == "leader":
            leads = event.name == "RACE_PILOT_LEADING"
            leader = event.pilot_id if leads else _id(self._of_race("race_leader_pilot_id"))
            return None if leader is None else self._pilot_colour(leader, self._seat_of(leader))
        return self._pilot_colour(event.pilot_id, event.seat)

    def _pilot_colour(self, pilot_id: int | None, seat: int | None) -> Colour | None:
        """The pilot's own; without one that of the seat, as in practice, where nobody is said to fly."""
        if pilot_id is None:
            return self._seat_colour(seat)
        return _from_hex(self.rows.colour_of_pilot(pilot_id)) or self._seat_colour(seat)

    def _seat_colour(self, seat: int | None) -> Colour | None:
        colours = self._of_race("seat_colors")
        if seat is None or not isinstance(colours, Sequence) or seat >= len(colours):
            return None
        return _of_somebody(colours[seat])

    def _seat_of_first_pass(self) -> int | None:
        """RotorHazard does not say whose pass was the first of the race; it is the only one that there is."""
        laps = self._of_race("laps_raw")
        seats = [seat for seat, each in enumerate(laps) if each] if isinstance(laps, Sequence) else []
        return seats[0] if len(seats) == 1 else None

    def _pilot_of(self, seat: int | None) -> int | None:
        return None if seat is None else _id(self._by_seat("pilots").get(seat))

    def _seat_of(self, pilot_id: int) -> int | None:
        return next((seat for seat, pilot in self._by_seat("pilots").items() if pilot == pilot_id), None)

    def _team_of(self, seat: int) -> str | None:
        team = self._by_seat("teams").get(seat)
        return str(team) if team else None

    def _class_of(self, args: Mapping[str, Any]) -> int | None:
        """Of the class that the event is about, of its saved race, of its heat, of the chosen heat."""
        named = _id(_first_number(args, _CLASS_ARGUMENTS))
        if named is not None:
            return named
        race_id = _id(args.get("race_id"))
        if race_id is not None:
            return _id(self.rows.class_of_race(race_id))
        heat_id = _id(args["heat_id"] if "heat_id" in args else self._of_race("heat"))
        return None if heat_id is None else _id(self.rows.class_of_heat(heat_id))

    def _by_seat(self, name: str) -> Mapping[int, Any]:
        found = self._of_race(name)
        return found if isinstance(found, Mapping) else {}

    def _of_race(self, name: str) -> Any:
        try:
            return getattr(self._rhapi.race, name)
        except Exception as error:  # noqa: BLE001 - RotorHazard's own code; a light without this is better than none
            _log.debug("RotorHazard does not tell the %s of the race: %s", name, error)
            return None


def event_value(name: str) -> str | None:
    """What RotorHazard calls the event of a constant; None if this version does not know it."""
    try:
        return event(name)
    except AttributeError:
        return None


def names_by_value() -> dict[str, str]:
    """The constants' names by what `_eventName` says, of every event that this version knows."""
    values = {name: event_value(name) for name in RACE_EVENTS}
    return {value: name for name, value in values.items() if value is not None}


def _seat(args: Mapping[str, Any]) -> int | None:
    """RotorHazard says -1 for a winner that is a team."""
    seat = _whole(_first_number(args, _SEAT_ARGUMENTS))
    return seat if seat is not None and seat >= 0 else None


def _winning_team(args: Mapping[str, Any]) -> str | None:
    """RACE_WIN of a team race is about no seat and names the team in its result (RotorHazard 4.4; not recorded)."""
    status = args.get("win_status")
    result = status.get("data") if isinstance(status, Mapping) else None
    name = result.get("name") if isinstance(result, Mapping) else None
    return name if isinstance(name, str) and name else None


def _first_number(args: Mapping[str, Any], names: tuple[str, ...]) -> int | float | None:
    return next((number for name in names if (number := _number(args.get(name))) is not None), None)


def _number(value: object) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _id(value: object) -> int | None:
    """RotorHazard's ids count from 1; some of its properties say 0 for nobody."""
    return _whole(value) or None


def _of_somebody(value: object) -> Colour | None:
    return None if value == _NOBODY else _from_number(value)


def _from_number(value: object) -> Colour | None:
    number = _whole(value)
    return None if number is None or number < 0 else (number >> 16 & 255, number >> 8 & 255, number & 255)


def _from_hex(value: object) -> Colour | None:
    text = value.removeprefix("#") if isinstance(value, str) else ""
    try:
        return _from_number(int(text, 16)) if len(text) == 6 else None
    except ValueError:
        return None
