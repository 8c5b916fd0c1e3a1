"""The background task: one at a time. Source: spec http-api, sections 3 and 6."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from racelink_core.services.tasks import TaskRunning
from racelink_core.web.description import describe
from racelink_core.web.failures import failure_response
from racelink_core.web.replies import Reply, reply
from racelink_core.web.routes import Routes
from racelink_core.web.task_row import TaskRow, optional_task_row, task_row

if TYPE_CHECKING:
    from racelink_core.host import Host
    from racelink_core.services.tasks import TaskSnapshot


class TaskReply(Reply):
    """`task`: null when none has run since the start."""

    task: TaskRow | None


class TasksReply(Reply):
    """`tasks`, newest first: the one that runs, and the last 20 that ended."""

    tasks: tuple[TaskRow, ...]


def task_reply(task: TaskSnapshot | None) -> Response:
    return reply(TaskReply(task=optional_task_row(task)))


def refuse_while_busy(host: Host) -> None:
    """For routes that are no task and still must not get in the way of one. Raises TaskRunning."""
    running = host.tasks.current()
    if running is not None and running.state == "running":
        raise TaskRunning(running)


def register(routes: Routes, host: Host) -> None:
    @routes.get("/api/task")
    @describe("Read the task that runs, or the last one that ended.", reply=TaskReply)
    def current_task() -> Response:
        return task_reply(host.tasks.current())

    @routes.get("/api/tasks")
    @describe("List the last tasks.", reply=TasksReply)
    def recent_tasks() -> Response:
        return reply(TasksReply(tasks=tuple(map(task_row, host.tasks.recent()))))

    @routes.post("/api/task/cancel")
    @describe("Ask the running task to end between two packets.", reply=TaskReply, not_done=("no_task",))
    def cancel_task() -> Response:
        """With nothing to cancel the answer is 200 and `ok` false: the wish has come true already."""
        before = host.tasks.current()
        if before is not None and before.state == "running":
            host.tasks.cancel()
            return task_reply(host.tasks.current())
        task = before and task_row(before).model_dump(mode="json")
        return failure_response(200, "no_task", "No task is running.", task=task)
