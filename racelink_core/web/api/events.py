"""The live channel. Source: spec http-api, section 10.1."""

from __future__ import annotations

from flask import Blueprint, Response, request

from racelink_core.web.connection import descriptor_of
from racelink_core.web.description import describe
from racelink_core.web.live import LiveHub
from racelink_core.web.live_sources import LiveSources


def register(blueprint: Blueprint, hub: LiveHub, sources: LiveSources) -> None:
    @blueprint.get("/sse")
    @blueprint.get("/api/events")
    @describe("Stay, and be told what changes (server-sent events).", reply=None, media_type="text/event-stream")
    def events() -> Response:
        frames = hub.stream(
            sources.seed, last_id=request.headers.get("Last-Event-ID"), descriptor=descriptor_of(request.environ)
        )
        response = Response(frames, mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Accel-Buffering"] = "no"
        return response
