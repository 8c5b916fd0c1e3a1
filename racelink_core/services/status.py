"""Asking nodes how they are. Source: spec services, section 6."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from racelink_core.domain.address import BROADCAST, RadioAddress
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import ALL_GROUPS, GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.snapshot import Snapshot
from racelink_core.domain.target import BroadcastTarget, DeviceTarget, GroupsTarget, Target
from racelink_core.domain.timings import Timings
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.lane import Lane
from racelink_core.gateway.reply_matcher import Matcher, reply_from
from racelink_core.planning.addressing import network_of
from racelink_core.protocol.bodies import GetStatus
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.services.lanes import Lanes, require_any
from racelink_core.services.parallel import on_each_network
from racelink_core.services.presence import Presence
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.state.store import Store

_Poll = tuple[GroupId | None, tuple[Device, ...]]


class StatusPoll:
    def __init__(self, store: Store, lanes: Lanes, presence: Presence, tasks: Tasks, timings: Timings) -> None:
        self._store, self._lanes, self._presence = store, lanes, presence
        self._tasks, self._timings = tasks, timings

    def start(self, target: Target | Sequence[DeviceTarget], origin: Origin) -> TaskSnapshot:
        """One device, several, groups or all. Result: updated, silent, unreachable, groupId, selectionCount.

        Raises NotFound, NothingConnected or TaskRunning.
        """
        require_any(self._lanes)
        polls = _polls(target, self._store.snapshot)
        group_id = polls[0][0] if len(polls) == 1 else None
        count = sum(len(devices) for _, devices in polls)
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
            for group, devices in polls:
                run.poll(group, devices)
            return {**run.counts(), "groupId": group_id, "selectionCount": count}

        return self._tasks.start("status", work, meta)


def _polls(
    target: Target | Sequence[DeviceTarget], snapshot: Snapshot
) -> list[tuple[GroupId | None, tuple[Device, ...]]]:
    """What is asked, and who must answer; without a group every device is asked by itself. Raises NotFound."""
    if isinstance(target, BroadcastTarget):
        return [(ALL_GROUPS, tuple(snapshot.devices.values()))]
    if isinstance(target, GroupsTarget):
        groups = [snapshot.group(GroupId(each)).id for each in target.value]
        return [(group_id, tuple(snapshot.members(group_id))) for group_id in groups]
    chosen = (target,) if isinstance(target, DeviceTarget) else target
    return [(None, tuple(snapshot.device(each.value) for each in chosen))]


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
        self._updated = self._silent = self._unreachable = 0
        self._answering = 0
        """Devices that answered a broadcast which is still being answered."""

    def counts(self) -> dict[str, int]:
        return {"updated": self._updated, "silent": self._silent, "unreachable": self._unreachable}

    def poll(self, group_id: GroupId | None, devices: Sequence[Device]) -> None:
        """`group_id` None: each device by itself; else one broadcast, and those it missed by themselves."""
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
            lambda network: self._poll_network(connected[network], group_id, by_network[network]),
            "bcast",
        )

    def _poll_network(self, lane: Lane, group_id: GroupId | None, devices: Sequence[Device]) -> None:
        was_online = {device.mac for device in devices if self._store.readings.of(device.mac).online}
        try:
            missing = devices if group_id is None else self._broadcast(lane, group_id, devices)
            for device in missing:
                if self._task.is_cancelled:
                    return
                expected = group_id is None or device.mac in was_online
                self._ask(lane, device, self._timings.unicast_attempts if expected else 1)
        except RaceLinkError as error:
            self._task.progress(message=str(error))

    def _broadcast(self, lane: Lane, group_id: GroupId, devices: Sequence[Device]) -> list[Device]:
        """Returns those that shall be asked by themselves. Those known as offline are not waited for."""
        expected = {
            device.radio_address for device in devices if self._store.readings.of(device.mac).online is not False
        }
        answered: set[RadioAddress] = set()

        def collect() -> Matcher:
            def on_match(event: GatewayEvent) -> None:
                if isinstance(event.message, Forwarded):
                    self._show_at_once(answered, event.message.sender)
                if expected and expected <= answered:
                    matcher.end("count")

            matcher = Matcher(
                senders={device.radio_address for device in devices},
                opcode=Opcode.STATUS,
                idle_timeout_s=self._timings.collect_idle_s,
                max_timeout_s=min(
                    self._timings.collect_ceiling_s,
                    self._timings.collect_base_s + self._timings.collect_per_device_s * len(expected),
                ),
                on_match=on_match,
            )
            return matcher

        replies = lane.request(RadioPacket(BROADCAST, GetStatus(group_id)), collect, self._priority, attempts=1)
        shown_at_once = len(answered)
        answered |= {event.message.sender for event in replies.events if isinstance(event.message, Forwarded)}
        heard = [device for device in devices if device.radio_address in answered]
        with self._lock:
            self._answering -= shown_at_once
            self._updated += len(heard)
        self._task.progress(index=self._updated + self._silent + self._answering)
        silent = [device for device in devices if device.radio_address not in answered]
        for device in silent:
            if device.radio_address not in expected:
                self._silent += 1
        return [device for device in silent if device.radio_address in expected]

    def _show_at_once(self, answered: set[RadioAddress], sender: RadioAddress) -> None:
        """An operator sees the first answers while others still come in."""
        if sender not in answered:
            answered.add(sender)
            self._answering += 1
            self._task.progress(index=self._updated + self._silent + self._answering)

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
                self._updated += 1
            elif replies.reason == "no_reply" and replies.detail is None and not replies.is_disturbed:
                self._silent += 1
                self._presence.silent(device.mac, "STATUS")
            else:
                self._unreachable += 1
        self._task.progress(index=self._updated + self._silent + self._answering, addr=device.mac, message=device.name)


def _heeded_group(device: Device) -> GroupId:
    """A node ignores what is meant for another group, and one that has to confirm its group may still hold its old one.

    Asked for the new one it would count as offline; asked for any it answers, and by that is told its group.
    """
    return ALL_GROUPS if device.group_push_pending else device.group_id
