"""One long piece of work at a time, with progress that a page can show. Source: spec http-api, sections 2.1 and 6."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from racelink_core.domain.clock import Clock
from racelink_core.domain.errors import RaceLinkError
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.services.task_pause import TaskPause

_log = logging.getLogger(__name__)
KEPT = 20
"""So many tasks that ended are remembered (spec http-api, 6.1)."""


@dataclass(frozen=True, slots=True)
class TaskSnapshot:
    """One task at one moment. `*_ts` are Unix seconds; `elapsed_s` and `remaining_s` are computed when it is taken.

    remaining_s       an estimate from `index` and `total` of `meta`; None: not running, or there is nothing to go by
    rx_replies        replies of nodes heard while it ran
    rx_window_events  how often a gateway opened a receive window meanwhile
    """

    id: int
    name: str
    state: Literal["running", "done", "error"]
    started_ts: float
    ended_ts: float | None = None
    elapsed_s: float = 0.0
    remaining_s: float | None = None
    cancel_requested: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)
    rx_replies: int = 0
    rx_window_events: int = 0
    last_error: str | None = None
    result: Any = None


class TaskRunning(RaceLinkError):
    """Another task is not done yet; nothing was started."""

    code = "task_running"

    def __init__(self, task: TaskSnapshot) -> None:
        super().__init__(f'The task "{task.name}" is still running. Wait until it is done, or cancel it.')
        self.task = task


class TaskHandle:
    """What the work of a task gets: it reports progress here and asks whether to go on."""

    def __init__(
        self, report: Callable[[Mapping[str, Any]], None], cancelled: threading.Event, pause: TaskPause
    ) -> None:
        self._report, self._cancelled, self._pause = report, cancelled, pause

    @property
    def is_cancelled(self) -> bool:
        """Asked between packets: nothing that was begun is cut off. Answers no sooner than work may go on."""
        if self._pause.is_on and not self._cancelled.is_set():
            self.progress(paused=True)
            self._pause.wait(self._cancelled.is_set)
            self.progress(paused=False)
        return self._cancelled.is_set()

    @property
    def is_to_rest(self) -> bool:
        """Whether it is paused or cancelled. Answers at once."""
        return self._pause.is_on or self._cancelled.is_set()

    def progress(self, **meta: Any) -> None:
        """Adds to what is shown; earlier values stay."""
        self._report(meta)


Work = Callable[[TaskHandle], Any]


class Tasks:
    """Runs one task at a time on a greenlet of its own; remembers the last ones."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pause = TaskPause(clock)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._last: TaskSnapshot | None = None
        self._ended: deque[TaskSnapshot] = deque(maxlen=KEPT)
        self._cancelled = threading.Event()
        self._thread: threading.Thread | None = None
        self._subscribers: list[Callable[[TaskSnapshot], None]] = []
        self._is_closed = False

    def start(self, name: str, work: Work, meta: Mapping[str, Any] | None = None) -> TaskSnapshot:
        """Returns at once. Raises TaskRunning. `work` returns the result, or raises what went wrong."""
        with self._lock:
            if self._last is not None and self._last.state == "running":
                raise TaskRunning(self._now(self._last))
            if self._is_closed:
                raise TaskRunning(TaskSnapshot(0, "shutdown", "running", self._clock.unix()))
            number = 1 if self._last is None else self._last.id + 1
            self._last = TaskSnapshot(number, name, "running", self._clock.unix(), meta=deepcopy(dict(meta or {})))
            self._cancelled = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(work,), name=f"rl-task-{name}", daemon=True)
        self._publish()
        started = self._now(self._last)
        self._thread.start()
        return started

    def current(self) -> TaskSnapshot | None:
        """The running task, or the last one that ended."""
        return None if self._last is None else self._now(self._last)

    def recent(self) -> tuple[TaskSnapshot, ...]:
        """The running task and at most `KEPT` that ended, newest first."""
        running = () if self._last is None or self._last.state != "running" else (self._last,)
        return tuple(self._now(task) for task in (*running, *reversed(self._ended)))

    @property
    def is_running(self) -> bool:
        return self._last is not None and self._last.state == "running"

    def cancel(self) -> bool:
        """Asks the running task to end between two packets. False: nothing was running."""
        with self._lock:
            if self._last is None or self._last.state != "running":
                return False
            self._last = replace(self._last, cancel_requested=True)
            self._cancelled.set()
        self._pause.wake()
        self._publish()
        return True

    def pause(self, limit_s: float) -> None:
        """A race is staging: long work stops before its next packet, and so does what is started now.

        Ends by `resume`, at the latest after `limit_s`. `meta` says `paused` meanwhile.
        """
        self._pause.hold(limit_s)

    def wait_while_paused(self, cancellation: Cancellation | None = None) -> bool:
        """For long work that is no task: whether it may go on. No, when it was cancelled or the host stops."""

        def is_over() -> bool:
            return self._stopping.is_set() or (cancellation is not None and cancellation.is_cancelled)

        detach = cancellation.attach(self._pause.wake) if cancellation is not None else None
        try:
            self._pause.wait(is_over)
        finally:
            if detach is not None:
                detach()
        return not is_over()

    def resume(self, after_s: float = 0.0) -> None:
        """In `after_s`, so that what follows upon the start goes first. Harmless without a pause."""
        self._pause.release(after_s)

    def count_reply(self) -> None:
        if self._last is not None and self._last.state == "running":
            self._last = replace(self._last, rx_replies=self._last.rx_replies + 1)

    def count_window(self) -> None:
        if self._last is not None and self._last.state == "running":
            self._last = replace(self._last, rx_window_events=self._last.rx_window_events + 1)

    def subscribe(self, callback: Callable[[TaskSnapshot], None]) -> Callable[[], None]:
        """Called on start, progress, cancel and end. Returns what ends it."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def stop(self, timeout_s: float) -> None:
        """Cancels, waits for the end at most `timeout_s`, and starts nothing any more. Harmless twice."""
        self._is_closed = True
        self._stopping.set()
        self._pause.wake()
        self.cancel()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread() and thread.ident is not None:
            thread.join(self._clock.system_s(timeout_s))
            if thread.is_alive():
                _log.warning("The task %s did not end within %.0f s", thread.name, timeout_s)

    def _run(self, work: Work) -> None:
        handle = TaskHandle(self._report, self._cancelled, self._pause)
        try:
            self._pause.wait(self._cancelled.is_set)
            result = work(handle)
        except RaceLinkError as error:
            self._finish(state="error", last_error=str(error))
        except Exception as error:  # noqa: BLE001 - the edge of a worker: whatever it is, the page must see it
            _log.exception("The task %s failed", self._last.name if self._last else "")
            self._finish(state="error", last_error=f"{type(error).__name__}: {error}")
        else:
            self._finish(state="done", result=result)

    def _report(self, meta: Mapping[str, Any]) -> None:
        """Takes a copy, so that what the work changes later never changes an event that is already queued."""
        with self._lock:
            if self._last is not None:
                self._last = replace(self._last, meta={**self._last.meta, **deepcopy(dict(meta))})
        self._publish()

    def _finish(self, **changes: Any) -> None:
        with self._lock:
            if self._last is not None:
                self._last = replace(self._last, ended_ts=self._clock.unix(), **changes)
                self._ended.append(self._last)
        self._publish()

    def _now(self, task: TaskSnapshot) -> TaskSnapshot:
        until = self._clock.unix() if task.ended_ts is None else task.ended_ts
        elapsed_s = max(0.0, until - task.started_ts)
        remaining_s = _remaining_s(task.meta, elapsed_s) if task.state == "running" else None
        return replace(task, elapsed_s=elapsed_s, remaining_s=remaining_s)

    def _publish(self) -> None:
        task = self._last
        if task is None:
            return
        for callback in tuple(self._subscribers):
            try:
                callback(self._now(task))
            except Exception:  # noqa: BLE001 - a listener must not end the task
                _log.exception("A listener for tasks failed")


def _remaining_s(meta: Mapping[str, Any], elapsed_s: float) -> float | None:
    """What is left, if it goes on as fast as so far."""
    index, total = meta.get("index"), meta.get("total")
    if not isinstance(index, int) or not isinstance(total, int) or index <= 0:
        return None
    return elapsed_s * max(0, total - index) / index
