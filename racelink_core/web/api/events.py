"""The live channel. Source: spec http-api, section 10.1."""

from __future__ import annotations

from flask import Blueprint, Response

from racelink_core.web.failures import ApiFailure
from racelink_core.web.live import LiveHub, TooManyClients
from racelink_core.web.live_sources import LiveSources


def register(blueprint: Blueprint, hub: LiveHub, sources: LiveSources) -> None:
    @blueprint.get("/sse")
    @blueprint.get("/api/events")
    def events() -> Response:
        try:
            frames = hub.stream(sources.seed)
        except TooManyClients as error:
            raise ApiFailure(503, "unavailable", "Too many pages are open. Close some and reload.") from error
        response = Response(frames, mimetype="text/event-stream")
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Accel-Buffering"] = "no"
        return response
