"""The WebUI and the HTTP API of a host, as one Flask blueprint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import PathConverter

from racelink_core import __version__
from racelink_core.web.access import Access, BasicAccess, OpenAccess, TokenAccess, guard
from racelink_core.web.failures import handle_failures
from racelink_core.web.late_api import LateApi
from racelink_core.web.request_turns import take_turns
from racelink_core.web.requests import MAX_BODY_BYTES
from racelink_core.web.routes import Routes
from racelink_core.web.shell import ShellValues, standalone_shell
from racelink_core.web.static_files import StaticFiles, static_folder

if TYPE_CHECKING:
    from racelink_core.host import Host

__all__ = ["Access", "BasicAccess", "OpenAccess", "ShellValues", "TokenAccess", "create_blueprint"]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ANYTHING = "racelink_anything"


class _Anything(PathConverter):
    """A path in which also line ends may stand; Flask's own leaves those to other tables' failures."""

    regex = r"[^/][\s\S]*?"


def create_blueprint(
    host: Host,
    *,
    url_prefix: str = "/racelink",
    access: Access,
    shell: Callable[[ShellValues], Response | str] | None = None,
    name: str = "racelink",
) -> Blueprint:
    """Everything under `url_prefix`: the page, its static files, the API and live events.

    `shell` renders the page; the default is a page of our own. Needs a gevent-patched process. Raises
    MissingStaticFiles when the installation is incomplete.
    """
    prefix = normal_prefix(url_prefix)
    blueprint = Blueprint(name, __name__, url_prefix=prefix or None)
    handle_failures(blueprint)
    guard(blueprint, access, open_endpoints=frozenset({f"{name}.static_file"}))
    take_turns(blueprint)
    _limit_and_harden(blueprint)
    _serve_pages(blueprint, prefix, shell or standalone_shell)
    api = LateApi(
        host,
        "standalone" if shell is None else "embedded",
        prefix,
        others=lambda routes: _serve_pages(routes, prefix, shell or standalone_shell),
    )
    _answer_everything_else(blueprint, api)
    return blueprint


def normal_prefix(url_prefix: str) -> str:
    """Empty for the root, otherwise one leading slash and none at the end."""
    stripped = url_prefix.strip("/")
    return f"/{stripped}" if stripped else ""


def _limit_and_harden(blueprint: Blueprint) -> None:
    @blueprint.before_request
    def _limit() -> None:
        request.max_content_length = MAX_BODY_BYTES + 1

    @blueprint.after_request
    def _harden(response: Response) -> Response:
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if response.mimetype == "application/json":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _serve_pages(table: Blueprint | Routes, prefix: str, shell: Callable[[ShellValues], Response | str]) -> None:
    """In Flask's table, so that they are there at once; in ours, so that it knows what else they do not take."""
    files = StaticFiles(static_folder())

    @table.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        return files.send(name)

    @table.get("/")
    @table.get("/scenes")
    @table.get("/race")
    def page() -> ResponseReturnValue:
        base_path = request.script_root + prefix
        return shell(
            ShellValues(base_path=base_path, static_path=f"{base_path}/static", title="RaceLink", version=__version__)
        )


def _answer_everything_else(blueprint: Blueprint, api: LateApi) -> None:
    """The API, and unknown addresses, which look like every other failure."""
    blueprint.record_once(lambda state: state.app.url_map.converters.update({_ANYTHING: _Anything}))

    @blueprint.route(f"/<{_ANYTHING}:anything>", methods=_METHODS, provide_automatic_options=False)
    def answer(anything: str) -> ResponseReturnValue:
        return api.routes().answer()
