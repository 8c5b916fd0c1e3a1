"""What scenes cost, before they run. Source: spec http-api, 9.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response
from pydantic import Field

from racelink_core.domain.scene import Choreography
from racelink_core.web.api.scenes import NOT_FOUND, SceneFields
from racelink_core.web.description import describe
from racelink_core.web.estimate_rows import EstimateReply, estimate_reply
from racelink_core.web.replies import reply
from racelink_core.web.requests import RequestQuery, read_body, read_query
from racelink_core.web.routes import Routes

if TYPE_CHECKING:
    from racelink_core.host import Host


class EstimateQuery(RequestQuery):
    """`explain`: true lists every packet and why it is sent."""

    explain: bool = False


class EstimateBody(SceneFields):
    """A scene that need not be stored. `explain`: true lists every packet and why it is sent."""

    explain: bool = Field(default=False, strict=True)


def register(routes: Routes, host: Host) -> None:
    def answer(choreography: Choreography, *, explains: bool) -> Response:
        found = host.scene_estimates.of(choreography)
        return reply(estimate_reply(found, choreography.network_scope.mode, explains=explains))

    @routes.get("/api/scenes/<key>/estimate")
    @describe(
        "Read what a stored scene would cost now.",
        reply=EstimateReply,
        query=EstimateQuery,
        errors=(NOT_FOUND, "scene_invalid"),
    )
    def estimate_scene(key: str) -> Response:
        return answer(host.scenes.playable(key), explains=read_query(EstimateQuery).explain)

    @routes.post("/api/scenes/estimate")
    @describe("Read what a scene would cost that is not stored.", reply=EstimateReply, body=EstimateBody)
    def estimate_draft() -> Response:
        body = read_body(EstimateBody)
        return answer(host.scenes.read_draft(body.given()), explains=body.explain)
