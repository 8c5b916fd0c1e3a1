"""The whole configuration into a file and out of one. Source: design, section 3.5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request
from pydantic import Field, JsonValue
from werkzeug.exceptions import RequestEntityTooLarge

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.configuration_document import PARTS, Mode, PartName
from racelink_core.services.configuration_transfer.report import ConfigurationReport
from racelink_core.services.configuration_transfer.text import text_of
from racelink_core.web.description import describe
from racelink_core.web.failures import ApiFailure, invalid_request
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import RequestBody, RequestQuery, read_body, read_query
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

MAX_DOCUMENT_BYTES = 4 << 20
_FILE_NAME = "racelink-configuration.json"


class ConfigurationQuery(RequestQuery):
    """`parts`: which ones, with commas between them. Without it, all."""

    parts: str | None = None


class ConfigurationDocument(FrozenModel):
    """A file to keep, or to take to another host. `references`: the names behind numbers in it."""

    format: str
    schema_version: int
    racelink: str
    exported: str
    references: dict[str, JsonValue]
    parts: dict[PartName, JsonValue]


class ConfigurationBody(RequestBody):
    """document  what was exported
    parts     which of its parts to take; absent or null: all that it holds
    mode      merge: what the document has is added or changed; replace: what it does not have is removed, too
    dryRun    only tell what would happen
    """

    document: dict[str, Any]
    parts: tuple[PartName, ...] | None = Field(default=None, min_length=1)
    mode: Mode = "merge"
    dryRun: bool = Field(default=False, strict=True)  # noqa: N815


class ConfigurationReply(Reply):
    """`lines`: the report in sentences."""

    summary: str
    lines: tuple[str, ...]
    report: ConfigurationReport


def register(routes: Routes, host: Host) -> None:
    transfer = host.configuration_transfer

    @routes.get("/api/configuration/export")
    @describe("Download the configuration, or parts of it.", reply=ConfigurationDocument, query=ConfigurationQuery)
    def export_configuration() -> Response:
        document = transfer.export(_parts(read_query(ConfigurationQuery).parts))
        headers = {"Content-Disposition": f'attachment; filename="{_FILE_NAME}"', "Cache-Control": "no-store"}
        return Response(text_of(document), 200, mimetype="application/json", headers=headers)

    @routes.post("/api/configuration/import")
    @describe(
        "Take over a configuration of at most 4 MiB, or parts of it: all or nothing, and nothing is sent to any node.",
        reply=ConfigurationReply,
        body=ConfigurationBody,
        errors=(
            "not_a_configuration",
            "configuration_too_new",
            "invalid_configuration",
            "no_free_group",
            "scene_busy",
            "race_is_on",
        ),
        is_busy_gated=True,
    )
    def import_configuration() -> Response:
        body = _body()
        report = transfer.take(body.document, body.parts, body.mode, dry_run=body.dryRun)
        return reply(ConfigurationReply(summary=report.summary, lines=report.lines, report=report))


def _parts(text: str | None) -> tuple[PartName, ...]:
    """Raises ApiFailure."""
    if text is None:
        return PARTS
    wanted = {name.strip() for name in text.split(",")}
    unknown = sorted(wanted.difference(PARTS))
    if unknown:
        raise invalid_request([("parts", f"there is no part {unknown[0][:40]!r}; there are: {', '.join(PARTS)}")])
    return tuple(name for name in PARTS if name in wanted)


def _body() -> ConfigurationBody:
    """Raises ApiFailure."""
    request.max_content_length = MAX_DOCUMENT_BYTES + 1
    try:
        return read_body(ConfigurationBody, MAX_DOCUMENT_BYTES)
    except RequestEntityTooLarge as error:
        advice = "The file is larger than 4 MiB. Export its parts into files of their own."
        raise ApiFailure(413, "too_large", advice) from error
