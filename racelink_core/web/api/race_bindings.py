"""Bindings of our own: which race event makes the lamps do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from flask import Blueprint, Response
from pydantic import Field, StrictBool

from racelink_core.domain.errors import NotFound
from racelink_core.domain.race_binding import MAX_BINDINGS, EventName, RaceBinding, Reaction
from racelink_core.domain.race_event import ColourSource
from racelink_core.domain.race_filter import RaceFilter
from racelink_core.domain.whole_number import whole_number
from racelink_core.services.race_bindings import bindings_in_order
from racelink_core.web.description import describe
from racelink_core.web.race_rows import RaceBindingRow, RaceEventRow, race_binding_row, race_event_rows
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import Name, RequestBody, read_body

if TYPE_CHECKING:
    from racelink_core.host import Host

_UNUSABLE = ("scene_not_found", "scene_invalid", "missing_preset_id", "preset_not_found", "target_not_found")
_FULL = "too_many_bindings"


class RaceEventsReply(Reply):
    """In the order of a race."""

    events: tuple[RaceEventRow, ...]


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


class RaceBindingOrderBody(RequestBody):
    """`order`: the ids of all bindings. Of one event the first fires first."""

    order: Annotated[tuple[Annotated[int, Field(strict=True)], ...], Field(max_length=MAX_BINDINGS)]


def register(blueprint: Blueprint, host: Host) -> None:
    bindings = host.race_bindings

    def answer(binding: RaceBinding) -> Response:
        return reply(RaceBindingReply(binding=_row(host, binding)))

    @blueprint.get("/api/race/events")
    @describe("List the race events that can be bound.", reply=RaceEventsReply, has_etag=True)
    def list_events() -> Response:
        return list_reply(RaceEventsReply(events=race_event_rows()))

    @blueprint.get("/api/race/bindings")
    @describe("List the race bindings.", reply=RaceBindingsReply, has_etag=True)
    def list_bindings() -> Response:
        rows = tuple(_row(host, binding) for binding in bindings_in_order(host.store.snapshot))
        return list_reply(RaceBindingsReply(bindings=rows))

    @blueprint.get("/api/race/bindings/<binding_id>")
    @describe("Read one race binding.", reply=RaceBindingReply, errors=("not_found",))
    def show_binding(binding_id: str) -> Response:
        return answer(bindings.get(_id(binding_id)))

    @blueprint.post("/api/race/bindings")
    @describe(
        "Bind an event of the race.",
        reply=RaceBindingReply,
        body=CreateRaceBindingBody,
        errors=(_FULL, *_UNUSABLE),
    )
    def create_binding() -> Response:
        return answer(bindings.create(read_body(CreateRaceBindingBody).given()))

    @blueprint.put("/api/race/bindings/<binding_id>")
    @describe(
        "Change a race binding.",
        reply=RaceBindingReply,
        body=UpdateRaceBindingBody,
        errors=("not_found", *_UNUSABLE),
    )
    def update_binding(binding_id: str) -> Response:
        given = read_body(UpdateRaceBindingBody).given()
        return answer(bindings.update(_id(binding_id), given))

    @blueprint.delete("/api/race/bindings/<binding_id>")
    @describe("Delete a race binding.", reply=RaceBindingReply, errors=("not_found",))
    def delete_binding(binding_id: str) -> Response:
        return answer(bindings.delete(_id(binding_id)))

    @blueprint.post("/api/race/bindings/<binding_id>/duplicate")
    @describe("Copy a race binding; the copy is off.", reply=RaceBindingReply, errors=("not_found", _FULL))
    def duplicate_binding(binding_id: str) -> Response:
        return answer(bindings.duplicate(_id(binding_id)))

    @blueprint.post("/api/race/bindings/reorder")
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
    return race_binding_row(binding, host.store.snapshot, 0)
