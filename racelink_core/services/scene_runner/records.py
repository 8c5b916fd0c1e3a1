"""Runs in the history: one record when a run begins, one when it has ended.

A beginning without an end tells the next start of the host that the scene was cut off in the middle.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.history_record import HistoryRecord
from racelink_core.services.scene_runner.request import RunRequest, SceneRun
from racelink_core.services.scene_runner.results import CANCELLED, SceneResult
from racelink_core.state.history_store import HistoryStore

SCENE = "scene"
STARTED, INTERRUPTED, REJECTED = "started", "interrupted", "rejected"
_LOOKED_BACK = 50
_LONGEST_RESULT = 16_384
"""Characters of JSON; of a longer result the details are not kept."""


class RunRecords:
    """`page` excepted, every method returns at once."""

    def __init__(self, kept: HistoryStore, clock: Clock) -> None:
        self._kept, self._clock = kept, clock
        self._last_id = 0

    def ordered(self, request: RunRequest) -> SceneRun:
        """A run with an id of its own: ids are larger than those of earlier starts of the host, too."""
        now_ts = self._clock.unix()
        self._last_id = max(self._last_id + 1, round(now_ts * 1000))
        return SceneRun(self._last_id, request, now_ts)

    def began(self, run: SceneRun) -> None:
        """Saved as soon as possible, beside the run."""
        self._kept.add(self._record(run, run.ordered_ts, STARTED, None))
        self._kept.hurry()

    def ended(self, run: SceneRun) -> None:
        result = run.result
        if result is not None:
            self._kept.add(self._record(run, result.started_ts, _status(result), result))

    def refused(self, run: SceneRun, error: RaceLinkError) -> None:
        """It never began."""
        made = self._record(run, run.ordered_ts, REJECTED, None)
        self._kept.add(lambda number: made(number).model_copy(update={"code": error.code, "detail": str(error)}))

    def interrupted(self) -> HistoryRecord | None:
        """The beginning of the newest run whose end nobody saw. Of two that overlap, either may have ended last."""
        over: set[object] = set()
        for record in self._kept.page(before=None, limit=_LOOKED_BACK, kind=SCENE):
            number = record.params.get("run")
            if record.status == STARTED and number not in over:
                return record
            over.add(number)
        return None

    def released(self, began: HistoryRecord) -> None:
        """The end that an interrupted run has after all."""
        self._kept.add(lambda number: began.model_copy(update={"id": number, "status": INTERRUPTED}))

    def page(self, *, before: int | None, limit: int) -> tuple[list[HistoryRecord], int | None]:
        """Ended runs, newest first, and what to give as `before` to go on; None at the end."""
        found: list[HistoryRecord] = []
        while len(found) < limit:
            records = self._kept.page(before=before, limit=limit, kind=SCENE)
            for record in records:
                before = record.id
                if record.status != STARTED:
                    found.append(record)
                    if len(found) == limit:
                        return found, before
            if len(records) < limit:
                break
        return found, None

    def _record(
        self, run: SceneRun, ts: float, status: str, result: SceneResult | None
    ) -> Callable[[int], HistoryRecord]:
        request = run.request
        ended_ts = self._clock.unix()

        def made(number: int) -> HistoryRecord:
            return HistoryRecord(
                id=number,
                ts=ts,
                kind=SCENE,
                name=request.scene_key,
                origin=request.origin.name,
                priority=request.origin.priority.name.lower(),
                params={"run": run.id, **({"draft": True} if request.is_draft else {})},
                status=status,
                code=None if result is None else result.error,
                detail=None if result is None else result.detail,
                result=None if result is None else _short(result),
                packets_sent=0 if result is None else result.packets_sent,
                duration_ms=0.0 if result is None else round((ended_ts - ts) * 1000, 1),
            )

        return made


def _status(result: SceneResult) -> str:
    if result.error == CANCELLED:
        return CANCELLED
    return "done" if result.ok else "failed"


def _short(result: SceneResult) -> dict[str, Any]:
    document = result.model_dump(mode="json", exclude_none=True)
    if len(json.dumps(document)) > _LONGEST_RESULT:
        document["actions"] = [
            {name: value for name, value in action.items() if name != "detail"} for action in document["actions"]
        ]
    return document
