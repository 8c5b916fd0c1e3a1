"""The presets that WLED nodes hold, and the files that name them. Source: spec http-api, sections 3 and 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from racelink_core.domain.base import FrozenModel
from racelink_core.state.wled_preset_files import FIRST_SLOT, LAST_SLOT, MAX_BYTES, StoredFile
from racelink_core.web.api.tasks import refuse_while_busy
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, list_reply, reply
from racelink_core.web.requests import Name, RequestBody, read_body
from racelink_core.web.routes import Routes
from racelink_core.web.uploads import uploaded_file

if TYPE_CHECKING:
    from racelink_core.host import Host


class SlotOption(FrozenModel):
    """`value`: the slot on the node, 1 to 250."""

    value: int
    label: str


class OptionsReply(Reply):
    """`presets`: the preset slots of WLED, as a list to choose from; those that have a name come first."""

    presets: tuple[SlotOption, ...]


class PresetFileRow(FrozenModel):
    """`saved_ts`: Unix seconds."""

    name: str
    size: int
    saved_ts: float


class StoredPresetFileRow(PresetFileRow):
    sha256: str


class PresetFilesReply(Reply):
    """Newest first. `current`: the one in use, empty if none is."""

    files: tuple[PresetFileRow, ...]
    current: str


class PresetFileAddedReply(PresetFilesReply):
    file: StoredPresetFileRow


class PresetFileSelectedReply(Reply):
    """`presets`: what the file names."""

    current: str
    presets: tuple[SlotOption, ...]


class SelectBody(RequestBody):
    name: Name


def register(routes: Routes, host: Host) -> None:
    files = host.wled_presets

    @routes.get("/api/options")
    @describe("List the preset slots that WLED nodes have.", reply=OptionsReply, has_etag=True)
    def list_options() -> Response:
        names = files.names()
        unnamed = (slot for slot in range(FIRST_SLOT, LAST_SLOT + 1) if slot not in names)
        rest = (SlotOption(value=slot, label=f"Preset {slot}") for slot in unnamed)
        return list_reply(OptionsReply(presets=(*_options(host), *rest)))

    @routes.get("/api/presets/list")
    @describe("List the files of WLED presets.", reply=PresetFilesReply)
    def list_preset_files() -> Response:
        return reply(_listed(host))

    @routes.post("/api/presets/upload")
    @describe(
        "Keep a file of WLED presets, of at most 1 MiB.",
        reply=PresetFileAddedReply,
        file="file",
        errors=("not_a_preset_file", "too_many_preset_files", "preset_files_unusable"),
        is_busy_gated=True,
    )
    def upload_preset_file() -> Response:
        refuse_while_busy(host)
        name, content = uploaded_file(MAX_BYTES, "Files of WLED presets have at most 1 MiB.")
        file = files.add(content, name)
        row = StoredPresetFileRow(name=file.name, size=file.size_bytes, saved_ts=file.saved_ts, sha256=file.sha256)
        return reply(PresetFileAddedReply(file=row, **dict(_listed(host))))

    @routes.post("/api/presets/select")
    @describe(
        "Take a file of WLED presets into use: its names are offered to choose from.",
        reply=PresetFileSelectedReply,
        body=SelectBody,
        errors=("not_found", "not_a_preset_file", "preset_files_unusable"),
        is_busy_gated=True,
    )
    def select_preset_file() -> Response:
        refuse_while_busy(host)
        name = read_body(SelectBody).name
        files.select(name)
        return reply(PresetFileSelectedReply(current=name, presets=_options(host)))

    @routes.delete("/api/presets/<name>")
    @describe(
        "Delete a file of WLED presets.",
        reply=PresetFilesReply,
        errors=("not_found", "preset_files_unusable"),
        is_busy_gated=True,
    )
    def delete_preset_file(name: str) -> Response:
        refuse_while_busy(host)
        files.delete(name)
        return reply(_listed(host))


def _options(host: Host) -> tuple[SlotOption, ...]:
    return tuple(SlotOption(value=slot, label=name) for slot, name in host.wled_presets.names().items())


def _listed(host: Host) -> PresetFilesReply:
    found = host.wled_presets.list()
    return PresetFilesReply(files=tuple(map(_row, found.files)), current=found.current)


def _row(file: StoredFile) -> PresetFileRow:
    return PresetFileRow(name=file.name, size=file.size_bytes, saved_ts=file.saved_ts)
