"""The API about itself: the OpenAPI document, and the same as a page to read. Works without internet."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Response, request

from racelink_core.state.entities import in_slices
from racelink_core.web.api_page import STYLE, render_page
from racelink_core.web.description import describe
from racelink_core.web.openapi import document_of, operations_of
from racelink_core.web.replies import with_etag
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


_PARTS_PER_SLICE = 1000


class _Reference:
    """Made when somebody asks first, and kept: the routes do not change while the program runs."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._document: dict[str, Any] | None = None
        self._texts: dict[str, str] = {}
        self._one_at_a_time = threading.Lock()

    def text(self, name: str, write: Callable[[dict[str, Any]], str]) -> str:
        with self._one_at_a_time:
            if self._document is None:
                operations, _ = operations_of(self._routes)
                self._document = document_of(operations, request.script_root + self._routes.prefix)
            if name not in self._texts:
                self._texts[name] = write(self._document)
            return self._texts[name]


def register(routes: Routes, host: Host) -> None:
    reference = _Reference(routes)

    @routes.get("/api/openapi.json")
    @describe("Read this description as an OpenAPI 3.1 document.", reply=None, has_etag=True)
    def openapi() -> Response:
        return with_etag(Response(reference.text("document", _as_json), mimetype="application/json"))

    @routes.get("/api/")
    @routes.get("/api/docs")
    @describe("Read this description as a page.", reply=None, media_type="text/html", has_etag=True)
    def reference_page() -> Response:
        response = Response(reference.text("page", render_page), mimetype="text/html")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'sha256-{_sha256(STYLE)}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'self'"
        )
        return with_etag(response)


def _as_json(document: dict[str, Any]) -> str:
    """In slices, so that nothing else waits for it."""
    return "".join(in_slices(json.JSONEncoder(separators=(",", ":")).iterencode(document), _PARTS_PER_SLICE))


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
