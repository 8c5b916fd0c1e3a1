"""Taking over what an older RaceLink stored, on request. Source: spec services, section 15."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flask import Response
from pydantic import Field

from racelink_core.services.import_report import ImportReport, OnConflict
from racelink_core.state.importers.sources import OlderFile
from racelink_core.state.importers.texts import MAX_BYTES
from racelink_core.web.api.tasks import refuse_while_busy
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import RequestBody, RequestQuery, read_body, read_query
from racelink_core.web.routes import Routes
from racelink_core.web.uploads import uploaded_file

if TYPE_CHECKING:
    from racelink_core.host import Host

_ERRORS = ("nothing_to_import", "no_free_group", "store_full", "store_not_saved", "store_busy", "store_closed")


class ImportReply(Reply):
    """`lines`: the report in sentences."""

    lines: tuple[str, ...]
    report: ImportReport


class LastImportReply(Reply):
    """`report` is null when nothing was ever taken over. `notices`: what is shown until somebody has seen it."""

    report: ImportReport | None
    notices: tuple[str, ...]


class ImportBody(RequestBody):
    """source       home: the folder `.racelink` of an older host; options: RotorHazard's options
    dry_run      only tell what would happen
    on_conflict  what counts where a record is there already and differs: keep it, or replace it by the older one
    """

    source: Literal["home", "options"]
    dry_run: bool = Field(default=False, strict=True)
    on_conflict: OnConflict = "keep"


class UploadQuery(RequestQuery):
    """As in `ImportBody`."""

    dry_run: bool = False
    on_conflict: OnConflict = "keep"


def register(routes: Routes, host: Host) -> None:
    older = host.older_import

    @routes.post("/api/import/old")
    @describe(
        "Take over what an older RaceLink stored on this computer.",
        reply=ImportReply,
        body=ImportBody,
        errors=_ERRORS,
        is_busy_gated=True,
    )
    def import_stored() -> Response:
        body = read_body(ImportBody)
        refuse_while_busy(host)
        sources = older.from_home() if body.source == "home" else older.from_options()
        return _answer(older.run(sources, "request", body.on_conflict, dry_run=body.dry_run))

    @routes.post("/api/import/old/file")
    @describe(
        "Take over one file of an older RaceLink, of at most 4 MiB.",
        reply=ImportReply,
        query=UploadQuery,
        file="file",
        errors=_ERRORS,
        is_busy_gated=True,
    )
    def import_file() -> Response:
        query = read_query(UploadQuery)
        refuse_while_busy(host)
        return _answer(older.run([_uploaded()], "request", query.on_conflict, dry_run=query.dry_run))

    @routes.get("/api/import/report")
    @describe("Read what the last import took and what not.", reply=LastImportReply)
    def last_report() -> Response:
        return reply(LastImportReply(report=older.last_report, notices=older.notices))

    @routes.post("/api/import/report/dismiss")
    @describe("Stop showing the notice about the import at the first start.", reply=LastImportReply)
    def dismiss() -> Response:
        older.dismiss()
        return reply(LastImportReply(report=older.last_report, notices=older.notices))


def _answer(report: ImportReport) -> Response:
    return reply(ImportReply(lines=report.lines, report=report))


def _uploaded() -> OlderFile:
    """Its name is only shown; nothing is stored under it. Raises ApiFailure."""
    return OlderFile(*uploaded_file(MAX_BYTES, "Files of an older RaceLink have at most 4 MiB."))
