"""Finding nodes: ask everyone, adopt who answers, and ask again until the silence is believable.

Hundreds of nodes answer at once and drown each other. A node that got its group no longer answers to "who is
unconfigured?", so each sweep leaves room for the next ones. Source: spec services, section 5; design, section 6.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Literal

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import ALL_GROUPS, UNCONFIGURED, GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.domain.timings import Timings
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.reply_matcher import replies_from_any
from racelink_core.protocol.bodies import GetDevices
from racelink_core.protocol.gateway_messages import Forwarded
from racelink_core.protocol.radio_packet import RadioPacket
from racelink_core.protocol.replies import IdentifyReply
from racelink_core.runtime.turns import give_way
from racelink_core.services.adoption import Adopted, Found, adopt
from racelink_core.services.grouping import Grouping, clean_name
from racelink_core.services.lanes import Lanes, require_any
from racelink_core.services.membership import Membership, Push
from racelink_core.services.parallel import on_each_network
from racelink_core.services.presence import Presence
from racelink_core.services.restore import Restore
from racelink_core.services.tasks import TaskHandle, Tasks, TaskSnapshot
from racelink_core.state.store import Store

_log = logging.getLogger(__name__)
QUIET_SWEEPS = 3
"""So many sweeps in a row without anything new end a pass: one or two can drown or be lost."""
_MOST_QUIET_SWEEPS = 40
_MOST_SWEEPS = 200
_ACCEPTED_MISS = 0.05
_MOST_PUSHES = 3
_NODES_PER_SLICE = 20


class Discovery:
    def __init__(
        self,
        *,
        store: Store,
        lanes: Lanes,
        membership: Membership,
        presence: Presence,
        restore: Restore,
        grouping: Grouping,
        tasks: Tasks,
        timings: Timings,
    ) -> None:
        self._store, self._lanes, self._membership, self._presence = store, lanes, membership, presence
        self._restore, self._grouping, self._tasks, self._timings = restore, grouping, tasks, timings

    def start(
        self,
        target_group: GroupId | None,
        new_group_name: str | None,
        discovery_group: int | Literal["all"] = UNCONFIGURED,
        *,
        origin: Origin,
    ) -> TaskSnapshot:
        """Result: found, new, assigned, unconfirmed, createdGroupId, targetGroupId, discoveryGroup, reason.

        discovery_group   which nodes are asked: 0 those without a group, a group's, or "all"
        new_group_name    makes a group and puts the found ones there; it wins over `target_group`;
                          it is removed again when nobody was put there
        Raises NothingConnected, NotFound, InvalidValue or TaskRunning.
        """
        if target_group:
            self._store.snapshot.group(target_group)
        name = clean_name(new_group_name) if new_group_name else None
        require_any(self._lanes)

        def work(task: TaskHandle) -> dict[str, object]:
            created = self._grouping.create(name) if name else None
            target = created or target_group or UNCONFIGURED
            task.progress(createdGroupId=created, targetGroupId=target)
            with self._restore.suppressed():
                run = _Run(
                    store=self._store,
                    lanes=self._lanes,
                    membership=self._membership,
                    presence=self._presence,
                    timings=self._timings,
                    task=task,
                    priority=origin.priority,
                    target_group=GroupId(target),
                )
                for group in self._passes(discovery_group):
                    run.sweep_until_quiet(group)
            if created is not None and self._removed_if_empty(created):
                created, target = None, UNCONFIGURED
                task.progress(createdGroupId=created, targetGroupId=target)
            return {
                **run.counts(),
                "createdGroupId": created,
                "targetGroupId": target,
                "discoveryGroup": discovery_group,
                "reason": run.reason(),
            }

        meta = {
            "stage": "SWEEP",
            "found": 0,
            "sweeps": 0,
            "createdGroupId": None,
            "targetGroupId": None if name else target_group or UNCONFIGURED,
            "discoveryGroup": discovery_group,
            "message": "",
        }
        return self._tasks.start("discover", work, meta)

    def _removed_if_empty(self, group_id: GroupId) -> bool:
        """A group that was made for the found ones and got none is not left behind."""
        with self._store.transaction() as draft:
            if any(device.group_id == group_id for device in draft.devices.values()):
                return False
            draft.groups.pop(group_id, None)
            return True

    def _passes(self, discovery_group: int | Literal["all"]) -> Sequence[int]:
        """ "all": group by group, so that fewer answer at once, then those whose group the host does not know."""
        if discovery_group != "all":
            return (discovery_group,)
        return (UNCONFIGURED, *sorted(self._store.snapshot.groups), ALL_GROUPS)


class _Run:
    def __init__(
        self,
        *,
        store: Store,
        lanes: Lanes,
        membership: Membership,
        presence: Presence,
        timings: Timings,
        task: TaskHandle,
        priority: Priority,
        target_group: GroupId,
    ) -> None:
        self._store, self._lanes, self._membership, self._presence = store, lanes, membership, presence
        self._timings, self._task, self._priority, self._target = timings, task, priority, target_group
        self._lock = threading.Lock()
        self._heard: set[Mac] = set()
        self._seen: dict[Mac, Adopted] = {}
        self._confirmed: dict[Mac, GroupId] = {}
        self._pushes: dict[Mac, int] = {}
        self._failures: dict[str, str] = {}
        self._sweeps = 0

    def counts(self) -> dict[str, int]:
        waiting = {mac for mac, adopted in self._seen.items() if adopted.needs_push} - set(self._confirmed)
        return {
            "found": len(self._seen),
            "new": sum(adopted.is_new for adopted in self._seen.values()),
            "assigned": len(self._confirmed),
            "unconfirmed": len(waiting),
        }

    def reason(self) -> str | None:
        """Why the result is not what one hoped for; None if all is well."""
        sentences = list(self._failures.values())
        unconfirmed = self.counts()["unconfirmed"]
        if not self._seen and not sentences:
            sentences.append(
                "No node answered. Are the nodes switched on and within range, on the channel of this gateway? "
                "A node that is paired with another gateway answers only after it was switched off and on."
            )
        elsewhere = sum(adopted.device.group_id == UNCONFIGURED for adopted in self._seen.values())
        if self._target != UNCONFIGURED and elsewhere:
            sentences.append(
                f"{elsewhere} nodes are on another network than the chosen group, and a group lives on one. "
                "They were added without a group."
            )
        if unconfirmed:
            sentences.append(f"{unconfirmed} nodes did not acknowledge their group. Discover again, nearer to them.")
        return " ".join(sentences) or None

    def sweep_until_quiet(self, group_id: int) -> None:
        quiet = 0
        ceiling_s = self._timings.collect_ceiling_s
        for _ in range(_MOST_SWEEPS):
            networks = tuple(network for network in self._lanes.lanes() if network not in self._failures)
            if self._task.is_cancelled or not networks:
                return
            answers = self._sweep(networks, group_id, ceiling_s)
            ceiling_s = self._ceiling_s(len(answers))
            fresh = [answer for answer in answers if self._is_work(answer)]
            if fresh:
                self._take_in(fresh)
            quiet = 0 if fresh else quiet + 1
            self._task.progress(sweeps=self._sweeps, **self.counts())
            if quiet >= QUIET_SWEEPS and self._is_believable(group_id, len(answers), quiet):
                return

    def _is_work(self, found: Found) -> bool:
        adopted = self._seen.get(found.mac)
        if adopted is None:
            return True
        is_waiting = adopted.needs_push and found.mac not in self._confirmed
        return is_waiting and self._pushes.get(found.mac, 0) < _MOST_PUSHES

    def _is_believable(self, group_id: int, answered: int, quiet: int) -> bool:
        """Whether a node that is there would have been heard by now.

        Of the nodes that we know must answer, so many did: so likely was any other one to be heard in each sweep.
        """
        should_answer = sum(group_id in (ALL_GROUPS, self._group_now(mac)) for mac in self._seen)
        if not should_answer or quiet >= _MOST_QUIET_SWEEPS:
            return True
        missed = max(0.0, 1 - answered / should_answer)
        return bool(missed**quiet <= _ACCEPTED_MISS)

    def _group_now(self, mac: Mac) -> int:
        return self._confirmed.get(mac, GroupId(self._seen[mac].found.reply.group_id))

    def _ceiling_s(self, answered: int) -> float:
        """How long the next sweep waits for a first answer: where few answered, few are left."""
        timings = self._timings
        return min(timings.collect_ceiling_s, timings.collect_base_s + timings.collect_per_device_s * answered)

    def _sweep(self, networks: Sequence[str], group_id: int, ceiling_s: float) -> list[Found]:
        """Every network asks at once; of two gateways that heard the same node the stronger one counts."""
        self._sweeps += 1
        best: dict[Mac, Found] = {}
        for found in on_each_network(networks, lambda each: self._ask(each, group_id, ceiling_s), "bcast").values():
            for node in found:
                other = best.get(node.mac)
                if other is None or other.message.rssi_dbm < node.message.rssi_dbm:
                    best[node.mac] = node
        return list(best.values())

    def _ask(self, network_id: str, group_id: int, ceiling_s: float) -> list[Found]:
        timings = self._timings
        try:
            replies = self._lanes.lane(network_id).request(
                RadioPacket(BROADCAST, GetDevices(group_id)),
                lambda: replies_from_any(
                    Opcode.DEVICES,
                    idle_timeout_s=timings.collect_idle_s,
                    max_timeout_s=ceiling_s,
                    on_match=self._show_at_once,
                ),
                self._priority,
                attempts=1,
            )
        except RaceLinkError as error:
            self._failures[network_id] = str(error)
            return []
        if replies.detail is not None:
            self._failures[network_id] = f"Network {network_id!r} was not asked: {replies.detail}."
        found: list[Found] = []
        for event in replies.events:
            message = event.message
            if isinstance(message, Forwarded) and isinstance(message.reply, IdentifyReply) and message.reply.mac:
                found.append(Found(message.reply.mac, network_id, message, message.reply))
        return found

    def _show_at_once(self, event: GatewayEvent) -> None:
        """An operator sees the first answers while others still come in."""
        message = event.message
        if isinstance(message, Forwarded) and isinstance(message.reply, IdentifyReply) and message.reply.mac:
            self._heard.add(message.reply.mac)
            self._task.progress(found=len(self._heard))

    def _take_in(self, found: Sequence[Found]) -> None:
        """The host's record first, then the nodes, network by network side by side."""
        with self._store.transaction() as draft:
            adopted = adopt(draft, found, self._target)
        by_network: dict[str, list[Adopted]] = {}
        connected = self._lanes.lanes()
        for number, node in enumerate(adopted, 1):
            # A node that was sent its group before stays "new" in the result.
            first = self._seen.get(node.device.mac)
            self._seen[node.device.mac] = first if first is not None and first.is_new else node
            network_id = node.device.network_id
            self._presence.heard(
                node.device.mac, node.found.message, by_own_network=network_id == node.found.network_id
            )
            if node.needs_push and network_id is not None and network_id in connected:
                by_network.setdefault(network_id, []).append(node)
            if number % _NODES_PER_SLICE == 0:
                give_way()
        self._task.progress(**self.counts())
        try:
            on_each_network(tuple(by_network), lambda network: self._push_all(by_network[network]), "bcast")
        finally:
            if self._confirmed:
                self._membership.confirm(tuple(self._confirmed), self._confirmed)

    def _push_all(self, adopted: Sequence[Adopted]) -> None:
        for node in adopted:
            device = node.device
            if self._task.is_cancelled:
                return
            with self._lock:
                self._pushes[device.mac] = self._pushes.get(device.mac, 0) + 1
            self._task.progress(stage="ASSIGN", addr=device.mac, message=device.name)
            try:
                push = self._membership.push(device, self._priority, prime=True)
            except RaceLinkError as error:
                self._failures[str(device.network_id)] = str(error)
                return
            if push is Push.CONFIRMED:
                self._confirmed[device.mac] = device.group_id
                self._task.progress(**self.counts())
            elif push is Push.SILENT:
                _log.info("%s did not acknowledge its group", device.name)
