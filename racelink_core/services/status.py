"""Asking nodes how they are. Source: spec services, section 6."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import ALL_GROUPS, GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.domain.timings import Timings
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.inquiry import Question
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import Matcher, reply_from
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.bodies import GetStatus
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.runtime.turns import give_way
from racelink_core.services.asking import inquiry_of
from racelink_core.services.lanes import Lanes, require_any
from racelink_core.services.parallel import on_each_network
from racelink_core.services.presence import Presence
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.state.store import Store

_MOST_AT_ONCE = 8
"""So many nodes may answer one packet: about five fit without collisions (spec gateway-and-node-model, C6)."""
_ROUNDS = 5
_LAST_ATTEMPTS = 2
"""After the rounds each is asked by itself, with nobody else talking; only then does silence mean something."""


class StatusPoll:
    def __init__(self, store: Store, lanes: Lanes, presence: Presence, tasks: Tasks, timings: Timings) -> None:
        self._store, self._lanes, self._presence = store, lanes, presence
        self._tasks, self._timings = tasks, timings

    def start(self, target: Target | Sequence[DeviceTarget], origin: Origin) -> TaskSnapshot:
        """One device, several, groups or all. Result: updated, silent, unreachable, groupId, selectionCount.

        Raises NotFound, NothingConnected or TaskRunning.
        """
        require_any(self._lanes)
        devices = _devices(target, self._store.snapshot)
        is_chosen = not isinstance(target, BroadcastTarget | GroupsTarget)
        group_id = _group_id(target)
        count = len(devices)
        meta = {"groupId": group_id, "selectionCount": count, "index": 0, "total": count}

        def work(task: TaskHandle) -> dict[str, object]:
            run = _Run(
                store=self._store,
                lanes=self._lanes,
                presence=self._presence,
                timings=self._timings,
                task=task,
                priority=origin.priority,
            )
            run.poll(devices, is_chosen=is_chosen)
            return {**run.counts(), "groupId": group_id, "selectionCount": count}

        return self._tasks.start("status", work, meta)


def _devices(target: Target | Sequence[DeviceTarget], snapshot: Snapshot) -> tuple[Device, ...]:
    """Raises NotFound."""
    if isinstance(target, BroadcastTarget):
        return tuple(snapshot.devices.values())
    if isinstance(target, GroupsTarget):
        groups = [snapshot.group(GroupId(each)).id for each in target.value]
        return tuple(device for group_id in dict.fromkeys(groups) for device in snapshot.members(group_id))
    chosen = (target,) if isinstance(target, DeviceTarget) else target
    return tuple(snapshot.device(each.value) for each in chosen)


def _group_id(target: Target | Sequence[DeviceTarget]) -> GroupId | None:
    """The one group that is asked, if it is one."""
    if isinstance(target, BroadcastTarget):
        return ALL_GROUPS
    if isinstance(target, GroupsTarget) and len(target.value) == 1:
        return GroupId(target.value[0])
    return None


class _Run:
    def __init__(
        self,
        *,
        store: Store,
        lanes: Lanes,
        presence: Presence,
        timings: Timings,
        task: TaskHandle,
        priority: Priority,
    ) -> None:
        self._store, self._lanes, self._presence, self._timings = store, lanes, presence, timings
        self._task, self._priority = task, priority
        self._lock = threading.Lock()
        self._answered: set[Mac] = set()
        self._silent = self._unreachable = 0

    def counts(self) -> dict[str, int]:
        return {"updated": len(self._answered), "silent": self._silent, "unreachable": self._unreachable}

    def poll(self, devices: Sequence[Device], *, is_chosen: bool) -> None:
        """`is_chosen`: one by one, with all patience. Else small groups at once, and those known as offline at the end.

        The latter are asked once.
        """
        snapshot, connected = self._store.snapshot, self._lanes.lanes()
        by_network: dict[str, list[Device]] = {}
        for device in devices:
            network_id = network_of(device, snapshot)
            if network_id is not None and network_id in connected:
                by_network.setdefault(network_id, []).append(device)
            else:
                self._unreachable += 1
        on_each_network(
            tuple(by_network),
            lambda network: self._poll_network(connected[network], by_network[network], is_chosen=is_chosen),
            "bcast",
        )

    def _poll_network(self, lane: Lane, devices: Sequence[Device], *, is_chosen: bool) -> None:
        give_way()  # one network prepares its questions after the other
        expected: list[Device] = []
        others: list[Device] = []
        for device in devices:
            (expected if is_chosen or not self._is_offline(device) else others).append(device)
        try:
            if len(expected) > 1:
                if not is_chosen:
                    self._inquire(lane, self._group_questions(expected), 1)
                self._inquire(lane, self._single_questions(expected), _ROUNDS)
            for device in self._unheard(expected):
                if self._task.is_cancelled:
                    return
                self._ask(lane, device, _LAST_ATTEMPTS if len(expected) > 1 else self._timings.unicast_attempts)
            self._inquire(lane, self._single_questions(others), 1)
        except RaceLinkError as error:
            self._task.progress(message=str(error))
        if not self._task.is_cancelled:
            self._count_silent(others)

    def _is_offline(self, device: Device) -> bool:
        return self._store.readings.of(device.mac).online is False

    def _unheard(self, devices: Iterable[Device]) -> list[Device]:
        return [device for device in devices if device.mac not in self._answered]

    def _inquire(self, lane: Lane, questions: Sequence[Question], rounds: int) -> None:
        """Who answers shows at once. Who does not is judged by nobody: others may have talked across it."""
        if questions and not self._task.is_cancelled:
            inquiry_of(self._task, lane, self._priority).run(questions, rounds)

    def _group_questions(self, devices: Sequence[Device]) -> list[Question]:
        """One packet for all members of a small group; those of a large one would answer across each other."""
        by_group: dict[GroupId, list[Device]] = {}
        for device in devices:
            by_group.setdefault(_heeded_group(device), []).append(device)
        return [
            Question(RadioPacket(BROADCAST, GetStatus(group_id)), self._listening_to(members))
            for group_id, members in by_group.items()
            if group_id != ALL_GROUPS and 1 < len(members) <= _MOST_AT_ONCE
        ]

    def _single_questions(self, devices: Iterable[Device]) -> list[Question]:
        return [
            Question(RadioPacket(device.radio_address, GetStatus(_heeded_group(device))), self._listening_to((device,)))
            for device in self._unheard(devices)
        ]

    def _listening_to(self, devices: Sequence[Device]) -> Callable[[], Matcher]:
        macs = {device.radio_address: device.mac for device in devices}

        def heard(event: GatewayEvent) -> None:
            if isinstance(event.message, Forwarded):
                self._show(macs[event.message.sender])

        return lambda: Matcher(senders=macs, opcode=Opcode.STATUS, expected_count=len(macs), on_match=heard)

    def _show(self, mac: Mac) -> None:
        """An operator sees the first answers while others still come in."""
        self._answered.add(mac)
        self._task.progress(index=len(self._answered) + self._silent, addr=mac)

    def _count_silent(self, devices: Iterable[Device]) -> None:
        """Those that were offline before and still are. One that is online by now answered to something else."""
        for device in self._unheard(devices):
            if self._is_offline(device):
                self._silent += 1
            else:
                self._answered.add(device.mac)
        self._task.progress(index=len(self._answered) + self._silent)

    def _ask(self, lane: Lane, device: Device, attempts: int) -> None:
        replies = lane.request(
            RadioPacket(device.radio_address, GetStatus(_heeded_group(device))),
            lambda: reply_from(device.mac, Opcode.STATUS),
            self._priority,
            attempts=attempts,
            attempt_s=self._timings.unicast_attempt_s,
        )
        with self._lock:
            if replies.events:
                self._answered.add(device.mac)
            elif replies.reason == "no_reply" and replies.detail is None and not replies.is_disturbed:
                self._silent += 1
                self._presence.silent(device.mac, "STATUS")
            else:
                self._unreachable += 1
        self._task.progress(index=len(self._answered) + self._silent, addr=device.mac, message=device.name)


def _heeded_group(device: Device) -> GroupId:
    """A node ignores what is meant for another group, and one that has to confirm its group may still hold its old one.

    Asked for the new one it would count as offline; asked for any it answers, and by that is told its group.
    """
    return ALL_GROUPS if device.group_push_pending else device.group_id
