"""The page that loads the app. RotorHazard's side brings its own, inside RotorHazard's layout."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from string import Template

from flask import Response


@dataclass(frozen=True, slots=True)
class ShellValues:
    """`base_path` is "" or like "/racelink", `static_path` is where static files are; neither ends with a slash."""

    base_path: str
    static_path: str
    title: str
    version: str


_PAGE = Template(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>$title</title>
<link rel="icon" href="$static_path/app/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="$static_path/app/racelink.css">
<script type="module" src="$static_path/app/main.js"></script>
</head>
<body class="rl-page">
<main id="racelink-app" data-base-path="$base_path" data-static-path="$static_path" data-version="$version">
<p class="rl-loading">RaceLink is loading. It needs JavaScript.</p>
</main>
</body>
</html>
"""
)
_CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)


def standalone_shell(values: ShellValues) -> Response:
    page = _PAGE.substitute(
        title=escape(values.title),
        static_path=escape(values.static_path),
        base_path=escape(values.base_path),
        version=escape(values.version),
    )
    response = Response(page, mimetype="text/html")
    response.headers["Content-Security-Policy"] = _CONTENT_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
