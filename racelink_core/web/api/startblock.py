"""Filling starting blocks. Source: spec services, section 9; spec scenes, section 9.4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from flask import Response
from pydantic import Field, field_validator

from racelink_core.domain.group import GroupId
from racelink_core.domain.startblock import FIRST_SLOT, LAST_SLOT, NO_CHANNEL, SlotEntry
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.web.api.tasks import TaskReply, task_reply
from racelink_core.web.description import describe
from racelink_core.web.origins import WEB_OPERATOR
from racelink_core.web.requests import Integer, RequestBody, read_body
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


class SlotBody(RequestBody):
    """`slot` counts from 1. What a display cannot show is spelt out or left out."""

    slot: Annotated[Integer, Field(ge=FIRST_SLOT, le=LAST_SLOT)]
    callsign: Annotated[str, Field(max_length=64)] = ""
    channel: Annotated[str, Field(max_length=8)] = NO_CHANNEL


class StartblockBody(RequestBody):
    """`target`: as for commands; without one, every starting block. `slots`: without them, the current heat."""

    target: Target = BroadcastTarget()
    slots: Annotated[tuple[SlotBody, ...], Field(max_length=LAST_SLOT)] | None = None

    @field_validator("slots")
    @classmethod
    def _once_each(cls, value: tuple[SlotBody, ...] | None) -> tuple[SlotBody, ...] | None:
        if value is not None and len({each.slot for each in value}) != len(value):
            raise ValueError("each slot may be named once")
        return value


def register(routes: Routes, host: Host) -> None:
    @routes.post("/api/startblock")
    @describe(
        "Show pilots on starting blocks; slots that are not named are shown empty.",
        reply=TaskReply,
        body=StartblockBody,
        errors=("not_found", "no_startblock", "not_a_startblock", "device_without_network", "unavailable"),
        is_busy_gated=True,
    )
    def fill_startblocks() -> Response:
        body = read_body(StartblockBody)
        _require(body.target, host)
        entries = None
        if body.slots is not None:
            entries = tuple(
                SlotEntry(slot=each.slot, callsign=each.callsign, channel=each.channel) for each in body.slots
            )
        return task_reply(host.startblock.start(body.target, entries, WEB_OPERATOR))


def _require(target: Target, host: Host) -> None:
    """Raises NotFound."""
    snapshot = host.store.snapshot
    if isinstance(target, DeviceTarget):
        snapshot.device(target.value)
    elif isinstance(target, GroupsTarget):
        for group_id in target.value:
            snapshot.group(GroupId(group_id))
