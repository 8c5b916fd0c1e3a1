"""One scene at a time: starts, replaces, queues, refuses and stops runs, and tells who listens how they go.

Source: spec scenes, section 15; spec http-api, section 9.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.history_record import HistoryRecord
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.settings import SceneStart, Settings
from racelink_core.services.problems import Problem
from racelink_core.services.scene_runner.execution import Execution
from racelink_core.services.scene_runner.interrupted import problem_of, release_everyone
from racelink_core.services.scene_runner.policy import MOST_QUEUED, URGENT, SceneBusy, policy_of
from racelink_core.services.scene_runner.records import RunRecords
from racelink_core.services.scene_runner.request import RunRequest, RunState, SceneRun
from racelink_core.services.scene_runner.results import (
    CANCELLED,
    EXCEPTION,
    ActionStatus,
    SceneActionResult,
    SceneResult,
)
from racelink_core.services.scene_runner.surroundings import Surroundings

_log = logging.getLogger(__name__)
STOPPED = "Stopped by hand."
BLACKOUT = "A blackout was ordered."
HOST_STOPS = "RaceLink was stopped."
_FREES_BY_ITSELF = frozenset({BLACKOUT, HOST_STOPS})
"""After a blackout nobody waits any more, and at the end nothing new is begun."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Something about a run has changed. `status` "finished": `result` is there, and `action` and `index` are not."""

    run: SceneRun
    status: ActionStatus | Literal["finished"]
    index: int | None = None
    kind: str | None = None
    action: SceneActionResult | None = None
    result: SceneResult | None = None


def _everybody(_request: RunRequest) -> None:
    """Admits every scene."""


