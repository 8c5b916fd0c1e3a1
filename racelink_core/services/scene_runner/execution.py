"""One run from its plan to its result. Source: spec scenes, sections 14 and 15; design 3.3."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from racelink_core.domain.command import StartblockCommand, SyncCommand
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.offset_notes import NOTHING_KNOWN, OffsetNotes
from racelink_core.domain.scene import Choreography, Delay
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.gateway.sendable import sendable
from racelink_core.planning.scene.checks import find_warnings
from racelink_core.planning.scene.plan import Conditions, ScenePlan
from racelink_core.planning.scene.planner import plan_scene
from racelink_core.planning.scene.segments import segments
from racelink_core.runtime.turns import Turns, give_way
from racelink_core.services.parallel import on_each_network
from racelink_core.services.scene_runner.action_detail import error_of
from racelink_core.services.scene_runner.bookkeeping import Bookkeeping
from racelink_core.services.scene_runner.clean_up import clean_up
from racelink_core.services.scene_runner.fire import TimedSync
from racelink_core.services.scene_runner.ledger import Ledger
from racelink_core.services.scene_runner.request import SceneRun
from racelink_core.services.scene_runner.results import (
    CANCELLED,
    EXCEPTION,
    SEND_FAILED,
    SKIPPED_CANCELLED,
    CleanUp,
    RunWarning,
    SceneActionResult,
    SceneResult,
)
from racelink_core.services.scene_runner.shares import Share
from racelink_core.services.scene_runner.surroundings import Surroundings
from racelink_core.services.scene_runner.timeline import Timeline

_log = logging.getLogger(__name__)
NO_GATEWAY = "No gateway of this scene's networks is connected. Plug one in: it is found by itself."


class Execution:
    """began, ended  told for each action, on the greenlet that made it so: be quick"""

    def __init__(
        self,
        run: SceneRun,
        surroundings: Surroundings,
        *,
        began: Callable[[int, str], None],
        ended: Callable[[SceneActionResult], None],
    ) -> None:
        self._run, self._around = run, surroundings
        self._clock = surroundings.clock
        self._choreography = run.request.choreography
        self._priority = run.request.origin.priority
        self._snapshot = surroundings.store.snapshot
        self._stopped = threading.Event()
        self._abort_at: int | None = None
        self._has_fired = False
        self._began_ts = self._clock.unix()
        self._timeline = Timeline(self._clock.monotonic())
        self._plan, notes = self._planned(self._choreography)
        self._notes, self._notes_before = dict(notes), notes
        self._warnings: tuple[RunWarning, ...] = ()
        self._attached = frozenset(notes)
        kinds = [action.kind for action in self._plan.actions]
        self._ledger = Ledger(
            self._plan,
            self._snapshot,
            self._clock.monotonic,
            began=lambda index: began(index, kinds[index]),
            ended=ended,
        )

    def execute(self, predecessor: SceneRun | None) -> SceneResult:
        """Waits for the end. `predecessor`: behind which this run has to clean up, since it was too urgent to wait."""
        run = self._run
        detach = run.cancellation.attach(self._stopped.set)
        if run.cancellation.is_cancelled:
            self._stopped.set()
        self._books = books = Bookkeeping(self._around.outbound, self._snapshot, run.request.origin.name, self._clock)
        self._books.later(self._check)
        try:
            for segment in segments(self._plan.actions):
                if self._is_cancelled or self._abort_at is not None:
                    break
                self._play(segment)
            for index in range(len(self._plan.actions)):
                self._ledger.leave(index, is_cancelled=self._is_cancelled)
            freed = self._freed(predecessor)
        finally:
            detach()
            books.close()
        return self._result(freed)

    # One segment

    @property
    def _is_cancelled(self) -> bool:
        return self._run.cancellation.is_cancelled

    def _play(self, segment: tuple[int, ...]) -> None:
        index = segment[0]
        action = self._plan.actions[index]
        if isinstance(action, Delay):
            self._delay(index, action)
        elif isinstance(action, StartblockCommand):
            self._fill_startblocks(index, action)
        else:
            self._send(segment, is_sync=isinstance(action, SyncCommand))

    def _delay(self, index: int, action: Delay) -> None:
        self._ledger.begin(index)
        if self._wait_until(self._timeline.delay(action.duration_ms)):
            self._ledger.end(index)

    def _wait_until(self, at_s: float) -> bool:
        """False: the run was cancelled meanwhile."""
        while not self._stopped.is_set():
            left_s = at_s - self._clock.monotonic()
            if left_s <= 0:
                return True
            self._stopped.wait(self._clock.system_s(left_s))
        return False

    def _fill_startblocks(self, index: int, action: StartblockCommand) -> None:
        ledger = self._ledger
        ledger.begin(index)
        result = self._around.startblock.submit(action, self._priority, self._run.cancellation)
        self._timeline.packet_out(self._clock.monotonic())
        ledger.note(index, status=result.status.value, packets_sent=result.packets_sent)
        if result.devices:
            ledger.note(index, devices={mac: status.value for mac, status in result.devices.items()})
        if result.detail is not None:
            ledger.note(index, problem=result.detail)
        degradation = next((each for each in self._plan.degraded if each.action == index), None)
        if self._is_cancelled and not result.ok:
            return
        if degradation is not None:
            ledger.end_with(index, error_of(degradation, action), is_degraded=True)
        elif not ledger.end_with(index, None if result.ok else SEND_FAILED).ok:
            self._failed(index)

    def _send(self, actions: Collection[int], *, is_sync: bool) -> None:
        lanes, missing = self._around.outbound.lanes(self._ledger.network_ids(actions))
        for network_id, error in missing.items():
            self._not_sent(self._ledger.shares(actions, network_id), str(error))
        fire_at_s = self._run.request.fire_at_s if is_sync and not self._has_fired else None
        self._has_fired = self._has_fired or is_sync

        def serve(network_id: str) -> None:
            if fire_at_s is not None:
                self._fire(lanes[network_id], self._ledger.shares(actions, network_id), fire_at_s)
            else:
                self._serve(lanes[network_id], actions)

        end_commanding = self._books.commanding(tuple(lanes))
        try:
            on_each_network(tuple(lanes), serve, "scene")
        finally:
            end_commanding()
        for index in actions:
            self._end_without_packets(index)

    def _end_without_packets(self, index: int) -> None:
        """What the planner found nothing to send for; the rest has ended with its last packet."""
        ledger = self._ledger
        if self._is_cancelled or self._is_behind_abort(index) or not ledger.is_open(index):
            return
        has_reason = any(each.action == index for each in self._plan.degraded)
        if has_reason or self._attached or not _needs_gateway(self._plan, index):
            ledger.end(index)
            return
        ledger.note(index, problem=NO_GATEWAY)
        ledger.end_with(index, SEND_FAILED)
        self._failed(index)

    # One network

    def _serve(self, lane: Lane, actions: Collection[int]) -> None:
        """Packet after packet, in plan order."""
        network_id = lane.network_id
        try:
            while (overtaken_at := self._send_in_turn(lane, actions)) is not None:
                self._plan_anew(network_id, overtaken_at)
        except RaceLinkError as error:
            self._not_sent(self._ledger.shares(actions, network_id), str(error))
        except Exception as error:  # noqa: BLE001 - one network's failure must not stop the others
            _log.exception("A scene could not go on on network %s", network_id)
            problem = f"{EXCEPTION}{type(error).__name__}: {error}"
            self._not_sent(self._ledger.shares(actions, network_id), problem)

    def _send_in_turn(self, lane: Lane, actions: Collection[int]) -> int | None:
        """Returns the action at which others had changed lamps' offset mode, so that the plan holds no more."""
        network_id = lane.network_id
        with lane.turns(self._priority, cancellation=self._run.cancellation) as turns:
            for share in self._ledger.shares(actions, network_id):
                index = share.operation.action
                if share.is_settled:
                    continue
                if self._is_behind_abort(index):
                    return None
                packet = sendable(share.operation.packet)
                refused = turns.wait(packet)
                if refused is not None and refused.kind is SendKind.CANCELLED:
                    return None
                if refused is None and turns.notes != self._notes.get(network_id, turns.notes):
                    return index
                for earlier in actions:
                    if earlier < index and not self._ledger.has_packets(earlier):
                        self._end_without_packets(earlier)
                self._ledger.begin(index)
                outcome = turns.send(packet)
                self._notes[network_id] = turns.notes
                self._settle(share, outcome)
        return None

    def _plan_anew(self, network_id: str, index: int) -> None:
        """This network's share of the rest, beginning with this action: what overtook it may stand in its way."""
        rest = self._choreography.model_copy(update={"actions": self._choreography.actions[index:]})
        plan, notes = self._planned(rest)
        self._notes[network_id] = notes.get(network_id, NOTHING_KNOWN)
        operations = [
            replace(operation, action=operation.action + index)
            for operation in plan.operations
            if operation.network_id == network_id
        ]
        self._ledger.plan_anew(network_id, index, operations)

    def _fire(self, lane: Lane, shares: Sequence[Share], fire_at_s: float) -> None:
        """The SYNC that shall be seen at a given moment."""
        for share in shares:
            index = share.operation.action
            self._ledger.begin(index)
            try:
                timed = TimedSync(lane, share.operation.packet, fire_at_s, self._around, self._wait_until)
                fired = timed.fire(self._priority, self._run.cancellation)
            except RaceLinkError as error:
                self._not_sent([share], str(error))
                continue
            if fired.error_ms is not None:
                self._ledger.note(index, fire_error_ms=round(fired.error_ms, 1))
            self._settle(share, fired.outcome)

    def _settle(self, share: Share, outcome: SendOutcome) -> None:
        if outcome.kind is SendKind.CANCELLED:
            return
        share.outcome = outcome
        index = share.operation.action
        self._books.sent(share.network_id, share.operation.packet, outcome)
        if outcome.done_at_s is not None:
            self._timeline.packet_out(outcome.done_at_s)
        if share.has_failed:
            self._failed(index)
        if self._ledger.is_complete(index):
            self._ledger.end(index)

    def _not_sent(self, shares: Sequence[Share], problem: str) -> None:
        for share in shares:
            index = share.operation.action
            if share.is_settled or self._is_behind_abort(index) or self._is_cancelled:
                continue
            self._ledger.begin(index)
            share.problem = problem
            self._failed(index)
            if self._ledger.is_complete(index):
                self._ledger.end(index)

    def _failed(self, index: int) -> None:
        """What is left of this action is still sent; nothing behind it is begun."""
        if self._choreography.stop_on_error:
            self._abort_at = index if self._abort_at is None else min(self._abort_at, index)

    def _is_behind_abort(self, index: int) -> bool:
        return self._abort_at is not None and index > self._abort_at

    # Before and after

    def _check(self) -> None:
        """Beside the run, which does not wait for it."""
        self._warnings = self._found_warnings()

    def _planned(self, choreography: Choreography) -> tuple[ScenePlan, Mapping[str, OffsetNotes]]:
        """And the notes of each connected network that it was made with."""
        around = self._around
        notes = {network_id: lane.notes for network_id, lane in around.lanes.lanes().items()}
        heat = around.startblock.heat
        shows_heat = any(
            isinstance(action, StartblockCommand) and action.params.entries is None for action in choreography.actions
        )
        conditions = Conditions(
            notes=notes,
            sync_brightness=dict(around.outbound.sync_brightness),
            attached=frozenset(notes),
            heat=heat() if heat is not None and shows_heat else (),
            give_way=Turns().give_way_if_long,
        )
        return plan_scene(choreography, self._snapshot, conditions, around.plan_options()), notes

    def _freed(self, predecessor: SceneRun | None) -> CleanUp | None:
        """Only a run that did not come to its end cleans up behind itself: what a whole scene leaves is meant so."""
        run, books = self._run, self._books
        left = []
        if self._is_cancelled or self._abort_at is not None:
            left.append(books.traces)
        inherited = []
        if predecessor is not None:
            predecessor.ended.wait()
            inherited = predecessor.left
        if run.is_cleaned_by_successor:
            run.left = [*left, *inherited]
            return None
        return clean_up(
            [*left, *inherited],
            self._around,
            books,
            snapshot=self._snapshot,
            priority=self._priority,
            newer=None if left else books.traces,
        )

    def _result(self, freed: CleanUp | None) -> SceneResult:
        results = self._ledger.results
        cancelled_at = next((each.index for each in results if each.error in (CANCELLED, SKIPPED_CANCELLED)), None)
        is_cancelled = cancelled_at is not None
        return SceneResult(
            scene_key=self._run.scene_key,
            ok=all(each.ok for each in results),
            actions=results,
            error=CANCELLED if is_cancelled else None,
            detail=self._run.cancel_reason if is_cancelled else None,
            aborted_at_index=None if is_cancelled else self._abort_at,
            cancelled_at_index=cancelled_at,
            clean_up=freed,
            warnings=self._warnings,
            packets_sent=self._ledger.packets_sent,
            started_ts=self._began_ts,
            ended_ts=self._clock.unix(),
        )

    def _found_warnings(self) -> tuple[RunWarning, ...]:
        missing = [each for each in self._plan.network_ids if each not in self._attached]
        readings = self._around.store.readings
        return (
            *(
                RunWarning(
                    code="gateway_missing",
                    detail=f"The gateway of network {self._snapshot.networks[each].name} is not connected: its lamps "
                    "did not get this scene. Plug it in again.",
                )
                for each in missing
            ),
            *(
                RunWarning(code=each.code, detail=each.detail, action=each.action)
                for each in find_warnings(
                    self._plan, self._snapshot, self._notes_before, lambda mac: readings.of(mac).online, give_way
                )
            ),
        )


def _needs_gateway(plan: ScenePlan, index: int) -> bool:
    return not isinstance(plan.actions[index], Delay | StartblockCommand) and bool(plan.network_ids)
