"""The support bundle as one download."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Response

from racelink_core.web.description import describe
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host

ZIP = "application/zip"


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/debug")
    @describe(
        "Download what somebody who helps needs to know, without secrets.",
        reply=None,
        media_type=ZIP,
        errors=("pool_closed",),
    )
    def debug() -> Response:
        name = time.strftime("racelink-support-%Y%m%dT%H%M%SZ.zip", time.gmtime(host.clock.unix()))
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(host.support.make(), 200, mimetype=ZIP, headers=headers)
