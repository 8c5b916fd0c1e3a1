"""Keeps starting blocks showing the current heat: only what changed, only to blocks that show it.

Events of a heat come in bursts and often change nothing, so they only wake a worker that reads the heat once things
are quiet and compares. From staging to start nothing is sent; afterwards the heat is read anew, which drops what is
obsolete. Source: spec rotorhazard, section 2; spec services, section 9.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.clock import Clock
from racelink_core.domain.command import StartblockCommand
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.scope import Change, Scope
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.startblock import SlotEntry, StartblockChoice, is_startblock
from racelink_core.domain.target import BroadcastTarget
from racelink_core.gateway.cancellation import Cancellation
from racelink_core.gateway.pool_status import PoolStatus
from racelink_core.planning.startblock import SlotStream, changed_streams, slot_streams
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.replies import Ack, IdentifyReply
from racelink_core.protocol.startblock import StartblockProgram
from racelink_core.services.arrivals import Arrivals
from racelink_core.services.history import CommandRecord, History
from racelink_core.services.lanes import Lanes
from racelink_core.services.problems import Problem
from racelink_core.services.startblock import SlotResult, Startblock, command_result
from racelink_core.services.tasks import Tasks
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
_SETTLE_S = 0.5
_LOOK_AGAIN_S = 0.5
_ORIGIN = Origin("current heat", Priority.AUTOMATION)
_SCOPES = {Scope.FULL, Scope.DEVICES, Scope.DEVICE_MEMBERSHIP, Scope.DEVICE_SPECIALS, Scope.SETTINGS}
_ABOUT_THE_GATEWAY = ("unavailable", "link_lost", "cancelled")
"""Ways in which a slot is left that say nothing about the block."""


class HeatFollower:
    """`heat_changed` whenever the heat may have changed. Without a source of heats nothing happens.

    on_problem  told once of each block that falls behind, and of a heat that cannot be read
    """

    def __init__(
        self,
        *,
        store: Store,
        startblock: Startblock,
        lanes: Lanes,
        tasks: Tasks,
        history: History,
        clock: Clock,
    ) -> None:
        self._store, self._startblock, self._lanes = store, startblock, lanes
        self._tasks, self._history, self._clock = tasks, history, clock
        self.on_problem: Callable[[str], None] = lambda sentence: None
        self._followed: dict[tuple[Mac, int], StartblockProgram] = {}
        """What of the heat each block was seen to show; somebody may have shown something else since."""
        self._entries: tuple[SlotEntry, ...] = ()
        self._silent: set[Mac] = set()
        """Not asked again before they are heard, or the heat is another one."""
        self._behind: set[Mac] = set()
        self._unreadable: str | None = None
        self._arrivals = Arrivals()
        self._lock = threading.Lock()
        self._worker: threading.Thread | None = None
        self._is_due = False
        self._cancellation = Cancellation()
        self._is_started = False
        self._stopped = threading.Event()
        self._unsubscribe = store.subscribe(self._store_changed)

    def start(self) -> None:
        """From now on the heat can be read; before, RotorHazard has no database yet."""
        self._is_started = True
        self._wake()

    def heat_changed(self) -> None:
        """Returns at once; may be called as often as one likes."""
        self._wake()

    def race_is_staging(self) -> None:
        """What waits to be sent is dropped; the heat is read again after the start. Returns at once."""
        if self._worker is not None:
            self._is_due = True
        self._cancellation.cancel()

    def gateways_changed(self, status: PoolStatus) -> None:
        """A network that gets its gateway has its blocks brought up to date."""
        if self._arrivals.in_status(status):
            self._silent.clear()
            self._wake()

    def heard(self, device: Device, message: Forwarded, was_offline: bool) -> None:
        """A block that is back shows what it missed; one that has restarted shows nothing any more."""
        if not is_startblock(device) or _is_late_confirmation(message):
            return
        has_restarted = isinstance(message.reply, IdentifyReply) and message.receiver == BROADCAST
        if has_restarted:
            self._startblock.shown.lost(device.mac)
            self._forget(lambda mac: mac == device.mac)
        if has_restarted or was_offline or device.mac in self._silent:
            self._silent.discard(device.mac)
            self._wake()

    @property
    def is_idle(self) -> bool:
        """Nothing is being sent or waited for, blocks that do not answer excepted."""
        return self._worker is None

    def problems(self) -> tuple[Problem, ...]:
        """Blocks that do not show the current heat, and why nobody knows it."""
        if not self._store.snapshot.settings.startblocks_follow_heat:
            return ()
        found = [] if self._unreadable is None else [Problem("heat_unreadable", self._unreadable)]
        devices = self._store.snapshot.devices
        names = sorted(devices[mac].name for mac in self._behind if mac in devices)
        if names:
            found.append(Problem("startblock_behind", _behind_sentence(names)))
        return tuple(found)

    def stop(self, timeout_s: float) -> None:
        """Harmless twice."""
        self._stopped.set()
        self._unsubscribe()
        self._cancellation.cancel()
        worker = self._worker
        if worker is not None and worker.ident is not None:
            worker.join(self._clock.system_s(timeout_s))

    def _store_changed(self, change: Change) -> None:
        if change.scopes & _SCOPES:
            self._wake()

    def _wake(self) -> None:
        if not self._is_started or self._startblock.heat is None:
            return
        if not any(map(is_startblock, self._store.snapshot.devices.values())):
            return
        with self._lock:
            self._is_due = True
            if self._worker is not None or self._stopped.is_set():
                return
            self._worker = threading.Thread(target=self._work, name="rl-heat-follower", daemon=True)
            worker = self._worker
        worker.start()

    def _work(self) -> None:
        """Reads the heat once. If it changes meanwhile, the next worker goes on: a greenlet is a database session."""
        try:
            if self._may_go_on():
                self._is_due = False
                self._follow(self._outstanding())
        except Exception:  # noqa: BLE001 - the edge of a worker: the next change must find another one
            _log.exception("The starting blocks could not follow the heat")
        finally:
            with self._lock:
                self._worker = None
        if self._is_due and not self._stopped.is_set():
            self._wake()

    def _may_go_on(self) -> bool:
        """Once the burst is over, no race is about to start, and nobody else fills the blocks. No: the host stops."""
        self._wait(_SETTLE_S)
        self._cancellation = Cancellation()
        while not self._tasks.wait_while_paused(self._cancellation) or self._startblock.filling:
            if self._stopped.is_set():
                return False
            self._wait(_LOOK_AGAIN_S)
            self._cancellation = Cancellation()
        return not self._stopped.is_set()

    def _wait(self, seconds: float) -> None:
        self._stopped.wait(self._clock.system_s(seconds))

    def _outstanding(self) -> list[SlotStream]:
        """One stream for each block and slot that shows something else than the heat, as far as is known."""
        snapshot = self._store.snapshot
        self._forget(lambda mac: mac not in snapshot.devices)
        streams = self._streams(snapshot)
        served = self._lanes.lanes()
        due: list[SlotStream] = []
        for stream in changed_streams(streams, self._followed):
            [device] = stream.devices
            if self._startblock.shown.shows(device.mac, stream.program):
                self._followed[device.mac, stream.program.slot] = stream.program
            elif stream.network_id in served:
                due.append(stream)
        return due

    def _streams(self, snapshot: Snapshot) -> Iterable[SlotStream]:
        heat = self._startblock.heat
        if heat is None or not snapshot.settings.startblocks_follow_heat:
            return ()
        try:
            entries = heat()
        except RaceLinkError as error:
            self._say_unreadable(str(error))
            return ()
        self._unreadable = None
        if tuple(entries) != self._entries:
            self._entries = tuple(entries)
            self._silent.clear()
        return slot_streams(BroadcastTarget(), entries, snapshot)[0]

    def _follow(self, due: Sequence[SlotStream]) -> None:
        """Block by block and slot by slot, so that whatever happens meanwhile is taken into account."""
        at_s, began_s = self._clock.unix(), self._clock.monotonic()
        results: list[SlotResult] = []
        for stream in due:
            if self._is_due or self._cancellation.is_cancelled:
                break
            [device] = stream.devices
            if device.mac not in self._silent:
                results.append(self._send(stream, device))
        results = [each for each in results if each.packets_sent or not _is_cancelled(each)]
        if results:
            self._report(results, at_s, (self._clock.monotonic() - began_s) * 1000)
        self._behind -= {mac for mac in self._behind if mac not in self._silent and self._is_up_to_date(mac, due)}

    def _send(self, stream: SlotStream, device: Device) -> SlotResult:
        key = device.mac, stream.program.slot
        self._followed.pop(key, None)
        [result] = self._startblock.stream((stream,), _ORIGIN.priority, cancellation=self._cancellation)
        if device.mac in result.acked:
            self._followed[key] = stream.program
        elif result.error is None or result.error[0] not in _ABOUT_THE_GATEWAY:
            self._fell_behind(device)
        return result

    def _fell_behind(self, device: Device) -> None:
        self._silent.add(device.mac)
        if device.mac not in self._behind:
            self._behind.add(device.mac)
            self._say(_behind_sentence([device.name]))

    def _is_up_to_date(self, mac: Mac, due: Iterable[SlotStream]) -> bool:
        return all(
            self._followed.get((mac, each.program.slot)) == each.program for each in due if each.devices[0].mac == mac
        )

    def _report(self, results: Sequence[SlotResult], at_s: float, took_ms: float) -> None:
        """One line and one record for all of it."""
        sent = {each.stream.program.slot: each.stream.program for each in results}
        entries = [
            SlotEntry(slot=slot, callsign=program.name, channel=program.channel) for slot, program in sent.items()
        ]
        command = StartblockCommand(target=BroadcastTarget(), params=StartblockChoice.of(entries))
        self._history.add(CommandRecord(at_s, _ORIGIN, command, command_result(command, results, ()), took_ms))
        confirmed = sum(bool(each.acked) for each in results)
        _log.info("The starting blocks follow the heat: %d of %d slots confirmed", confirmed, len(results))

    def _say_unreadable(self, sentence: str) -> None:
        if sentence != self._unreadable:
            self._unreadable = sentence
            self._say(sentence)

    def _say(self, sentence: str) -> None:
        _log.warning("%s", sentence)
        self.on_problem(sentence)

    def _forget(self, is_meant: Callable[[Mac], bool]) -> None:
        for key in [key for key in self._followed if is_meant(key[0])]:
            del self._followed[key]


def _is_late_confirmation(message: Forwarded) -> bool:
    """To send again upon each would never end with a block that always answers too late."""
    return isinstance(message.reply, Ack) and message.reply.opcode == Opcode.STREAM


def _is_cancelled(result: SlotResult) -> bool:
    return result.error is not None and result.error[0] == "cancelled"


def _behind_sentence(names: Sequence[str]) -> str:
    return (
        f"{', '.join(names)} did not confirm the pilots of the current heat. Check power and reception there; "
        "as soon as it is heard again, it is told what it missed."
    )
