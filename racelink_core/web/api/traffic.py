"""The raw traffic between host and gateways. Cursor-paged by `seq`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from flask import Response
from pydantic import Field

from racelink_core.services.traffic_log import FrameRecord
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import Integer, RequestQuery, read_query
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


class TrafficQuery(RequestQuery):
    """`after`: the `next` of the last answer; without it, the newest frames."""

    after: Annotated[Integer, Field(ge=0)] | None = None
    limit: Annotated[Integer, Field(ge=1, le=500)] = 200


class TrafficReply(Reply):
    """`next`: give it as `after` to go on. `missed`: how many frames were gone before they were read."""

    frames: tuple[FrameRecord, ...]
    next: int
    missed: int


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/traffic")
    @describe(
        "Read the last frames between host and gateways, with what they say.", reply=TrafficReply, query=TrafficQuery
    )
    def traffic() -> Response:
        query = read_query(TrafficQuery)
        if query.after is None:
            frames, missed = host.traffic.newest(query.limit), 0
        else:
            frames, missed = host.traffic.after(query.after, query.limit)
        following = frames[-1].seq if frames else host.traffic.last_seq
        return reply(TrafficReply(frames=tuple(frames), next=following, missed=missed))
