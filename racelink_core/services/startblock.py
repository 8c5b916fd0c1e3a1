"""Fills starting blocks with the pilots of a heat, slot by slot, and says who confirmed it.

Source: spec services, section 9; spec scenes, section 9.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from racelink_core.domain.address import Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.command import StartblockCommand
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.startblock import HeatSource, SlotEntry, StartblockChoice
from racelink_core.domain.target import Target
from racelink_core.domain.timings import Timings
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import Matcher, Replies, ack_from
from racelink_core.planning.operation import Degradation
from racelink_core.planning.startblock import SlotStream, slot_streams
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import Ack
from racelink_core.protocol.startblock import StartblockProgram
from racelink_core.services.lanes import Lanes, require_any
from racelink_core.services.parallel import on_each_network
from racelink_core.services.presence import Presence
from racelink_core.services.shown_slots import ShownSlots
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.state.store import Store

_ATTEMPTS = 3
_LOOK_AGAIN_S = 0.5


class NothingToShow(RaceLinkError):
    """The target has no starting block that could be filled; nothing was started."""

    def __init__(self, degraded: Sequence[Degradation]) -> None:
        self.code = degraded[0].code
        super().__init__(" ".join(dict.fromkeys(each.detail for each in degraded)))


@dataclass(slots=True)
class SlotResult:
    """What became of one slot on one network.

    waited_for  the blocks that show it and are online, or showed that they are by their answer
    acked       those that confirmed
    is_sent     at least one packet left the gateway
    error       code and sentence when something kept it from leaving
    """

    stream: SlotStream
    waited_for: frozenset[Mac] = frozenset()
    acked: set[Mac] = field(default_factory=set)
    packets_sent: int = 0
    error: tuple[str, str] | None = None

    @property
    def missing(self) -> tuple[Mac, ...]:
        return tuple(sorted(self.waited_for - self.acked))

    def to_json(self) -> dict[str, Any]:
        program = self.stream.program
        return {
            "network_id": self.stream.network_id,
            "slot": program.slot,
            "channel": program.channel,
            "name": program.name,
            "expected": len(self.waited_for),
            "acked": len(self.acked),
            "missing": list(self.missing),
            "error": None if self.error is None else self.error[1],
        }


class Startblock:
    """heat       where the pilots of the current heat come from; None: every slot is shown empty
    shown      what the blocks confirmed, whoever filled them
    filling    how many fillings of a whole target are under way
    streaming  how many runs of streams are, fillings among them
    """

    def __init__(
        self, *, store: Store, lanes: Lanes, presence: Presence, tasks: Tasks, clock: Clock, timings: Timings
    ) -> None:
        self._store, self._lanes, self._presence = store, lanes, presence
        self._tasks, self._clock, self._timings = tasks, clock, timings
        self.heat: HeatSource | None = None
        self.shown = ShownSlots()
        self.filling = self.streaming = 0
        self._owed: dict[Mac, tuple[StartblockProgram, float]] = {}
        """What a block may still acknowledge, and until when, in Clock seconds."""

    def start(self, target: Target, entries: Sequence[SlotEntry] | None, origin: Origin) -> TaskSnapshot:
        """As a task. `entries` None: the current heat. Result: ok, expected, acked, reason and slots, one by one.

        Raises NothingToShow, NothingConnected or TaskRunning.
        """
        command = StartblockCommand(target=target, params=StartblockChoice.of(entries))
        streams, degraded = slot_streams(target, (), self._store.snapshot)
        if not streams:
            raise NothingToShow(degraded)
        require_any(self._lanes)

        def work(task: TaskHandle) -> dict[str, Any]:
            results, degraded = self._show(command, origin.priority, task)
            result = command_result(command, results, degraded)
            return {
                "ok": result.ok,
                "expected": sum(len(each.waited_for) for each in results),
                "acked": sum(len(each.acked) for each in results),
                "reason": result.detail,
                "slots": [each.to_json() for each in results],
            }

        meta = {"index": 0, "total": len(streams), "slot": None, "message": ""}
        return self._tasks.start("startblock", work, meta)

    def submit(
        self, command: StartblockCommand, priority: Priority, cancellation: Cancellation | None = None
    ) -> CommandResult:
        """Waits until every slot is confirmed or given up. Never raises for what can happen in the field."""
        try:
            results, degraded = self._show(command, priority, None, cancellation)
        except RaceLinkError as error:
            return CommandResult(CommandStatus.REJECTED, error.code, str(error))
        return command_result(command, results, degraded)

    def stream(
        self,
        streams: Sequence[SlotStream],
        priority: Priority,
        task: TaskHandle | None = None,
        cancellation: Cancellation | None = None,
    ) -> list[SlotResult]:
        """Sends just these, in this order on each network. Never raises for what can happen in the field."""
        results = [SlotResult(stream) for stream in streams]
        by_network: dict[str, list[SlotResult]] = {}
        for result in results:
            by_network.setdefault(result.stream.network_id, []).append(result)
        run = _Run(
            store=self._store,
            lanes=self._lanes,
            presence=self._presence,
            clock=self._clock,
            timings=self._timings,
            priority=priority,
            tasks=self._tasks,
            task=task,
            cancellation=cancellation,
            owed=self._owed,
            shown=self.shown,
        )
        self.streaming += 1
        try:
            on_each_network(tuple(by_network), lambda network: run.fill(network, by_network[network]), "startblock")
        finally:
            self.streaming -= 1
        return results

    def _show(
        self,
        command: StartblockCommand,
        priority: Priority,
        task: TaskHandle | None,
        cancellation: Cancellation | None = None,
    ) -> tuple[list[SlotResult], tuple[Degradation, ...]]:
        streams, degraded = slot_streams(command.target, self._entries(command), self._store.snapshot)
        self.filling += 1
        try:
            return self.stream(streams, priority, task, cancellation), degraded
        finally:
            self.filling -= 1

    def _entries(self, command: StartblockCommand) -> Sequence[SlotEntry]:
        entries = command.params.entries
        if entries is not None:
            return entries
        return () if self.heat is None else self.heat()


class _Run:
    """One filling of all slots. Only those that are missing are asked again."""

    def __init__(
        self,
        *,
        store: Store,
        lanes: Lanes,
        presence: Presence,
        clock: Clock,
        timings: Timings,
        priority: Priority,
        tasks: Tasks,
        task: TaskHandle | None,
        cancellation: Cancellation | None,
        owed: dict[Mac, tuple[StartblockProgram, float]],
        shown: ShownSlots,
    ) -> None:
        self._store, self._lanes, self._presence, self._clock = store, lanes, presence, clock
        self._shown = shown
        self._timings, self._priority, self._owed = timings, priority, owed
        self._tasks, self._task, self._cancellation = tasks, task, cancellation
        self._index = 0
        self._silent: set[Mac] = set()

    @property
    def _is_cancelled(self) -> bool:
        """Asked before each stream: none of them may be in the slot when a race starts."""
        if self._task is not None:
            return self._task.is_cancelled
        return not self._tasks.wait_while_paused(self._cancellation)

    def fill(self, network_id: str, results: Sequence[SlotResult]) -> None:
        for result in results:
            result.waited_for = frozenset(
                device.mac for device in result.stream.devices if self._store.readings.of(device.mac).online
            )
            if self._is_cancelled:
                result.error = ("cancelled", "Cancelled before this slot was sent.")
                continue
            self._index += 1
            if self._task is not None:
                program = result.stream.program
                self._task.progress(index=self._index, slot=program.slot, message=program.name)
            try:
                self._fill_slot(self._lanes.lane(network_id), result)
            except RaceLinkError as error:
                result.error = (error.code, str(error))

    def _fill_slot(self, lane: Lane, result: SlotResult) -> None:
        """Block by block: a stream to everyone would be acknowledged by every lamp, late ones in the next slot."""
        if not result.waited_for:
            self._try(lane, result)
            return
        for _ in range(_ATTEMPTS):
            for device in result.stream.devices:
                if device.mac in result.missing:
                    self._ask(lane, result, device)
                if result.error is not None or self._is_cancelled:
                    return
        for mac in result.missing:
            self._silent.add(mac)
            self._presence.silent(mac, "STREAM")
        for device in result.stream.devices:
            if device.mac not in result.waited_for:
                self._send_only(lane, result, device)

    def _try(self, lane: Lane, result: SlotResult) -> None:
        """Nobody is known to be there. Whoever is misses the next slot while it answers: it gets the time, once."""
        for device in result.stream.devices:
            if device.mac in self._silent:
                self._send_only(lane, result, device)
                continue
            self._ask(lane, result, device)
            if device.mac not in result.acked:
                self._silent.add(device.mac)
        result.waited_for = frozenset(result.acked)

    def _send_only(self, lane: Lane, result: SlotResult, device: Device) -> None:
        packet = result.stream.packet_to(device.radio_address)
        self._shown.doubted(device.mac, result.stream.program.slot)
        [outcome] = lane.send([packet], self._priority, cancellation=self._cancellation)
        result.packets_sent += outcome.ok
        if not outcome.ok:
            result.error = ("not_sent", outcome.reason or "The gateway did not send it.")

    def _ask(self, lane: Lane, result: SlotResult, device: Device) -> None:
        self._let_owed_answers_pass(device.mac, result)
        self._shown.doubted(device.mac, result.stream.program.slot)
        asked = 0

        def acknowledgement() -> Matcher:
            nonlocal asked
            asked += 1
            return ack_from(device.mac, Opcode.STREAM)

        replies = lane.request(
            result.stream.packet_to(device.radio_address),
            acknowledgement,
            self._priority,
            attempts=1,
            attempt_s=self._timings.unicast_attempt_s,
            cancellation=self._cancellation,
        )
        if asked > 1 or not replies.events:
            until_s = self._clock.monotonic() + self._timings.late_answer_s
            self._owed[device.mac] = (result.stream.program, until_s)
        problem = _problem(replies)
        if problem is None:
            result.packets_sent += 1
        elif not replies.events:
            result.error = problem
        for event in replies.events:
            message = event.message
            if isinstance(message, Forwarded) and isinstance(message.reply, Ack) and message.reply.is_ok:
                result.acked.add(device.mac)
                self._shown.confirmed(device.mac, result.stream.program)

    def _let_owed_answers_pass(self, mac: Mac, result: SlotResult) -> None:
        """An acknowledgement does not say of what: one that is late must not confirm another slot."""
        program, until_s = self._owed.get(mac, (result.stream.program, 0.0))
        while program != result.stream.program and (left_s := until_s - self._clock.monotonic()) > 0:
            if self._is_cancelled:
                return
            self._clock.sleep(min(left_s, _LOOK_AGAIN_S))


def _problem(replies: Replies) -> tuple[str, str] | None:
    """Why the packet did not go out, or the wait was cut off."""
    if replies.reason == "link_lost":
        return "link_lost", replies.detail or "The gateway was lost."
    if replies.reason == "cancelled":
        return "cancelled", replies.detail or "Cancelled before it was confirmed."
    return None if replies.detail is None else ("not_sent", replies.detail)


def command_result(
    command: StartblockCommand, results: Sequence[SlotResult], degraded: Sequence[Degradation]
) -> CommandResult:
    """Acknowledged only if somebody was waited for in every slot, and everybody confirmed."""
    sentences = [each.detail for each in degraded]
    code = degraded[0].code if degraded else None
    if not results:
        is_fine = code == "no_startblock"
        status = CommandStatus.SENT if is_fine else CommandStatus.REJECTED
        return CommandResult(status, code, " ".join(sentences) or None)
    failed = [each.error for each in results if each.error is not None]
    missing = sorted({mac for each in results for mac in each.missing})
    waited_for = {mac for each in results for mac in each.waited_for}
    status = CommandStatus.ACKNOWLEDGED if all(each.waited_for for each in results) else CommandStatus.SENT
    if failed:
        nothing_left = not any(each.packets_sent for each in results)
        is_refused = nothing_left and failed[0][0] == "unavailable"
        status, code = (CommandStatus.REJECTED if is_refused else CommandStatus.FAILED), failed[0][0]
        sentences = list(dict.fromkeys(sentence for _, sentence in failed))
    elif missing:
        status, code = CommandStatus.TIMED_OUT, "no_reply"
        acked = sum(len(each.acked) for each in results)
        expected = sum(len(each.waited_for) for each in results)
        sentences = [f"{acked} of {expected} confirmations came; missing: {', '.join(missing)}."]
    return CommandResult(
        status,
        code,
        " ".join(sentences) or None,
        sum(each.packets_sent for each in results),
        {mac: CommandStatus.TIMED_OUT if mac in missing else CommandStatus.ACKNOWLEDGED for mac in sorted(waited_for)},
    )
