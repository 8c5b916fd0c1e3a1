"""Scenes with their presets into a file and out of one, and the set to start with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Response, request
from pydantic import JsonValue
from werkzeug.exceptions import RequestEntityTooLarge

from racelink_core.domain.base import FrozenModel
from racelink_core.services.scene_transfer import OnConflict, SceneImportReport
from racelink_core.state.starter_set import starter_set
from racelink_core.web.description import describe
from racelink_core.web.failures import ApiFailure
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import RequestBody, RequestQuery, read_body, read_object, read_query
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

MAX_DOCUMENT_BYTES = 4 << 20
_FILE_NAME = "racelink-scenes.json"


class SceneImportReply(Reply):
    """`lines`: the report in sentences."""

    lines: tuple[str, ...]
    report: SceneImportReport


class SceneDocument(RequestBody):
    """What was exported. `scene` and `preset`: a single one, in place of the lists."""

    scenes: tuple[JsonValue, ...] | None = None
    presets: tuple[JsonValue, ...] | None = None
    scene: dict[str, JsonValue] | None = None
    preset: dict[str, JsonValue] | None = None


class SceneExport(FrozenModel):
    """A file to keep or to give away. `racelink`: the version that wrote it; `exported`: when."""

    format: str
    schema_version: int
    racelink: str
    exported: str
    presets: tuple[dict[str, JsonValue], ...]
    scenes: tuple[dict[str, JsonValue], ...]


class ExportQuery(RequestQuery):
    """`key`: which scene; may be given several times. Without it, all of them."""

    key: str | None = None


class SceneImportQuery(RequestQuery):
    """dry_run      only tell what would happen
    on_conflict  what is there with the same key and differs: keep it, replace it, or replace_all: the scenes of the
                 file take the place of all scenes
    """

    dry_run: bool = False
    on_conflict: OnConflict = "keep"


class StarterQuery(RequestQuery):
    """`dry_run`: only tell what would happen."""

    dry_run: bool = False


class NoFields(RequestBody):
    """Nothing needs to be said."""


def register(routes: Routes, host: Host) -> None:
    transfer = host.scene_transfer

    @routes.get("/api/scenes/export")
    @describe(
        "Download scenes with the presets that they use.",
        reply=SceneExport,
        query=ExportQuery,
        errors=("scene_not_found", "scene_invalid"),
    )
    def export_scenes() -> Response:
        document = transfer.export(request.args.getlist("key"))
        headers = {"Content-Disposition": f'attachment; filename="{_FILE_NAME}"', "Cache-Control": "no-store"}
        text = json.dumps(document, indent=1, ensure_ascii=False)
        return Response(text, 200, mimetype="application/json", headers=headers)

    @routes.post("/api/scenes/import")
    @describe(
        "Take over scenes with their presets from a file of at most 4 MiB, by key.",
        reply=SceneImportReply,
        body=SceneDocument,
        query=SceneImportQuery,
        errors=("no_scenes_in_file",),
    )
    def import_scenes() -> Response:
        query = read_query(SceneImportQuery)
        document = _document()
        return _answer(transfer.take(document, query.on_conflict, dry_run=query.dry_run))

    @routes.post("/api/starter-set")
    @describe(
        "Load presets and scenes that a race needs on the first day. What is there with the same key stays.",
        reply=SceneImportReply,
        body=NoFields,
        query=StarterQuery,
    )
    def load_starter_set() -> Response:
        query = read_query(StarterQuery)
        read_body(NoFields)
        return _answer(transfer.take(starter_set(), dry_run=query.dry_run))


def _document() -> dict[str, Any]:
    """Raises ApiFailure."""
    request.max_content_length = MAX_DOCUMENT_BYTES + 1
    try:
        return read_object(MAX_DOCUMENT_BYTES)
    except RequestEntityTooLarge as error:
        raise ApiFailure(413, "too_large", "The file is larger than 4 MiB. Export fewer scenes at once.") from error


def _answer(report: SceneImportReport) -> Response:
    return reply(SceneImportReply(lines=report.lines, report=report))
