"""The WebUI and the HTTP API of a host, as one Flask blueprint."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed, NotFound

from racelink_core import __version__
from racelink_core.web.access import Access, BasicAccess, OpenAccess, TokenAccess, guard
from racelink_core.web.failures import handle_failures
from racelink_core.web.request_turns import take_turns
from racelink_core.web.requests import MAX_BODY_BYTES
from racelink_core.web.shell import ShellValues, standalone_shell
from racelink_core.web.static_files import StaticFiles, static_folder

if TYPE_CHECKING:
    from racelink_core.host import Host

__all__ = ["Access", "BasicAccess", "OpenAccess", "ShellValues", "TokenAccess", "create_blueprint"]

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


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
    from racelink_core.web.api import (
        commands,
        configuration,
        debug,
        devices,
        events,
        gateways,
        groups,
        headless,
        healing,
        history,
        imports,
        networks,
        node_config,
        presets,
        race_bindings,
        race_seats,
        recordings,
        reference,
        rl_presets,
        scene_estimates,
        scene_runs,
        scene_transfer,
        scenes,
        settings,
        specials,
        startblock,
        state,
        statistics,
        tasks,
        traffic,
    )
    from racelink_core.web.live import LiveHub
    from racelink_core.web.live_sources import LiveSources

    prefix = normal_prefix(url_prefix)
    blueprint = Blueprint(name, __name__, url_prefix=prefix or None)
    handle_failures(blueprint)
    guard(blueprint, access, open_endpoints=frozenset({f"{name}.static_file"}))
    take_turns(blueprint)
    _limit_and_harden(blueprint)
    _serve_page(blueprint, prefix, shell or standalone_shell)
    hub = LiveHub(host.timings.sse_heartbeat_s, host.timings.sse_stalled_s)
    sources = LiveSources(host, hub)
    host.on_stop(sources.close)
    host.on_stop(hub.close)
    state.register(blueprint, host, "standalone" if shell is None else "embedded")
    for resource in (
        tasks,
        gateways,
        devices,
        groups,
        networks,
        presets,
        rl_presets,
        scene_runs,
        scenes,
        scene_estimates,
        scene_transfer,
        settings,
        startblock,
        headless,
        commands,
        traffic,
        recordings,
        history,
        healing,
        race_bindings,
        race_seats,
        statistics,
        imports,
        configuration,
        debug,
        specials,
        node_config,
        reference,
    ):
        resource.register(blueprint, host)
    events.register(blueprint, hub, sources)
    _answer_everything_else(blueprint)
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


def _serve_page(blueprint: Blueprint, prefix: str, shell: Callable[[ShellValues], Response | str]) -> None:
    files = StaticFiles(static_folder())

    @blueprint.get("/static/<path:name>")
    def static_file(name: str) -> Response:
        return files.send(name)

    @blueprint.get("/")
    @blueprint.get("/scenes")
    @blueprint.get("/race")
    def page() -> ResponseReturnValue:
        base_path = request.script_root + prefix
        return shell(
            ShellValues(base_path=base_path, static_path=f"{base_path}/static", title="RaceLink", version=__version__)
        )


def _answer_everything_else(blueprint: Blueprint) -> None:
    """Unknown addresses are answered here, so that they look like every other failure."""
    endpoint = f"{blueprint.name}.unknown_address"

    @blueprint.route("/<path:anything>", methods=_METHODS)
    def unknown_address(anything: str) -> ResponseReturnValue:
        allowed = [method for method in _METHODS if _endpoint_for(method) not in (None, endpoint)]
        if allowed:
            raise MethodNotAllowed(valid_methods=allowed)
        raise NotFound

    def _endpoint_for(method: str) -> str | None:
        from flask.globals import request_ctx
        from werkzeug.exceptions import HTTPException

        adapter = request_ctx.url_adapter
        if adapter is None:
            return None
        try:
            return str(adapter.match(request.path, method=method)[0])
        except HTTPException:
            return None
