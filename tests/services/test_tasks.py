"""One long piece of work at a time."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from racelink_core.domain.errors import NotFound
from racelink_core.runtime.clock import SystemClock
from racelink_core.services.tasks import TaskHandle, TaskRunning, Tasks, TaskSnapshot


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
    assert seen[1].meta == {"macs": ["one"]}
