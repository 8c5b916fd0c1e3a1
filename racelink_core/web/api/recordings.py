"""Recordings of the traffic: started, stopped, listed, downloaded, deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from racelink_core.services.recordings import Recording
from racelink_core.web.description import describe
from racelink_core.web.replies import Reply, reply
from racelink_core.web.requests import RequestBody, read_body
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

JSON_LINES = "application/x-ndjson"


class NoBody(RequestBody):
    """Nothing to say."""


class RecordingReply(Reply):
    """`recording`: null when nothing has been recorded since the start."""

    recording: Recording | None


class RecordingsReply(Reply):
    """`recordings`, newest first."""

    recordings: tuple[Recording, ...]


class DeletedReply(Reply):
    deleted: str


def register(routes: Routes, host: Host) -> None:
    @routes.post("/api/traffic/recording/start")
    @describe(
        "Write the traffic to a file from now on.",
        body=NoBody,
        reply=RecordingReply,
        errors=("recording_running", "too_many_recordings", "recording_failed"),
    )
    def start_recording() -> Response:
        read_body(NoBody)
        return reply(RecordingReply(recording=host.recordings.start()))

    @routes.post("/api/traffic/recording/stop")
    @describe("End the recording; without one, nothing happens.", body=NoBody, reply=RecordingReply)
    def stop_recording() -> Response:
        read_body(NoBody)
        return reply(RecordingReply(recording=host.recordings.stop()))

    @routes.get("/api/traffic/recordings")
    @describe("List the recordings.", reply=RecordingsReply, errors=("recording_failed",))
    def list_recordings() -> Response:
        return reply(RecordingsReply(recordings=tuple(host.recordings.all())))

    @routes.get("/api/traffic/recordings/<name>")
    @describe(
        "Download a recording: one JSON object per line and frame.",
        reply=None,
        media_type=JSON_LINES,
        errors=("not_found", "recording_failed"),
    )
    def download_recording(name: str) -> Response:
        size, pieces = host.recordings.read(name)
        headers = {
            "Content-Length": str(size),
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
        return Response(pieces, 200, mimetype=JSON_LINES, headers=headers)

    @routes.delete("/api/traffic/recordings/<name>")
    @describe(
        "Delete a recording.",
        reply=DeletedReply,
        errors=("not_found", "recording_running", "recording_failed"),
    )
    def delete_recording(name: str) -> Response:
        host.recordings.delete(name)
        return reply(DeletedReply(deleted=name))
