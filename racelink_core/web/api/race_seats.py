"""Which lamps belong to each seat of the race timer, and the colours of teams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from flask import Response
from pydantic import Field

from racelink_core.domain.race_filter import MAX_SEATS
from racelink_core.domain.race_timer import RaceTimer
from racelink_core.domain.seat import MAX_TEAMS, Seat, TeamColour
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import RequestBody, read_body
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


class SeatsReply(Reply):
    """Only seats with lamps are listed; their `index` counts from 0. `count`: how many the race timer has."""

    seats: tuple[Seat, ...]
    count: int


class SeatsBody(RequestBody):
    """All seats that have lamps."""

    seats: Annotated[tuple[Seat, ...], Field(max_length=MAX_SEATS)]


class TeamColoursReply(Reply):
    team_colours: tuple[TeamColour, ...]


class TeamColoursBody(RequestBody):
    """All teams that have a colour: red, green and blue, 0 to 255 each."""

    team_colours: Annotated[tuple[TeamColour, ...], Field(max_length=MAX_TEAMS)]


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/race/seats")
    @describe("Read which lamps belong to each seat.", reply=SeatsReply, has_etag=True)
    def show_seats() -> Response:
        return list_reply(_seats(host))

    @routes.put("/api/race/seats")
    @describe(
        "Say which lamps belong to each seat.",
        reply=SeatsReply,
        body=SeatsBody,
        errors=("unknown_group_id", "not_found"),
    )
    def change_seats() -> Response:
        host.seats.replace(read_body(SeatsBody).seats)
        return reply(_seats(host))

    @routes.get("/api/race/team-colours")
    @describe("Read the colours of teams.", reply=TeamColoursReply, has_etag=True)
    def show_team_colours() -> Response:
        return list_reply(_colours(host))

    @routes.put("/api/race/team-colours")
    @describe("Choose the colours of teams.", reply=TeamColoursReply, body=TeamColoursBody)
    def change_team_colours() -> Response:
        host.seats.set_team_colours(read_body(TeamColoursBody).team_colours)
        return reply(_colours(host))


def _seats(host: Host) -> SeatsReply:
    seats = tuple(host.store.snapshot.seats.values())
    offered = (host.race_timer() or RaceTimer()).seats
    return SeatsReply(seats=seats, count=max((offered, *(seat.index + 1 for seat in seats))))


def _colours(host: Host) -> TeamColoursReply:
    return TeamColoursReply(team_colours=host.store.snapshot.settings.team_colours)
