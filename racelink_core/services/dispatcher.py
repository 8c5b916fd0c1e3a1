"""The one road from a command to the lanes: validate, plan, send, remember what was told (design 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from racelink_core.domain.clock import Clock
from racelink_core.domain.command import BlackoutCommand, Command, StartblockCommand, SyncCommand
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.offset_notes import OffsetNotes
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.outcome import CommandResult, CommandStatus
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.outcome import SendKind, SendOutcome
from racelink_core.planning.plan import Degradation, plan
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.command_log import CommandLog
from racelink_core.services.history import CommandRecord, History
from racelink_core.services.outbound import Outbound
from racelink_core.services.parallel import on_each_network
from racelink_core.services.race_watch import RacePhase, RaceWatch
from racelink_core.services.scene_runner.fire import send_for_moment
from racelink_core.services.startblock import Startblock
from racelink_core.services.waiting_commands import Waiting, WaitingCommands
from racelink_core.state.store import Store

_FAILURES: Mapping[SendKind, tuple[CommandStatus, str]] = {
    SendKind.REJECTED: (CommandStatus.FAILED, "tx_rejected"),
    SendKind.LINK_LOST: (CommandStatus.FAILED, "link_lost"),
    SendKind.CANCELLED: (CommandStatus.FAILED, "cancelled"),
    SendKind.TIMED_OUT: (CommandStatus.TIMED_OUT, "timed_out"),
}
OVERTAKEN = "overtaken"
NO_GATEWAY = "No gateway is connected. Plug one in: it is found by itself. The gateway status says what was tried."


class TooLate(RaceLinkError):
    """Others were before it until the moment had passed by which it made sense; nothing was sent."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__("The gateway was busy until it was too late for this. Nothing has to be done.")


@dataclass(frozen=True, slots=True)
class _When:
    """As the arguments of `Dispatcher.submit`."""

    shown_at_s: float | None = None
    until_s: float | None = None
    slot: Hashable | None = None


@dataclass(frozen=True, slots=True)
class _Sent:
    """What became of one network's share."""

    network_id: str
    packets: Sequence[RadioPacket] = ()
    outcomes: tuple[SendOutcome, ...] = ()
    error: RaceLinkError | None = None


