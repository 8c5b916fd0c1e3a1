"""The events after which another pilot, name or channel may be in a seat."""

from __future__ import annotations

from racelink_core.services.heat_follower import HeatFollower

from .rotorhazard import RhApi, listen

_EVENTS = (
    "HEAT_SET",
    "HEAT_ALTER",
    "HEAT_GENERATE",
    "PILOT_ALTER",
    "FREQUENCY_SET",
    "PROFILE_SET",
    "PROFILE_ALTER",
    "DATABASE_IMPORT",
    "DATABASE_RESET",
    "DATABASE_RESTORE",
)
"""They come in bursts and often change nothing: the follower reads the heat when they are over, and compares."""


def follow_heat(rhapi: RhApi, follower: HeatFollower) -> None:
    for name in _EVENTS:
        listen(rhapi, name, lambda _args: follower.heat_changed(), role="heat")
