"""Bindings of our own: which race event makes the lamps do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from flask import Response
from pydantic import Field, StrictBool

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.effect import Colour
from racelink_core.domain.errors import NotFound
from racelink_core.domain.race_binding import MAX_BINDINGS, EventName, RaceBinding, Reaction
from racelink_core.domain.race_event import ColourSource
from racelink_core.domain.race_filter import LapNumber, RaceFilter, SeatIndex
from racelink_core.domain.race_timer import RaceTimer
from racelink_core.domain.whole_number import whole_number
from racelink_core.services.race_bindings import bindings_in_order
from racelink_core.services.race_reactions import made_up_event
from racelink_core.state.entities import in_slices
from racelink_core.web.api.commands import NOT_DONE, REFUSED, ResultRow, failed_command, result_row
from racelink_core.web.api.scene_runs import RunRow, run_row
from racelink_core.web.description import describe
from racelink_core.web.race_rows import RaceBindingRow, RaceEventRow, race_binding_row, race_event_rows
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import Name, RequestBody, read_body
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

_UNUSABLE = ("scene_not_found", "scene_invalid", "missing_preset_id", "preset_not_found", "target_not_found")
_FULL = "too_many_bindings"
_ROWS_PER_SLICE = 8


class RaceEventsReply(Reply):
    """In the order of a race."""

    events: tuple[RaceEventRow, ...]


class RaceClassRow(FrozenModel):
    id: int
    name: str


class RaceTimerReply(Reply):
    """`connected`: whether RaceLink runs inside a race timer; without one no event ever happens."""

    connected: bool
    seats: int
    classes: tuple[RaceClassRow, ...]


class RaceBindingsReply(Reply):
    """In the order in which they fire, event by event. `most`: so many there can be."""

    bindings: tuple[RaceBindingRow, ...]
    most: int = MAX_BINDINGS


class RaceBindingReply(Reply):
    binding: RaceBindingRow


class UpdateRaceBindingBody(RequestBody):
    """Only what is given changes.

    event        the name of one of the events that can be bound
    only         limits it to a seat (from 0), a lap number (0: the pass that begins the first lap) or a race class
    reaction     a command as for `POST /api/commands`, `run_scene` with the key of a `scene`, or `stop_scene`
    colour_from  whose colour replaces the first one of the effect; null: the effect keeps its own
    to_seat      the lamps of the event's seat are the target, if it has some
    at_moment    fire at the moment that the event announces, not when it is announced
    """

    name: Name | None = None
    event: EventName | None = None
    only: RaceFilter | None = None
    reaction: Reaction | None = None
    colour_from: ColourSource | None = None
    to_seat: StrictBool | None = None
    at_moment: StrictBool | None = None
    is_on: StrictBool | None = None

    def given(self) -> dict[str, Any]:
        """What is null was not given, except for the colour, which null takes away."""
        return {
            name: getattr(self, name)
            for name in self.model_fields_set
            if name == "colour_from" or getattr(self, name) is not None
        }


class CreateRaceBindingBody(UpdateRaceBindingBody):
    name: Name
    event: EventName
    reaction: Reaction


class TestRaceBindingBody(RequestBody):
    """An event that is made up. What is not given is what the binding is limited to, else the first.

    seat, lap_number  whose pass it would be, and which
    colour            of whomever the binding takes it from
    """

    seat: SeatIndex | None = None
    lap_number: LapNumber | None = None
    colour: Colour | None = None


class RaceBindingTestedReply(Reply):
    """One of them: the `result` of a command, the `run` of a scene, or whether a scene was `stopped`."""

    result: ResultRow | None
    run: RunRow | None
    stopped: bool | None


class RaceBindingOrderBody(RequestBody):
    """`order`: the ids of all bindings. Of one event the first fires first."""

    order: Annotated[tuple[Annotated[int, Field(strict=True)], ...], Field(max_length=MAX_BINDINGS)]


def register(routes: Routes, host: Host) -> None:
    bindings = host.race_bindings

    def answer(binding: RaceBinding) -> Response:
        return reply(RaceBindingReply(binding=_row(host, binding)))

    @routes.get("/api/race/events")
    @describe("List the race events that can be bound.", reply=RaceEventsReply, has_etag=True)
    def list_events() -> Response:
        return list_reply(RaceEventsReply(events=race_event_rows()))

    @routes.get("/api/race/timer")
    @describe("Read what the race timer has to choose from.", reply=RaceTimerReply, has_etag=True)
    def show_timer() -> Response:
        timer = host.race_timer()
        offered = timer or RaceTimer()
        classes = tuple(RaceClassRow(id=number, name=name) for number, name in offered.classes.items())
        return list_reply(RaceTimerReply(connected=timer is not None, seats=offered.seats, classes=classes))

    @routes.get("/api/race/bindings")
    @describe("List the race bindings.", reply=RaceBindingsReply, has_etag=True)
    def list_bindings() -> Response:
        in_order = in_slices(bindings_in_order(host.store.snapshot), _ROWS_PER_SLICE)
        rows = tuple(_row(host, binding) for binding in in_order)
        return list_reply(RaceBindingsReply(bindings=rows))

    @routes.get("/api/race/bindings/<binding_id>")
    @describe("Read one race binding.", reply=RaceBindingReply, errors=("not_found",))
    def show_binding(binding_id: str) -> Response:
        return answer(bindings.get(_id(binding_id)))

    @routes.post("/api/race/bindings")
    @describe(
        "Bind an event of the race.",
        reply=RaceBindingReply,
        body=CreateRaceBindingBody,
        errors=(_FULL, *_UNUSABLE),
    )
    def create_binding() -> Response:
        return answer(bindings.create(read_body(CreateRaceBindingBody).given()))

    @routes.put("/api/race/bindings/<binding_id>")
    @describe(
        "Change a race binding.",
        reply=RaceBindingReply,
        body=UpdateRaceBindingBody,
        errors=("not_found", *_UNUSABLE),
    )
    def update_binding(binding_id: str) -> Response:
        given = read_body(UpdateRaceBindingBody).given()
        return answer(bindings.update(_id(binding_id), given))

    @routes.delete("/api/race/bindings/<binding_id>")
    @describe("Delete a race binding.", reply=RaceBindingReply, errors=("not_found",))
    def delete_binding(binding_id: str) -> Response:
        return answer(bindings.delete(_id(binding_id)))

    @routes.post("/api/race/bindings/<binding_id>/duplicate")
    @describe("Copy a race binding; the copy is off.", reply=RaceBindingReply, errors=("not_found", _FULL))
    def duplicate_binding(binding_id: str) -> Response:
        return answer(bindings.duplicate(_id(binding_id)))

    @routes.post("/api/race/bindings/<binding_id>/test")
    @describe(
        "Fire a race binding now, on or off, as if its event had happened.",
        reply=RaceBindingTestedReply,
        body=TestRaceBindingBody,
        errors=("not_found", "scene_invalid", "scene_not_found", "scene_busy", *REFUSED),
        not_done=NOT_DONE,
    )
    def test_binding(binding_id: str) -> Response:
        body = read_body(TestRaceBindingBody)
        binding = bindings.get(_id(binding_id))
        event = made_up_event(binding, seat=body.seat, lap_number=body.lap_number, colour=body.colour)
        done = host.race_reactions.try_out(binding, event)
        if done.result is not None and not done.result.ok:
            return failed_command(done.result)
        result = None if done.result is None else result_row(done.result)
        run = None if done.run is None else run_row(done.run)
        return reply(RaceBindingTestedReply(result=result, run=run, stopped=done.stopped))

    @routes.post("/api/race/bindings/reorder")
    @describe("Put the race bindings into order.", reply=Reply, body=RaceBindingOrderBody)
    def reorder_bindings() -> Response:
        bindings.reorder(read_body(RaceBindingOrderBody).order)
        return reply(Reply())


def _id(text: str) -> int:
    """Raises NotFound for what is no number, either."""
    number = whole_number(text)
    if number is None:
        raise NotFound("race binding", text)
    return number


def _row(host: Host, binding: RaceBinding) -> RaceBindingRow:
    return race_binding_row(binding, host.store.snapshot, host.race_reactions.overtaken[binding.id])
