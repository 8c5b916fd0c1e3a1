"""Running scenes, stopping them, and what became of earlier runs. Source: spec http-api, sections 9 and 10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from flask import Response
from pydantic import Field, StrictBool

from racelink_core.domain.base import FrozenModel
from racelink_core.domain.history_record import HistoryRecord
from racelink_core.domain.scene import Choreography
from racelink_core.services.scene_runner.request import RunRequest, RunState, SceneRun
from racelink_core.services.scene_runner.results import CANCELLED, SceneResult
from racelink_core.services.scenes import SceneNotFound
from racelink_core.web.api.scenes import NOT_FOUND, SceneFields
from racelink_core.web.description import describe
from racelink_core.web.failures import failure_response, invalid_request
from racelink_core.web.origins import WEB_OPERATOR
from racelink_core.web.replies import Reply, json_response, reply
from racelink_core.web.requests import Integer, RequestQuery, read_body, read_query
from racelink_core.web.routes import Routes
from racelink_core.web.scene_progress import result_row

if TYPE_CHECKING:
    from racelink_core.host import Host
    from racelink_core.services.scenes import Scenes

_FAILED = "scene_failed"
_LONGEST_KEY = 64
_FARTHEST_FIRE_S = 600.0


class RunBody(SceneFields):
    """With `actions` these are run instead of what is stored, under the same key, and nothing is saved.

    async    false: the answer comes at the end, with the result
    fire_at  Unix time at which the first SYNC shall change the light, at most ten minutes ahead
    """

    is_async: StrictBool = Field(default=True, alias="async")
    fire_at: Annotated[float, Field(strict=True, allow_inf_nan=False)] | None = None


class RunRow(FrozenModel):
    """`index`: the action that began last. `is_draft`: it is not, or not like this, what is stored under the key."""

    id: int
    scene_key: str
    state: RunState
    origin: str
    is_draft: bool
    index: int | None
    started_ts: float


class RunReply(Reply):
    """`run` at once, or with `async` false `result` at the end."""

    run: RunRow | None = None
    result: SceneResult | None = None


class StopReply(Reply):
    """`stopped`: whether there was anything to stop."""

    stopped: bool


class PastRun(FrozenModel):
    """`status`: done, failed, cancelled, rejected, or interrupted, by the end of RaceLink.

    result          null where there is none
    code, detail    why it was rejected, or did not come to its end
    """

    id: int
    scene_key: str
    origin: str
    is_draft: bool
    status: str
    started_ts: float
    duration_ms: float
    packets_sent: int
    code: str | None
    detail: str | None
    result: dict[str, Any] | None


class SceneRunsQuery(RequestQuery):
    """`before`: the `next` of the last answer; without it, from the newest on."""

    before: Annotated[Integer, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[Integer, Field(ge=1, le=100)] = 20


class SceneRunsReply(Reply):
    """`current`: null while none runs. `queued`: in the order in which they will run. `past`: newest first."""

    current: RunRow | None
    queued: tuple[RunRow, ...]
    past: tuple[PastRun, ...]
    next: int | None


def register(routes: Routes, host: Host) -> None:
    runner = host.scene_runner

    @routes.post("/api/scenes/<key>/run")
    @describe(
        "Run a scene, or a draft of it; live events tell how it goes.",
        reply=RunReply,
        body=RunBody,
        errors=(NOT_FOUND, "scene_invalid", "scene_busy", "start_is_armed"),
        not_done=(CANCELLED, _FAILED),
    )
    def run_scene(key: str) -> Response:
        body = read_body(RunBody)
        choreography = _choreography(host.scenes, key, body)
        request = RunRequest(key, choreography, WEB_OPERATOR, _fire_at_s(body, host), body.actions is not None)
        run = runner.start(request)
        if body.is_async:
            return reply(RunReply(run=run_row(run)))
        return _result_reply(runner.wait(run))

    @routes.post("/api/scenes/run/stop")
    @describe("Stop the scene that runs and those that wait, and free the lamps.", reply=StopReply)
    def stop_scene() -> Response:
        return reply(StopReply(stopped=runner.stop()))

    @routes.get("/api/scene-runs")
    @describe(
        "Read which scene runs, which wait, and what became of earlier ones.",
        reply=SceneRunsReply,
        query=SceneRunsQuery,
    )
    def list_runs() -> Response:
        query = read_query(SceneRunsQuery)
        past, following = runner.records.page(before=query.before, limit=query.limit)
        current = runner.running
        return reply(
            SceneRunsReply(
                current=None if current is None else run_row(current),
                queued=tuple(map(run_row, runner.queued)),
                past=tuple(map(_past_run, past)),
                next=following,
            )
        )


def _choreography(scenes: Scenes, key: str, body: RunBody) -> Choreography:
    if body.actions is None:
        return scenes.playable(key)
    if len(key) > _LONGEST_KEY:
        raise invalid_request([("key", f"at most {_LONGEST_KEY} characters")])
    try:
        stored = scenes.get(key)
    except SceneNotFound:
        return scenes.read_draft(body.given())
    return scenes.read_draft(body.given(), stored)


def _fire_at_s(body: RunBody, host: Host) -> float | None:
    """On the host's clock. Raises ApiFailure 400 for a moment that cannot be meant."""
    if body.fire_at is None:
        return None
    ahead_s = body.fire_at - host.clock.unix()
    if not -1.0 <= ahead_s <= _FARTHEST_FIRE_S:
        raise invalid_request([("fire_at", "expected a moment from now to ten minutes ahead")])
    return host.clock.monotonic() + ahead_s


def _result_reply(result: SceneResult) -> Response:
    row = result_row(result)
    if result.ok:
        return json_response({"ok": True, "result": row})
    if result.error == CANCELLED:
        return failure_response(200, CANCELLED, result.detail or "The scene was cancelled.", result=row)
    why = "; ".join(f"action {each.index + 1}: {each.error}" for each in result.failed_actions) or result.error
    return failure_response(200, _FAILED, f"Not all of the scene was sent: {why}.", result=row)


def run_row(run: SceneRun) -> RunRow:
    return RunRow(
        id=run.id,
        scene_key=run.scene_key,
        state=run.state,
        origin=run.request.origin.name,
        is_draft=run.request.is_draft,
        index=run.index,
        started_ts=run.ordered_ts,
    )


def _past_run(record: HistoryRecord) -> PastRun:
    return PastRun(
        id=int(record.params.get("run", 0)),
        scene_key=record.name or "",
        origin=record.origin,
        is_draft=bool(record.params.get("draft", False)),
        status=record.status,
        started_ts=record.ts,
        duration_ms=record.duration_ms,
        packets_sent=record.packets_sent,
        code=record.code,
        detail=record.detail,
        result=record.result if isinstance(record.result, dict) else None,
    )