class SceneRunner:
    """Every method returns at once, `wait` and `close` excepted. `records`: what became of earlier runs.

    admit   called before anything else becomes of a request; raises RaceLinkError where it must not run now
    policy  what a scene of this priority does while another one runs
    """

    def __init__(
        self,
        surroundings: Surroundings,
        records: RunRecords,
        *,
        admit: Callable[[RunRequest], None] = _everybody,
        policy: Callable[[Priority, Settings], SceneStart] = policy_of,
    ) -> None:
        self._around, self.records = surroundings, records
        self._admit, self._policy_of = admit, policy
        self._running: SceneRun | None = None
        self._queue: deque[SceneRun] = deque()
        self._threads: set[threading.Thread] = set()
        self._listeners: list[Callable[[Progress], None]] = []
        self._interrupted: HistoryRecord | None = None

    @property
    def running(self) -> SceneRun | None:
        return self._running

    @property
    def queued(self) -> tuple[SceneRun, ...]:
        """In the order in which they will run."""
        return tuple(self._queue)

    def look_back(self) -> None:
        """At the start of the host: whether the last run came to its end."""
        self._interrupted = self.records.interrupted()

    def problems(self) -> tuple[Problem, ...]:
        return () if self._interrupted is None else (problem_of(self._interrupted),)

    def subscribe(self, listener: Callable[[Progress], None]) -> Callable[[], None]:
        """Called on the greenlet of a run: be quick. Returns what ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def start(self, request: RunRequest) -> SceneRun:
        """Raises SceneBusy where the origin's policy says so, and what `admit` raises; the history has both."""
        running = self._running
        policy = self._policy_of(request.origin.priority, self._around.store.snapshot.settings)
        run = self.records.ordered(request)
        try:
            self._admit(request)
            if running is not None and policy == "refuse":
                raise SceneBusy(running.scene_key, "Stop it first, or wait for its end.")
            if running is not None and policy == "queue" and len(self._queue) >= MOST_QUEUED:
                raise SceneBusy(running.scene_key, f"{MOST_QUEUED} more wait already.")
        except RaceLinkError as error:
            self.records.refused(run, error)
            raise
        if running is None:
            self._launch(run, None)
        elif policy == "queue":
            self._queue.append(run)
        else:
            run_first = request.origin.priority >= URGENT
            running.is_cleaned_by_successor = run_first
            running.cancel(f"Replaced by the scene {run.scene_key!r}, started by {request.origin.name}.")
            self._launch(run, running)
        return run

    def wait(self, run: SceneRun) -> SceneResult:
        """Until its end."""
        run.ended.wait()
        assert run.result is not None
        return run.result

    def stop(self, reason: str = STOPPED) -> bool:
        """What runs ends after its current packet, what is queued never begins. False: there was nothing to stop.

        What a run left that an earlier start of the host did not end is freed, too.
        """
        was_interrupted = self._interrupted is not None and reason != HOST_STOPS
        if was_interrupted and self._running is None and reason not in _FREES_BY_ITSELF:
            self._in_background(lambda: release_everyone(self._around, Origin("stop", Priority.OPERATOR)))
        if was_interrupted:
            self._forget_interrupted()
        queued = tuple(self._queue)
        self._queue.clear()
        for run in queued:
            run.cancel(reason)
            self._end_unbegun(run)
        if self._running is not None:
            self._running.cancel(reason)
        return self._running is not None or bool(queued) or was_interrupted

    def end_those(self, is_meant: Callable[[RunRequest], bool], reason: str) -> None:
        """What runs or waits and is meant is over; lamps are freed as after `stop`."""
        for run in tuple(self._queue):
            if is_meant(run.request):
                self._queue.remove(run)
                run.cancel(reason)
                self._end_unbegun(run)
        running = self._running
        if running is not None and is_meant(running.request):
            self._in_background(lambda: running.cancel(reason))

    def blackout_ordered(self) -> None:
        """Dark stays dark: nothing of a scene is sent after it. Fits `Dispatcher.before_blackout`."""
        self.stop(BLACKOUT)

    def close(self, timeout_s: float) -> None:
        """Stops everything and waits until lamps are free again, at most `timeout_s` system seconds. Harmless twice."""
        self.stop(HOST_STOPS)
        for thread in tuple(self._threads):
            thread.join(timeout_s)

    def _launch(self, run: SceneRun, predecessor: SceneRun | None) -> None:
        run.state = RunState.RUNNING
        self._running = run
        self._forget_interrupted()
        self._in_background(lambda: self._serve(run, predecessor))

    def _forget_interrupted(self) -> None:
        if self._interrupted is not None:
            self.records.released(self._interrupted)
            self._interrupted = None

    def _in_background(self, work: Callable[[], object]) -> None:
        def serve() -> None:
            try:
                work()
            finally:
                self._threads.discard(threading.current_thread())

        thread = threading.Thread(target=serve, name="rl-scene", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _serve(self, run: SceneRun, predecessor: SceneRun | None) -> None:
        try:
            if predecessor is not None and not predecessor.is_cleaned_by_successor:
                predecessor.ended.wait()
                predecessor = None
            run.result = self._executed(run, predecessor)
        except Exception as error:  # noqa: BLE001 - the edge of a run: whoever waits for it must be told
            _log.exception("The scene %s could not be run", run.scene_key)
            run.result = self._failed(run, f"{EXCEPTION}{type(error).__name__}: {error}")
        self._end(run)

    def _executed(self, run: SceneRun, predecessor: SceneRun | None) -> SceneResult:
        kinds = [action.kind for action in run.request.choreography.actions]

        def began(index: int, kind: str) -> None:
            run.index = index
            self._tell(Progress(run, ActionStatus.RUNNING, index, kind))

        def ended(action: SceneActionResult) -> None:
            self._tell(Progress(run, action.status, action.index, kinds[action.index], action))

        execution = Execution(run, self._around, began=began, ended=ended)
        self.records.began(run)
        return execution.execute(predecessor)

    def _end(self, run: SceneRun) -> None:
        run.state = RunState.DONE
        self.records.ended(run)
        run.ended.set()
        if self._running is run:
            self._running = None
            if self._queue:
                self._launch(self._queue.popleft(), None)
        self._tell(Progress(run, "finished", result=run.result))

    def _end_unbegun(self, run: SceneRun) -> None:
        run.result = self._failed(run, CANCELLED)
        self._end(run)

    def _failed(self, run: SceneRun, error: str) -> SceneResult:
        now_ts = self._around.clock.unix()
        return SceneResult(
            scene_key=run.scene_key,
            ok=False,
            actions=(),
            error=error,
            detail=run.cancel_reason,
            started_ts=now_ts,
            ended_ts=now_ts,
        )

    def _tell(self, progress: Progress) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(progress)
            except Exception:  # noqa: BLE001 - who only watches must not stop a scene
                _log.exception("Somebody who watches scenes failed")
