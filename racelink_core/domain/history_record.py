"""One line of the history: what was done, for whom, by whom, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from racelink_core.domain.base import FrozenModel


class HistoryRecord(FrozenModel):
    """id           counts up by one; newer is larger
    ts           Unix time at which it began
    kind         of the command, as in the API; "request" for a question or order that nodes answer; "task"
    name         of the request or the task; None for commands
    origin       who asked for it; `priority` is how urgent that was
    target       whom it was for, in words
    params       what was asked for
    status       how it ended: a command's status; "answered" or "silent"; "started", "done" or "error"
    code, detail why, where it did not simply work; `result` is what a task returned
    packets_sent how many packets left their gateways for it
    duration_ms  until the end was known
    devices      the MACs by what became of each: acknowledged, refused, answered, silent, disturbed, not_sent, or
                 what is known of a command that nobody acknowledges: sent, failed, timed_out. Empty for everyone
    """

    id: int
    ts: float
    kind: str
    name: str | None = None
    origin: str
    priority: str | None = None
    target: str | None = None
    params: Mapping[str, Any] = {}
    status: str
    code: str | None = None
    detail: str | None = None
    result: Any = None
    packets_sent: int = 0
    duration_ms: float = 0.0
    devices: Mapping[str, tuple[str, ...]] = {}
