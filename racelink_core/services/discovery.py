"""Finding nodes: ask everyone, adopt who answers, and ask again until the silence is believable.

Hundreds of nodes answer at once and drown each other. A node that got its group no longer answers to "who is
unconfigured?", so each sweep leaves room for the next ones. Source: spec services, section 5; design, section 6.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal

from racelink_core.domain.address import BROADCAST, Mac
from racelink_core.domain.device import Device
from racelink_core.domain.errors import RaceLinkError
from racelink_core.domain.group import ALL_GROUPS, UNCONFIGURED, GroupId
from racelink_core.domain.opcode import Opcode
from racelink_core.domain.origin import Origin, Priority
from racelink_core.gateway.events import GatewayEvent
from racelink_core.gateway.guards import answer_s
from racelink_core.gateway.reply_matcher import Matcher, replies_from_any
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
_ROUNDS = 2
_CROWD = 8
"""As many answers in one sweep: there are more."""
_FIRST_OF_CROWD, _CROWD_PATIENCE, _FIRST, _PATIENCE, _LONGEST_SWEEP = 7.0, 3.0, 1.5, 1.05, 16.0
"""How long a sweep waits for its first answer and for each next one, of a crowd and else, and in all.

In times that one node takes to answer. Measured with `benchmarks/fleet_200.py`.
"""
_FIRST_OF_ALL = 1.6
"""The same for the first answer of a run: if the first crowd drowned, one asks again while the operator waits."""
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
    ) -> None:
        self._store, self._lanes, self._membership, self._presence = store, lanes, membership, presence
        self._restore, self._grouping, self._tasks = restore, grouping, tasks

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
                    task=task,
                    priority=origin.priority,
                    target_group=GroupId(target),
                    is_new_group=created is not None,
                )
                for group in self._passes(discovery_group):
                    run.sweep_until_quiet(group)
                run.assign_last()
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
        task: TaskHandle,
        priority: Priority,
        target_group: GroupId,
        is_new_group: bool,
    ) -> None:
        self._store, self._lanes, self._membership, self._presence = store, lanes, membership, presence
        self._task, self._priority, self._target = task, priority, target_group
        self._is_new_group = is_new_group
        self._lock = threading.Lock()
        self._heard: set[Mac] = set()
        self._seen: dict[Mac, Adopted] = {}
        self._confirmed: dict[Mac, GroupId] = {}
        self._waiting: dict[Mac, Device] = {}
        self._pushes: dict[Mac, int] = {}
        self._unprimed: list[Device] = []
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
        # Nobody knows how many there are; of a group one knows how many there should be.
        is_crowd = group_id in (UNCONFIGURED, ALL_GROUPS) or any(self._store.snapshot.members(GroupId(group_id)))
        for _ in range(_MOST_SWEEPS):
            networks = tuple(network for network in self._lanes.lanes() if network not in self._failures)
            if self._task.is_cancelled or not networks:
                return
            answers = self._sweep(networks, group_id, is_crowd=is_crowd)
            fresh = [answer for answer in answers if self._is_work(answer)]
            if fresh:
                self._take_in(fresh)
            self._assign()
            is_crowd = len(answers) >= _CROWD or (is_crowd and not answers and quiet < 1)
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
        Whoever was told a group and did not say so may have it all the same.
        """
        should_answer = sum(
            group_id == ALL_GROUPS or (group_id == self._group_now(mac) and mac not in self._waiting)
            for mac in self._seen
        )
        if not should_answer or quiet >= _MOST_QUIET_SWEEPS:
            return True
        missed = max(0.0, 1 - answered / should_answer)
        return bool(missed**quiet <= _ACCEPTED_MISS)

    def _group_now(self, mac: Mac) -> int:
        return self._confirmed.get(mac, GroupId(self._seen[mac].found.reply.group_id))

    def _sweep(self, networks: Sequence[str], group_id: int, *, is_crowd: bool) -> list[Found]:
        """Every network asks at once; of two gateways that heard the same node the stronger one counts."""
        self._sweeps += 1
        best: dict[Mac, Found] = {}
        for found in on_each_network(
            networks, lambda each: self._ask(each, group_id, is_crowd=is_crowd), "bcast"
        ).values():
            for node in found:
                other = best.get(node.mac)
                if other is None or other.message.rssi_dbm < node.message.rssi_dbm:
                    best[node.mac] = node
        return list(best.values())

    def _ask(self, network_id: str, group_id: int, *, is_crowd: bool) -> list[Found]:
        give_way()  # one network after the other prepares what it sends
        try:
            lane = self._lanes.lane(network_id)
            profile = None if lane.session is None else lane.session.profile
            replies = lane.request(
                RadioPacket(BROADCAST, GetDevices(group_id)),
                lambda: self._listening(answer_s(profile), is_crowd=is_crowd),
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

    def _listening(self, answer_within_s: float, *, is_crowd: bool) -> Matcher:
        """Of a crowd the first to answer drown each other; the last ones come through, close upon each other.

        So one waits long at first, and no longer than one answer takes once they do come.
        """
        heard = 0
        of_crowd = _FIRST_OF_ALL if self._sweeps == 1 else _FIRST_OF_CROWD

        def on_match(event: GatewayEvent) -> None:
            nonlocal heard
            heard += 1
            if heard == 1:
                matcher.max_timeout_s = _LONGEST_SWEEP * answer_within_s
            if heard == _CROWD:
                matcher.idle_timeout_s = _PATIENCE * answer_within_s
            self._show_at_once(event)

        matcher = replies_from_any(
            Opcode.DEVICES,
            idle_timeout_s=(_CROWD_PATIENCE if is_crowd else _PATIENCE) * answer_within_s,
            max_timeout_s=(of_crowd if is_crowd else _FIRST) * answer_within_s,
            on_match=on_match,
        )
        return matcher

    def _show_at_once(self, event: GatewayEvent) -> None:
        """An operator sees the first answers while others still come in."""
        message = event.message
        if isinstance(message, Forwarded) and isinstance(message.reply, IdentifyReply) and message.reply.mac:
            self._heard.add(message.reply.mac)
            self._task.progress(found=len(self._heard))

    def _take_in(self, found: Sequence[Found]) -> None:
        """Into the host's record. Who has to be told its group waits for `_assign`."""
        with self._store.transaction() as draft:
            adopted = adopt(draft, found, self._target)
        for number, node in enumerate(adopted, 1):
            # A node that was sent its group before stays "new" in the result.
            first = self._seen.get(node.device.mac)
            self._seen[node.device.mac] = first if first is not None and first.is_new else node
            network_id = node.device.network_id
            self._presence.heard(
                node.device.mac, node.found.message, by_own_network=network_id == node.found.network_id
            )
            if node.needs_push:
                self._waiting[node.device.mac] = node.device
            if number % _NODES_PER_SLICE == 0:
                give_way()
        self._task.progress(**self.counts())

    def _assign(self) -> None:
        """Tells those that wait, network by network side by side. Who does not acknowledge waits for the next sweep."""
        self._on_their_networks(self._tell, [mac for mac in self._waiting if self._pushes.get(mac, 0) < _MOST_PUSHES])

    def assign_last(self) -> None:
        """Tells each of those that still wait alone, with all patience: silence counts now. Primes the new group."""
        self._on_their_networks(self._tell_alone, tuple(self._waiting))
        self._prime_later()

    def _on_their_networks(self, work: Callable[[Sequence[Device]], None], macs: Sequence[Mac]) -> None:
        by_network: dict[str, list[Device]] = {}
        connected = self._lanes.lanes()
        for device in (self._waiting[mac] for mac in macs):
            if device.network_id in connected:
                by_network.setdefault(str(device.network_id), []).append(device)
        if by_network and not self._task.is_cancelled:
            self._task.progress(stage="ASSIGN")
            on_each_network(tuple(by_network), lambda network: work(by_network[network]), "bcast")

    def _tell(self, devices: Sequence[Device]) -> None:
        give_way()  # as in `_ask`
        confirmed: list[Device] = []
        for device in devices:
            self._pushes[device.mac] = self._pushes.get(device.mac, 0) + 1
        try:
            self._membership.tell_all(devices, self._priority, self._task, confirmed.extend, rounds=_ROUNDS)
        except RaceLinkError as error:
            self._failures[str(devices[0].network_id)] = str(error)
        finally:
            self._confirm(confirmed)
        self._prime(confirmed)

    def _tell_alone(self, devices: Sequence[Device]) -> None:
        for device in devices:
            if self._task.is_cancelled:
                return
            self._task.progress(addr=device.mac, message=device.name)
            try:
                push = self._membership.push(device, self._priority, prime=False)
            except RaceLinkError as error:
                self._failures[str(device.network_id)] = str(error)
                return
            if push is Push.CONFIRMED:
                self._confirm([device])
                self._prime([device])
            elif push is Push.SILENT:
                _log.info("%s did not acknowledge its group", device.name)

    def _confirm(self, devices: Sequence[Device]) -> None:
        if not devices:
            return
        group_ids = {device.mac: device.group_id for device in devices}
        self._membership.confirm(tuple(group_ids), group_ids)
        with self._lock:
            self._confirmed.update(group_ids)
            for mac in group_ids:
                self._waiting.pop(mac, None)
        self._task.progress(**self.counts())

    def _prime(self, devices: Sequence[Device]) -> None:
        """A group that was made for the found ones has no other members: it is primed as a whole, at the end."""
        for device in devices:
            if self._is_new_group and device.group_id == self._target:
                self._unprimed.append(device)
            elif not self._task.is_cancelled:
                self._sent_or_noted(device, partial(self._membership.prime, device, self._priority))

    def _prime_later(self) -> None:
        if self._unprimed and not self._task.is_cancelled:
            self._sent_or_noted(
                self._unprimed[0], partial(self._membership.prime_group, self._unprimed, self._priority)
            )

    def _sent_or_noted(self, device: Device, send: Callable[[], None]) -> None:
        try:
            send()
        except RaceLinkError as error:
            self._failures[str(device.network_id)] = str(error)
