"""One run that tells many devices the group which is stored for them. Source: spec services, section 7."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import GroupId
from racelink_core.domain.origin import Priority
from racelink_core.planning.addressing import network_of
from racelink_core.services.lanes import Lanes
from racelink_core.services.membership import Membership, Push
from racelink_core.services.parallel import on_each_network
from racelink_core.services.tasks import TaskHandle
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store

_CONFIRMED_AT_ONCE = 8
"""A host that is killed loses what so many nodes confirmed last: they are asked once more, and nothing else."""
_ROUNDS = 3


@dataclass(slots=True)
class PushCounts:
    """Those in none of the counts were not reached before the run was cancelled.

    changed           the node acknowledged its group
    skipped_offline   known as offline, or nothing left the gateway; nothing can be said about the node
    timed_out         it was told and did not acknowledge
    """

    total: int
    changed: int = 0
    skipped_offline: int = 0
    timed_out: int = 0

    @property
    def pending(self) -> int:
        """Those that still have to confirm their group."""
        return self.total - self.changed


class GroupPush:
    """Network by network side by side. What nobody confirmed stays pending in the store."""

    def __init__(
        self, store: Store, lanes: Lanes, membership: Membership, task: TaskHandle, priority: Priority
    ) -> None:
        self._store, self._lanes, self._membership = store, lanes, membership
        self._task, self._priority = task, priority
        self._lock = threading.Lock()
        self._counts = PushCounts(0)
        self._index = 0
        self._stage = ""

    def run(self, macs: Sequence[Mac], *, skip_offline: bool, stage: str) -> PushCounts:
        """Ends between two devices when the task is cancelled. Raises what the store raises.

        stage   what the task's progress calls it
        """
        self._stage = stage
        snapshot = self._store.snapshot
        self._counts = PushCounts(len(macs))
        by_network: dict[str, list[Device]] = {}
        for mac in in_slices(macs):
            device = snapshot.devices.get(mac)
            if device is None:
                continue
            network_id = network_of(device, snapshot)
            is_offline = self._store.readings.of(mac).online is False
            if network_id is None or network_id not in self._lanes.lanes() or (skip_offline and is_offline):
                self._counts.skipped_offline += 1
                self._index += 1
                continue
            by_network.setdefault(network_id, []).append(device)
        on_each_network(tuple(by_network), lambda network: self._push_all(by_network[network]), "bcast")
        return self._counts

    def _push_all(self, devices: Sequence[Device]) -> None:
        """Side by side first; who did not acknowledge then is told alone, and only then counts as silent."""
        confirmed: dict[Mac, GroupId] = {}
        told: set[Mac] = set()

        def take(acknowledged: Sequence[Device]) -> None:
            for device in acknowledged:
                told.add(device.mac)
                confirmed[device.mac] = device.group_id
                self._count(device, Push.CONFIRMED)
            if len(confirmed) >= _CONFIRMED_AT_ONCE:
                self._confirm(confirmed)

        try:
            if len(devices) > 1 and not self._task.is_cancelled:
                self._tell_all(devices, take)
            for device in devices:
                if device.mac in told:
                    continue
                if self._task.is_cancelled:
                    return
                push = self._push(device)
                if push is Push.CONFIRMED:
                    take((device,))
                else:
                    self._count(device, push)
        finally:
            self._confirm(confirmed)

    def _tell_all(self, devices: Sequence[Device], take: Callable[[Sequence[Device]], None]) -> None:
        try:
            self._membership.tell_all(devices, self._priority, self._task, take, rounds=_ROUNDS)
        except RaceLinkError as error:
            self._task.progress(message=str(error))

    def _push(self, device: Device) -> Push:
        try:
            return self._membership.push(device, self._priority, prime=False)
        except RaceLinkError as error:
            self._task.progress(message=str(error))
            return Push.NOT_SENT

    def _count(self, device: Device, push: Push) -> None:
        with self._lock:
            self._index += 1
            if push is Push.CONFIRMED:
                self._counts.changed += 1
            elif push is Push.SILENT:
                self._counts.timed_out += 1
            else:
                self._counts.skipped_offline += 1
        self._task.progress(stage=self._stage, index=self._index, addr=device.mac, message=device.name)

    def _confirm(self, confirmed: dict[Mac, GroupId]) -> None:
        done = dict(confirmed)
        confirmed.clear()
        if done:
            self._membership.confirm(tuple(done), done)
