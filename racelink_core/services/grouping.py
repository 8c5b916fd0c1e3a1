"""Groups and who is in them: the host's record first, then the nodes. Source: spec services, section 7."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from racelink_core.domain.address import Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import InvalidValue, NotFound, RaceLinkError
from racelink_core.domain.group import UNCONFIGURED, Group, GroupId
from racelink_core.domain.origin import Origin, Priority
from racelink_core.planning.addressing import network_of
from racelink_core.services.groups_of_devices import check_boundary, reconcile_groups
from racelink_core.services.lanes import Lanes
from racelink_core.services.membership import Membership, Push
from racelink_core.services.parallel import on_each_network
from racelink_core.services.tasks import TaskHandle, TaskRunning, Tasks, TaskSnapshot
from racelink_core.state.store import Store

_GROUP_DELETED = Origin("group deleted", Priority.OPERATOR)
MAX_NAME_LENGTH = 64


def clean_name(name: str) -> str:
    """Trimmed, without control characters. Raises InvalidValue when nothing is left or it is too long."""
    cleaned = "".join(character for character in name if character.isprintable()).strip()
    if not 1 <= len(cleaned) <= MAX_NAME_LENGTH:
        raise InvalidValue("name", f"a name has 1 to {MAX_NAME_LENGTH} characters, got {len(cleaned)}")
    return cleaned


class Grouping:
    def __init__(self, store: Store, lanes: Lanes, membership: Membership, tasks: Tasks) -> None:
        self._store, self._lanes, self._membership, self._tasks = store, lanes, membership, tasks

    def create(self, name: str) -> GroupId:
        """The network stays open until the first member. Raises InvalidValue for the name."""
        name = clean_name(name)
        with self._store.transaction() as draft:
            group_id = draft.next_group_id()
            last = max((group.display_order for group in draft.groups.values()), default=0)
            draft.groups[group_id] = Group(id=group_id, name=name, display_order=last + 1)
        return group_id

    def rename(self, group_id: GroupId, name: str) -> None:
        """Raises NotFound, or InvalidValue for the name."""
        name = clean_name(name)
        with self._store.transaction() as draft:
            group = draft.groups.get(group_id)
            if group is None:
                raise NotFound("group", group_id)
            draft.groups[group_id] = group.model_copy(update={"name": name})

    def delete(self, group_id: GroupId, origin: Origin = _GROUP_DELETED) -> int:
        """No other id moves. The members go to group 0 and are told so by a task. Returns how many they were.

        Raises NotFound, and TaskRunning while another task works.
        """
        self._store.snapshot.group(group_id)
        running = self._tasks.current()
        if running is not None and running.state == "running":
            raise TaskRunning(running)
        members = tuple(device.mac for device in self._store.snapshot.members(group_id))
        with self._store.transaction() as draft:
            draft.groups.pop(group_id, None)
            for mac in members:
                _place(draft.devices, mac, UNCONFIGURED)
        if members and self._lanes.lanes():
            self._start_pushing("bulk_set_group", members, origin, {"groupId": UNCONFIGURED}, skip_offline=True)
        return len(members)

    def start_assign(self, macs: Sequence[Mac], group_id: GroupId, origin: Origin) -> TaskSnapshot:
        """Moves devices into a group. Result: changed, skipped_offline, timed_out, total.

        Raises NotFound, DevicesSpanNetworks, GroupNetworkMismatch or TaskRunning; then nothing has changed.
        """
        macs = tuple(dict.fromkeys(macs))

        def check() -> None:
            snapshot = self._store.snapshot
            check_boundary([snapshot.device(mac) for mac in macs], group_id, snapshot)

        def record() -> None:
            check()
            with self._store.transaction() as draft:
                for mac in macs:
                    _place(draft.devices, mac, group_id)
                reconcile_groups(draft)

        check()
        meta = {"groupId": group_id}
        return self._start_pushing("bulk_set_group", macs, origin, meta, skip_offline=True, record=record)

    def start_resync(self, origin: Origin, *, skip_offline: bool = False) -> TaskSnapshot:
        """Tells every device the group that is stored for it. Raises TaskRunning."""

        def record() -> None:
            with self._store.transaction() as draft:
                for device in tuple(draft.devices.values()):
                    is_known = device.group_id == UNCONFIGURED or device.group_id in draft.groups
                    _place(draft.devices, device.mac, device.group_id if is_known else UNCONFIGURED)
                reconcile_groups(draft)

        macs = tuple(self._store.snapshot.devices)
        meta = {"stage": "INIT", "skipOffline": skip_offline}
        return self._start_pushing("force_groups", macs, origin, meta, skip_offline=skip_offline, record=record)

    def _start_pushing(
        self,
        name: str,
        macs: Sequence[Mac],
        origin: Origin,
        meta: Mapping[str, object],
        *,
        skip_offline: bool,
        record: Callable[[], None] | None = None,
    ) -> TaskSnapshot:
        def work(task: TaskHandle) -> dict[str, int]:
            if record is not None:
                record()
            return _Push(self._store, self._lanes, self._membership, task, origin.priority).run(macs, skip_offline)

        return self._tasks.start(name, work, {**meta, "index": 0, "total": len(macs), "addr": "", "message": ""})


class _Push:
    """One run over many devices, network by network side by side."""

    def __init__(
        self, store: Store, lanes: Lanes, membership: Membership, task: TaskHandle, priority: Priority
    ) -> None:
        self._store, self._lanes, self._membership = store, lanes, membership
        self._task, self._priority = task, priority
        self._lock = threading.Lock()
        self._confirmed: dict[Mac, GroupId] = {}
        self._index = 0
        self._counts = {"changed": 0, "skipped_offline": 0, "timed_out": 0, "total": 0}

    def run(self, macs: Sequence[Mac], skip_offline: bool) -> dict[str, int]:
        snapshot = self._store.snapshot
        self._counts["total"] = len(macs)
        by_network: dict[str, list[Device]] = {}
        for mac in macs:
            device = snapshot.devices.get(mac)
            if device is None:
                continue
            network_id = network_of(device, snapshot)
            is_offline = self._store.readings.of(mac).online is False
            if network_id is None or network_id not in self._lanes.lanes() or (skip_offline and is_offline):
                self._counts["skipped_offline"] += 1
                continue
            by_network.setdefault(network_id, []).append(device)
        try:
            on_each_network(tuple(by_network), lambda network: self._push_all(by_network[network]), "bcast")
        finally:
            if self._confirmed:
                self._membership.confirm(tuple(self._confirmed), self._confirmed)
        return dict(self._counts)

    def _push_all(self, devices: Sequence[Device]) -> None:
        for device in devices:
            if self._task.is_cancelled:
                return
            with self._lock:
                self._index += 1
            self._task.progress(stage="RESYNC", index=self._index, addr=device.mac, message=device.name)
            try:
                push = self._membership.push(device, self._priority, prime=False)
            except RaceLinkError as error:
                self._task.progress(message=str(error))
                push = Push.NOT_SENT
            if push is Push.CONFIRMED:
                self._confirmed[device.mac] = device.group_id
                self._counts["changed"] += 1
            elif push is Push.SILENT:
                self._counts["timed_out"] += 1
            else:
                self._counts["skipped_offline"] += 1


def _place(devices: dict[Mac, Device], mac: Mac, group_id: GroupId) -> None:
    """The node has to confirm it, also when the record was the same before."""
    device = devices.get(mac)
    if device is None:
        raise NotFound("device", mac)
    devices[mac] = device.model_copy(update={"group_id": group_id, "group_push_pending": True})
