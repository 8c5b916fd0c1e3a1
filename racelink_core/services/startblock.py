"""Fills starting blocks with the pilots of a heat, slot by slot, and says who confirmed it.

Source: spec services, section 9; spec scenes, section 9.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from racelink_core.domain.address import Mac, RadioAddress
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
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import Matcher, Replies
from racelink_core.planning.operation import Degradation
from racelink_core.planning.startblock import SlotStream, slot_streams
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import Ack
from racelink_core.services.lanes import Lanes, require_any
from racelink_core.services.parallel import on_each_network
from racelink_core.services.presence import Presence
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.state.store import Store

_ATTEMPTS = 3


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
    """`heat`: where the pilots of the current heat come from; None: every slot is shown empty."""

    def __init__(
        self, *, store: Store, lanes: Lanes, presence: Presence, tasks: Tasks, clock: Clock, timings: Timings
    ) -> None:
        self._store, self._lanes, self._presence = store, lanes, presence
        self._tasks, self._clock, self._timings = tasks, clock, timings
        self.heat: HeatSource | None = None

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

    def submit(self, command: StartblockCommand, priority: Priority) -> CommandResult:
        """Waits until every slot is confirmed or given up. Never raises for what can happen in the field."""
        try:
            results, degraded = self._show(command, priority, None)
        except RaceLinkError as error:
            return CommandResult(CommandStatus.REJECTED, error.code, str(error))
        return command_result(command, results, degraded)

    def _show(
        self, command: StartblockCommand, priority: Priority, task: TaskHandle | None
    ) -> tuple[list[SlotResult], tuple[Degradation, ...]]:
        snapshot = self._store.snapshot
        streams, degraded = slot_streams(command.target, self._entries(command), snapshot)
        results = [SlotResult(stream) for stream in streams]
        by_network: dict[str, list[SlotResult]] = {}
        for result in results:
            by_network.setdefault(result.stream.network_id, []).append(result)
        nodes = {network_id: sum(1 for _ in snapshot.devices_of_network(network_id)) for network_id in by_network}
        run = _Run(
            store=self._store,
            lanes=self._lanes,
            presence=self._presence,
            clock=self._clock,
            timings=self._timings,
            priority=priority,
            task=task,
            nodes=nodes,
        )
        on_each_network(tuple(by_network), lambda network: run.fill(network, by_network[network]), "startblock")
        return results, degraded

    def _entries(self, command: StartblockCommand) -> Sequence[SlotEntry]:
        entries = command.params.entries
        if entries is not None:
            return entries
        return () if self.heat is None else self.heat()


class _Run:
    """One filling of all slots. Retries wait for those that are missing, and address them one by one."""

    def __init__(
        self,
        *,
        store: Store,
        lanes: Lanes,
        presence: Presence,
        clock: Clock,
        timings: Timings,
        priority: Priority,
        task: TaskHandle | None,
        nodes: Mapping[str, int],
    ) -> None:
        """nodes   how many are known on each network: all of them acknowledge a stream to everyone"""
        self._store, self._lanes, self._presence, self._clock = store, lanes, presence, clock
        self._timings, self._priority, self._task, self._nodes = timings, priority, task, nodes
        self._index = 0
        self._silent: set[Mac] = set()

    @property
    def _is_cancelled(self) -> bool:
        return self._task is not None and self._task.is_cancelled

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
        stream = result.stream
        if not result.waited_for:
            self._try(lane, result)
            return
        self._ask(
            lane, result, stream.receiver, [device for device in stream.devices if device.mac in result.waited_for]
        )
        for _ in range(1, _ATTEMPTS):
            missing = [device for device in stream.devices if device.mac in result.missing]
            if not missing or result.error is not None or self._is_cancelled:
                return
            for device in missing:
                self._clock.sleep(self._timings.unicast_gap_s)
                self._ask(lane, result, device.radio_address, [device])
        if result.error is None:
            for mac in result.missing:
                self._presence.silent(mac, "STREAM")

    def _try(self, lane: Lane, result: SlotResult) -> None:
        """Nobody is known to be there. Whoever is misses the next slot while it answers: it gets the time, once."""
        unheard = [device for device in result.stream.devices if device.mac not in self._silent]
        if not unheard:
            self._send_only(lane, result)
            return
        self._ask(lane, result, result.stream.receiver, unheard)
        result.waited_for = frozenset(result.acked)
        self._silent.update(device.mac for device in unheard if device.mac not in result.acked)

    def _send_only(self, lane: Lane, result: SlotResult) -> None:
        [outcome] = lane.send([result.stream.packet_to(result.stream.receiver)], self._priority)
        result.packets_sent += outcome.ok
        if not outcome.ok:
            result.error = ("not_sent", outcome.reason or "The gateway did not send it.")

    def _ask(self, lane: Lane, result: SlotResult, receiver: RadioAddress, devices: Sequence[Device]) -> None:
        macs = {device.radio_address: device.mac for device in devices}
        ceiling_s = self._ceiling_s(result.stream.network_id, receiver)

        def acknowledgements() -> Matcher:
            return Matcher(senders=macs, ack_of=Opcode.STREAM, expected_count=len(macs), max_timeout_s=ceiling_s)

        replies = lane.request(result.stream.packet_to(receiver), acknowledgements, self._priority, attempts=1)
        problem = _problem(replies)
        if problem is None:
            result.packets_sent += 1
        elif not replies.events:
            result.error = problem
        for event in replies.events:
            message = event.message
            if isinstance(message, Forwarded) and isinstance(message.reply, Ack) and message.reply.is_ok:
                result.acked.add(macs[message.sender])

    def _ceiling_s(self, network_id: str, receiver: RadioAddress) -> float:
        """To everyone: every node of the network acknowledges a stream, and ours may come last."""
        timings = self._timings
        if not receiver.is_broadcast:
            return timings.unicast_attempt_s
        everyone_s = timings.collect_base_s + timings.collect_per_device_s * self._nodes[network_id]
        return min(timings.stream_attempt_s, everyone_s)


def _problem(replies: Replies) -> tuple[str, str] | None:
    """Why the packet did not go out, or the wait was cut off."""
    if replies.reason == "link_lost":
        return "link_lost", replies.detail or "The gateway was lost."
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
