"""Tells the core where a race is, so that everything stands back for it that has to."""

from __future__ import annotations

from racelink_core.domain.origin import Priority
from racelink_core.services.race_watch import RaceWatch

from .race_events import event_value
from .rotorhazard import RhApi, listen

_ENDS = ("RACE_ABORT", "RACE_STOP", "LAPS_SAVE", "LAPS_DISCARD", "LAPS_CLEAR")
"""LAPS_CLEAR is the only way out that is common to all (spec rotorhazard, section 2)."""
_OVERTAKE = ("RACE_ABORT", "RACE_STOP")


def follow_race(rhapi: RhApi, race: RaceWatch) -> None:
    """Synchronous, so that the core knows before anything that is bound to the event happens."""
    listen(rhapi, "RACE_STAGE", lambda _args: race.staged(), synchronous=True)
    listen(rhapi, "RACE_START", lambda _args: race.started(), synchronous=True)
    for name in _ENDS:
        listen(rhapi, name, lambda _args: race.ended(), synchronous=True)


def priority_of(event_name: str) -> Priority:
    """Of the light that is bound to an event. `event_name`: what RotorHazard calls it."""
    overtakes = event_name in {event_value(name) for name in _OVERTAKE}
    return Priority.RACE_END if overtakes else Priority.RACE_EVENT
