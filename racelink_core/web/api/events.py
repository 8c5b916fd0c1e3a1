"""The live channel. Source: spec http-api, section 10.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, request

from racelink_core.web.connection import descriptor_of
from racelink_core.web.description import describe
from racelink_core.web.live import LiveHub
from racelink_core.web.live_sources import LiveSources
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


def register(routes: Routes, host: Host) -> None:
    hub = LiveHub(host.timings.sse_heartbeat_s, host.timings.sse_stalled_s)
    sources = LiveSources(host, hub)
    host.on_stop(sources.close)
    host.on_stop(hub.close)

    @routes.get("/sse")
    @routes.get("/api/events")
    @describe("Stay, and be told what changes (server-sent events).", reply=None, media_type="text/event-stream")
    def events() -> Response:
        frames = hub.stream(
            sources.seed, last_id=request.headers.get("Last-Event-ID"), descriptor=descriptor_of(request.environ)
        )
        response = Response(frames, mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Accel-Buffering"] = "no"
        return response
