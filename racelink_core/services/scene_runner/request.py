"""What is to be run, and where it stands."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import Enum

from racelink_core.domain.origin import Origin
from racelink_core.domain.scene import Choreography
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.services.scene_runner.results import SceneResult
from racelink_core.services.scene_runner.traces import Traces


class RunState(str, Enum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RunRequest:
    """fire_at_s  when the first SYNC shall change the light, in Clock seconds; None: when its turn comes
    is_draft   the choreography is not, or not like this, what is stored under the key
    """

    scene_key: str
    choreography: Choreography
    origin: Origin
    fire_at_s: float | None = None
    is_draft: bool = False


@dataclass(eq=False, slots=True)
class SceneRun:
    """One run, from the order to its end.

    id         counts up, also over restarts
    index      the action that began last
    ended      nothing more is sent for it; `result` is there
    left       what it left on lamps, when somebody else is to clean up behind it
    """

    id: int
    request: RunRequest
    ordered_ts: float
    state: RunState = RunState.QUEUED
    index: int | None = None
    result: SceneResult | None = None
    cancellation: Cancellation = field(default_factory=Cancellation)
    cancel_reason: str | None = None
    ended: threading.Event = field(default_factory=threading.Event)
    is_cleaned_by_successor: bool = False
    left: list[Traces] = field(default_factory=list)

    @property
    def scene_key(self) -> str:
        return self.request.scene_key

    def cancel(self, reason: str) -> None:
        """Harmless twice; the first reason counts."""
        if self.cancel_reason is None:
            self.cancel_reason = reason
        self.cancellation.cancel()
