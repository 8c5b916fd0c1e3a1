"""What the API says about a background task. Source: spec http-api, section 2.1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from racelink_core.domain.base import FrozenModel

if TYPE_CHECKING:
    from racelink_core.services.tasks import TaskSnapshot


class TaskRow(FrozenModel):
    """`remaining_s`: an estimate; null when there is nothing to go by, and when it does not run."""

    id: int
    name: str
    state: Literal["running", "done", "error"]
    started_ts: float
    ended_ts: float | None
    elapsed_s: float
    remaining_s: float | None
    cancel_requested: bool
    meta: Mapping[str, Any]
    rx_replies: int
    rx_window_events: int
    last_error: str | None
    result: Any


def task_row(task: TaskSnapshot) -> TaskRow:
    return TaskRow(**{name: getattr(task, name) for name in TaskRow.model_fields})


def optional_task_row(task: TaskSnapshot | None) -> TaskRow | None:
    """None: nothing has run since the start."""
    return None if task is None else task_row(task)
