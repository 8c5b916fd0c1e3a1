"""Groups and who is in them: the host's record first, then the nodes. Source: spec services, section 7."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from typing import NamedTuple

from racelink_core.domain.address import Mac
from racelink_core.domain.errors import InvalidValue, NotFound
from racelink_core.domain.group import FIRST_GROUP, UNCONFIGURED, Group, GroupId
from racelink_core.domain.origin import Origin, Priority
from racelink_core.services.group_push import GroupPush, PushCounts
from racelink_core.services.groups_of_devices import UnknownGroups, check_boundary, reconcile_groups
from racelink_core.services.lanes import Lanes
from racelink_core.services.membership import Membership
from racelink_core.services.race_references import race_follows_groups, report_emptied
from racelink_core.services.scene_references import follow_groups
from racelink_core.services.tasks import TaskHandle, TaskRunning, Tasks, TaskSnapshot
from racelink_core.state.draft import Draft
from racelink_core.state.entities import in_slices
from racelink_core.state.store import Store

_GROUP_DELETED = Origin("group deleted", Priority.OPERATOR)
MAX_NAME_LENGTH = 64


def clean_name(name: str) -> str:
    """Trimmed, without control characters. Raises InvalidValue when nothing is left or it is too long."""
    cleaned = "".join(character for character in name if character.isprintable()).strip()
    if not 1 <= len(cleaned) <= MAX_NAME_LENGTH:
        raise InvalidValue("name", f"a name has 1 to {MAX_NAME_LENGTH} characters, got {len(cleaned)}")
    return cleaned


class GroupDeleted(NamedTuple):
    """`emptied_seats`: how many seats of the race timer have no lamps any more."""

    moved_devices: int
    changed_scenes: int
    emptied_seats: int


class _Renumbered(NamedTuple):
    moved: tuple[Mac, ...]
    changed_scenes: int


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

    def reorder(self, order: Sequence[int]) -> None:
        """The order on the page; no id changes and nothing is sent. `order`: every group once.

        Raises UnknownGroups or InvalidValue, and then nothing has changed.
        """
        with self._store.transaction() as draft:
            _check_permutation(order, draft.groups)
            for place, group_id in enumerate(order, 1):
                group = draft.groups[GroupId(group_id)]
                draft.groups[group.id] = group.model_copy(update={"display_order": place})

    def start_renumber(self, order: Sequence[int], origin: Origin, *, update_scenes: bool = True) -> TaskSnapshot:
        """The groups get the ids 1, 2, 3 ... in this order, which offsets along the track count by.

        All ids change in the store at once, then the nodes are told. Whoever does not confirm stays pending, and is
        told again when it is heard. Result: renumbered_devices, changed_scenes, pending, total.
        update_scenes: scenes follow their groups; else they stay on the numbers. Seats and race bindings always follow.

        Raises UnknownGroups, InvalidValue or TaskRunning; then nothing has changed.
        """
        order = tuple(order)
        _check_permutation(order, self._store.snapshot.groups)

        def work(task: TaskHandle) -> dict[str, int]:
            counts, changed_scenes = PushCounts(0), 0
            if not task.is_cancelled:
                macs, changed_scenes = self._renumber(order, update_scenes)
                task.progress(total=len(macs))
                counts = self._pushing(task, origin).run(macs, skip_offline=True, stage="MOVING")
            return {
                "renumbered_devices": counts.changed,
                "changed_scenes": changed_scenes,
                "pending": counts.pending,
                "total": counts.total,
            }

        meta = {"stage": "INIT", "index": 0, "total": 0, "addr": "", "message": ""}
        return self._tasks.start("renumber_groups", work, meta)

    def _renumber(self, order: Sequence[int], update_scenes: bool) -> _Renumbered:
        """In one transaction."""
        new_ids = {GroupId(old): GroupId(new) for new, old in enumerate(order, FIRST_GROUP)}
        moved: list[Mac] = []
        with self._store.transaction() as draft:
            _check_permutation(order, draft.groups)
            renumbered = [
                draft.groups[old].model_copy(update={"id": new, "display_order": new}) for old, new in new_ids.items()
            ]
            draft.groups.clear()
            draft.groups.update((group.id, group) for group in renumbered)
            for device in in_slices(tuple(draft.devices.values())):
                new = new_ids.get(device.group_id, device.group_id)
                if new != device.group_id:
                    _place(draft, device.mac, new)
                    moved.append(device.mac)
            changed: dict[int, int | None] = {old: new for old, new in new_ids.items() if old != new}
            race_follows_groups(draft, changed)
            return _Renumbered(tuple(moved), follow_groups(draft, changed) if update_scenes else 0)

    def delete(self, group_id: GroupId, origin: Origin = _GROUP_DELETED) -> GroupDeleted:
        """No other id moves. The members go to group 0 and are told so by a task. Scenes, seats and race bindings
        no longer name the group.

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
                _place(draft, mac, UNCONFIGURED)
            changed_scenes = follow_groups(draft, {group_id: None})
            emptied_seats = race_follows_groups(draft, {group_id: None})
        report_emptied(emptied_seats)
        if members and self._lanes.lanes():
            self._start_pushing("bulk_set_group", members, origin, {"groupId": UNCONFIGURED}, skip_offline=True)
        return GroupDeleted(len(members), changed_scenes, emptied_seats)

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
                    _place(draft, mac, group_id)
                reconcile_groups(draft)

        check()
        meta = {"groupId": group_id}
        return self._start_pushing("bulk_set_group", macs, origin, meta, skip_offline=True, record=record)

    def start_resync(self, origin: Origin, *, skip_offline: bool = False) -> TaskSnapshot:
        """Tells every device the group that is stored for it. Raises TaskRunning."""

        def record() -> None:
            with self._store.transaction() as draft:
                for device in in_slices(tuple(draft.devices.values())):
                    is_known = device.group_id == UNCONFIGURED or device.group_id in draft.groups
                    _place(draft, device.mac, device.group_id if is_known else UNCONFIGURED)
                reconcile_groups(draft)

        macs = tuple(self._store.snapshot.devices)
        meta = {"skipOffline": skip_offline}
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
            stage = "RESYNC" if name == "force_groups" else "MOVING"
            return _result(self._pushing(task, origin).run(macs, skip_offline=skip_offline, stage=stage))

        return self._tasks.start(
            name, work, {"stage": "INIT", **meta, "index": 0, "total": len(macs), "addr": "", "message": ""}
        )

    def _pushing(self, task: TaskHandle, origin: Origin) -> GroupPush:
        return GroupPush(self._store, self._lanes, self._membership, task, origin.priority)


def _result(counts: PushCounts) -> dict[str, int]:
    return asdict(counts)


def _check_permutation(order: Sequence[int], groups: Collection[int]) -> None:
    """Raises UnknownGroups, or InvalidValue when a group is missing or named twice."""
    unknown = [group_id for group_id in order if group_id not in groups]
    if unknown:
        raise UnknownGroups(unknown)
    if len(order) != len(groups) or set(order) != set(groups):
        raise InvalidValue("order", f"expected each of the {len(groups)} groups once, got {len(order)} ids")


def _place(draft: Draft, mac: Mac, group_id: GroupId) -> None:
    """The node has to confirm it, also when the record was the same before."""
    device = draft.devices.get(mac)
    if device is None:
        raise NotFound("device", mac)
    draft.devices[mac] = device.model_copy(update={"group_id": group_id, "group_push_pending": True})
