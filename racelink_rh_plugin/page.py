"""RaceLink's page on RotorHazard's server: inside its layout, behind its login, in its navigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, make_response, render_template

from racelink_core.web import BasicAccess, ShellValues, create_blueprint

from .navigation import add_tab
from .panel_text import PAGE_PATH
from .rotorhazard import RhApi, listen
from .settings_section import credentials, shows_tab

if TYPE_CHECKING:
    from racelink_core.host import Host

_ABOUT = "RaceLink runs inside this timer. RotorHazard's own page tells about RotorHazard."


class RaceLinkPage:
    def __init__(self, rhapi: RhApi, host: Host) -> None:
        self._rhapi = rhapi
        self._needs_restart = False
        listen(rhapi, "RESTART_REQUIRED", self._restart_required)
        blueprint = create_blueprint(
            host,
            url_prefix=PAGE_PATH,
            access=BasicAccess(lambda: credentials(rhapi)),
            shell=self._render,
        )
        # The templates travel on a blueprint of their own: the core's knows nothing of RotorHazard's layout.
        templates = Blueprint("racelink_layout", __name__, template_folder="templates")
        templates.after_app_request(self._with_tab)
        rhapi.ui.blueprint_add(blueprint)
        rhapi.ui.blueprint_add(templates)

    def _restart_required(self, _args: object) -> None:
        self._needs_restart = True

    def _render(self, values: ShellValues) -> Response:
        """RotorHazard hands its layout these names only on its own pages; without them it is a 500."""
        rhapi = self._rhapi
        page = render_template(
            "racelink_page.html",
            shell=values,
            getConfig=rhapi.config.get,
            getOption=rhapi.db.option,
            serverInfo={**(rhapi.server.info or {}), "about_html": _ABOUT},
            Debug=rhapi.config.get("GENERAL", "DEBUG"),
            restart_flag=self._needs_restart,
            __=rhapi.__,
        )
        response = make_response(page)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _with_tab(self, response: Response) -> Response:
        return add_tab(response, PAGE_PATH) if shows_tab(self._rhapi) else response
