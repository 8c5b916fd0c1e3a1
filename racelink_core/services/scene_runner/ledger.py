"""What became of each action of a run, and when: the one place that says how an action ended.

Source: spec scenes, section 15.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from racelink_core.domain.command import OffsetGroupCommand
from racelink_core.domain.snapshot import Snapshot
from racelink_core.gateway.outcome import SendKind
from racelink_core.planning.scene.plan import SceneOperation, ScenePlan
from racelink_core.services.scene_runner.action_detail import detail_of, error_of
from racelink_core.services.scene_runner.results import (
    CANCELLED,
    CONTAINER_FAILED,
    EXCEPTION,
    SEND_FAILED,
    SKIPPED_ABORTED,
    SKIPPED_CANCELLED,
    SceneActionResult,
)
from racelink_core.services.scene_runner.shares import Share


@dataclass(slots=True)
class _Entry:
    shares: list[Share] = field(default_factory=list)
    began_s: float | None = None
    result: SceneActionResult | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Ledger:
    """began, ended  told once per action; one that is skipped only ends. Be quick."""

    def __init__(
        self,
        plan: ScenePlan,
        snapshot: Snapshot,
        now_s: Callable[[], float],
        *,
        began: Callable[[int], None],
        ended: Callable[[SceneActionResult], None],
    ) -> None:
        self._plan, self._snapshot, self._now_s = plan, snapshot, now_s
        self._tell_began, self._tell_ended = began, ended
        self._entries = [_Entry() for _ in plan.actions]
        self._shares = [Share(operation) for operation in plan.operations]
        for share in self._shares:
            self._entries[share.operation.action].shares.append(share)

    @property
    def results(self) -> tuple[SceneActionResult, ...]:
        return tuple(entry.result for entry in self._entries if entry.result is not None)

    @property
    def packets_sent(self) -> int:
        return sum(share.is_sent for share in self._shares)

    def shares(self, actions: Collection[int], network_id: str) -> list[Share]:
        """What a network has to send for these actions, in plan order."""
        return [each for each in self._shares if each.network_id == network_id and each.operation.action in actions]

    def network_ids(self, actions: Collection[int]) -> tuple[str, ...]:
        """Those that have something to send for these actions."""
        return tuple(dict.fromkeys(each.network_id for each in self._shares if each.operation.action in actions))

    def plan_anew(self, network_id: str, index: int, operations: Sequence[SceneOperation]) -> None:
        """What a network was to be sent from this action on and was not, is replaced."""

        def is_replaced(share: Share) -> bool:
            return share.network_id == network_id and share.operation.action >= index and not share.is_settled

        self._shares = [share for share in self._shares if not is_replaced(share)]
        self._shares += map(Share, operations)
        for entry in self._entries:
            entry.shares = []
        for share in self._shares:
            self._entries[share.operation.action].shares.append(share)

    def note(self, index: int, **facts: Any) -> None:
        """For the action's detail."""
        self._entries[index].facts |= facts

    def is_open(self, index: int) -> bool:
        return self._entries[index].result is None

    def has_packets(self, index: int) -> bool:
        return bool(self._entries[index].shares)

    def is_complete(self, index: int) -> bool:
        """All of it was tried."""
        return all(share.is_settled for share in self._entries[index].shares)

    def begin(self, index: int) -> None:
        """Harmless twice."""
        entry = self._entries[index]
        if entry.began_s is None:
            entry.began_s = self._now_s()
            self._tell_began(index)

    def end(self, index: int) -> SceneActionResult:
        """By what became of its packets."""
        failure = self._failure(index)
        if failure is not None:
            return self.end_with(index, failure)
        degradation = next((each for each in self._plan.degraded if each.action == index), None)
        if degradation is None:
            return self.end_with(index, None)
        return self.end_with(index, error_of(degradation, self._plan.actions[index]), is_degraded=True)

    def end_with(self, index: int, error: str | None, *, is_degraded: bool = False) -> SceneActionResult:
        self.begin(index)
        return self._conclude(index, error, is_degraded=is_degraded)

    def leave(self, index: int, *, is_cancelled: bool) -> None:
        """It ends here, begun or not; its detail says how much of it was sent."""
        entry = self._entries[index]
        if entry.result is not None:
            return
        if any(share.is_sent for share in entry.shares):
            self.note(index, packets_sent=sum(share.is_sent for share in entry.shares))
        if not is_cancelled:
            self._conclude(index, SKIPPED_ABORTED)
        else:
            self._conclude(index, SKIPPED_CANCELLED if entry.began_s is None else CANCELLED)

    def _failure(self, index: int) -> str | None:
        failed = [share for share in self._entries[index].shares if share.has_failed]
        if not failed:
            return None
        broken = next((each.problem for each in failed if (each.problem or "").startswith(EXCEPTION)), None)
        if broken is not None:
            return broken
        if isinstance(self._plan.actions[index], OffsetGroupCommand):
            return CONTAINER_FAILED
        outcome = failed[0].outcome if len(failed) == 1 else None
        if outcome is not None and outcome.kind is SendKind.REJECTED:
            return f"tx_rejected: {outcome.reason}"
        return SEND_FAILED

    def _conclude(self, index: int, error: str | None, *, is_degraded: bool = False) -> SceneActionResult:
        entry, now_s = self._entries[index], self._now_s()
        if entry.result is not None:
            return entry.result
        began_s = now_s if entry.began_s is None else entry.began_s
        detail = detail_of(index, self._plan, entry.shares, self._snapshot) | entry.facts
        entry.result = SceneActionResult(
            index=index,
            kind=self._plan.actions[index].kind,
            ok=error is None,
            duration_ms=round((now_s - began_s) * 1000, 1),
            error=error,
            degraded=is_degraded or None,
            detail=detail or None,
        )
        self._tell_ended(entry.result)
        return entry.result
