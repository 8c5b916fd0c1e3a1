"""One long piece of work at a time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from racelink_core.domain.errors import NotFound
from racelink_core.runtime.clock import SystemClock
from racelink_core.services.tasks import KEPT, TaskHandle, TaskRunning, Tasks, TaskSnapshot


def ended(tasks: Tasks) -> TaskSnapshot:
    tasks.stop(5)
    task = tasks.current()
    assert task is not None
    return task


def test_a_task_shows_its_progress_and_its_result() -> None:
    tasks, seen = Tasks(SystemClock()), []
    tasks.subscribe(seen.append)

    def work(task: TaskHandle) -> dict[str, int]:
        task.progress(index=1)
        return {"found": 3}

    assert tasks.start("discover", work, {"total": 2}).state == "running"
    task = ended(tasks)
    assert (task.state, task.result, task.meta) == ("done", {"found": 3}, {"total": 2, "index": 1})
    assert task.ended_ts is not None
    assert [each.state for each in seen][-1] == "done"


def test_a_second_task_is_refused_while_the_first_runs() -> None:
    tasks, go_on = Tasks(SystemClock()), threading.Event()
    tasks.start("status", lambda task: go_on.wait(5))
    with pytest.raises(TaskRunning) as refused:
        tasks.start("discover", lambda task: None)
    assert refused.value.task.name == "status"
    go_on.set()
    ended(tasks)


def test_a_cancelled_task_ends_between_two_steps() -> None:
    tasks, begun = Tasks(SystemClock()), threading.Event()

    def work(task: TaskHandle) -> str:
        begun.set()
        while not task.is_cancelled:
            threading.Event().wait(0.001)
        return "cancelled"

    tasks.start("status", work)
    begun.wait(5)
    assert tasks.cancel()
    task = ended(tasks)
    assert task.cancel_requested
    assert task.result == "cancelled"
    assert not tasks.cancel()


@pytest.mark.parametrize("error", [NotFound("group", 4), ValueError("broken")])
def test_a_failing_task_says_why(error: Exception) -> None:
    tasks = Tasks(SystemClock())

    def work(task: TaskHandle) -> None:
        raise error

    tasks.start("status", work)
    task = ended(tasks)
    assert task.state == "error"
    assert str(error) in str(task.last_error)


def test_what_was_published_is_not_changed_by_later_progress() -> None:
    tasks, seen = Tasks(SystemClock()), []
    tasks.subscribe(seen.append)

    def work(task: TaskHandle) -> None:
        macs: list[Any] = ["one"]
        task.progress(macs=macs)
        macs.append("two")

    tasks.start("status", work)
    ended(tasks)
    assert next(each.meta for each in seen if each.meta) == {"macs": ["one"]}


class Hands:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def unix(self) -> float:
        return self.now_s

    def system_s(self, seconds: float) -> float:
        return seconds


@pytest.mark.parametrize(
    ("progress", "remaining_s"),
    [
        ({"index": 5, "total": 20}, 30.0),
        ({"index": 20, "total": 20}, 0.0),
        ({"index": 25, "total": 20}, 0.0),
        ({"index": 0, "total": 20}, None),
        ({"index": 5}, None),
        ({"index": 5, "total": None}, None),
        ({}, None),
    ],
)
def test_what_is_left_is_estimated_from_what_is_done(progress: dict[str, Any], remaining_s: float | None) -> None:
    clock = Hands()
    tasks, reported, go_on = Tasks(clock), threading.Event(), threading.Event()  # type: ignore[arg-type]

    def work(task: TaskHandle) -> None:
        clock.now_s += 10.0
        task.progress(**progress)
        reported.set()
        go_on.wait(5)

    tasks.start("status", work)
    reported.wait(5)
    running = tasks.current()
    assert running is not None
    assert (running.elapsed_s, running.remaining_s) == (10.0, remaining_s)
    go_on.set()
    assert ended(tasks).remaining_s is None


def test_the_last_tasks_are_remembered_newest_first_and_the_running_one_among_them() -> None:
    tasks = Tasks(SystemClock())
    assert tasks.recent() == ()
    for _ in range(KEPT + 3):
        done = threading.Event()
        end = tasks.subscribe(lambda task, done=done: done.set() if task.state == "done" else None)
        tasks.start("status", lambda task: None)
        done.wait(5)
        end()
    assert [task.id for task in tasks.recent()] == list(range(KEPT + 3, 3, -1))
    go_on = threading.Event()
    tasks.start("discover", lambda task: go_on.wait(5))
    assert [task.state for task in tasks.recent()] == ["running"] + ["done"] * KEPT
    go_on.set()
    ended(tasks)
    assert tasks.recent()[0].name == "discover"
    assert len(tasks.recent()) == KEPT
