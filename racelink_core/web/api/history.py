"""What was done: commands, requests to nodes, tasks. Cursor-paged, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from flask import Response
from pydantic import Field, StringConstraints

from racelink_core.domain.history_record import HistoryRecord
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import Integer, RequestQuery, read_query
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

_Filter = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class HistoryQuery(RequestQuery):
    """before        the `next` of the last answer; without it, from the newest on
    kind, origin  only records with exactly this value
    """

    before: Annotated[Integer, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[Integer, Field(ge=1, le=200)] = 50
    kind: _Filter | None = None
    origin: _Filter | None = None


class HistoryReply(Reply):
    """`records`, newest first. `next`: give it as `before` to go on; null at the end."""

    records: tuple[HistoryRecord, ...]
    next: int | None


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/history")
    @describe("Read what was done, by whom, and how it ended.", reply=HistoryReply, query=HistoryQuery)
    def history() -> Response:
        query = read_query(HistoryQuery)
        records = host.history.page(before=query.before, limit=query.limit, kind=query.kind, origin=query.origin)
        following = records[-1].id if len(records) == query.limit else None
        return reply(HistoryReply(records=tuple(records), next=following))
