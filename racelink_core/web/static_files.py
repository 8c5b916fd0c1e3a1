"""The browser side: where its files lie, and how they are served.

Conditional requests keep repeated loads at a few hundred bytes; text is compressed once per change.
"""

from __future__ import annotations

import gzip
import mimetypes
from collections import OrderedDict
from pathlib import Path

from flask import Response, abort, request, send_file
from werkzeug.security import safe_join

from racelink_core.domain.errors import RaceLinkError

_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_CACHED_FILES = 128


class MissingStaticFiles(RaceLinkError):
    """The installation is incomplete: the page's files are not beside the core."""

    code = "incomplete_installation"


def static_folder() -> Path:
    """Inside the core (wheel), or beside it (checkout, plugin archive). Raises MissingStaticFiles."""
    core = Path(__file__).resolve().parent.parent
    for folder in (core / "static", core.parent / "static"):
        if (folder / "app" / "main.js").is_file():
            return folder
    raise MissingStaticFiles(f"No static/app/main.js in {core} or {core.parent}. Install RaceLink again.")


class StaticFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compressed: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()

    def send(self, name: str) -> Response:
        """404 outside the folder. Unversioned names, so browsers ask each time and mostly get a 304."""
        joined = safe_join(str(self._folder), name)
        path = Path(joined) if joined else None
        if path is None or not path.is_file():
            abort(404)
        media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        response = send_file(path, mimetype=media_type, conditional=True, max_age=None)
        response.headers["Cache-Control"] = "no-cache"
        if path.suffix in _TYPES and request.accept_encodings["gzip"] > 0 and response.status_code == 200:
            self._compress(path, response)
        return response

    def _compress(self, path: Path, response: Response) -> None:
        about = path.stat()
        key = (str(path), about.st_mtime_ns, about.st_size)
        body = self._compressed.get(key)
        if body is None:
            body = self._compressed[key] = gzip.compress(path.read_bytes(), 6, mtime=0)
            if len(self._compressed) > _CACHED_FILES:
                self._compressed.popitem(last=False)
        response.close()
        response.direct_passthrough = False
        response.set_data(body)
        response.headers.remove("Accept-Ranges")
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
