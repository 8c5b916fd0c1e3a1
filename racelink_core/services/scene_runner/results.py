"""How a run ended, action by action. Source: spec scenes, section 15."""

from __future__ import annotations

from enum import Enum
from typing import Any

from racelink_core.domain.base import FrozenModel

SEND_FAILED = "send_failed"
CONTAINER_FAILED = "offset_group_partial_failure"
EXCEPTION = "exception: "
CANCELLED = "cancelled"
SKIPPED_ABORTED = "skipped: aborted"
SKIPPED_CANCELLED = "skipped: cancelled"


class ActionStatus(str, Enum):
    """What a page shows of an action."""

    RUNNING = "running"
    OK = "ok"
    ERROR = "error"
    DEGRADED = "degraded"
    SKIPPED = "skipped"


class SceneActionResult(FrozenModel):
    """`duration_ms`: from its first packet's turn until its last one was out. `detail`: facts for people and pages."""

    index: int
    kind: str
    ok: bool
    duration_ms: float
    error: str | None = None
    degraded: bool | None = None
    detail: dict[str, Any] | None = None

    @property
    def status(self) -> ActionStatus:
        if self.ok:
            return ActionStatus.OK
        if self.error in (SKIPPED_ABORTED, SKIPPED_CANCELLED):
            return ActionStatus.SKIPPED
        return ActionStatus.DEGRADED if self.degraded else ActionStatus.ERROR


class RunWarning(FrozenModel):
    """Something that will keep lamps from showing what the scene says. `action` None: it is about the whole run."""

    code: str
    detail: str
    action: int | None = None


class CleanUp(FrozenModel):
    """What was sent so that no lamp stays armed or locked. `problem`: why some of it could not be sent."""

    packets: int
    problem: str | None = None


class SceneResult(FrozenModel):
    """`ok`: every action ok. `detail`: who or what cancelled it. Moments in Unix seconds."""

    scene_key: str
    ok: bool
    actions: tuple[SceneActionResult, ...]
    error: str | None = None
    detail: str | None = None
    aborted_at_index: int | None = None
    cancelled_at_index: int | None = None
    clean_up: CleanUp | None = None
    warnings: tuple[RunWarning, ...] = ()
    packets_sent: int = 0
    started_ts: float
    ended_ts: float

    @property
    def failed_actions(self) -> tuple[SceneActionResult, ...]:
        """Those that were reached and not done whole."""
        return tuple(each for each in self.actions if not each.ok and each.status is not ActionStatus.SKIPPED)

    @property
    def problem(self) -> str | None:
        """Why lamps did not get all of it, in sentences; None for what was sent whole, and for what somebody ended."""
        if self.error == CANCELLED:
            return None
        sentences = [
            f"Action {each.index + 1}: {(each.detail or {}).get('problem') or each.error}"
            for each in self.failed_actions
        ]
        if self.packets_sent:
            sentences += [warning.detail for warning in self.warnings if warning.action is None]
        if not sentences and not self.ok:
            sentences.append(self.error or "It failed; the server log says more.")
        return " ".join(sentences) or None
