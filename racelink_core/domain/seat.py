"""Which lamps belong to a seat of the race timer, and which colour to a team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.effect import Colour
from racelink_core.domain.race_filter import SeatIndex
from racelink_core.domain.target import DeviceTarget, GroupsTarget

MAX_TEAMS = 64


class Seat(FrozenModel):
    """`index` counts from 0, as in events; people are shown `index + 1`. A seat without lamps is not stored."""

    index: SeatIndex
    target: Annotated[GroupsTarget | DeviceTarget, Field(discriminator="kind")]


class TeamColour(FrozenModel):
    """`team`: its name in the race timer, such as "A"."""

    team: str = Field(min_length=1, max_length=16)
    colour: Colour


_FIRST_TEAMS: Mapping[str, Colour] = {
    "A": (0, 80, 255),
    "B": (255, 60, 0),
    "C": (0, 255, 40),
    "D": (255, 0, 160),
    "E": (255, 200, 0),
    "F": (120, 0, 255),
    "G": (0, 255, 200),
    "H": (255, 255, 255),
}


def first_team_colours() -> tuple[TeamColour, ...]:
    """Until somebody chooses others: the timer itself knows no colours of teams."""
    return tuple(TeamColour(team=team, colour=colour) for team, colour in _FIRST_TEAMS.items())


def colour_of_team(team: str, colours: Iterable[TeamColour]) -> Colour | None:
    return next((each.colour for each in colours if each.team.casefold() == team.casefold()), None)
