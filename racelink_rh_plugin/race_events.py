"""RotorHazard's event arguments become typed events (design 3.8); argument names differ from event to event.

Source: the recorded events; spec rotorhazard, section 2. Nothing here raises: what cannot be read is left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from racelink_core.domain.effect import Colour
from racelink_core.domain.race_event import ColourSource, RaceEvent
from racelink_core.domain.seat import TeamColour, colour_of_team

from .rotorhazard import RhApi, event

_log = logging.getLogger(__name__)
_SEAT_ARGUMENTS = ("node_index", "nodeIndex", "seat")
_MOMENT_ARGUMENTS = ("pi_starts_at_s", "scheduled_at_monotonic")


class RaceEvents:
    """team_colours: those of the moment, as the operator chose them."""

    def __init__(self, rhapi: RhApi, team_colours: Callable[[], tuple[TeamColour, ...]]) -> None:
        self._rhapi, self._team_colours = rhapi, team_colours

    def read(self, name: str, args: Mapping[str, Any]) -> RaceEvent:
        """`name`: the constant's, as in "RACE_START"."""
        seat = _first_number(args, _SEAT_ARGUMENTS)
        seat = seat if seat is not None and seat >= 0 else None
        lap, moment_s = args.get("lap"), next((args[key] for key in _MOMENT_ARGUMENTS if key in args), None)
        heat_id = args["heat_id"] if "heat_id" in args else self._of_race("heat")
        pilot_id = _number(args.get("pilot_id")) or self._pilot_of(seat)
        return RaceEvent(
            name=name,
            seat=seat,
            pilot_id=pilot_id,
            lap_number=_number(getattr(lap, "lap_number", None)),
            is_late_lap=bool(getattr(lap, "late_lap", False)),
            heat_id=_number(heat_id),
            class_id=lambda: _number(args.get("class_id")) or self._class_of(_number(heat_id)),
            team=self._team_of(seat),
            moment_s=float(moment_s) if isinstance(moment_s, int | float) else None,
            hides_start=bool(args.get("hide_stage_timer", False)),
            colour_of=lambda source: self._colour(source, seat, pilot_id, args.get("color")),
        )

    def _colour(self, source: ColourSource, seat: int | None, pilot_id: int | None, carried: object) -> Colour | None:
        if source == "event":
            return _from_number(carried)
        if source == "seat":
            return self._seat_colour(seat)
        if source == "team":
            team = self._team_of(seat)
            return None if team is None else colour_of_team(team, self._team_colours())
        if source == "leader":
            leader = _number(self._of_race("race_leader_pilot_id"))
            return self._pilot_colour(leader, self._seat_of(leader))
        return self._pilot_colour(pilot_id, seat)

    def _pilot_colour(self, pilot_id: int | None, seat: int | None) -> Colour | None:
        """The pilot's own; without one that of the seat."""
        if pilot_id is None:
            return None
        pilot = self._guarded(lambda: self._rhapi.db.pilot_by_id(pilot_id), "the pilot")
        return _from_hex(getattr(pilot, "color", None)) or self._seat_colour(seat)

    def _seat_colour(self, seat: int | None) -> Colour | None:
        colours = self._of_race("seat_colors") or ()
        return _from_number(colours[seat]) if seat is not None and seat < len(colours) else None

    def _pilot_of(self, seat: int | None) -> int | None:
        pilots: Mapping[int, Any] = self._of_race("pilots") or {}
        return None if seat is None else _number(pilots.get(seat))

    def _seat_of(self, pilot_id: int | None) -> int | None:
        pilots: Mapping[int, Any] = self._of_race("pilots") or {}
        return next((seat for seat, pilot in pilots.items() if pilot_id is not None and pilot == pilot_id), None)

    def _team_of(self, seat: int | None) -> str | None:
        teams: Mapping[int, Any] = self._of_race("teams") or {}
        team = None if seat is None else teams.get(seat)
        return str(team) if team else None

    def _class_of(self, heat_id: int | None) -> int | None:
        if not heat_id:
            return None
        heat = self._guarded(lambda: self._rhapi.db.heat_by_id(heat_id), "the heat")
        return _number(getattr(heat, "class_id", None)) or None

    def _of_race(self, name: str) -> Any:
        return self._guarded(lambda: getattr(self._rhapi.race, name), name)

    def _guarded(self, read: Callable[[], Any], what: str) -> Any:
        try:
            return read()
        except Exception as error:  # noqa: BLE001 - RotorHazard's own code; a light without this is better than none
            _log.debug("RotorHazard does not tell %s: %s", what, error)
            return None


def event_value(name: str) -> str | None:
    """What RotorHazard calls the event of a constant; None if this version does not know it."""
    try:
        return event(name)
    except AttributeError:
        return None


def _first_number(args: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((number for name in names if (number := _number(args.get(name))) is not None), None)


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _from_number(value: object) -> Colour | None:
    number = _number(value)
    return None if number is None or number < 0 else (number >> 16 & 255, number >> 8 & 255, number & 255)


def _from_hex(value: object) -> Colour | None:
    text = value.removeprefix("#") if isinstance(value, str) else ""
    try:
        return _from_number(int(text, 16)) if len(text) == 6 else None
    except ValueError:
        return None
