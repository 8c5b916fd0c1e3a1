"""A task that asks many nodes: it can be paused and cancelled between two questions."""

from __future__ import annotations

from collections.abc import Callable

from racelink_core.domain.origin import Priority
from racelink_core.gateway.inquiry import Inquiry
from racelink_core.gateway.lane import Lane
from racelink_core.services.tasks import TaskHandle


def inquiry_of(
    task: TaskHandle, lane: Lane, priority: Priority, answered: Callable[[], object] = lambda: None
) -> Inquiry:
    """`answered`: see Inquiry."""
    return Inquiry(
        lane,
        priority,
        is_to_rest=lambda: task.is_to_rest,
        goes_on=lambda: not task.is_cancelled,
        answered=answered,
    )