class Dispatcher:
    """Every command goes through `submit`, whoever asks.

    before_blackout  called before everyone is turned dark: be quick
    before_race_end  called before what is bound to the abort or stop of a race is sent: be quick
    """

    def __init__(
        self,
        *,
        store: Store,
        outbound: Outbound,
        clock: Clock,
        history: History,
        startblock: Startblock,
        race: RaceWatch,
    ) -> None:
        self._store, self._outbound, self._clock, self._history = store, outbound, clock, history
        self._startblock, self._race = startblock, race
        self._waiting, self._log = WaitingCommands(), CommandLog(race, clock)
        self.before_blackout: Callable[[], None] = lambda: None
        self.before_race_end: Callable[[], None] = lambda: None

    def submit(
        self,
        command: Command,
        origin: Origin,
        *,
        shown_at_s: float | None = None,
        until_s: float | None = None,
        slot: Hashable | None = None,
    ) -> CommandResult:
        """Waits cooperatively until every packet's outcome is known. Never raises for what can happen in the field.

        shown_at_s  when its first light shall be seen, in Clock seconds, such as the moment of a staging tone; a moment
                    that has passed means now. It is taken back when the race ends before
        until_s     what has not had its turn by then, in Clock seconds, is not sent any more
        slot        of the commands that wait for their turn with the same one, only the newest is sent
        """
        at_s, began_s = self._clock.unix(), self._clock.monotonic()
        result = self._execute(command, _with_priority(command, origin), _When(shown_at_s, until_s, slot))
        took_ms = (self._clock.monotonic() - began_s) * 1000
        self._history.add(CommandRecord(at_s, origin, command, result, took_ms))
        self._log.ended(command, origin, result)
        return result

    def race_changed(self, phase: RacePhase) -> None:
        """Fits `RaceWatch.subscribe`."""
        if phase is RacePhase.NONE:
            self._waiting.forget_moments("The race was ended before.")

    def _execute(self, command: Command, origin: Origin, when: _When) -> CommandResult:
        if isinstance(command, StartblockCommand):
            return self._startblock.submit(command, origin.priority)
        try:
            self._race.admit(origin, has_sync=isinstance(command, SyncCommand))
        except RaceLinkError as error:
            return CommandResult(CommandStatus.REJECTED, error.code, str(error))
        with self._waiting.added(command, origin, is_timed=when.shown_at_s is not None, slot=when.slot) as waiting:
            result = self._performed(command, origin, waiting, when)
        if waiting.why is not None and not result.ok:
            return replace(result, status=CommandStatus.OVERTAKEN, code=OVERTAKEN, detail=waiting.why)
        return result

    def _performed(self, command: Command, origin: Origin, waiting: Waiting, when: _When) -> CommandResult:
        snapshot = self._store.snapshot
        outline = plan(command, snapshot, {})
        if not outline.operations:
            first = outline.degraded[0]
            return CommandResult(CommandStatus.REJECTED, first.code, _sentences(outline.degraded))
        lanes, without_gateway = self._outbound.lanes(outline.network_ids)
        if not lanes:
            return CommandResult(CommandStatus.REJECTED, "unavailable", NO_GATEWAY)
        if origin.priority > Priority.RACE_EVENT:
            self._overtake(command, origin, waiting, snapshot)
        with self._outbound.commanding(tuple(lanes)):
            shares = self._send_to_all(lanes, waiting, snapshot, when)
            for share in shares:
                for packet, outcome in zip(share.packets, share.outcomes, strict=False):
                    self._outbound.sent(share.network_id, packet, outcome)
            for share in shares:
                self._outbound.remember(snapshot, share.network_id, share.packets, share.outcomes, origin.name)
        missing = [_Sent(network_id, error=error) for network_id, error in without_gateway.items()]
        if missing and _reaches_everyone(command):
            self._log.left_out([share.network_id for share in missing])
        else:
            shares += missing
        return _result(shares, outline.degraded)

    def _overtake(self, command: Command, origin: Origin, waiting: Waiting, snapshot: Snapshot) -> None:
        if origin.priority is Priority.RACE_END:
            self.before_race_end()
        elif isinstance(command, BlackoutCommand) and _reaches_everyone(command):
            self.before_blackout()
        self._waiting.make_way(waiting, origin.name, snapshot)

    def _send_to_all(self, lanes: Mapping[str, Lane], waiting: Waiting, snapshot: Snapshot, when: _When) -> list[_Sent]:
        sent = on_each_network(
            tuple(lanes), lambda each: self._send(each, lanes[each], waiting, snapshot, when), "bcast"
        )
        return list(sent.values())

    def _send(self, network_id: str, lane: Lane, waiting: Waiting, snapshot: Snapshot, when: _When) -> _Sent:
        packets: tuple[RadioPacket, ...] = ()

        def planned(notes: OffsetNotes) -> Sequence[RadioPacket]:
            nonlocal packets
            if when.until_s is not None and self._clock.monotonic() >= when.until_s:
                raise TooLate
            final = plan(waiting.command, snapshot, {network_id: notes}, self._outbound.sync_brightness)
            packets = final.packets(network_id)
            return packets

        try:
            if when.shown_at_s is None:
                outcomes = lane.send(planned, waiting.priority, cancellation=waiting.cancellation)
            else:
                outcomes = send_for_moment(
                    lane, planned(lane.notes), waiting.priority, when.shown_at_s, waiting.cancellation
                )
        except RaceLinkError as error:
            return _Sent(network_id, packets, error=error)
        return _Sent(network_id, packets, outcomes)


def _with_priority(command: Command, origin: Origin) -> Origin:
    """A blackout overtakes everything, whoever asks for it."""
    return Origin(origin.name, Priority.BLACKOUT) if isinstance(command, BlackoutCommand) else origin


def _reaches_everyone(command: Command) -> bool:
    return isinstance(command, SyncCommand) or isinstance(command.target, BroadcastTarget)


def _sentences(degraded: Sequence[Degradation]) -> str:
    return " ".join(dict.fromkeys(degradation.detail for degradation in degraded))


def _result(shares: Sequence[_Sent], degraded: Sequence[Degradation]) -> CommandResult:
    networks = {share.network_id: _worst((share,), ()).status for share in shares}
    return replace(_worst(shares, degraded), networks=networks)


def _worst(shares: Sequence[_Sent], degraded: Sequence[Degradation]) -> CommandResult:
    """The worst share decides; what could not be planned is named even when the rest was sent."""
    packets_sent = sum(outcome.ok for share in shares for outcome in share.outcomes)
    status, code, detail = CommandStatus.SENT, None, None
    for share in shares:
        if share.error is not None:
            return CommandResult(CommandStatus.FAILED, share.error.code, str(share.error), packets_sent)
        for outcome in share.outcomes:
            if outcome.ok or status is CommandStatus.FAILED:
                continue
            status, code = _FAILURES[outcome.kind]
            detail = outcome.reason or f"A packet for network {share.network_id!r} did not leave its gateway."
    if status is CommandStatus.SENT and degraded:
        code, detail = degraded[0].code, _sentences(degraded)
    return CommandResult(status, code, detail, packets_sent)
